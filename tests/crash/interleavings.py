"""A machine that tries orders of events: two workers, a remote ledger, time, and a person who clicks in between.

After every event the table of states is checked; when all is quiet, that every invoice is in Exact once and known.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any

from django.db import transaction
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.crash.inside import Coachview, Exact, Fate, HandClock, Worker, at_once, switches
from tests.domain import builders
from tests.store.world import NOW, World

from boekbrug.asking import is_gone
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.states import Actor, BookingState, may_move
from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.line import when_waited_for
from boekbrug.store import booking_again, decide, leases, lifecycle, linking, models, steps
from boekbrug.store.moves import By, MovedOn
from boekbrug.sync.link_entry import NotActive, lay_beside
from boekbrug.sync.ports import Step
from boekbrug.sync.tools import Tools
from boekbrug_sim.control import Limits
from boekbrug_sim.exact.app import Simulator

INVOICES = 2
MOMENTS = (1, 11, 46, 61, 90, 130)
OBEYS: dict[str, Any] = {}
IGNORES_NUMBERS: dict[str, Any] = {"entry_number": "ignore"}
IN_EXACT = frozenset({BookingState.BOOKED, BookingState.PROVEN, BookingState.DIFFERS})
CLICKABLE = (BookingState.HELD, BookingState.READY, BookingState.SKIPPED)
ELS = By(kind=Actor.PERSON, name="els")
LATE = st.sampled_from((None, 0, 30, 59))
"""When a call arrives of which the answer is not waited for: never, or so many seconds later."""

THEN = ("dies", "hears nothing", "stands still")


class Theme(Enum):
    """Which of the seldom pressed buttons a person prefers in an order."""

    LINK = "link"
    BOOK_AGAIN = "book again"
    DELETE = "delete"


Round = tuple[int, int, int]
A_ROUND_EVERY = 3
MOST_CALLS = 5
ROUNDS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from((3, 10, 30, 60)), st.integers(0, 99)), min_size=8, max_size=8
)
"""Which worker makes how many steps, and which of the buttons is pressed then."""

SELDOM = st.sampled_from((False, False, False, True))
QUIET_SLICES = 20
QUIET_SECONDS = 100
ON_THEIR_WAY = (BookingState.RECEIVED, BookingState.READY, BookingState.BOOKING, BookingState.UNKNOWN)


@dataclass
class Stage:
    """What all examples share: tables that each leaves as they were, and an Exact that forgets nothing.

    So each example has invoices and a customer of its own, by its number.
    """

    world: World
    exact: Exact
    coachview: Coachview
    examples: int = 0
    reached: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, world: World) -> "Stage":
        """A stage on which Exact's reference data has been read."""
        clock = HandClock(NOW)
        simulator = Simulator(scenario="load-new", frozen_at=NOW)
        simulator.control.limiter.change(Limits(minute=None, day=None))
        stage = cls(world=world, exact=Exact(clock, simulator), coachview=Coachview(clock))
        steps.make_due(world.administration_id, Step.REFERENCE, clock.now())
        models.Administration.objects.update(lease_owner="", lease_until=None)
        reader = stage.worker("reader")
        reader.finish()
        assert models.ReferenceRow.objects.exists()
        return stage

    def worker(self, name: str) -> Worker:
        """A worker process of this stage."""
        return Worker(
            name=name, administration_id=self.world.administration_id, exact=self.exact, coachview=self.coachview
        )


@dataclass
class Known:
    """An invoice as Coachview has it, and what a person did with it; `taken_out`: its entry was, and nobody knows."""

    invoice: Invoice
    by_hand: str = ""
    linked: bool = False
    taken_out: bool = False


class Interleavings(RuleBasedStateMachine):
    """Two workers on one administration with two invoices of one new customer; the stage is given by a subclass."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.exact, self.coachview = self.stage.exact.clock, self.stage.exact, self.stage.coachview
        self.known: list[Known] = []
        self.deleted = False
        self.events, self.rounds = 0, list[Round]()
        self.savepoint = transaction.savepoint()

    # --- the beginning

    @initialize(
        exact=st.sampled_from((OBEYS, IGNORES_NUMBERS)),
        pdf=st.booleans(),
        eager=st.booleans(),
        theme=st.sampled_from(Theme),
        rounds=ROUNDS,
    )
    def begin(self, exact: dict[str, Any], *, pdf: bool, eager: bool, theme: Theme, rounds: list[Round]) -> None:
        self.stage.examples += 1
        self.obeys, self.theme, self.rounds = exact is OBEYS, theme, rounds
        self.clock.moment = NOW
        self.exact.on_its_way.clear()
        switches(self.exact.simulator, exact)
        version = models.OptionVersion.objects.latest("id")
        version.values |= {"send_pdf": pdf}
        version.save()
        self.coachview.invoices_now.clear()
        for place in range(INVOICES):
            self.known.append(Known(invoice=self._invoice(place)))
            self.coachview.put(self.known[place].invoice)
        self.workers = [self.stage.worker(name) for name in ("jan", "piet")]
        for worker in self.workers:
            worker.line = at_once if eager else when_waited_for
        self._wake(Step.FETCH)
        if theme is Theme.LINK:
            self._enter_by_hand(0)
            self.workers[0].finish()

    def _happened(self, what: str) -> None:
        """Count what is rare, so that a test can see that it was tried at all."""
        self.stage.reached[what] += 1
        event(what)

    def _invoice(self, place: int) -> Invoice:
        example = self.stage.examples
        number = str(20_260_000 + INVOICES * example + place)
        return builders.invoice(
            builders.line(vat_code="4"),
            id=f"i-{number}",
            number=number,
            changed_at=NOW,
            debtor=builders.debtor(
                id=f"d-{example}",
                number=str(50_000 + example),
                name=f"Klant {example:05d}",
                invoice_address=builders.address(line_1=f"Straat {example}"),
                vat_number="",
                email=f"klant{example}@voorbeeld.example",
            ),
        )

    def _wake(self, step: Step) -> None:
        steps.make_due(self.stage.world.administration_id, step, self.clock.now())

    # --- workers and the line to Exact

    @rule(worker=st.integers(0, 1), stops=st.integers(1, 8))
    def work(self, worker: int, stops: int) -> None:
        for _ in range(stops):
            self.workers[worker].go()

    @rule(
        worker=st.integers(0, 1), calls=st.integers(1, 5), answered=st.booleans(), then=st.sampled_from(THEN), late=LATE
    )
    def send(self, worker: int, calls: int, answered: bool, then: str, late: int | None) -> None:
        """Go on until so many calls have left; the last one is stopped on its way there, or on its way back.

        There the worker stands still, dies, or hears nothing.
        """
        mine = self.workers[worker]
        for _ in range(calls):
            self._goes_to_call(mine)
        if answered and mine.stopped_at == "request":
            mine.go()
        if then == "dies":
            self._kill(mine, late)
        if then == "hears nothing" and mine.stopped_at in {"request", "answer"}:
            self._time_out(mine, late)

    def _goes_to_call(self, worker: Worker) -> bool:
        """Whether its next call has left; else it is at the end of its slice."""
        worker.go()
        while worker.at_work and worker.stopped_at != "request":
            worker.go()
        return worker.stopped_at == "request"

    @precondition(lambda self: any(each.at_work for each in self.workers))
    @rule(late=LATE)
    def kill(self, late: int | None) -> None:
        self._kill(next(each for each in self.workers if each.at_work), late)

    def _kill(self, worker: Worker, late: int | None) -> None:
        """What it has sent is lost, or arrives so many seconds later."""
        sent = worker.on_its_way
        worker.kill()
        if sent is not None:
            self._goes_its_way(sent, late)

    @precondition(lambda self: any(each.stopped_at in {"request", "answer"} for each in self.workers))
    @rule(late=LATE)
    def hear_no_answer(self, late: int | None) -> None:
        self._time_out(next(each for each in self.workers if each.stopped_at in {"request", "answer"}), late)

    def _time_out(self, worker: Worker, late: int | None) -> None:
        """The call, or its answer, is lost; the call may still arrive."""
        if worker.on_its_way is not None:
            self._goes_its_way(worker.on_its_way, late)
        worker.go(Fate.TIMED_OUT)

    def _goes_its_way(self, sent: Any, late: int | None) -> None:
        if late is None:
            self.exact.on_its_way.remove(sent)
        else:
            sent.arrives_at = min(sent.arrives_at, self.clock.now() + timedelta(seconds=late))
            self.exact.let_arrive()

    @rule(seconds=st.sampled_from(MOMENTS))
    def wait(self, seconds: int) -> None:
        self._pass(seconds)

    def _pass(self, seconds: int) -> None:
        """Second by second as far as it matters: what is on its way arrives at its own moment."""
        until = self.clock.now() + timedelta(seconds=seconds)
        for sent in sorted(self.exact.on_its_way, key=lambda each: each.arrives_at):
            if sent.arrives_at <= until:
                self.clock.moment = max(self.clock.now(), sent.arrives_at)
                self.exact.let_arrive()
        self.clock.moment = until
        steps.sweep(until)

    # --- Coachview and people

    @rule(place=st.integers(0, INVOICES - 1), amount=st.sampled_from(("100.00", "250.00")))
    def change_in_coachview(self, place: int, amount: str) -> None:
        now = self.known[place].invoice
        line = builders.line(Decimal(amount), vat_code="4")
        kept = {"id": now.id, "number": now.number, "debtor": now.debtor}
        self.known[place].invoice = builders.invoice(line, changed_at=self.clock.now(), **kept)
        self.coachview.put(self.known[place].invoice)
        self._wake(Step.FETCH)

    @rule(place=st.integers(0, INVOICES - 1), sure=SELDOM)
    def somebody_enters_it_by_hand(self, place: int, sure: bool) -> None:
        """Another entry under our number: Exact refuses ours from then on."""
        if sure and self._entries(place) == 0 and not self.known[place].by_hand:
            self._enter_by_hand(place)

    def _enter_by_hand(self, place: int) -> None:
        self.known[place].by_hand = self.exact.enter_by_hand(self.known[place].invoice.number)

    @invariant()
    def life_goes_on(self) -> None:
        """Every few events a person presses a button that stands there, and a worker does something.

        It is no rule: most rules are left out of most orders, and then nothing would ever be booked.
        """
        self.events += 1
        if not self.rounds or self.events % A_ROUND_EVERY:
            return
        worker, stops, pressed = self.rounds.pop()
        offered = self._offered(pressed)
        chosen = [button for about, button in offered if about is self.theme] or [button for _, button in offered]
        if chosen:
            chosen[pressed % len(chosen)]()
        for _ in range(stops):
            self.workers[worker].go()

    def _offered(self, pressed: int) -> list[tuple[Theme, Callable[[], None]]]:
        """What the pages of the invoices and of the koppeling offer; about what, and the button."""
        if self.deleted:
            return []
        rows = dict(models.Booking.objects.values_list("invoice__source_id", "state"))
        offered: list[tuple[Theme, Callable[[], None]]] = []
        for place, known in enumerate(self.known):
            state = rows.get(known.invoice.id)
            if state == BookingState.HELD and known.by_hand:
                offered.append((Theme.LINK, partial(self._link, place)))
            if state in IN_EXACT:
                offered.append((Theme.BOOK_AGAIN, partial(self._book_again, place)))
                offered.append((Theme.BOOK_AGAIN, partial(self._take_out_and_book_again, place)))
        if self.theme is Theme.DELETE and not pressed % 2:
            offered.append((Theme.DELETE, partial(self._delete, 1 + pressed % MOST_CALLS)))
        return offered

    def _link(self, place: int) -> None:
        """A person says that the entry made by hand is this invoice, where the page offers it: of the same total."""
        row = self._row(place)
        assert row is not None
        tools = self._looking()
        asked = (linking.to_link(row.id)[0], int(self.known[place].invoice.number))
        try:
            beside = lay_beside(tools.books, tools.ledger, self.clock, tools.checks, asked)
            if beside.may_be_ours and beside.entry is not None and beside.made is not None:
                linking.link_entry(row.id, beside.entry, beside.made, by=ELS, now=self.clock.now())
                self.known[place].linked = True
                self._happened("linked")
        except (NotActive, MovedOn):
            pass

    def _looking(self) -> Tools:
        """What a page looks into Exact with."""
        return self.stage.worker("els").tools(leases.looking(self.stage.world.administration_id, self.clock.now()))

    def _take_out_and_book_again(self, place: int) -> None:
        """Somebody takes the entry out of Exact, and a person presses Opnieuw boeken."""
        row, known = self._row(place), self.known[place]
        assert row is not None
        if not known.taken_out:
            self.exact.take_out(row.entry_id)
            known.taken_out = True
            if known.linked:
                known.by_hand, known.linked = "", False
        self._book_again(place)

    def _book_again(self, place: int) -> None:
        """Opnieuw boeken: refused while the entry, or another one of its number, is there."""
        row, known = self._row(place), self.known[place]
        assert row is not None
        try:
            gone = booking_again.to_book_again(row.id)
            ledger = self._looking().ledger
            assert isinstance(ledger, ExactLedger)
            left = ledger.left_of(gone.entry_id, gone.sent)
            assert known.taken_out or not is_gone(left), left
            assert is_gone(left) or not known.taken_out or known.by_hand or not self.obeys, left
            if not is_gone(left):
                self._happened("refused to book again")
                return
            booking_again.book_again(gone, by=ELS, now=self.clock.now())
        except MovedOn:
            return
        known.taken_out = False
        self._happened("booked again")

    @precondition(lambda _self: models.Booking.objects.filter(state__in=CLICKABLE).exists())
    @rule(place=st.integers(0, INVOICES - 1), click=st.sampled_from(("retry", "skip", "unskip")))
    def click(self, place: int, click: str) -> None:
        row = self._row(place)
        if row is None:
            return
        try:
            match click:
                case "retry":
                    decide.retry([row.id], by=ELS, now=self.clock.now())
                case "skip":
                    decide.skip(row.id, "dubbel", by=ELS, now=self.clock.now())
                case "unskip":
                    decide.unskip(row.id, by=ELS, now=self.clock.now())
        except MovedOn:
            pass

    @precondition(lambda self: not self.deleted)
    @rule(paused=st.booleans())
    def pause_or_resume(self, paused: bool) -> None:
        self._pause(paused=paused)

    def _pause(self, *, paused: bool) -> None:
        state = models.Integration.objects.get(id=self.stage.world.integration_id).state
        if paused and state == models.IntegrationState.ACTIVE:
            lifecycle.pause(self.stage.world.integration_id, now=self.clock.now())
        if not paused and state == models.IntegrationState.PAUSED:
            lifecycle.resume(self.stage.world.integration_id, now=self.clock.now())

    def _delete(self, calls: int) -> None:
        """In the middle of one of the next calls, where it matters most, when there is one."""
        in_a_call = any(all(self._goes_to_call(each) for _ in range(calls)) for each in self.workers)
        lifecycle.delete(self.stage.world.integration_id, by=ELS, now=self.clock.now())
        self.deleted = True
        self._happened("deleted in the middle of a call" if in_a_call else "deleted")

    # --- what must hold

    def _row(self, place: int) -> models.Booking | None:
        return models.Booking.objects.filter(invoice__source_id=self.known[place].invoice.id).first()

    def _entries(self, place: int) -> int:
        return len(self.exact.entries(self.known[place].invoice.number))

    @invariant()
    def no_invoice_is_in_exact_twice(self) -> None:
        assert all(self._entries(place) <= 1 for place in range(len(self.known)))

    @invariant()
    def what_we_call_booked_is_in_exact(self) -> None:
        for place in range(len(self.known)):
            row = self._row(place)
            known = self.known[place]
            if row is not None and row.state in IN_EXACT:
                there = self.exact.entries(known.invoice.number) + ([known.by_hand] if known.linked else [])
                assert there == ([] if known.taken_out else [row.entry_id])

    @invariant()
    def every_move_is_one_of_the_table_and_has_its_history(self) -> None:
        for row in models.Booking.objects.all():
            at = ""
            for old, new in row.history.order_by("id").values_list("from_state", "to_state"):
                assert old == at
                assert old in {"", new} or may_move(BookingState(old), BookingState(new)), f"{old} -> {new}"
                at = new
            assert at == row.state

    def teardown(self) -> None:
        try:
            if self.known:
                self._become_quiet()
                self._nothing_is_lost()
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def _become_quiet(self) -> None:
        """Nothing more happens: one worker does what is due, and a person goes on with what was stopped."""
        for worker in self.workers:
            worker.kill()
        last = self.stage.worker("last")
        for _ in range(QUIET_SLICES):
            self._pass(QUIET_SECONDS)
            if not self.deleted:
                self._pause(paused=False)
            last.finish()
            self.no_invoice_is_in_exact_twice()
            if self._is_quiet():
                break
        self.what_we_call_booked_is_in_exact()
        self.every_move_is_one_of_the_table_and_has_its_history()

    def _is_quiet(self) -> bool:
        """Whether nothing is on its way any more, here or to Exact."""
        known = models.Booking.objects.count() == len(self.known)
        moving = models.Booking.objects.filter(state__in=ON_THEIR_WAY) | models.Booking.objects.filter(needs_check=True)
        unanswered = models.Intent.objects.filter(state=models.IntentState.OPEN)
        asleep = self.deleted or not (moving.exists() or unanswered.exists())
        return known and asleep and not self.exact.on_its_way

    def _nothing_is_lost(self) -> None:
        number = str(50_000 + self.stage.examples)
        assert self.exact.count("Accounts", "Code", number) <= 1
        for known in self.known:
            assert self.exact.count("Documents", "Subject", known.invoice.number) <= 1
        if self.deleted:
            return
        assert not models.Intent.objects.filter(state=models.IntentState.OPEN).exists()
        for place, known in enumerate(self.known):
            row = self._row(place)
            assert row is not None
            if row.state == BookingState.HELD:
                assert known.by_hand, row.problems
            elif row.state != BookingState.SKIPPED:
                there = not (known.linked or known.taken_out)
                assert (row.state in IN_EXACT, self._entries(place)) == (True, there), row.state
                assert row.state != BookingState.DIFFERS or known.linked or known.taken_out or not self.obeys
