"""`/facturen/<id>`: one invoice, what is the matter with it, what Exact got, and what can be done about it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug import wiring
from boekbrug.domain.actions import Action
from boekbrug.store import reading
from boekbrug.store.moment import moment
from boekbrug.store.moves import MovedOn
from boekbrug.store.organisations import NotFound
from boekbrug.web import deeds
from boekbrug.web.access import Level, Seat
from boekbrug.web.pages.invoice.again import book_again
from boekbrug.web.pages.invoice.choices import choices_for
from boekbrug.web.pages.invoice.linking import EntryBeside, link
from boekbrug.web.pages.invoice.show import show


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """The page of one invoice; a POST does something about it."""
    return _act(request, seat, id) if request.method == "POST" else _page(request, seat, id)


def _page(request: HttpRequest, seat: Seat, booking_id: int, entry: EntryBeside | None = None) -> HttpResponse:
    found = reading.invoice(seat.organisation_id, booking_id)
    if found is None:
        raise Http404
    searched = request.GET.get("relatie", "").strip()[:100]
    choices = choices_for(found, searched) if seat.may(Level.FINANCIEEL) else None
    shown = show(found, get_language() or "nl")
    return render(request, "invoice/page.html", {**shown, "choices": choices, "entry": entry})


def _act(request: HttpRequest, seat: Seat, booking_id: int) -> HttpResponse:
    """Do what was asked and say so; a page that was stale gets a sentence and changes nothing."""
    action = deeds.read_action(request.POST.get("actie", ""))
    if action is Action.LINK_ENTRY:
        beside = link(request, seat.organisation_id, booking_id)
        return redirect("invoice", booking_id) if beside is None else _page(request, seat, booking_id, beside)
    if action is Action.BOOK_AGAIN:
        book_again(request, seat.organisation_id, booking_id)
        return redirect("invoice", booking_id)
    try:
        said = deeds.act(action, booking_id, request.POST, deeds.by(str(request.user)), moment())
    except MovedOn:
        messages.warning(request, _("Deze factuur was al verder. Er is niets gewijzigd."), extra_tags="amber")
    except deeds.Unsaid as unsaid:
        messages.warning(request, unsaid.sentence, extra_tags="amber")
    except NotFound as gone:
        raise Http404 from gone
    else:
        messages.success(request, said, extra_tags="green")
        wiring.go_on(seat.organisation_id)
    return redirect("invoice", booking_id)
