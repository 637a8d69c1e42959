"""`/service-center/integraties/<id>/koppeltabellen`: what each code means in Exact, proposals, and who chose what."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from boekbrug import wiring
from boekbrug.store import reading
from boekbrug.store.mapping import CannotServe, ChangedMeanwhile, set_mappings
from boekbrug.store.moment import moment
from boekbrug.store.organisations import NotFound
from boekbrug.web.access import Level, Seat
from boekbrug.web.pages.mapping import words
from boekbrug.web.pages.mapping.forms import read_wishes, skips, typed
from boekbrug.web.pages.mapping.show import show


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """The tables; they are read from the local copy, so they are there while Exact is not. A POST saves them."""
    return _save(request, seat, id) if request.method == "POST" else _page(request, seat, id, [])


def _save(request: HttpRequest, seat: Seat, integration_id: int) -> HttpResponse:
    """Save what was confirmed, picked or cleared: all of it, or nothing with the reason."""
    try:
        wishes = read_wishes(request.POST)
        saved = set_mappings(integration_id, wishes, who=str(request.user), now=moment())
    except ChangedMeanwhile as refusal:
        return _page(request, seat, integration_id, words.changed_meanwhile(refusal))
    except CannotServe as refusal:
        return _page(request, seat, integration_id, words.cannot_serve(refusal))
    except ValueError:
        refusals = [_("Een code is leeg of langer dan 100 tekens. Er is niets opgeslagen.")]
        return _page(request, seat, integration_id, refusals)
    except NotFound as gone:
        raise Http404 from gone
    wiring.go_on(seat.organisation_id)
    messages.success(request, _said(saved), extra_tags="green")
    return redirect(request.get_full_path())


def _said(saved: int) -> str:
    if not saved:
        return _("Er is niets gewijzigd.")
    return ngettext(
        "%(count)s code opgeslagen. Wat daarop wacht, wordt opnieuw gecontroleerd.",
        "%(count)s codes opgeslagen. Wat daarop wacht, wordt opnieuw gecontroleerd.",
        saved,
    ) % {"count": saved}


def _page(request: HttpRequest, seat: Seat, integration_id: int, refusals: list[str]) -> HttpResponse:
    found = reading.mapping_tables(seat.organisation_id, integration_id)
    if found is None:
        raise Http404
    shown = show(
        found,
        today=timezone.localdate(),
        language=get_language() or "nl",
        may_act=seat.may(Level.BEHEERDER),
        typed=typed(request.POST) if refusals else None,
        skip=skips(request.GET),
    )
    return render(request, "mapping/page.html", {**shown, "refusals": refusals}, status=409 if refusals else 200)
