"""Joins everything: the only file that knows the outside parties, the store, the queue and the verbs at once."""

import os
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cache, partial
from uuid import uuid4

import httpx2

from boekbrug import log
from boekbrug.coachview.auth import Credentials
from boekbrug.coachview.auth import Tokens as CoachviewTokens
from boekbrug.coachview.client import CoachviewClient
from boekbrug.coachview.connection import Connection
from boekbrug.coachview.profile import ProfileError, load
from boekbrug.coachview.webhook import SIGNATURE_HEADER, is_genuine
from boekbrug.domain.checklist import Item
from boekbrug.domain.option_values import Refusal
from boekbrug.domain.options import Country
from boekbrug.domain.schedule import ZONES
from boekbrug.exact.client import ExactClient
from boekbrug.exact.connection import Connecting, User, divisions, who
from boekbrug.exact.connection import check as check_exact
from boekbrug.exact.exchange import Time, http_client
from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.limits import Priority, Unmetered
from boekbrug.exact.line import in_a_thread
from boekbrug.exact.oauth import JustObtained, TokenCalls, Tokens, code_of
from boekbrug.exact.oauth import Login as ExactLogin
from boekbrug.exact.sites import ExactSite, exact_site, origin_of
from boekbrug.judging import look_at_rights, red_of
from boekbrug.queue.engine import ProcrastinateQueue
from boekbrug.queue.port import Lane, Queue
from boekbrug.sentences import pack
from boekbrug.settings import settings
from boekbrug.store import leases, lifecycle, steps, webhooks
from boekbrug.store.books import Books
from boekbrug.store.budget import AdministrationBudget, OrganisationBudget
from boekbrug.store.decide import active_administrations
from boekbrug.store.integrations import follow_defaults, show_integration, verdict_of
from boekbrug.store.lifecycle import activate, begin_authorise, connect, disconnect, login_of, take_authorise
from boekbrug.store.logins import LoginTokens, Reach, has_tokens, keep_login, unused_logins
from boekbrug.store.models import Administration, IntegrationState
from boekbrug.store.moment import house_clock, moment
from boekbrug.store.organisations import CoachviewAccess, coachview_access
from boekbrug.store.reading import pick_lists
from boekbrug.store.reviewing import ReviewBooks
from boekbrug.store.starting import forget_rights
from boekbrug.store.tallies import tallies
from boekbrug.sync.failures import LeaseLost, NotAllowed, OutsideFailure
from boekbrug.sync.number_checks import NUMBER_CHECKS
from boekbrug.sync.ports import InvoiceSource
from boekbrug.sync.refresh_reference import refresh_reference
from boekbrug.sync.run import run
from boekbrug.sync.tools import Slice, Tools, at_coachview

RETURN_PATH = "/oauth/exact/return"
_log = log.get("wiring")


@dataclass(frozen=True, kw_only=True)
class WallClock:
    """The time as all hosts of this house have it; days are the institute's. For one piece of work, not for long."""

    country: Country = Country.NL
    now: Callable[[], datetime] = field(default_factory=house_clock)

    def today(self) -> date:
        """The present day in the institute's time zone."""
        return self.now().astimezone(ZONES[self.country]).date()


@cache
def queue() -> Queue:
    """The job engine."""
    return ProcrastinateQueue()


@cache
def _http() -> httpx2.Client:
    """Sockets to Exact, shared by the threads of this process."""
    return http_client()


@cache
def _coachview_tokens() -> CoachviewTokens:
    return CoachviewTokens(Time().seconds)


def due_administrations(now: datetime, limit: int) -> Iterable[tuple[int, Lane]]:
    """What the clock wakes: everything that is due, longest due first."""
    return steps.due_administrations(now, limit)


def sweep(now: datetime) -> int:
    """Make due what a crash forgot to ask for; how much that was."""
    return steps.sweep(now)


def go_on(organisation_id: int) -> None:
    """After a person's decision: wake the administrations of an organisation, once it is committed."""
    for administration_id in active_administrations(organisation_id):
        queue().wake(administration_id, "rt")


def run_slice(administration_id: int, lane: Lane, *, clock: WallClock | None = None) -> datetime | None:
    """Do what is due for one administration, under its lease; when something is due next.

    Nothing is done while somebody else holds the lease, or when nobody is logged in any more.
    """
    clock = clock or WallClock(country=_country(administration_id))
    lease = leases.acquire(administration_id, _worker_name(), clock.now())
    if lease is None:
        return None
    _count_delay(administration_id, clock.now())
    try:
        budget = AdministrationBudget(administration_id, patient=True)
        tools = tools_for(lease, clock, lane, budget)
        if tools is None:
            lifecycle.rest_without_login(leases.Shift(lease=lease, now=clock.now))
        else:
            run(tools)
            budget.rest()
            _look_at_rights(administration_id, clock)
    except LeaseLost:
        return steps.next_due(administration_id)
    finally:
        leases.give_back(lease)
    return steps.next_due(administration_id) if tools is not None else None


def _count_delay(administration_id: int, now: datetime) -> None:
    waited = steps.waited(administration_id, now)
    if waited is not None:
        tallies().delay(waited.total_seconds())


def tools_for(
    lease: leases.Lease, clock: WallClock, lane: Lane, budget: AdministrationBudget | None = None
) -> Tools | None:
    """The ports of one administration; None while none of its koppelingen is active and logged in."""
    row = Administration.objects.get(id=lease.administration_id)
    login_id = login_of(row.id)
    if login_id is None:
        return None
    client = exact_client(
        row.site, login_id, division=row.division, administration_id=row.id, clock=clock, budget=budget
    )
    ledger = ExactLedger(client, booking=Priority.REALTIME if lane == "rt" else Priority.BULK)
    return Tools(
        books=Books(lease, clock.now),
        ledger=ledger,
        source=cache(partial(source_of, clock=clock)),
        clock=clock,
        checks=NUMBER_CHECKS,
        slice=Slice.start(clock, ledger),
        review=ReviewBooks(lease, clock.now),
    )


def keep_logins_alive(now: datetime, *, limit: int = 50) -> int:
    """Refresh logins that nobody used for 20 days, of paused koppelingen too; how many are fresh again.

    One that cannot be refreshed now is tried again later; one that Exact has ended shows red by itself.
    """
    # What is asked of Exact takes its time; a claim on a token that is dated too early would be no claim.
    time, fresh = Time(now=house_clock(lambda: now)), 0
    for login_id, site in unused_logins(now, limit):
        try:
            ExactLogin(token_calls(site, time), LoginTokens(login_id, time.now), time).access()
            fresh += 1
        except OutsideFailure as failure:
            _log.warning(
                "login.not-refreshed", sentence="A login stays as it was.", login=login_id, detail=failure.detail
            )
    return fresh


def exact_client(
    site: str,
    login_id: int,
    *,
    division: int,
    administration_id: int,
    clock: WallClock | None = None,
    budget: AdministrationBudget | None = None,
) -> ExactClient:
    """Calls to one division as one login, within the budget of its administration."""
    time = Time(now=(clock or WallClock()).now)
    calls = token_calls(site, time)
    return ExactClient(
        site=site_of(site),
        login=ExactLogin(calls, LoginTokens(login_id, time.now), time),
        budget=budget or AdministrationBudget(administration_id),
        division=division,
        http=_http(),
        clock=time,
        count=partial(tallies().call, "exact"),
        line=in_a_thread,
    )


def token_calls(site: str, time: Time | None = None) -> TokenCalls:
    """The token endpoint of a site."""
    return TokenCalls(site_of(site), _http(), time or Time(), count=partial(tallies().call, "exact-login"))


def site_of(site: str) -> ExactSite:
    """The site with our app; raises NotAllowed when the app is not set up."""
    ours = settings()
    app = ours.exact_app(site)
    if not app.complete:
        raise NotAllowed("app-missing", f"no Exact app for {site}")
    return exact_site(
        address=app.url,
        client_id=app.client_id,
        client_secret=app.client_secret,
        redirect_address=ours.public_url.rstrip("/") + RETURN_PATH,
    )


@dataclass(frozen=True, kw_only=True)
class Connected:
    """What came of a consent or a start: who logged in, whether booking has started, and what is still red."""

    integration_id: int
    user: str
    started: bool
    red: tuple[Item, ...]
    in_review: bool = False


def authorise(integration_id: int) -> str:
    """The address at Exact where a person consents; its state is kept in the database until the return."""
    return begin_consent(integration_id).address


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A consent that was begun: where the person goes, and the state that has to come back with him."""

    address: str
    state: str = field(repr=False)


def begin_consent(integration_id: int) -> Consent:
    """Begin a consent; raises NotAllowed when no app is set up for the site."""
    state = begin_authorise(integration_id, now=WallClock().now())
    calls = token_calls(show_integration(integration_id).options.site)
    return Consent(address=Connecting(calls).authorise_address(state), state=state)


def complete_authorise(return_address: str) -> Connected:
    """Keep the login of the address that Exact sent the person back to, and start what was enabled and confirmed."""
    return start(keep_consent(return_address))


def keep_consent(return_address: str) -> int:
    """Keep the login of the address that Exact sent the person back to; the integration that it is for.

    Raises NotAllowed for an answer that belongs to no open request, for a refused consent, and for a login that
    does not reach the stored division, and what went wrong on the way; an earlier login stays in place then.
    """
    code, state = code_of(return_address)
    clock = WallClock()
    integration_id = take_authorise(state, now=clock.now())
    if integration_id is None:
        raise NotAllowed("state-differs", "no request is open with this state")
    shown = show_integration(integration_id)
    options = shown.options
    try:
        calls = token_calls(options.site, Time(now=clock.now))
        tokens = Connecting(calls).complete_code(code)
        user, reached = _demand_division(options.site, calls, tokens, options.division, clock)
    except NotAllowed as refusal:
        consent_refused(integration_id, refusal)
        raise
    client_id = settings().exact_app(options.site).client_id
    reach = Reach(organisation_id=shown.organisation_id, divisions=reached)
    login_id = keep_login(options.site, client_id, tokens, exact_user=user.name, reach=reach, now=clock.now())
    connect(integration_id, login_id, now=clock.now())
    forget_rights(integration_id)
    return integration_id


def consent_refused(integration_id: int, refusal: NotAllowed) -> None:
    """Show why nobody is logged in; a login that is in place goes on, so its state stays too."""
    if not is_logged_in(integration_id):
        disconnect(integration_id, refusal.reason, refusal.detail, now=WallClock().now())


def is_logged_in(integration_id: int) -> bool:
    """Whether there is a login at Exact."""
    login_id = show_integration(integration_id).login_id
    return login_id is not None and has_tokens(login_id)


def exact_origin(site: str) -> str:
    """Scheme and host of an Exact site; empty when it is not set up."""
    address = settings().exact_app(site).url
    return origin_of(address) if address else ""


def _demand_division(
    site: str, calls: TokenCalls, tokens: Tokens, division: int | None, clock: WallClock
) -> tuple[User, dict[int, str]]:
    """Who logged in and what he reaches; raises NotAllowed when the stored division is not among it."""
    client = ExactClient(
        site=site_of(site),
        login=ExactLogin(calls, JustObtained(tokens), Time(now=clock.now)),
        budget=Unmetered(),
        division=division or 0,
        http=_http(),
    )
    user = who(client)
    usable = {choice.number: choice.name for choice in divisions(client, user) if choice.usable}
    if division is not None and division not in usable:
        raise NotAllowed("NoDivisionAccess", f"{user.name} does not reach division {division}")
    return user, usable


def start(integration_id: int) -> Connected:
    """Read the administration; when it is connected, enabled and nothing is red, booking starts."""
    shown = show_integration(integration_id)
    if shown.administration_id is None or shown.login_id is None:
        return Connected(integration_id=integration_id, user=shown.exact_user, started=False, red=())
    clock = WallClock(country=shown.options.country)
    read_administration(shown.administration_id, clock)
    follow_defaults(integration_id, now=clock.now())
    _look_at_rights(shown.administration_id, clock)
    red = red_of(integration_id, clock.now())
    started = not red and activate(integration_id, now=clock.now())
    if started:
        queue().wake(shown.administration_id, "rt")
    return Connected(
        integration_id=integration_id,
        user=shown.exact_user,
        started=started,
        red=red,
        in_review=shown.state == IntegrationState.REVIEW,
    )


def learn(integration_id: int) -> None:
    """Read an administration that was chosen just now, so that its journals and accounts can be picked.

    One that was read before is kept up to date by the runs. Raises what Exact does wrong; the options stay saved.
    """
    shown = show_integration(integration_id)
    if shown.administration_id is None or shown.login_id is None or pick_lists(integration_id).journals:
        return
    clock = WallClock(country=shown.options.country)
    read_administration(shown.administration_id, clock)
    follow_defaults(integration_id, now=clock.now())


def _look_at_rights(administration_id: int, clock: WallClock) -> None:
    login_id = login_of(administration_id)
    if login_id is not None:
        row = Administration.objects.get(id=administration_id)
        client = exact_client(row.site, login_id, division=row.division, administration_id=row.id, clock=clock)
        look_at_rights(client, row.id, login_id, clock.now())


def read_administration(administration_id: int, clock: WallClock) -> None:
    """A full read of the reference data; somebody who works on the administration reads it himself."""
    lease = leases.acquire(administration_id, _worker_name(), clock.now())
    if lease is None:
        return
    try:
        tools = tools_for(lease, clock, "rt")
        if tools is not None:
            refresh_reference(tools)
    finally:
        leases.release(lease)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a test of both connections saw; `missing`: lists that we may not read, `red`: options that clash."""

    user: str
    divisions: tuple[int, ...]
    missing: tuple[str, ...]
    calls_left: int
    invoices: int
    latest_number: str
    red: tuple[Refusal, ...]


def check(integration_id: int) -> Checked:
    """Verbinding testen: who is logged in, which rights and calls there are, and whether Coachview answers."""
    shown = show_integration(integration_id)
    if shown.login_id is None or shown.administration_id is None:
        raise NotAllowed("not-connected", "nobody is logged in")
    division = shown.options.division or 0
    client = exact_client(
        shown.options.site, shown.login_id, division=division, administration_id=shown.administration_id
    )
    found = check_exact(client)
    with at_coachview():
        source = coachview_of(shown.organisation_id).check()
    return Checked(
        user=found.user.name,
        divisions=tuple(choice.number for choice in found.divisions if choice.usable),
        missing=tuple(row.endpoint for row in found.missing),
        calls_left=AdministrationBudget(shown.administration_id).left(WallClock().now()),
        invoices=source.invoices,
        latest_number=source.latest_number,
        red=verdict_of(integration_id).refusals,
    )


def source_of(organisation_id: int, *, clock: WallClock | None = None) -> InvoiceSource:
    """The Coachview environment of an organisation; raises NotAllowed when its profile or address is wrong."""
    return coachview_of(organisation_id, clock=clock)


def coachview_of(organisation_id: int, *, clock: WallClock | None = None) -> CoachviewClient:
    """The client of an organisation's Coachview."""
    return CoachviewClient(_connection(coachview_access(organisation_id)), now=(clock or WallClock()).now)


@cache
def _connection(access: CoachviewAccess) -> Connection:
    """One connection per environment and process; another secret or profile makes another one."""
    if not (access.url and access.client_id and access.client_secret):
        raise NotAllowed("not-connected", "address, client or secret is missing")
    try:
        profile = load(access.profile, settings().home / "profiles")
        return Connection(
            base_url=access.url,
            credentials=Credentials(client_id=access.client_id, secret=access.client_secret),
            profile=profile,
            budget=OrganisationBudget(access.organisation_id, moment),
            tokens=_coachview_tokens(),
            now=moment,
            count=partial(tallies().call, "coachview"),
        )
    except ProfileError as error:
        raise NotAllowed("wrong-profile", pack(error.faults)) from error
    except ValueError as error:
        raise NotAllowed("not-connected", str(error)) from error


class Woken(Enum):
    """What came of somebody's call to a webhook's address."""

    YES = "yes"
    NOBODY = "nobody"
    NOT_GENUINE = "not-genuine"


def wake_by_webhook(
    address_secret: str, body: bytes, headers: Mapping[str, str], *, clock: WallClock | None = None
) -> Woken:
    """Have Coachview read now; the body is looked at for its signature only."""
    hook = webhooks.find_hook(address_secret)
    if hook is None:
        return Woken.NOBODY
    if not is_genuine(body, headers.get(_signature_header(hook.profile), ""), hook.secret):
        return Woken.NOT_GENUINE
    woken = webhooks.wake(hook.organisation_id, (clock or WallClock()).now())
    for administration_id, lane in woken:
        queue().wake(administration_id, lane)
    _log.info("webhook.received", sentence="Coachview woke us.", organisation=hook.organisation_id, at_once=len(woken))
    return Woken.YES


@cache
def _signature_header(profile: str) -> str:
    """Where this profile's Coachview signs; a profile that is wrong shows red at the fetch that is woken."""
    try:
        return load(profile, settings().home / "profiles").signature_header
    except ProfileError:
        return SIGNATURE_HEADER


def _country(administration_id: int) -> Country:
    """Belgian days are the same as Dutch ones so far; the site says which zone is meant."""
    site = Administration.objects.values_list("site", flat=True).get(id=administration_id)
    return Country.BE if site == Country.BE else Country.NL


def _worker_name() -> str:
    """Another name for each slice, so that a thread never takes over the lease of its own process's sibling."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
