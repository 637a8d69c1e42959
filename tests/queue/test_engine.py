"""Wake-ups: once per administration and lane, after commit, taken back, counted, rescued."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from boekbrug.queue.engine import ProcrastinateQueue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def an_empty_queue() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_workers CASCADE")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_workers CASCADE")


def a_worker_of(seconds_ago: float) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
            [datetime.now(UTC) - timedelta(seconds=seconds_ago)],
        )
        return int(cursor.fetchone()[0])


def takes_all_jobs(worker: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])


def job_began(administration_id: int, *, seconds_ago: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_events SET at = %s FROM procrastinate_jobs AS job"
            " WHERE job.id = job_id AND type = 'started' AND (args->>'administration_id')::int = %s",
            [datetime.now(UTC) - timedelta(seconds=seconds_ago), administration_id],
        )
        assert cursor.rowcount == 1


def lanes(queue: ProcrastinateQueue) -> list[tuple[int, str, bool]]:
    return [(job.administration_id, job.lane, job.running) for job in queue.jobs()]


def test_asking_twice_is_asking_once_and_each_lane_has_its_own_place() -> None:
    queue = ProcrastinateQueue()
    for _ in range(3):
        queue.wake(7, "rt")
        queue.wake(7, "bulk")
    assert lanes(queue) == [(7, "rt", False), (7, "bulk", False)]


def test_one_lock_holds_both_lanes_and_no_job_is_put_off_to_later() -> None:
    queue = ProcrastinateQueue()
    queue.wake(7, "rt")
    queue.wake(7, "bulk")
    rows = ProcrastinateJob.objects.order_by("id")
    assert {row.lock for row in rows} == {"administration:7"}
    assert [row.priority for row in rows] == [10, 0]
    assert {row.scheduled_at for row in rows} == {None}


def test_a_wake_up_comes_after_the_commit_and_not_after_a_roll_back() -> None:
    queue = ProcrastinateQueue()
    with transaction.atomic():
        queue.wake(1, "rt")
        assert lanes(queue) == []
    with transaction.atomic():
        queue.wake(2, "rt")
        transaction.set_rollback(True)
    assert lanes(queue) == [(1, "rt", False)]


def test_a_wake_up_that_waits_already_does_not_spoil_the_transaction() -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    with transaction.atomic():
        queue.wake(1, "rt")
        queue.wake(2, "rt")
    assert lanes(queue) == [(1, "rt", False), (2, "rt", False)]


def test_cancel_takes_back_what_waits_of_one_administration() -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    queue.wake(1, "bulk")
    queue.wake(2, "rt")
    assert queue.cancel(1) == 2
    assert lanes(queue) == [(2, "rt", False)]


def test_health_counts_workers_and_jobs() -> None:
    queue = ProcrastinateQueue()
    assert queue.health().oldest_waiting_seconds is None
    a_worker_of(seconds_ago=1)
    a_worker_of(seconds_ago=300)
    queue.wake(1, "rt")
    found = queue.health()
    assert (found.workers, found.waiting, found.running, found.failed) == (1, 1, 0, 0)
    assert found.oldest_waiting_seconds is not None
    assert 0 <= found.oldest_waiting_seconds < 60


def test_the_job_of_a_dead_worker_waits_again_and_that_of_a_living_one_goes_on() -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    takes_all_jobs(a_worker_of(seconds_ago=10))
    assert queue.rescue() == 0
    assert lanes(queue) == [(1, "rt", True)]
    takes_all_jobs(a_worker_of(seconds_ago=31))
    assert queue.rescue() == 1
    assert lanes(queue) == [(1, "rt", False)]


def test_a_job_that_nobody_ended_is_rescued_from_a_living_worker_after_longer_than_any_slice_lasts() -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    queue.wake(2, "rt")
    takes_all_jobs(a_worker_of(seconds_ago=1))
    job_began(1, seconds_ago=1790)
    job_began(2, seconds_ago=1810)
    assert queue.rescue() == 1
    assert sorted(lanes(queue)) == [(1, "rt", True), (2, "rt", False)]


def test_a_rescued_job_with_a_successor_waiting_is_dropped_and_the_successor_can_run() -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    takes_all_jobs(a_worker_of(seconds_ago=31))
    queue.wake(1, "rt")
    assert queue.rescue() == 1
    assert lanes(queue) == [(1, "rt", False)]
    assert queue.rescue() == 0


def test_old_failures_are_forgotten_and_fresh_ones_kept() -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    queue.wake(2, "rt")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        cursor.execute(
            "UPDATE procrastinate_events SET at = at - interval '8 days'"
            " WHERE job_id = (SELECT min(id) FROM procrastinate_jobs)"
        )
    queue.clean()
    assert queue.health().failed == 1
