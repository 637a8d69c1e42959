"""The clock wakes what is due, leaves alone what broke lately, and outlives a database."""

import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from boekbrug.jobs.clock import Clock, Rhythm
from boekbrug.jobs.slices import Rest, run
from boekbrug.queue.port import Health, Job, Lane

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
QUICK = Rhythm(tick_seconds=0.001, rescue_seconds=0.0, clean_seconds=3600)


class Notes:
    """A queue that writes down what it is asked."""

    def __init__(self) -> None:
        self.woken: list[tuple[int, Lane]] = []
        self.standing: list[Job] = []
        self.rescues = self.cleanings = 0

    def wake(self, administration_id: int, lane: Lane) -> None:
        self.woken.append((administration_id, lane))

    def cancel(self, administration_id: int) -> int:
        return len([row for row in self.woken if row[0] == administration_id])

    def jobs(self) -> Sequence[Job]:
        return self.standing

    def health(self) -> Health:
        return Health(workers=0, waiting=0, running=0, failed=0, oldest_waiting_seconds=None)

    def rescue(self) -> int:
        self.rescues += 1
        return 0

    def clean(self) -> None:
        self.cleanings += 1


def run_in_a_thread(clock: Clock, stop: threading.Event) -> None:
    """As in a worker: the connections that the clock closes are those of its own thread."""
    ticking = threading.Thread(target=clock.run, args=(stop,))
    ticking.start()
    ticking.join(60)
    assert not ticking.is_alive()


def test_everything_that_is_due_is_woken_in_its_lane() -> None:
    queue = Notes()
    clock = Clock(due_administrations=lambda _now, _limit: [(1, "rt"), (2, "bulk")], queue=queue, rest=Rest())
    assert clock.wake_what_is_due(NOW) == 2
    assert queue.woken == [(1, "rt"), (2, "bulk")]


def test_the_question_is_limited() -> None:
    asked: list[tuple[datetime, int]] = []

    def due(now: datetime, limit: int) -> list[tuple[int, Lane]]:
        asked.append((now, limit))
        return []

    Clock(due_administrations=due, queue=Notes(), rest=Rest(), rhythm=Rhythm(limit=7)).wake_what_is_due(NOW)
    assert asked == [(NOW, 7)]


def _job(administration_id: int, lane: Lane, *, running: bool) -> Job:
    return Job(id=administration_id, administration_id=administration_id, lane=lane, running=running)


def test_what_waits_already_is_not_asked_for_again_and_what_runs_is() -> None:
    queue = Notes()
    queue.standing = [_job(1, "rt", running=False), _job(2, "bulk", running=False), _job(3, "rt", running=True)]
    clock = Clock(
        due_administrations=lambda _now, _limit: [(1, "rt"), (2, "rt"), (3, "rt")], queue=queue, rest=Rest()
    )  # fmt: skip
    assert clock.wake_what_is_due(NOW) == 2
    assert queue.woken == [(2, "rt"), (3, "rt")]


def test_no_more_is_woken_than_there_are_places_and_the_longest_due_comes_first() -> None:
    queue = Notes()
    clock = Clock(
        due_administrations=lambda _now, _limit: [(1, "rt"), (2, "rt"), (3, "rt")],
        queue=queue, rest=Rest(), rhythm=Rhythm(limit=2),
    )  # fmt: skip
    queue.standing = [_job(9, "rt", running=False)]
    assert clock.wake_what_is_due(NOW) == 1
    assert queue.woken == [(1, "rt")]


def test_a_full_night_leaves_realtime_its_own_places() -> None:
    queue = Notes()
    clock = Clock(
        due_administrations=lambda _now, _limit: [(1, "bulk"), (2, "bulk"), (3, "rt")],
        queue=queue, rest=Rest(), rhythm=Rhythm(limit=1),
    )  # fmt: skip
    queue.standing = [_job(9, "bulk", running=False)]
    assert clock.wake_what_is_due(NOW) == 1
    assert queue.woken == [(3, "rt")]


def test_nothing_is_looked_for_when_no_lane_has_a_place() -> None:
    asked: list[int] = []

    def due(_now: datetime, limit: int) -> list[tuple[int, Lane]]:
        asked.append(limit)
        return [(1, "rt")]

    queue = Notes()
    queue.standing = [_job(9, "bulk", running=False), _job(8, "rt", running=False)]
    clock = Clock(due_administrations=due, queue=queue, rest=Rest(), rhythm=Rhythm(limit=1))
    assert clock.wake_what_is_due(NOW) == 0
    assert asked == []


def test_what_a_crash_forgot_is_looked_for_in_a_rhythm_of_its_own() -> None:
    stop, swept, turns = threading.Event(), list[datetime](), list[datetime]()

    def due(now: datetime, _limit: int) -> list[tuple[int, Lane]]:
        turns.append(now)
        if len(turns) == 3:
            stop.set()
        return []

    clock = Clock(due_administrations=due, queue=Notes(), rest=Rest(), sweep=swept.append, rhythm=QUICK)
    run_in_a_thread(clock, stop)
    assert len(swept) == 1
    assert swept[0] <= turns[0]


def test_an_administration_whose_slice_broke_is_left_alone_for_a_while_and_others_are_not() -> None:
    seconds = [0.0]
    queue, rest = Notes(), Rest(lambda: seconds[0])
    rest.failed(1)
    clock = Clock(due_administrations=lambda _now, _limit: [(1, "rt"), (2, "rt")], queue=queue, rest=rest)
    clock.wake_what_is_due(NOW)
    assert queue.woken == [(2, "rt")]
    seconds[0] = 1.0
    clock.wake_what_is_due(NOW)
    assert queue.woken == [(2, "rt"), (1, "rt"), (2, "rt")]


def test_a_slice_that_went_well_ends_the_rest() -> None:
    rest = Rest()
    rest.failed(1)
    rest.went_well(1)
    assert not rest.holds(1)


@pytest.mark.parametrize(
    ("next_due", "again"),
    [(None, []), (datetime(2000, 1, 1, tzinfo=UTC), [(1, "bulk")]), (datetime(2999, 1, 1, tzinfo=UTC), [])],
    ids=["nothing", "now", "later"],
)
def test_a_slice_is_woken_again_when_more_is_due(next_due: datetime | None, again: list[tuple[int, Lane]]) -> None:
    queue = Notes()
    run(1, "bulk", run_slice=lambda _id, _lane: next_due, queue=queue, rest=Rest())
    assert queue.woken == again


def test_a_slice_that_breaks_is_not_woken_again_at_once() -> None:
    queue, rest = Notes(), Rest()

    def breaks(_administration: int, _lane: Lane) -> datetime | None:
        raise ValueError

    with pytest.raises(ValueError):
        run(1, "rt", run_slice=breaks, queue=queue, rest=rest)
    assert queue.woken == []
    assert rest.holds(1)


@pytest.mark.parametrize("trouble", [OperationalError("gone"), ValueError("a defect")])
def test_the_clock_outlives_trouble_and_asks_for_a_database_that_died(trouble: Exception) -> None:
    stop, queue = threading.Event(), Notes()
    troubles, revived = [trouble, trouble], []

    def due(_now: datetime, _limit: int) -> Iterable[tuple[int, Lane]]:
        if troubles:
            raise troubles.pop()
        stop.set()
        return [(1, "rt")]

    def revive() -> None:
        revived.append(1)
        raise OSError

    clock = Clock(due_administrations=due, queue=queue, rest=Rest(), rhythm=QUICK, database_died=revive)
    run_in_a_thread(clock, stop)
    assert queue.woken == [(1, "rt")]
    assert (queue.rescues, queue.cleanings) == (1, 1)
    assert len(revived) == (2 if isinstance(trouble, OperationalError) else 0)


def test_rescue_and_cleaning_have_rhythms_of_their_own() -> None:
    stop, queue = threading.Event(), Notes()
    turns: list[datetime] = []

    def due(now: datetime, _limit: int) -> list[tuple[int, Lane]]:
        turns.append(now)
        if len(turns) == 3:
            stop.set()
        return []

    run_in_a_thread(Clock(due_administrations=due, queue=queue, rest=Rest(), rhythm=QUICK), stop)
    assert (queue.rescues, queue.cleanings) == (3, 1)


def test_the_clock_goes_on_while_logins_are_kept_alive() -> None:
    stop, held, began = threading.Event(), threading.Event(), threading.Event()
    queue, asked = Notes(), []

    def slowly(now: datetime) -> None:
        asked.append(now)
        began.set()
        held.wait(10)

    clock = Clock(
        due_administrations=lambda _now, _limit: [], queue=queue, rest=Rest(),
        rhythm=Rhythm(tick_seconds=0.001, rescue_seconds=0.0, logins_seconds=0.0), keep_logins=slowly,
    )  # fmt: skip
    ticking = threading.Thread(target=clock.run, args=(stop,))
    ticking.start()
    assert began.wait(10)
    rescues = queue.rescues
    while queue.rescues < rescues + 5 and ticking.is_alive():
        stop.wait(0.001)
    assert len(asked) == 1
    held.set()
    stop.set()
    ticking.join(10)
    assert not ticking.is_alive()


def test_logins_that_cannot_be_kept_alive_do_not_end_the_clock() -> None:
    stop, tries = threading.Event(), []

    def breaks(now: datetime) -> None:
        tries.append(now)
        if len(tries) == 3:
            stop.set()
        raise RuntimeError("broken")

    clock = Clock(
        due_administrations=lambda _now, _limit: [], queue=Notes(), rest=Rest(),
        rhythm=Rhythm(tick_seconds=0.001, logins_seconds=0.0), keep_logins=breaks,
    )  # fmt: skip
    run_in_a_thread(clock, stop)
    assert len(tries) >= 3
