"""Workers that die, freeze and come back at any point: every invoice is in Exact once, and we know it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.domain import builders
from tests.store.world import NOW, World, checked, decision, entry_of, sending

from boekbrug.domain.states import PdfState
from boekbrug.store import leases, models
from boekbrug.store.books import Books
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import Answer, Booking, Found, Intent, IntentKind, MadeEntry, NotThere

INVOICES = 3
TIME_OUT = timedelta(seconds=60)


@dataclass
class Exact:
    """An Exact that refuses no second entry: what arrives is made, at the latest a minute after it was sent."""

    arrivals: list[tuple[datetime, str]] = field(default_factory=list)

    def post(self, mark: str, at: datetime) -> None:
        self.arrivals.append((at, mark))

    def entries(self, mark: str, now: datetime) -> list[str]:
        return [f"guid-{number}" for number, (at, of) in enumerate(self.arrivals) if of == mark and at <= now]


@dataclass
class Worker:
    """A worker in the middle of its slice, or between two."""

    number: int
    exact: Exact
    world: World
    slices: int = 0
    lease: leases.Lease | None = None
    work: Iterator[None] | None = None

    def step(self, delay: timedelta) -> None:
        """Go on where it was, or begin a slice when the lease is free."""
        try:
            if self.work is None:
                self.begin(delay)
            else:
                next(self.work)
        except (StopIteration, LeaseLost):
            self.work = None
            if self.lease is not None:
                leases.release(self.lease)

    def begin(self, delay: timedelta) -> None:
        self.slices += 1
        owner = f"worker-{self.number}-{self.slices}"
        self.lease = leases.acquire(self.world.administration_id, owner, self.world.now)
        if self.lease is not None:
            books = Books(self.lease, self.world.clock)
            self.work = slice_of(books, self.world, self.exact, delay)
            next(self.work)

    def die(self) -> None:
        self.work = None


def slice_of(books: Books, world: World, exact: Exact, delay: timedelta) -> Iterator[None]:
    """What a run does, with a pause at every point where a worker may die or freeze."""
    books.orphans_to_unknown()
    yield
    for intent in books.unanswered(world.now):
        found = exact.entries(intent.body["mark"], world.now)
        yield
        books.settled(intent, Found(answer=Answer(exact_id=found[0])) if found else NotThere())
        yield
    for booking in books.ready(world.now, INVOICES):
        claimed = books.claim(booking, builders.TODAY)
        yield
        if claimed is not None:
            yield from post_of(books, world, exact, claimed, delay)


def post_of(books: Books, world: World, exact: Exact, claimed: Booking, delay: timedelta) -> Iterator[None]:
    key = f"{claimed.mark}:0"
    answer = books.earlier(IntentKind.ENTRY, key)
    assert not isinstance(answer, Intent)
    if answer is None:
        intent = books.commit_intent(IntentKind.ENTRY, key, {"mark": claimed.mark}, booking=sending(claimed))
        yield
        if world.now > intent.send_by:
            books.unsent(intent, "too late")
            yield
            books.retry(claimed, world.now, "too late")
            return
        exact.post(claimed.mark, world.now + min(delay, TIME_OUT))
        yield
        made = exact.entries(claimed.mark, world.now)
        if not made:
            books.unknown(claimed, "time-out")
            return
        answer = Answer(exact_id=made[0])
        books.answered(intent, answer)
        yield
    outcome = MadeEntry(answer=answer, customer_id="c-1", pdf=PdfState.NONE, warnings=())
    books.booked(claimed, entry_of(), outcome)
    yield


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("step"), st.integers(0, 2)),
        st.tuples(st.just("step"), st.integers(0, 2)),
        st.tuples(st.just("step"), st.integers(0, 2)),
        st.tuples(st.just("die"), st.integers(0, 2)),
        st.tuples(st.just("wait"), st.sampled_from([1, 9, 11, 46, 90, 130])),
    ),
    max_size=60,
)
FROZEN_BEFORE_THE_POST = [("step", 0)] * 3 + [("wait", 130), ("step", 1), ("step", 1), ("step", 0), ("step", 0)]
FROZEN_BEFORE_THE_ANSWER = [("step", 0)] * 4 + [("wait", 130), *[("step", 1)] * 9, *[("step", 0)] * 3]

FROZEN_AFTER_THE_CLAIM = [("step", 0)] * 2 + [("wait", 130), *[("step", 1)] * 2, *[("step", 0), ("step", 1)] * 4]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS, delay=st.sampled_from([0, 0, 5, 60]))
@example(actions=FROZEN_AFTER_THE_CLAIM, delay=0)
@example(actions=FROZEN_BEFORE_THE_POST, delay=0)
@example(actions=FROZEN_BEFORE_THE_ANSWER, delay=0)
@example(actions=[("step", 0)] * 4 + [("die", 0), ("wait", 46)] + [("step", 1)] * 30, delay=60)
def test_every_invoice_is_in_exact_once_whatever_dies(world: World, actions: list[tuple[str, int]], delay: int) -> None:
    exact = Exact()
    laid_out(world)
    workers = [Worker(number=number, exact=exact, world=world) for number in range(3)]
    for action, value in actions:
        if action == "wait":
            world.advance(seconds=value)
        elif action == "die":
            workers[value].die()
        else:
            workers[value].step(timedelta(seconds=delay))
    finish(world, exact)
    rows = models.Booking.objects.filter(administration_id=world.administration_id)
    booked = {row.mark: row.entry_id for row in rows if row.state == "booked"}
    assert len(booked) == INVOICES
    assert {mark: exact.entries(mark, world.now) for mark in booked} == {mark: [one] for mark, one in booked.items()}
    assert not models.Intent.objects.filter(state="open").exists()


def laid_out(world: World) -> None:
    """Ready invoices, and nobody at work: what an earlier example left is undone."""
    for table in (models.Intent, models.BookingHistory, models.Booking, models.Invoice):
        table.objects.all().delete()
    models.Administration.objects.update(lease_owner="", lease_until=None)
    world.now = NOW
    world.lease = world.take_lease("check")
    world.books = Books(world.lease, world.clock)
    for number in range(INVOICES):
        world.receive(builders.invoice(id=f"i-{number}", number=str(20260001 + number)))
        world.books.decided(checked(world.booking(f"i-{number}"), decision()))
    leases.release(world.lease)


def finish(world: World, exact: Exact) -> None:
    """One worker to whom nothing happens, for as many slices as it can need."""
    for _ in range(8):
        world.advance(seconds=200)
        lease = world.take_lease("last")
        for _ in slice_of(Books(lease, world.clock), world, exact, timedelta(0)):
            pass
        leases.release(lease)
