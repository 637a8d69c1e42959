"""A worker whose every step can be stopped: our real verbs, store and Exact client, beside a simulator in this process.

The worker runs in a greenlet that hands over before each change of the database, when a POST or PUT has left for
Exact, and when Exact has done it but the answer has not arrived. There it may be frozen, killed or left to go on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any
from unittest import mock

import httpx2
from aiohttp.test_utils import make_mocked_request
from greenlet import greenlet  # type: ignore[import-untyped]  # it comes without types
from tests.store.world import DIVISION

from boekbrug.domain.invoice import Invoice
from boekbrug.exact.client import ExactClient
from boekbrug.exact.exchange import Answer as Reply
from boekbrug.exact.exchange import Time
from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.limits import Priority, Window
from boekbrug.exact.line import Line, when_waited_for
from boekbrug.exact.sites import exact_site
from boekbrug.store import leases
from boekbrug.store.books import Books
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.number_checks import NUMBER_CHECKS
from boekbrug.sync.ports import Pdf, Received
from boekbrug.sync.run import run
from boekbrug.sync.tools import Slice, Tools
from boekbrug_sim.exact.app import Simulator

ADDRESS = "http://127.0.0.1:1"
LONG_AGO = datetime.min.replace(tzinfo=UTC)
CALL = timedelta(seconds=60)
TOKEN = timedelta(seconds=500)
MOST_STOPS = 500
"""A slice makes some dozens of stops; one that goes on after so many never ends."""

READS = frozenset(
    {
        *("due_steps", "wake_up", "step_failures", "koppelingen", "to_reread", "reference", "links"),
        *("reference_read_at", "timestamp", "to_check", "ready", "next_ready", "waiting_for_proof", "has_open_intent"),
        *("pdf_due", "next_pdf", "customer_id_of", "unproven", "unconfirmed", "earlier", "made", "unanswered"),
        *("next_settlement", "may_send"),
    }
)
"""What only reads: stopping before it is stopping before the next change."""


class Gone(BaseException):
    """The worker was killed: nothing of it runs any more."""


class Fate(Enum):
    """What a stopped worker finds when it goes on."""

    GO_ON = "go on"
    KILLED = "killed"
    TIMED_OUT = "timed out"


@dataclass
class HandClock:
    """Stands still until a test moves it."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.date()

    def seconds(self) -> float:
        return self.moment.timestamp()


@dataclass(eq=False)
class OnItsWay:
    """A request that has left its worker; it reaches Exact at a moment, whatever becomes of the worker."""

    request: httpx2.Request
    arrives_at: datetime


@dataclass
class Exact:
    """The simulator, and what is on its way to it."""

    clock: HandClock
    simulator: Simulator
    on_its_way: list[OnItsWay] = field(default_factory=list)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Carry a request out now."""
        self.simulator.control.clock.freeze(self.clock.now())
        asked = make_mocked_request(
            request.method, request.url.raw_path.decode(), headers=dict(request.headers), loop=mock.Mock()
        )
        asked._read_bytes = request.content
        work = self.simulator.api.handle(asked)
        try:
            work.send(None)
        except StopIteration as done:
            body = done.value.body
            return httpx2.Response(done.value.status, headers=dict(done.value.headers), content=body, request=request)
        raise AssertionError("the simulator waits for something")

    def let_arrive(self) -> None:
        """Carry out what has arrived by now; nobody hears the answers."""
        now = self.clock.now()
        for each in [one for one in self.on_its_way if one.arrives_at <= now]:
            self.on_its_way.remove(each)
            self.answer(each.request)


class Budget:
    """Calls without end."""

    def room_at(self, calls: int, now: datetime, priority: Priority) -> datetime:
        del calls, priority
        return now

    def reserve(self, priority: Priority, endpoint: str, now: datetime) -> None:
        pass

    def learn(self, minute: Window | None, day: Window | None, now: datetime) -> None:
        pass

    def error(self, endpoint: str, status: int, now: datetime) -> None:
        pass


@dataclass
class Tokens:
    """A login that always has a good token."""

    exact: Exact
    held: str = ""
    until: datetime = LONG_AGO

    def access(self) -> str:
        now = self.exact.clock.now()
        if now >= self.until:
            self.exact.simulator.control.clock.freeze(now)
            chain = self.exact.simulator.logins.new_chain(
                client="sim-client", person="demo@sim.example", divisions=None
            )
            self.held, self.until = str(chain["access_token"]), now + TOKEN
        return self.held

    def refused(self, access: str) -> str | None:
        del access
        return None


@dataclass
class Coachview:
    """Invoices by id, as they were changed last, and what was written back."""

    clock: HandClock
    invoices_now: dict[str, Invoice] = field(default_factory=dict)
    told: dict[str, tuple[bool, str]] = field(default_factory=dict)

    def put(self, invoice: Invoice) -> None:
        self.invoices_now[invoice.id] = invoice

    def changed_invoices(self, since: datetime, until: datetime) -> Iterator[tuple[Sequence[Received], datetime]]:
        rows = [one for one in self.invoices_now.values() if since <= one.changed_at <= until]
        yield [_received(one) for one in rows], until

    def invoices(self, ids: Sequence[str]) -> Iterable[Received]:
        return [_received(self.invoices_now[one]) for one in ids if one in self.invoices_now]

    def pdf(self, invoice: Invoice) -> Pdf:
        return Pdf(file_name=f"{invoice.number}.pdf", content=b"%PDF-1.7 " + invoice.number.encode())

    def confirm(self, invoice_id: str, *, confirmed: bool, text: str) -> bool:
        self.told[invoice_id] = (confirmed, text)
        return True


def _received(invoice: Invoice) -> Received:
    return Received(reading=invoice, raw=f"{invoice.id} {invoice.changed_at} {invoice.total_incl}")


def at_once(exchange: Callable[[], Reply]) -> Callable[[], Reply]:
    """A line on which a call is carried out before anything else is done; what came of it is for who waits."""
    try:
        answer = exchange()
    except Exception as error:  # noqa: BLE001  # raised where it is waited for
        failure = error

        def fail() -> Reply:
            raise failure

        return fail
    return lambda: answer


class _Stopping:
    """A port whose changes are announced before they are made; a dead worker makes none."""

    def __init__(self, inner: object, stop: Callable[[str], Fate]) -> None:
        self._inner, self._stop = inner, stop

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name in READS:
            return method

        def changing(*positional: Any, **named: Any) -> Any:
            self._stop(name)
            return method(*positional, **named)

        return changing


@dataclass
class _Line(httpx2.BaseTransport):
    """The line to Exact of one worker."""

    exact: Exact
    worker: "Worker"

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        if request.method == "GET":
            return self.exact.answer(request)
        on_its_way = OnItsWay(request=request, arrives_at=self.exact.clock.now() + CALL)
        self.exact.on_its_way.append(on_its_way)
        self.worker.on_its_way = on_its_way
        try:
            fate = self.worker.stop("request")
        finally:
            self.worker.on_its_way = None
        if fate is Fate.TIMED_OUT or on_its_way not in self.exact.on_its_way:
            raise httpx2.ReadTimeout("no answer came")
        self.exact.on_its_way.remove(on_its_way)
        answer = self.exact.answer(request)
        if self.worker.stop("answer") is Fate.TIMED_OUT:
            raise httpx2.ReadTimeout("the answer was lost")
        return answer


@dataclass
class Worker:
    """One worker process: at rest, or stopped somewhere in its slice."""

    name: str
    administration_id: int
    exact: Exact
    coachview: Coachview
    line: Line = when_waited_for
    stopped_at: str = ""
    slices: int = 0
    on_its_way: OnItsWay | None = None
    _body: greenlet | None = None
    _dead: bool = False

    @property
    def at_work(self) -> bool:
        """Whether it is in the middle of a slice."""
        return self._body is not None and not self._body.dead

    def go(self, fate: Fate = Fate.GO_ON) -> None:
        """Go on to the next stop, or begin a slice."""
        if not self.at_work:
            self._dead = False
            self.slices += 1
            self._body = greenlet(self._slice)
        assert self._body is not None
        self.stopped_at = self._body.switch(fate) or ""

    def finish(self) -> None:
        """Go on to the end of the slice; begin one when it is at rest."""
        self._until(lambda: not self.at_work, "the end of its slice")

    def goes_to_call(self) -> bool:
        """Whether its next call has left; else it is at the end of its slice."""
        self._until(lambda: self.stopped_at == "request" or not self.at_work, "a call or the end of its slice")
        return self.stopped_at == "request"

    def _until(self, there: Callable[[], bool], where: str) -> None:
        """Go on at least once; a slice has an end, so one that has none is a fault of the product."""
        for _ in range(MOST_STOPS):
            self.go()
            if there():
                return
        raise AssertionError(f"{self.name} stopped {MOST_STOPS} times without coming to {where}: {self.stopped_at}")

    def kill(self) -> None:
        """It runs no more; what it sent goes its way."""
        if self.at_work:
            self._dead = True
            self.go(Fate.KILLED)

    def stop(self, where: str) -> Fate:
        """Hand over; called in the worker's own greenlet."""
        if self._dead:
            raise Gone
        this = greenlet.getcurrent()
        assert this.parent is not None
        fate: Fate = this.parent.switch(where)
        if fate is Fate.KILLED:
            raise Gone
        return fate

    def _slice(self, _fate: Fate) -> None:
        """What the wiring does for a wake-up: a lease, the tools, one slice of what is due."""
        clock = self.exact.clock
        lease = leases.acquire(self.administration_id, f"{self.name}-{self.slices}", clock.now())
        if lease is None:
            return
        try:
            run(self.tools(lease))
        except LeaseLost:
            leases.release(lease)
        except Gone:
            return
        leases.release(lease)

    def tools(self, lease: leases.Lease) -> Tools:
        """The ports of this administration, under a lease or only looking."""
        clock = self.exact.clock
        site = exact_site(address=ADDRESS, client_id="sim-client", client_secret="-", redirect_address=ADDRESS)
        client = ExactClient(
            site=site,
            login=Tokens(self.exact),  # type: ignore[arg-type]  # what the client asks of a login
            budget=Budget(),
            division=DIVISION,
            http=httpx2.Client(transport=_Line(self.exact, self)),
            clock=Time(now=clock.now, seconds=clock.seconds, wait=lambda _seconds: None),
            line=self.line,
        )
        ledger = ExactLedger(client)
        return Tools(
            books=_Stopping(Books(lease, clock.now), self.stop),
            ledger=ledger,
            source=lambda _organisation_id: self.coachview,
            clock=clock,
            checks=NUMBER_CHECKS,
            slice=Slice.start(clock, ledger),
        )


def switches(simulator: Simulator, values: Mapping[str, Any]) -> None:
    """Put the simulator's switches as a variant wants them, the others as they are by themselves."""
    simulator.control.switches.reset()
    simulator.control.switches.change(dict(values))
