"""Procrastinate behind the port of `port.py`, by the seven rules of stack.md 3.5.

Wake-ups are inserted over Django's own connection. Workers have an app of their own (`jobs.worker`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import Max, Min
from django.db.models.functions import Now
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob, ProcrastinateWorker
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from boekbrug import log
from boekbrug.queue.port import Health, Job, Lane

TASK = "boekbrug.sync_administration"
"""The task's name; whoever wakes needs no more than this name, so that the web imports no jobs."""

QUEUE = "sync"
PRIORITY: dict[Lane, int] = {"rt": 10, "bulk": 0}
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 30.0
"""A worker without a heartbeat for so long is dead: with a scan every 15 s its jobs run again within a minute."""

LONGEST_SECONDS = 1800.0
"""No slice lasts so long, not even the first reading of an Exact that is very slow: one that is still "doing" was ended
by nobody, whatever its worker says of itself."""

_KEEP_FAILED_HOURS = 7 * 24
_log = log.get("queue")


class ProcrastinateQueue:
    """The job engine on our own database."""

    def __init__(self, *, stalled_seconds: float = STALLED_SECONDS) -> None:
        self._stalled_seconds = stalled_seconds

    def wake(self, administration_id: int, lane: Lane) -> None:
        """Insert a wake-up after commit; one that is lost between the two is found by the sweep."""
        transaction.on_commit(lambda: _defer(administration_id, lane), robust=True)

    def cancel(self, administration_id: int) -> int:
        """Take back what waits for this administration."""
        waiting = app.job_manager.list_jobs(lock=_lock(administration_id), status=Status.TODO.value)
        return sum(app.job_manager.cancel_job_by_id(job.id, delete_job=True) for job in waiting if job.id is not None)

    def jobs(self) -> Sequence[Job]:
        """All wake-ups that wait or run, oldest first."""
        rows = ProcrastinateJob.objects.filter(queue_name=QUEUE, status__in=["todo", "doing"]).order_by("id")
        return [
            Job(
                id=job_id,
                administration_id=int(args["administration_id"]),
                lane=cast("Lane", args["lane"]),
                running=status == "doing",
            )
            for job_id, args, status in rows.values_list("id", "args", "status")
        ]

    def health(self) -> Health:
        """Count workers with a fresh heartbeat, and jobs by state."""
        fresh = Now() - timedelta(seconds=self._stalled_seconds)  # by the clock that wrote the heartbeats down
        alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=fresh)
        jobs = ProcrastinateJob.objects.filter(queue_name=QUEUE)
        waiting = jobs.filter(status="todo")
        deferred = ProcrastinateEvent.objects.filter(job__in=waiting, type="deferred")
        waited = deferred.aggregate(longest=Now() - Min("at"))["longest"]
        return Health(
            workers=alive.count(),
            waiting=waiting.count(),
            running=jobs.filter(status="doing").count(),
            failed=jobs.filter(status="failed").count(),
            oldest_waiting_seconds=waited.total_seconds() if waited is not None else None,
        )

    def rescue(self) -> int:
        """Let stalled jobs run again; one that has a successor waiting already is dropped, for a job is a wake-up."""
        rescued = async_to_sync(self._rescue)(_too_long())
        if rescued:
            _log.warning("jobs.rescued", sentence="Jobs of a dead worker run again.", jobs=rescued)
        return rescued

    async def _rescue(self, too_long: Sequence[int]) -> int:
        stalled = await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self._stalled_seconds)
        ids = {*too_long, *(job.id for job in stalled if job.id is not None)}
        return sum([await _retry(job_id) for job_id in sorted(ids)])

    def clean(self) -> None:
        """Forget old failures; they stand in the log and in our own history."""
        async_to_sync(app.job_manager.delete_old_jobs)(
            nb_hours=_KEEP_FAILED_HOURS, queue=QUEUE, include_failed=True, include_cancelled=True, include_aborted=True
        )


def _lock(administration_id: int) -> str:
    return f"administration:{administration_id}"


def _defer(administration_id: int, lane: Lane) -> None:
    job = app.configure_task(
        TASK,
        queue=QUEUE,
        lock=_lock(administration_id),
        queueing_lock=f"{_lock(administration_id)}:{lane}",
        priority=PRIORITY[lane],
    )
    try:
        job.defer(administration_id=administration_id, lane=lane)
    except AlreadyEnqueued:
        _log.debug("wake.waiting-already", administration=administration_id, lane=lane)


def _too_long() -> list[int]:
    """Jobs that began so long ago that nobody can be at them any more; the lease keeps apart who is after all."""
    began = ProcrastinateEvent.objects.filter(type="started", job__status="doing", job__queue_name=QUEUE)
    last = began.values("job_id").annotate(last=Max("at"))
    long_ago = Now() - timedelta(seconds=LONGEST_SECONDS)  # by the clock that wrote down when they began
    return list(last.filter(last__lt=long_ago).values_list("job_id", flat=True))


async def _retry(job_id: int) -> bool:
    # A moment that is past on every clock: a job that waits for its moment would block its lock (rule 5).
    past = datetime.now(UTC) - timedelta(days=1)
    try:
        await app.job_manager.retry_job_by_id_async(job_id=job_id, retry_at=past)
    except UniqueViolation:
        await app.job_manager.finish_job_by_id_async(job_id=job_id, status=Status.FAILED, delete_job=True)
    except ConnectorException as error:  # finished or rescued by another in the meantime
        _log.debug("rescue.too-late", job=job_id, error=type(error).__name__)
        return False
    return True
