"""The seven rules of stack.md 3.5, each seen at a worker process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from boekbrug.queue.engine import ProcrastinateQueue

pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[..., "subprocess.Popen[bytes]"]


def sql(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(autouse=True)
def tables() -> Iterator[None]:
    sql("TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_workers CASCADE")
    sql(
        "CREATE TABLE slices (id serial PRIMARY KEY, administration int, lane text,"
        " began timestamptz DEFAULT clock_timestamp(), ended timestamptz)"
    )
    sql("CREATE TABLE due (administration int, lane text)")
    yield
    sql("DROP TABLE slices, due")
    sql("TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_workers CASCADE")


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def start_one(**orders: Any) -> "subprocess.Popen[bytes]":
        database = connection.settings_dict
        environment = {
            **os.environ,
            "BOEKBRUG_HOME": str(home),
            "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        }
        command = [sys.executable, str(Path(__file__).with_name("a_worker.py")), json.dumps(orders)]
        child = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        running.append(child)
        return child

    yield start_one
    for child in running:
        child.kill()
        child.wait()


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def ended() -> int:
    return int(sql("SELECT count(*) FROM slices WHERE ended IS NOT NULL")[0][0])


def began() -> int:
    return int(sql("SELECT count(*) FROM slices")[0][0])


def test_a_slice_runs_and_its_job_is_gone(start: Start) -> None:
    ProcrastinateQueue().wake(1, "rt")
    start()
    until(lambda: ended() == 1)
    until(lambda: not ProcrastinateJob.objects.exists())


def test_one_administration_never_has_two_slices_at_once_and_the_next_starts_soon(start: Start) -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    start(slice_seconds=0.5, concurrency=8)
    until(lambda: began() == 1)
    queue.wake(1, "rt")
    queue.wake(1, "bulk")
    until(lambda: ended() == 3)
    rows = sql("SELECT began - lag(ended) OVER (ORDER BY began) FROM slices ORDER BY began")
    gaps = [gap.total_seconds() for (gap,) in rows[1:]]
    assert min(gaps) >= 0
    assert max(gaps) < 1.5  # the fetch interval of 0.2 s, on a busy machine; the default would be 5 s


def test_as_many_slices_run_at_once_as_the_concurrency_says(start: Start) -> None:
    for administration in range(20):
        ProcrastinateQueue().wake(administration, "bulk")
    start(slice_seconds=1.5, concurrency=20)
    until(lambda: ended() == 20)
    together = sql(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM slices a JOIN slices b"
        " ON a.began <= b.began AND b.began < a.ended GROUP BY b.id) AS at_once"
    )
    assert together[0][0] > (os.cpu_count() or 1) + 4


def test_realtime_goes_before_a_night_that_waits(start: Start) -> None:
    queue = ProcrastinateQueue()
    for administration in range(1, 6):
        queue.wake(administration, "bulk")
    queue.wake(99, "rt")
    start(concurrency=1)
    until(lambda: ended() == 6)
    assert sql("SELECT administration FROM slices ORDER BY began LIMIT 1") == [(99,)]


def test_a_killed_worker_loses_nothing_another_one_finishes_its_job(start: Start) -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    victim = start(slice_seconds=60)
    until(lambda: began() == 1)
    victim.kill()
    queue.wake(2, "rt")
    start()
    until(lambda: ended() == 2)
    assert sql("SELECT administration, count(*) FROM slices GROUP BY 1 ORDER BY 1") == [(1, 2), (2, 1)]


def test_what_is_due_is_found_without_a_wake_up(start: Start) -> None:
    sql("INSERT INTO due VALUES (5, 'bulk')")
    start()
    until(lambda: ended() == 1, seconds=10)
    assert sql("SELECT administration, lane FROM slices") == [(5, "bulk")]


def test_a_slice_that_breaks_stops_neither_the_worker_nor_the_others(start: Start) -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    worker = start(breaks=[1])
    until(lambda: queue.health().failed == 1)
    queue.wake(2, "rt")
    until(lambda: ended() == 2)
    assert worker.poll() is None


def test_a_worker_that_is_asked_to_stop_ends_its_slice_first(start: Start) -> None:
    ProcrastinateQueue().wake(1, "rt")
    worker = start(slice_seconds=1.0)
    until(lambda: began() == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    assert ended() == 1


def test_a_worker_survives_that_the_database_throws_everybody_out(start: Start) -> None:
    queue = ProcrastinateQueue()
    queue.wake(1, "rt")
    worker = start()
    until(lambda: ended() == 1)
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL")
    queue.wake(2, "rt")
    until(lambda: ended() == 2)
    assert worker.poll() is None


@pytest.fixture
def trouble() -> Iterator[Callable[[str, str, str], None]]:
    """Makes the first of what is done to a table of the engine's go wrong; `counted` tells how often it was tried."""
    tables: list[str] = []

    def make(what: str, table: str, wrong: str) -> None:
        tables.append(table)
        sql("CREATE SEQUENCE counted")
        sql(
            "CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF nextval('counted') = 1 THEN {wrong}; END IF;"
            " RETURN coalesce(NEW, OLD); END $$"
        )
        sql(f"CREATE TRIGGER trouble BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION trouble()")

    yield make
    for table in tables:
        sql(f"DROP TRIGGER trouble ON {table}")
    sql("DROP FUNCTION trouble")
    sql("DROP SEQUENCE counted")


def counted() -> int:
    return int(sql("SELECT last_value FROM counted WHERE is_called UNION SELECT 0 ORDER BY 1 DESC LIMIT 1")[0][0])


def test_a_sign_of_life_that_fails_is_followed_by_the_next(start: Start, trouble: Callable[..., None]) -> None:
    trouble("UPDATE", "procrastinate_workers", "RAISE EXCEPTION 'not now'")
    start()
    until(lambda: counted() >= 4)
    assert ProcrastinateQueue(stalled_seconds=5).health().workers == 1


def test_the_end_of_a_slice_is_written_down_although_its_connection_dies(
    start: Start, trouble: Callable[..., None]
) -> None:
    queue = ProcrastinateQueue()
    trouble("DELETE", "procrastinate_jobs", "PERFORM pg_terminate_backend(pg_backend_pid())")
    queue.wake(1, "rt")
    worker = start()
    until(lambda: ended() == 1)
    queue.wake(1, "rt")
    until(lambda: ended() == 2)
    assert counted() >= 2
    assert worker.poll() is None
