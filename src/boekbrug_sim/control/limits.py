"""Call limits per key: so many per minute and per day, in windows whose length can be set.

The windows run in real time and start on whole multiples of their length, so that the usual minute ends on the
whole minute and the usual day at 00:00 UTC. Source: exact-rest.md 2.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

UNLIMITED = 1_000_000  # what the headers say when a limit is off

WindowName = Literal["minute", "day"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The limits in force; None or 0 calls means no limit."""

    minute: int | None
    day: int | None
    minute_window_seconds: float = 60.0
    day_window_seconds: float = 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """One window after a call: its limit, what remains, and its end in seconds since 1970 (real time)."""

    limit: int
    remaining: int
    reset: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Both windows after a call; `tripped` names the one that refuses it."""

    minute: Allowance
    day: Allowance
    tripped: WindowName | None


class _Window:
    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._end = 0.0

    def look(self, key: str, limit: int | None, seconds: float, now: float) -> Allowance:
        if now >= self._end or self._end - now > seconds:
            self._used.clear()
            self._end = (now // seconds + 1) * seconds
        allowed = limit or UNLIMITED
        return Allowance(limit=allowed, remaining=max(0, allowed - self._used.get(key, 0)), reset=self._end)

    def count(self, key: str) -> None:
        self._used[key] = self._used.get(key, 0) + 1

    def clear(self) -> None:
        self._used.clear()

    def used(self) -> dict[str, int]:
        return dict(self._used)


class Limiter:
    """Counts calls per key (app and company, or client). A refused call is not counted."""

    def __init__(self, limits: Limits, *, now: Callable[[], float] = time.time) -> None:
        self._start = limits
        self.limits = limits
        self._now = now
        self._minute = _Window()
        self._day = _Window()

    def spend(self, key: str) -> Verdict:
        """Count one call, unless a limit refuses it."""
        minute, day = self.look(key)
        if minute.remaining == 0 or day.remaining == 0:
            return Verdict(minute=minute, day=day, tripped="minute" if minute.remaining == 0 else "day")
        self._minute.count(key)
        self._day.count(key)
        return Verdict(minute=_less(minute), day=_less(day), tripped=None)

    def look(self, key: str) -> tuple[Allowance, Allowance]:
        """Minute and day for a key, without counting."""
        now, limits = self._now(), self.limits
        return (
            self._minute.look(key, limits.minute, limits.minute_window_seconds, now),
            self._day.look(key, limits.day, limits.day_window_seconds, now),
        )

    def change(self, limits: Limits) -> None:
        """Put other limits in force and start counting anew."""
        self.limits = limits
        self.forget()

    def used(self) -> dict[str, dict[str, int]]:
        """Calls counted in the running windows, per window and key."""
        return {"minute": self._minute.used(), "day": self._day.used()}

    def forget(self) -> None:
        """Start counting anew."""
        self._minute = _Window()
        self._day = _Window()

    def reset(self) -> None:
        """The limits of the start, nothing counted."""
        self.change(self._start)


def _less(allowance: Allowance) -> Allowance:
    return Allowance(limit=allowance.limit, remaining=allowance.remaining - 1, reset=allowance.reset)
