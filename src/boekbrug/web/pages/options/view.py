"""`/service-center/opties`: what holds for the whole institute, to read or to change."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug.store import reading
from boekbrug.store.moment import moment
from boekbrug.web.access import Level, Seat
from boekbrug.web.pages.options.save import opened, save
from boekbrug.web.pages.options.show import show


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page; a POST saves panel Factuur."""
    language, found = get_language() or "nl", reading.organisation_options(seat.organisation_id)
    draft = opened(found) if seat.may(Level.BEHEERDER) else None
    if request.method == "POST":
        done = save(seat.organisation_id, request.POST, who=str(request.user), now=moment(), language=language)
        if isinstance(done, int):
            said = _("Opgeslagen.") if done != found.number else _("Er is niets gewijzigd.")
            messages.success(request, said, extra_tags="green")
            return redirect("options")
        draft = done
    people = reading.members(seat.organisation_id)
    return render(request, "options/page.html", show(found, people, seat, draft, language))
