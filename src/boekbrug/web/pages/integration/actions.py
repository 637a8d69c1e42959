"""The buttons of a koppeling that act at once (service-center.md, "Buttons that the manual names")."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from boekbrug import wiring
from boekbrug.store.organisations import NotFound
from boekbrug.sync.failures import OutsideFailure
from boekbrug.web.access import Seat
from boekbrug.web.outside import told
from boekbrug.web.pages.oauth.consent import remember


def authorise(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """Authenticeren: to Exact's login, with a state that only this session and person can bring back."""
    try:
        consent = wiring.begin_consent(id)
    except NotFound as missing:
        raise Http404 from missing
    except OutsideFailure as failure:
        messages.error(request, told(failure, get_language() or "nl"), extra_tags="red")
        return redirect("integration", id)
    remember(request.session, id, consent.state, seat.user_id)
    return redirect(consent.address)
