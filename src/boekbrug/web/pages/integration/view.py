"""`/service-center/integraties/<id>`: one koppeling, its connection and its options, to read or to change."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from boekbrug.store import reading
from boekbrug.web.access import Level, Seat
from boekbrug.web.middleware import allow_forms_to
from boekbrug.web.pages.integration.checklist import beside
from boekbrug.web.pages.integration.configure import opened, save
from boekbrug.web.pages.integration.hook import hook_address
from boekbrug.web.pages.integration.saved import tell_saved
from boekbrug.web.pages.integration.show import show, show_draft
from boekbrug.wiring import exact_origin


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """The page of one koppeling; a POST saves its options, all of them or nothing."""
    now, language = timezone.now(), get_language() or "nl"
    place = reading.configuring(seat.organisation_id, id, now=now)
    if place is None:
        raise Http404
    found = place.detail
    around = {"review": place.review} | beside(place.facts, id, language)
    if not seat.may(Level.BEHEERDER) or found.row.state == "deleted":
        return render(request, "integration/page.html", show(found, place.facts.warnings, language) | around)
    draft = opened(place, language)
    if request.method == "POST":
        done = save(place, request.POST, who=str(request.user), now=now, language=language)
        if isinstance(done, int):
            tell_saved(request, found, done, draft)
            return redirect("integration", id)
        draft = done
    around |= {"may_configure": True, "hook_address": hook_address(place.hook_secret())}
    shown = show_draft(found, draft, place.facts.warnings, language) | around
    return allow_forms_to(render(request, "integration/page.html", shown), exact_origin(found.row.site))
