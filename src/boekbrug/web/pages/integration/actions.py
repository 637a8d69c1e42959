"""The buttons of a koppeling that act at once (service-center.md, "Buttons that the manual names")."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from boekbrug import starting, wiring
from boekbrug.store import checklist, lifecycle
from boekbrug.store.moment import moment
from boekbrug.web.access import Seat
from boekbrug.web.pages.integration.deeds import done, not_done, or_why_not, tell_started
from boekbrug.web.pages.oauth.consent import remember


def authorise(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """Authenticeren: to Exact's login, with a state that only this session and person can bring back."""
    with or_why_not(request):
        consent = wiring.begin_consent(id)
        remember(request.session, id, consent.state, seat.user_id)
        return redirect(consent.address)
    return redirect("integration", id)


def pause(request: HttpRequest, _seat: Seat, id: int) -> HttpResponse:  # noqa: A002
    """Pauzeren: at once; a call under way ends."""
    with or_why_not(request):
        lifecycle.pause(id, now=moment())
        done(request, _("Gepauzeerd. Er wordt niets meer naar Exact gestuurd; een boeking die onderweg was, loopt af."))
    return redirect("integration", id)


def resume(request: HttpRequest, _seat: Seat, id: int) -> HttpResponse:  # noqa: A002
    """Hervatten: goes on where it was."""
    with or_why_not(request):
        starting.resume(id)
        done(request, _("Hervat. De koppeling gaat verder waar zij was."))
    return redirect("integration", id)


def reread(request: HttpRequest, _seat: Seat, id: int) -> HttpResponse:  # noqa: A002
    """Opnieuw lezen: what Exact has now, for the checklist and the pick lists."""
    with or_why_not(request):
        started = starting.read_again(id)
        done(request, _("De gegevens van Exact zijn opnieuw gelezen."))
        if started:
            tell_started(request)
    return redirect("integration", id)


def confirm_item(request: HttpRequest, _seat: Seat, id: int) -> HttpResponse:  # noqa: A002
    """A person says of an item of the checklist that it is so, or takes that back."""
    so, item = request.POST.get("so") == "yes", request.POST.get("item", "")
    if not checklist.confirm_item(id, item, so=so, who=str(request.user), now=moment()):
        not_done(request, _("Dit punt staat niet op de checklist. Er is niets gewijzigd."))
    elif so:
        done(request, _("Bevestigd, met uw naam en de datum."))
    else:
        done(request, _("De bevestiging is ingetrokken."))
    return redirect("integration", id)
