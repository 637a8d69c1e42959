"""`/service-center/integraties`: the tile of each koppeling with Exact."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from boekbrug.store import reading
from boekbrug.web.access import Level, Seat
from boekbrug.web.pages.integrations.tiles import tile_of


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The panels with their tiles."""
    may_configure = seat.may(Level.BEHEERDER)
    tiles = tuple(tile_of(row, may_configure=may_configure) for row in reading.integrations(seat.organisation_id))
    return render(request, "integrations/page.html", {"tiles": tiles})
