"""`/service-center/integraties`: the tile of each koppeling with Exact, and the button that adds one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from boekbrug.store import reading
from boekbrug.store.integrations import add_integration
from boekbrug.store.moment import moment
from boekbrug.web.access import Level, Seat
from boekbrug.web.pages.integrations.tiles import tile_of


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The panels with their tiles; a POST adds a koppeling and leads to it."""
    if request.method == "POST":
        return redirect("integration", add_integration(seat.organisation_id, who=str(request.user), now=moment()))
    may_configure = seat.may(Level.BEHEERDER)
    tiles = tuple(tile_of(row, may_configure=may_configure) for row in reading.integrations(seat.organisation_id))
    return render(request, "integrations/page.html", {"tiles": tiles, "may_configure": may_configure})
