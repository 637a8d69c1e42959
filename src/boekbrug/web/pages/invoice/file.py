"""`/facturen/<id>/factuur.pdf`: the invoice as Coachview printed it, fetched when somebody asks for it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug import wiring
from boekbrug.domain.invoice import Invoice
from boekbrug.sentences import tell
from boekbrug.store import reading
from boekbrug.sync.failures import OutsideFailure
from boekbrug.sync.tools import at_coachview
from boekbrug.web.access import Seat


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """The file to keep; without one a page with the reason."""
    found = reading.invoice(seat.organisation_id, id)
    if found is None:
        raise Http404
    answer = _file(seat.organisation_id, found.record) if found.record else _("Deze factuur is niet te lezen.")
    if isinstance(answer, HttpResponse):
        return answer
    return render(request, "invoice/file.html", {"invoice": found, "reason": answer})


def _file(organisation_id: int, invoice: Invoice) -> HttpResponse | str:
    """The file as an answer, or why there is none. Its first bytes and its size were looked at when it came in."""
    try:
        with at_coachview():
            pdf = wiring.source_of(organisation_id).pdf(invoice)
    except OutsideFailure:
        return _("Coachview kon de factuur nu niet geven. Probeer het later opnieuw.")
    if pdf.problem is not None:
        return tell(pdf.problem, get_language() or "nl").title
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=pdf.file_name) or ""}
    return HttpResponse(pdf.content, content_type="application/pdf", headers=headers)
