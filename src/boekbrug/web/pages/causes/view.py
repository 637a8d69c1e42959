"""`/actie`: what waits for a person, by cause, and what can be done about a whole cause or a selection of it."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug import wiring
from boekbrug.domain.actions import Action, actions_of
from boekbrug.domain.customers import Customer
from boekbrug.store import reading
from boekbrug.store.debtors import named_customers
from boekbrug.store.moment import moment
from boekbrug.store.moves import MovedOn
from boekbrug.store.organisations import NotFound
from boekbrug.web import deeds
from boekbrug.web.access import Level, Seat
from boekbrug.web.pages.causes.show import show
from boekbrug.web.pages.invoices.selecting import chosen


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The causes, one of them opened; a POST does something about one."""
    if request.method == "POST":
        return _act(request, seat)
    skip = _skip(request.GET.get("vanaf", ""))
    found = reading.causes(seat.organisation_id, skip)
    asked = request.GET.get("oorzaak", "")
    opened = next((row for row in found.rows if row.cause == asked), found.rows[0] if found.rows else None)
    filters = reading.InvoiceFilters(cause=opened.cause if opened else "")
    order = reading.Order.OLDEST
    shown = show(
        found,
        opened=opened.cause if opened else "",
        invoices=reading.invoices(seat.organisation_id, filters, order).rows if opened else (),
        named=_named(opened),
        skip=skip,
        language=get_language() or "nl",
    )
    return render(request, "causes/page.html", {**shown, "may_act": seat.may(Level.FINANCIEEL)})


def _named(row: reading.CauseRow | None) -> Sequence[Customer]:
    """The relations of Exact that the opened cause is about, when it is about one."""
    if row is None or row.administration_id is None or Action.LINK_CUSTOMER not in actions_of(row.problem.code):
        return ()
    return named_customers(row.administration_id, [row.problem])


def _skip(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _act(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Do it to the whole cause or to the selection; what moved on meanwhile is left, and that is said."""
    cause = request.POST.get("oorzaak", "").replace("\x00", "")
    posted = request.POST.copy()
    name, whom, posted["relatie"] = (*posted.get("actie", "").split(":", 2), "", "")[:3]
    try:
        ids = _meant(seat.organisation_id, cause, whom, posted)
        said = deeds.act_on_many(deeds.read_action(name), ids, posted, deeds.by(str(request.user)), moment())
    except (MovedOn, NotFound):
        messages.warning(request, _("Deze facturen waren al verder. Er is niets gewijzigd."), extra_tags="amber")
    except deeds.Unsaid as unsaid:
        messages.warning(request, unsaid.sentence, extra_tags="amber")
    else:
        messages.success(request, said, extra_tags="green")
        wiring.go_on(seat.organisation_id)
    return redirect("causes")


def _meant(organisation_id: int, cause: str, whom: str, posted: QueryDict) -> Sequence[int]:
    if whom == "kies":
        return chosen(organisation_id, posted)
    return reading.held_by(organisation_id, cause)
