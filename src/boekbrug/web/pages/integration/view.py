"""`/service-center/integraties/<id>`: one koppeling, its connection and its options, to read or to change."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from boekbrug.store import reading
from boekbrug.store.checklist import facts_of
from boekbrug.store.reviewing import show_review
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
    found = reading.integration(seat.organisation_id, id)
    if found is None:
        raise Http404
    language, facts = get_language() or "nl", facts_of(id, now=timezone.now())
    may_configure = seat.may(Level.BEHEERDER) and found.row.state != "deleted"
    if not may_configure:
        seen = show(found, facts.warnings, language) | {"review": show_review(id)} | beside(facts, id, language)
        return render(request, "integration/page.html", seen)
    draft = opened(found, language)
    if request.method == "POST":
        done = save(found, request.POST, who=str(request.user), now=timezone.now(), language=language)
        if isinstance(done, int):
            tell_saved(request, found, done, draft)
            return redirect("integration", id)
        draft = done
    shown = show_draft(found, draft, facts.warnings, language) | {"may_configure": True, "review": show_review(id)}
    shown |= {"hook_address": hook_address(seat.organisation_id)}
    answer = render(request, "integration/page.html", shown | beside(facts, id, language))
    return allow_forms_to(answer, exact_origin(found.row.site))
