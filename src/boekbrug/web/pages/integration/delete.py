"""Verwijderen: pauses first, then asks to type the name (service-center.md, "Buttons that the manual names")."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from boekbrug.domain.states import Actor
from boekbrug.store import lifecycle, reading
from boekbrug.store.moment import moment
from boekbrug.store.moves import By
from boekbrug.web.access import Seat
from boekbrug.web.pages.integration.deeds import done, or_why_not

RUNNING = ("active", "enabled")


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """Ask for the name; the first press pauses, the right name deletes, another one deletes nothing."""
    found = reading.integration(seat.organisation_id, id)
    if found is None or found.row.state == "deleted":
        raise Http404
    if request.method != "POST":
        return render(request, "integration/delete.html", {"integration": found.row})
    typed = request.POST.get("name", "").strip()
    if typed == found.row.name:
        with or_why_not(request):
            by = By(kind=Actor.PERSON, name=str(request.user))
            lifecycle.delete(id, by=by, now=moment())
            done(request, _("Koppeling “%(name)s” is verwijderd.") % {"name": found.row.name})
        return redirect("integrations")
    if found.row.state in RUNNING:
        with or_why_not(request):
            lifecycle.pause(id, now=moment())
        found = reading.integration(seat.organisation_id, id) or found
    asked = {"integration": found.row, "typed": typed, "wrong": "name" in request.POST}
    return render(request, "integration/delete.html", asked)
