"""The worker: fetches wake-ups and runs slices in threads, by the seven rules of stack.md 3.5 (a test for each)."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import Error as DatabaseError
from procrastinate.contrib.django import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

from boekbrug import log
from boekbrug.jobs import slices
from boekbrug.jobs.clock import Clock, Due, Rhythm
from boekbrug.jobs.decisions import delay_seconds
from boekbrug.jobs.steady import SteadyJobs
from boekbrug.queue.engine import HEARTBEAT_SECONDS, QUEUE, STALLED_SECONDS, TASK
from boekbrug.queue.port import Lane, Queue

FETCH_SECONDS = 0.2
"""Rule 2: nobody tells a worker that a lock came free, so it looks five times a second."""

SPARE_THREADS = 8
"""Rule 3: Python's own pool has cores + 4 threads, whatever the concurrency says."""

STOP_SECONDS = 25.0
"""A slice lasts at most 10 s; one that does not end in this time is left to the rescue."""

_STEADY_SECONDS = 60.0
_log = log.get("worker")


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a worker does and for whom; given by the wiring, or by a test."""

    run_slice: slices.Slice
    due_administrations: Due
    queue: Queue
    sweep: Callable[[datetime], object] = lambda _now: None
    concurrency: int = 16
    rhythm: Rhythm = field(default_factory=Rhythm)
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    stalled_seconds: float = STALLED_SECONDS
    database_died: Callable[[], None] = lambda: None
    keep_logins: Callable[[datetime], object] = lambda _now: None
    keep_tallies: Callable[[], object] = lambda: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The moment as all hosts have it."""


def run(work: Work) -> None:
    """Work until SIGTERM or SIGINT; a database that dies is waited for, and started again when it is ours."""
    rest, stop = slices.Rest(), threading.Event()
    clock = Clock(
        due_administrations=work.due_administrations,
        queue=work.queue,
        rest=rest,
        sweep=work.sweep,
        rhythm=work.rhythm,
        database_died=work.database_died,
        keep_logins=work.keep_logins,
        keep_tallies=work.keep_tallies,
        now=work.now,
    )
    ticking = threading.Thread(target=clock.run, args=(stop,), name="clock")
    ticking.start()
    try:
        _run_through_restarts(work, rest)
    finally:
        stop.set()
        ticking.join(timeout=STOP_SECONDS)


def _run_through_restarts(work: Work, rest: slices.Rest) -> None:
    failures = 0
    while True:
        began = time.monotonic()
        try:
            asyncio.run(_serve(work, rest))
        except (ConnectorException, DatabaseError) as error:
            failures = 1 if time.monotonic() - began > _STEADY_SECONDS else failures + 1
            _log.warning("worker.database", sentence="The database went away.", error=type(error).__name__)
            time.sleep(delay_seconds(failures))
            continue
        _log.info("worker.stopped", sentence="The worker has stopped.")
        return


async def _serve(work: Work, rest: slices.Rest) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(work.concurrency + SPARE_THREADS))
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=6)
    app = DjangoApp(connector=connector)  # drops dead database connections around each task
    app.job_manager = SteadyJobs(connector)

    @app.task(name=TASK, queue=QUEUE)
    def sync_administration(administration_id: int, lane: Lane) -> None:
        slices.run(administration_id, lane, run_slice=work.run_slice, queue=work.queue, rest=rest, now=work.now)

    async with app.open_async():
        _log.info("worker.started", sentence="The worker looks for work.", concurrency=work.concurrency)
        await app.run_worker_async(
            queues=[QUEUE],
            concurrency=work.concurrency,
            fetch_job_polling_interval=FETCH_SECONDS,
            delete_jobs="successful",
            shutdown_graceful_timeout=STOP_SECONDS,
            update_heartbeat_interval=work.heartbeat_seconds,
            stalled_worker_timeout=work.stalled_seconds,
        )
