"""Inschakelen and Bevestigen: first enabled, then what will be booked from when is shown, and a person starts it.

Source: service-center.md, "Buttons that the manual names"; options.md, `book_from`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug import starting, wiring
from boekbrug.domain.checklist import Facts, checklist, reds
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.money import ZERO
from boekbrug.sentences import Telling, tell_item
from boekbrug.store import lifecycle, reading
from boekbrug.store.moment import moment
from boekbrug.store.reading import Configuring, IntegrationDetail
from boekbrug.sync.expect_invoices import Expected
from boekbrug.sync.failures import OutsideFailure
from boekbrug.web import formats, outside
from boekbrug.web.access import Seat
from boekbrug.web.middleware import allow_forms_to
from boekbrug.web.pages.integration.deeds import done, not_done, or_why_not, tell_started

BEFORE = ("draft", "enabled")
HOME_CURRENCY = "EUR"
MOST_EARLIER = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What the page shows: what is still in the way, or what will be booked from when.

    `trouble` says that Coachview could not be read, `unknown` that Exact could not be asked about earlier invoices.
    """

    connected: bool
    red: tuple[Telling, ...] = ()
    expected: Expected | None = None
    amounts: str = ""
    earlier: tuple[Invoice, ...] = ()
    more_earlier: int = 0
    trouble: str = ""
    unknown: str = ""

    @property
    def ready(self) -> bool:
        """Whether everything is there to start at once."""
        return self.expected is not None


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """Show what will happen; a POST does it."""
    place = reading.configuring(seat.organisation_id, id, now=timezone.now())
    if place is None or place.detail.row.state == "deleted":
        raise Http404
    found = place.detail
    if found.row.state not in BEFORE:
        return render(request, "integration/started.html", {"integration": found.row})
    if request.method == "POST" and _confirmed(request, found):
        return redirect("integration", id)
    shown = {"integration": found.row, "version": _version(found), "options": found.options}
    plan = _plan(place, get_language() or "nl")
    answer = render(request, "integration/start.html", shown | {"plan": plan})
    return allow_forms_to(answer, wiring.exact_origin(found.row.site))


def _confirmed(request: HttpRequest, found: IntegrationDetail) -> bool:
    """Do what the person confirmed, never more than what he was shown; whether the page is done with."""
    now = moment()
    if request.POST.get("step") != "start":
        return _enabled(request, found, now)
    if request.POST.get("version") != str(_version(found)):
        not_done(request, _("De instellingen zijn intussen gewijzigd. Er is niets gestart; bekijk het opnieuw."))
        return False
    with or_why_not(request):
        if found.row.state == "draft":
            lifecycle.enable(found.row.id, now=now)
        if starting.confirm_and_start(found.row.id, who=str(request.user)):
            tell_started(request)
            return True
        not_done(request, _("De verbinding of de checklist is intussen veranderd. Er is niets gestart."))
    return False


def _enabled(request: HttpRequest, found: IntegrationDetail, now: datetime) -> bool:
    with or_why_not(request):
        lifecycle.enable(found.row.id, now=now)
        done(request, _("Ingeschakeld. Er wordt niets geboekt tot u bevestigt wat er wordt geboekt."))
    return True


def _plan(place: Configuring, language: str) -> Plan:
    integration_id = place.detail.row.id
    if not place.facts.connected:
        return Plan(connected=False)
    red = _red(place.facts, language)
    if red:
        return Plan(connected=True, red=red)
    try:
        expected = starting.expected(integration_id)
    except OutsideFailure as failure:
        return Plan(connected=True, trouble=outside.told(failure, language))
    red = _red(place.facts_with(expected.waiting), language)
    if red:
        return Plan(connected=True, red=red)
    earlier, unknown = _earlier(integration_id, expected, language)
    return Plan(
        connected=True,
        expected=expected,
        amounts=_amounts(expected, language),
        earlier=earlier[-MOST_EARLIER:],
        more_earlier=max(0, len(earlier) - MOST_EARLIER),
        unknown=unknown,
    )


def _red(facts: Facts, language: str) -> tuple[Telling, ...]:
    """What is red, over what our books know or over the invoices that wait."""
    return tuple(tell_item(item, language) for item in reds(checklist(facts)))


def _amounts(expected: Expected, language: str) -> str:
    """The totals, the euro first; nothing waiting is nothing in euro."""
    totals = expected.totals or {HOME_CURRENCY: ZERO}
    in_order = sorted(totals, key=lambda currency: (currency != HOME_CURRENCY, currency))
    return " + ".join(formats.money(totals[currency], language, currency) for currency in in_order)


def _earlier(integration_id: int, expected: Expected, language: str) -> tuple[tuple[Invoice, ...], str]:
    """The earlier ones that are not in Exact, or why that is not known."""
    if not expected.earlier:
        return (), ""
    try:
        return starting.missing_in_exact(integration_id, expected.earlier), ""
    except OutsideFailure as failure:
        return (), outside.told(failure, language)


def _version(found: IntegrationDetail) -> int:
    return found.versions[0].number if found.versions else 0
