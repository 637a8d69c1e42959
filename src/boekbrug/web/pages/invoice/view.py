"""`/facturen/<id>`: one invoice, what is the matter with it and what Exact got."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from boekbrug.store import reading
from boekbrug.web.access import Seat
from boekbrug.web.pages.invoice.show import show


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """The page of one invoice."""
    found = reading.invoice(seat.organisation_id, id)
    if found is None:
        raise Http404
    return render(request, "invoice/page.html", show(found, get_language() or "nl"))
