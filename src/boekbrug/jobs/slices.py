"""One job: a slice of one administration's work, woken again at once when more is due."""

import threading
import time
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

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._failed: dict[int, tuple[int, float]] = {}
        self._guard = threading.Lock()

    def failed(self, administration_id: int) -> None:
        """Note a failure."""
        with self._guard:
            count, _ = self._failed.get(administration_id, (0, 0.0))
            self._failed[administration_id] = (count + 1, self._seconds())

    def went_well(self, administration_id: int) -> None:
        """Forget the failures."""
        with self._guard:
            self._failed.pop(administration_id, None)

    def holds(self, administration_id: int) -> bool:
        """Whether to leave it alone for now."""
        with self._guard:
            failures, failed_at = self._failed.get(administration_id, (0, 0.0))
        return rests(failures, self._seconds() - failed_at)


def run(
    administration_id: int,
    lane: Lane,
    *,
    run_slice: Slice,
    queue: Queue,
    rest: Rest,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Run one slice in a worker's thread; a failure leaves the job failed and the clock to wake it again.

    Steps that nobody in particular asked for go under the slice's own id.
    """
    with trail.following(administration=administration_id):
        try:
            next_due = run_slice(administration_id, lane)
            again = due_now(next_due, now())
        except BaseException:
            rest.failed(administration_id)
            _log.exception("slice.failed", sentence="A slice of work broke off.")
            raise
        rest.went_well(administration_id)
        if again:
            queue.wake(administration_id, lane)
