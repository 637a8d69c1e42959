"""A machine that tries orders of events: two workers, a remote ledger, time, and a person who clicks in between.

After every event the table of states is checked; when all is quiet, that every invoice is in Exact once and known.
"""

from datetime import timedelta
from enum import Enum
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.crash.by_hand import ENTRIES, Thing
from tests.crash.inside import Fate, Worker, at_once, switches
from tests.crash.people import IN_EXACT, LONG_AGO, MOST_CALLS, People, Theme
from tests.crash.stage import DAYS, INVOICES, Known, Stage, Years
from tests.domain import builders
from tests.store.world import NOW

from boekbrug.domain.states import BookingState, PdfState, may_move
from boekbrug.exact.line import when_waited_for
from boekbrug.store import models, steps
from boekbrug.sync.ports import Step

MOMENTS = (1, 11, 46, 61, 90, 130)
OBEYS: dict[str, Any] = {"error_block": False}
IGNORES_NUMBERS: dict[str, Any] = {**OBEYS, "entry_number": "ignore"}
"""No block after ten errors in an hour: all orders happen in one and the same hour of Exact."""

LATE = st.sampled_from((None, 0, 30, 59))
"""When a call arrives of which the answer is not waited for: never, or so many seconds later."""

THEN = ("dies", "hears nothing", "stands still")
Round = tuple[int, int, int]
A_ROUND_EVERY = 2
AN_ANSWER_LOST_EVERY = 3
ROUNDS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from((3, 10, 30, 60)), st.integers(0, 99)), min_size=8, max_size=8
)
"""Which worker makes how many steps, and which of the buttons is pressed then."""

SELDOM = st.sampled_from((False, False, False, True))
QUIET_SLICES = 20
QUIET_SECONDS = 100
ON_THEIR_WAY = (BookingState.RECEIVED, BookingState.READY, BookingState.BOOKING, BookingState.UNKNOWN)


KEPT = ("id", "number", "debtor", "invoice_date", "definitive_on", "due_date")
"""What of an invoice stays when it is changed in Coachview."""


class Projects(Enum):
    """The options about projects: none, made by us in Exact, or made there by hand."""

    NONE = dict[str, str | None](project_source=None, project_missing="hold")
    MADE = dict[str, str | None](project_source="aanvraagnummer", project_missing="create")
    BY_HAND = dict[str, str | None](project_source="aanvraagnummer", project_missing="hold")


class Stranger(Enum):
    """Whether the invoices' numbers stand in the other year, as somebody else's entries."""

    NONE = "none"
    JUST_NOW = "just now"
    LONG_AGO = "long ago"


class Interleavings(RuleBasedStateMachine):
    """Two workers on one administration with two invoices of one new customer; a subclass gives stage and theme.

    No rule has a precondition: what is drawn must not hang on how PostgreSQL orders what has no order.
    """

    stage: Stage
    theme: Theme

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.exact, self.coachview = self.stage.exact.clock, self.stage.exact, self.stage.coachview
        self.known: list[Known] = []
        self.events, self.rounds = 0, list[Round]()
        self.savepoint = transaction.savepoint()

    # --- the beginning

    @initialize(
        exact=st.sampled_from((OBEYS, IGNORES_NUMBERS)),
        pdf=st.booleans(),
        projects=st.sampled_from(Projects),
        eager=st.booleans(),
        years=st.sampled_from(Years),
        stranger=st.sampled_from(Stranger),
        rounds=ROUNDS,
    )
    def begin(
        self,
        *,
        exact: dict[str, Any],
        pdf: bool,
        projects: Projects,
        eager: bool,
        years: Years,
        stranger: Stranger,
        rounds: list[Round],
    ) -> None:
        self.obeys, self.years, self.rounds = exact is OBEYS, years, rounds
        self.clock.moment = NOW
        self.exact.on_its_way.clear()
        switches(self.exact.simulator, exact)
        tidied = self.theme is Theme.TIDY_EXACT
        self.projects = Projects.MADE if tidied and projects is Projects.NONE else projects
        self.stage.options(send_pdf=pdf or tidied, **self.projects.value)
        self.coachview.invoices_now.clear()
        for invoice in self.stage.invoices(years):
            self.known.append(Known(invoice=invoice))
            self.coachview.put(invoice)
        self.workers = [self.stage.worker(name) for name in ("jan", "piet")]
        for worker in self.workers:
            worker.line = at_once if eager else when_waited_for
        self.people = People(self.stage, self.known, self.workers, obeys=self.obeys, theme=self.theme)
        if self.projects is Projects.BY_HAND:
            self.stage.put_project()
        self._wake(Step.FETCH)
        self._enter_before(stranger)

    def _enter_before(self, stranger: Stranger) -> None:
        """What stands in Exact under our numbers before anything is booked."""
        if self.theme is Theme.BOOK_AGAIN and stranger is Stranger.NONE:
            stranger = Stranger.JUST_NOW
        earlier = LONG_AGO if stranger is Stranger.LONG_AGO else timedelta(0)
        for place, known in enumerate(self.known):
            if stranger is not Stranger.NONE and self.years is not Years.SAME_NUMBER:
                other = next(year for year in DAYS if year != known.year)
                self.people.enter(place, other, earlier=earlier)
        if self.theme is Theme.LINK and not self.known[0].by_hand:
            self.people.enter(0, self.known[0].year)
            self.workers[0].finish()

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
            mine.goes_to_call()
        if answered and mine.stopped_at == "request":
            mine.go()
        if then == "dies":
            self._kill(mine, late)
        if then == "hears nothing" and mine.stopped_at in {"request", "answer"}:
            self._time_out(mine, late)

    @rule(late=LATE)
    def kill(self, late: int | None) -> None:
        for worker in [each for each in self.workers if each.at_work][:1]:
            self._kill(worker, late)

    def _kill(self, worker: Worker, late: int | None) -> None:
        """What it has sent is lost, or arrives so many seconds later."""
        sent = worker.on_its_way
        worker.kill()
        if sent is not None:
            self._goes_its_way(sent, late)

    @rule(late=LATE)
    def hear_no_answer(self, late: int | None) -> None:
        for worker in [each for each in self.workers if each.stopped_at in {"request", "answer"}][:1]:
            self._time_out(worker, late)

    def _time_out(self, worker: Worker, late: int | None) -> None:
        """The call, or its answer, is lost; the call may still arrive."""
        if worker.on_its_way is not None:
            self._goes_its_way(worker.on_its_way, late)
        worker.go(Fate.TIMED_OUT)

    def _goes_its_way(self, sent: Any, late: int | None) -> None:
        if sent not in self.exact.on_its_way:
            return  # it arrived meanwhile
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
        kept = {name: getattr(now, name) for name in KEPT}
        self.known[place].invoice = builders.invoice(self.stage.line(amount), changed_at=self.clock.now(), **kept)
        self.coachview.put(self.known[place].invoice)
        self._wake(Step.FETCH)

    @rule(place=st.integers(0, INVOICES - 1), sure=SELDOM)
    def somebody_enters_it_by_hand(self, place: int, sure: bool) -> None:
        """Another entry under our number: Exact refuses ours from then on."""
        if sure and self._entries(place) == 0 and not self.known[place].by_hand:
            self.people.enter(place, self.known[place].year)

    @rule(thing=st.sampled_from(Thing), place=st.integers(0, INVOICES - 1), sure=SELDOM)
    def somebody_deletes_it_in_exact(self, thing: Thing, place: int, sure: bool) -> None:
        if sure:
            self.people.delete_in_exact(thing, place)

    @rule(place=st.integers(0, INVOICES - 1), button=st.sampled_from(("retry", "skip", "unskip")))
    def click(self, place: int, button: str) -> None:
        self.people.click(place, button)

    @rule(paused=st.booleans())
    def pause_or_resume(self, paused: bool) -> None:
        self.people.pause(paused=paused)

    @invariant()
    def life_goes_on(self) -> None:
        """Every few events a person presses a button that stands there, and a worker does something.

        It is no rule: most rules are left out of most orders, and then nothing would ever be booked.
        """
        self.events += 1
        if not self.rounds or self.events % A_ROUND_EVERY:
            return
        worker, stops, pressed = self.rounds.pop()
        self.people.press(pressed)
        if not pressed % AN_ANSWER_LOST_EVERY:
            self._lose_the_answer_of_its_entry(self.workers[worker], carried_out=bool(pressed % 2))
        for _ in range(stops):
            self.workers[worker].go()

    def _lose_the_answer_of_its_entry(self, worker: Worker, *, carried_out: bool) -> None:
        """What costs most when it is settled wrongly: the POST of an entry of which nobody hears."""
        for _ in range(MOST_CALLS):
            if not worker.goes_to_call():
                return
            if worker.on_its_way is not None and worker.on_its_way.request.url.path.endswith(ENTRIES):
                worker.go(Fate.GO_ON if carried_out else Fate.TIMED_OUT)
                if carried_out and worker.stopped_at == "answer":
                    worker.go(Fate.TIMED_OUT)
                return

    # --- what must hold

    def _entries(self, place: int) -> int:
        return len(self._ours(place))

    def _ours(self, place: int) -> list[str]:
        known = self.known[place]
        return self.stage.by_hand.entries(known.invoice.number, known.year)

    @invariant()
    def no_invoice_is_in_exact_twice(self) -> None:
        assert all(self._entries(place) <= 1 for place in range(len(self.known)))

    @invariant()
    def no_customer_and_no_project_is_in_exact_twice(self) -> None:
        if self.known:
            assert all(len(self.people.there(thing, 0)) <= 1 for thing in (Thing.CUSTOMER, Thing.PROJECT))

    @invariant()
    def what_we_call_booked_is_in_exact(self) -> None:
        for place, known in enumerate(self.known):
            row = self.people.row(place)
            if row is not None and row.state in IN_EXACT:
                there = self._ours(place) + ([known.linked] if known.linked else [])
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
            if not self.people.deleted:
                self.people.pause(paused=False)
                self._try_again_beside_the_other_year()
            last.finish()
            self.no_invoice_is_in_exact_twice()
            if self._is_quiet():
                break
        self.what_we_call_booked_is_in_exact()
        self.no_customer_and_no_project_is_in_exact_twice()
        self.every_move_is_one_of_the_table_and_has_its_history()

    def _try_again_beside_the_other_year(self) -> None:
        """A person sees that what has the number is in another year, and presses Opnieuw proberen."""
        for place, known in enumerate(self.known):
            row = self.people.row(place)
            if row is not None and row.state == BookingState.HELD and known.elsewhere and not known.by_hand:
                self.people.click(place, "retry")

    def _is_quiet(self) -> bool:
        """Whether nothing is on its way any more, here or to Exact."""
        known = models.Booking.objects.count() == len(self.known)
        moving = models.Booking.objects.filter(state__in=ON_THEIR_WAY) | models.Booking.objects.filter(needs_check=True)
        unanswered = models.Intent.objects.filter(state=models.IntentState.OPEN)
        asleep = self.people.deleted or not (moving.exists() or unanswered.exists())
        return known and asleep and not self.exact.on_its_way

    def _nothing_is_lost(self) -> None:
        for place in range(len(self.known)):
            assert len(self.people.there(Thing.DOCUMENT, place)) <= 1
        self._count_what_was_made_anew()
        if self.people.deleted:
            return
        assert not models.Intent.objects.filter(state=models.IntentState.OPEN).exists()
        for place, known in enumerate(self.known):
            row = self.people.row(place)
            assert row is not None
            if row.state == BookingState.HELD:
                assert known.by_hand or self._project_is_asked_for(row), row.problems
            elif row.state != BookingState.SKIPPED:
                there = not (known.linked or known.taken_out)
                assert (row.state in IN_EXACT, self._entries(place)) == (True, there), row.state
                assert row.state != BookingState.DIFFERS or known.linked or known.taken_out or not self.obeys
                assert row.pdf_state != PdfState.DONE or not there or self.people.there(Thing.DOCUMENT, place)

    def _project_is_asked_for(self, row: models.Booking) -> bool:
        """Whether it waits since somebody deleted the project that only people make."""
        asked = {problem["code"] for problem in row.problems} == {"project-unknown"}
        if not asked or self.people.there(Thing.PROJECT, 0) or self.projects is not Projects.BY_HAND:
            return False
        self.stage.happened("project asked for")
        return True

    def _count_what_was_made_anew(self) -> None:
        for place, known in enumerate(self.known):
            for thing in known.deleted:
                if self.people.there(thing, place):
                    self.stage.happened(f"{thing} made anew")
            row = self.people.row(place)
            unknown = row is not None and row.history.filter(to_state=BookingState.UNKNOWN).exists()
            if unknown and self.people.in_another_year(place):
                self.stage.happened("looked up beside another year")
