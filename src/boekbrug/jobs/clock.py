"""The clock: a thread in each worker that wakes what is due and rescues what a dead worker left.

Due rows are found by a query that skips rows which another worker's clock has locked, so any number of clocks may
tick. Source: exactly-once.md, "The rhythm".
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from procrastinate.exceptions import ProcrastinateException

from boekbrug import log
from boekbrug.jobs.slices import Rest
from boekbrug.queue.port import LANES, Lane, Queue

Due = Callable[[datetime, int], Iterable[tuple[int, Lane]]]
"""Administrations with something due at a moment, at most so many, each with its lane."""

_log = log.get("clock")


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often the clock looks, and how many wake-ups may wait at once in each lane.

    A wake-up lost in a crash is found by the next sweep, well within the 10 s of exactly-once.md. The engine compares
    each job that waits with all others, so a thousand administrations that are due get their places by and by.
    """

    tick_seconds: float = 1.0
    sweep_seconds: float = 5.0
    rescue_seconds: float = 15.0
    clean_seconds: float = 3600.0
    logins_seconds: float = 3600.0
    tallies_seconds: float = 5.0
    limit: int = 200


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What one worker's clock thread needs."""

    due_administrations: Due
    queue: Queue
    rest: Rest
    sweep: Callable[[datetime], object] = lambda _now: None
    rhythm: Rhythm = field(default_factory=Rhythm)
    database_died: Callable[[], None] = lambda: None
    keep_logins: Callable[[datetime], object] = lambda _now: None
    keep_tallies: Callable[[], object] = lambda: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _keeping: list[threading.Thread] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Tick until told to stop; a database that is away is waited for."""
        sweep_at = rescue_at = clean_at = logins_at = tallies_at = time.monotonic()
        while not stop.is_set():
            try:
                sweep_at = _every(self.rhythm.sweep_seconds, sweep_at, lambda: self.sweep(self.now()))
                self.wake_what_is_due(self.now())
                rescue_at = _every(self.rhythm.rescue_seconds, rescue_at, self.queue.rescue)
                clean_at = _every(self.rhythm.clean_seconds, clean_at, self.queue.clean)
                logins_at = _every(self.rhythm.logins_seconds, logins_at, self._keep_logins)
                tallies_at = _every(self.rhythm.tallies_seconds, tallies_at, self.keep_tallies)
            except (DatabaseError, ProcrastinateException) as error:
                _log.warning("clock.database", sentence="The database does not answer.", error=type(error).__name__)
                self._revive()
            except Exception:  # noqa: BLE001  # logged; the clock of a worker never ends
                _log.exception("clock.failed", sentence="The clock could not look for work.")
            close_old_connections()
            stop.wait(self.rhythm.tick_seconds)

    def wake_what_is_due(self, now: datetime) -> int:
        """One tick: wake administrations with due work, as many as their lane has places free; returns how many.

        What waits already is not asked for again: the engine would refuse it, at the cost of a statement each.
        """
        waiting = {(job.administration_id, job.lane) for job in self.queue.jobs() if not job.running}
        places = {lane: self.rhythm.limit - sum(job[1] == lane for job in waiting) for lane in LANES}
        if max(places.values()) <= 0:
            return 0
        woken = 0
        for administration_id, lane in self.due_administrations(now, self.rhythm.limit):
            if places[lane] <= 0 or (administration_id, lane) in waiting or self.rest.holds(administration_id):
                continue
            self.queue.wake(administration_id, lane)
            places[lane] -= 1
            woken += 1
        return woken

    def _keep_logins(self) -> None:
        """In a thread of its own: Exact may take its time to answer, and the clock must not stand still."""
        if any(thread.is_alive() for thread in self._keeping):
            return
        self._keeping[:] = [threading.Thread(target=self._keep_logins_now, name="logins", daemon=True)]
        self._keeping[0].start()

    def _keep_logins_now(self) -> None:
        try:
            self.keep_logins(self.now())
        except Exception:  # noqa: BLE001  # logged; the next hour tries again
            _log.exception("clock.logins", sentence="Unused logins could not be refreshed.")
        finally:
            connections.close_all()

    def _revive(self) -> None:
        try:
            self.database_died()
        except Exception:  # noqa: BLE001  # logged; the next tick tries again
            _log.exception("clock.database-lost", sentence="The database cannot be started again.")


def _every(seconds: float, at: float, action: Callable[[], object]) -> float:
    if time.monotonic() < at:
        return at
    action()
    return time.monotonic() + seconds
