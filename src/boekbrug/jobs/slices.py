"""One job: a slice of one administration's work, woken again at once when more is due."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from boekbrug import log, trail
from boekbrug.jobs.decisions import due_now, rests
from boekbrug.queue.port import Lane, Queue

Slice = Callable[[int, Lane], datetime | None]
"""Does what is due for an administration, for at most 10 s or 20 calls; returns when something is due next."""

_log = log.get("jobs")


class Rest:
    """Remembers, in this process, which administrations' slices failed lately."""

    def __init__(self) -> None:
        self._failed: dict[int, tuple[int, datetime]] = {}
        self._guard = threading.Lock()

    def failed(self, administration_id: int, now: datetime) -> None:
        """Note a failure."""
        with self._guard:
            count, _ = self._failed.get(administration_id, (0, now))
            self._failed[administration_id] = (count + 1, now)

    def went_well(self, administration_id: int) -> None:
        """Forget the failures."""
        with self._guard:
            self._failed.pop(administration_id, None)

    def holds(self, administration_id: int, now: datetime) -> bool:
        """Whether to leave it alone for now."""
        with self._guard:
            failures, failed_at = self._failed.get(administration_id, (0, now))
        return rests(failures, failed_at, now)


def run(administration_id: int, lane: Lane, *, run_slice: Slice, queue: Queue, rest: Rest) -> None:
    """Run one slice in a worker's thread; a failure leaves the job failed and the clock to wake it again.

    Steps that nobody in particular asked for go under the slice's own id.
    """
    with trail.following(administration=administration_id):
        _run(administration_id, lane, run_slice=run_slice, queue=queue, rest=rest)


def _run(administration_id: int, lane: Lane, *, run_slice: Slice, queue: Queue, rest: Rest) -> None:
    try:
        next_due = run_slice(administration_id, lane)
    except BaseException:
        rest.failed(administration_id, datetime.now(UTC))
        _log.exception("slice.failed", sentence="A slice of work broke off.")
        raise
    else:
        rest.went_well(administration_id)
        if due_now(next_due, datetime.now(UTC)):
            queue.wake(administration_id, lane)
