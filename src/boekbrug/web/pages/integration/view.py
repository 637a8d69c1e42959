"""`/service-center/integraties/<id>`: one koppeling, its connection and its options."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from boekbrug.store import reading
from boekbrug.web.access import Level, Seat
from boekbrug.web.pages.integration.show import show


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """The page of one koppeling."""
    found = reading.integration(seat.organisation_id, id)
    if found is None:
        raise Http404
    shown = show(found, get_language() or "nl") | {"may_configure": seat.may(Level.BEHEERDER)}
    return render(request, "integration/page.html", shown)
