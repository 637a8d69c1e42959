"""`/oauth/exact/return`: where Exact sends a person back to after logging in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from boekbrug import wiring
from boekbrug.store import reading
from boekbrug.store.integrations import show_integration
from boekbrug.sync.failures import NotAllowed, OutsideFailure
from boekbrug.web.access import Level, Seat, take_seat
from boekbrug.web.pages.oauth.connected import begin_booking
from boekbrug.web.pages.oauth.consent import take, why_not


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Keep the login and go back to the koppeling, which shows green, or red with the reason."""
    begun = take(request.session, request.GET.get("state", ""), seat.user_id)
    if begun is None:
        return render(request, "oauth/page.html")
    place = take_seat(request, reading.owner_of_integration(begun.integration_id), named=True)
    if not place.may(Level.BEHEERDER):
        raise PermissionDenied
    try:
        wiring.keep_consent(request.get_full_path())
    except OutsideFailure as failure:
        _refused(request, begun.integration_id, failure)
    else:
        begin_booking(request, begun.integration_id)
    return redirect("integration", begun.integration_id)


def _refused(request: HttpRequest, integration_id: int, failure: OutsideFailure) -> None:
    if isinstance(failure, NotAllowed):
        wiring.consent_refused(integration_id, failure)
    division = show_integration(integration_id).options.division
    kept = wiring.is_logged_in(integration_id)
    messages.error(request, why_not(failure, division, get_language() or "nl", kept=kept), extra_tags="red")
