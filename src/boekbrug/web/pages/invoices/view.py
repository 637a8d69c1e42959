"""`/facturen`: the list, and the same list as CSV."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from boekbrug.store import reading
from boekbrug.web.access import Level, Seat
from boekbrug.web.pages.invoices.export import heads, lines
from boekbrug.web.pages.invoices.forms import read_question
from boekbrug.web.pages.invoices.selecting import act_on_selection
from boekbrug.web.pages.invoices.show import show


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One page of the list; a POST tries the ticked invoices again, or skips them."""
    if request.method == "POST":
        act_on_selection(request, seat)
        return redirect(request.get_full_path())
    question = read_question(request.GET)
    shown = show(
        question,
        found=reading.invoices(seat.organisation_id, question.filters, question.order, question.cursor),
        counts=reading.counts(seat.organisation_id, question.filters),
        integrations=reading.integrations(seat.organisation_id),
        language=get_language() or "nl",
    )
    return render(request, "invoices/page.html", {**shown, "may_act": seat.may(Level.FINANCIEEL)})


def export(request: HttpRequest, seat: Seat) -> StreamingHttpResponse:
    """Every invoice that the question asks for, as a file."""
    question = read_question(request.GET)
    rows = reading.every_invoice(seat.organisation_id, question.filters, question.order)
    text = lines(rows, heads(), get_language() or "nl")
    answer = StreamingHttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="facturen.csv"'
    return answer
