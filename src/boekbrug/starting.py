"""What a person does with a koppeling around its start, joined: test, show what will be booked, confirm, go on.

Beside wiring.py, which knows how everything is made; service-center.md, "Buttons that the manual names".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from time import monotonic

from django.db import connections

from boekbrug import wiring
from boekbrug.coachview.client import Check
from boekbrug.domain.checklist import Rights
from boekbrug.domain.invoice import Invoice
from boekbrug.exact.client import ExactClient
from boekbrug.exact.connection import NEEDED, DivisionChoice, Missing, divisions, may_make_documents, rights, who
from boekbrug.exact.ledger import ExactLedger
from boekbrug.judging import red_of
from boekbrug.store import lifecycle
from boekbrug.store.budget import AdministrationBudget
from boekbrug.store.integrations import IntegrationShown, show_integration
from boekbrug.store.koppelingen import coachview_seen
from boekbrug.store.logins import keep_reach
from boekbrug.store.starting import keep_rights, on_their_way
from boekbrug.sync.expect_invoices import Expected, expect_invoices, not_in_exact
from boekbrug.sync.failures import NotAllowed, OutsideFailure
from boekbrug.sync.tools import at_coachview

TEST_SECONDS = 2.7


# --- Bevestigen ----------------------------------------------------------------------------------------------------


def expected(integration_id: int) -> Expected:
    """What would be booked if this integration started now; raises what Coachview does."""
    shown = show_integration(integration_id)
    clock = wiring.WallClock(country=shown.options.country)
    with at_coachview():
        source = wiring.source_of(shown.organisation_id, clock=clock)
        return expect_invoices(source, shown.options, clock, partial(on_their_way, shown.organisation_id))


def missing_in_exact(integration_id: int, invoices: Sequence[Invoice]) -> tuple[Invoice, ...]:
    """Those of these invoices that are not in the sales journal; raises what Exact does."""
    shown = show_integration(integration_id)
    return not_in_exact(ExactLedger(_client(shown)), invoices, shown.options)


def confirm_and_start(integration_id: int, *, who: str) -> bool:
    """The second confirmation: booking starts at once; while something is red nothing is confirmed."""
    now = wiring.WallClock().now()
    if red_of(integration_id, now):
        return False
    started = lifecycle.start_confirmed(integration_id, who=who, now=now)
    if started:
        _wake(integration_id)
    return started


def resume(integration_id: int) -> None:
    """Hervatten: goes on where it was."""
    lifecycle.resume(integration_id, now=wiring.WallClock().now())
    _wake(integration_id)


def read_again(integration_id: int) -> bool:
    """Opnieuw lezen: the administration's data anew; raises what Exact does.

    Whether booking has started: what the command line confirmed starts by itself once nothing is red any more.
    """
    _client(show_integration(integration_id))
    return wiring.start(integration_id).started


def _wake(integration_id: int) -> None:
    administration_id = show_integration(integration_id).administration_id
    if administration_id is not None:
        wiring.queue().wake(administration_id, "rt")


def _client(shown: IntegrationShown) -> ExactClient:
    if shown.administration_id is None or shown.login_id is None or not wiring.is_logged_in(shown.id):
        raise NotAllowed("not-connected", "nobody is logged in")
    division = shown.options.division or 0
    return wiring.exact_client(
        shown.options.site, shown.login_id, division=division, administration_id=shown.administration_id
    )


# --- Verbinding testen ---------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Trial:
    """What a test of both connections saw, as far as it came; a party that failed has its failure.

    `reach` are the administrations that the login may book into; `rights` are the lists that were looked at, with
    what keeps us from reading one; `late` are the parties that did not answer in time.
    """

    user: str = ""
    division: DivisionChoice | None = None
    reach: dict[int, str] = field(default_factory=dict)
    rights: dict[str, Missing | None] = field(default_factory=dict)
    document_type: bool | None = None
    calls_left: int | None = None
    source: Check | None = None
    failures: dict[str, OutsideFailure] = field(default_factory=dict)
    late: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether all rights of the login have been looked at."""
        return self.rights.keys() == NEEDED.keys()


def try_connections(integration_id: int, *, seconds: float = TEST_SECONDS) -> Trial:
    """Both parties at once, for less than 3 seconds; whatever they do is a result.

    What is kept of it is how Coachview was found, which administrations the login reaches, and its rights when all
    were looked at.
    """
    shown, found = show_integration(integration_id), Trial()
    tries: dict[str, Callable[[], None]] = {}
    with _noting(found, "coachview"):
        source = wiring.coachview_of(shown.organisation_id)
        tries["coachview"] = lambda: setattr(found, "source", source.check())
    with _noting(found, "exact"):
        tries["exact"] = partial(_try_exact, _client(shown), shown.administration_id or 0, found)
    found.late = _at_once(tries, found, seconds)
    _show_lights(integration_id, found)
    _keep_coachview(shown.organisation_id, found)
    if found.reach and shown.login_id is not None:
        keep_reach(shown.login_id, found.reach)
    if found.complete and not {"exact"} & {*found.failures, *found.late}:
        missing = {path: one.reason for path, one in found.rights.items() if one is not None}
        kept = Rights(missing=missing, document_type=found.document_type)
        keep_rights(shown.administration_id or 0, shown.login_id or 0, kept, now=wiring.WallClock().now())
    return found


def _keep_coachview(organisation_id: int, found: Trial) -> None:
    """One that is away for a moment says nothing about the connection."""
    failure, now = found.failures.get("coachview"), wiring.WallClock().now()
    if isinstance(failure, NotAllowed):
        coachview_seen(organisation_id, now, reason=failure.reason, detail=failure.detail)
    elif failure is None and found.source is not None:
        coachview_seen(organisation_id, now)


def _show_lights(integration_id: int, found: Trial) -> None:
    """What was tried and is certain: green when it answered, red with the reason when it does not let us in.

    Why nobody is logged in at Exact was told when that came to be.
    """
    now = wiring.WallClock().now()
    for party, answered in (("exact", bool(found.user)), ("coachview", found.source is not None)):
        failure = found.failures.get(party)
        if isinstance(failure, NotAllowed) and (party, failure.reason) != ("exact", "not-connected"):
            lifecycle.show_light(party, integration_id, failure.reason, failure.detail, now=now)
        elif answered and failure is None:
            lifecycle.show_light(party, integration_id, now=now)


def _try_exact(client: ExactClient, administration_id: int, found: Trial) -> None:
    budget = AdministrationBudget(administration_id)
    user = who(client)
    found.user = user.name
    reached = divisions(client, user)
    found.reach = {one.number: one.name for one in reached if one.usable}
    found.division = next((one for one in reached if one.number == client.division), None)
    found.calls_left = budget.left(wiring.WallClock().now())
    for path, missing in rights(client):
        found.rights[path] = missing
    found.document_type = may_make_documents(client)
    found.calls_left = budget.left(wiring.WallClock().now())


@contextmanager
def _noting(found: Trial, party: str) -> Iterator[None]:
    """A failure inside is a result of the test."""
    try:
        yield
    except OutsideFailure as failure:
        failure.party = party
        found.failures[party] = failure


def _at_once(tries: Mapping[str, Callable[[], None]], found: Trial, seconds: float) -> frozenset[str]:
    """Try the parties in threads; one that has not ended in time ends by itself, for nobody any more."""
    threads = {party: Thread(target=_try, args=(found, party, one), daemon=True) for party, one in tries.items()}
    ends_at = monotonic() + seconds
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0.0, ends_at - monotonic()))
    return frozenset(party for party, thread in threads.items() if thread.is_alive())


def _try(found: Trial, party: str, one: Callable[[], None]) -> None:
    try:
        with _noting(found, party):
            one()
    finally:
        connections.close_all()
