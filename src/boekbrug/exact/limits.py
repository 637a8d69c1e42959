"""What Exact lets us call: its headers, and the port of the budget that keeps count (exact-rest.md 2).

The limits of the minute and the day each have three headers; resets are Unix time in milliseconds. On a 429 only
the headers of the limit that was hit are there, and no `Retry-After` has been seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

UNKNOWN_WAIT = timedelta(seconds=60)
# A reset further away than the longest window (a day, with an hour for clocks that differ) is not believed.
LONGEST_WAIT = timedelta(hours=25)
COUNTED_ERRORS = frozenset({400, 401, 403, 404})


class Priority(StrEnum):
    """What a call is for, the most urgent first (exactly-once.md, "Call budget")."""

    SETTLE = "settle"
    REALTIME = "realtime"
    BULK = "bulk"
    PAYMENTS = "payments"
    LATE_PDF = "late_pdf"
    PROOF = "proof"
    REFERENCE = "reference"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """What the headers of one answer say of one limit; None is what they do not say."""

    limit: int | None
    remaining: int | None
    reset: datetime | None


class CallBudget(Protocol):
    """Who keeps count of the calls of one administration; several workers share it."""

    def room_at(self, calls: int, now: datetime, priority: Priority) -> datetime:
        """From when on so many calls may be sent without waiting: `now`, or the reset of the limit in the way.

        What is kept for more urgent calls than `priority` is no room for it.
        """

    def reserve(self, priority: Priority, endpoint: str, now: datetime) -> None:
        """Count one call that is about to be sent.

        Raises Throttled (until when) when the limit, the part kept for more urgent calls, or the error budget of
        this endpoint does not allow it.
        """

    def learn(self, minute: Window | None, day: Window | None, now: datetime) -> None:
        """A reserved call is over: take over what its answer says, the limit as it is, the calls used only upwards.

        Called once for each reserved call; None is a window that the answer does not name, both when there was none.
        """

    def error(self, endpoint: str, status: int, now: datetime) -> None:
        """Count an answer 400, 401, 403 or 404: more than 10 an hour and Exact blocks the endpoint for an hour."""


class Unmetered:
    """The budget of the few calls before it is known which administration they belong to."""

    def room_at(self, calls: int, now: datetime, priority: Priority) -> datetime:
        """Now."""
        del calls, priority
        return now

    def reserve(self, priority: Priority, endpoint: str, now: datetime) -> None:
        """Nothing is counted."""

    def learn(self, minute: Window | None, day: Window | None, now: datetime) -> None:
        """Nothing is counted."""

    def error(self, endpoint: str, status: int, now: datetime) -> None:
        """Nothing is counted."""


def read_windows(headers: Mapping[str, str]) -> tuple[Window | None, Window | None]:
    """The minute's and the day's window; None for one whose headers are not there."""
    return _window(headers, "X-RateLimit-Minutely-"), _window(headers, "X-RateLimit-")


def wait_until(headers: Mapping[str, str], now: datetime) -> datetime:
    """The moment before which no call is allowed after a 429: the reset of the limit that was hit, else a minute."""
    windows = [window for window in read_windows(headers) if window and window.reset]
    spent = [window for window in windows if window.remaining in {0, None}] or windows
    resets = [window.reset for window in spent if window.reset and window.reset <= now + LONGEST_WAIT]
    if not resets:
        return now + (_retry_after(headers) or UNKNOWN_WAIT)
    # A reset that has passed by the time we read it means: try again, but not in the same breath.
    return max(*resets, now + timedelta(seconds=1))


def _window(headers: Mapping[str, str], prefix: str) -> Window | None:
    limit, remaining = _count(headers.get(f"{prefix}Limit")), _count(headers.get(f"{prefix}Remaining"))
    reset = _moment(headers.get(f"{prefix}Reset"))
    if limit is None and remaining is None and reset is None:
        return None
    return Window(limit=limit, remaining=remaining, reset=reset)


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    seconds = _count(headers.get("Retry-After"))
    return None if seconds is None else min(timedelta(seconds=seconds), LONGEST_WAIT)


def _count(text: str | None) -> int | None:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) <= 9 else None


def _moment(text: str | None) -> datetime | None:
    stripped = (text or "").strip()
    if not (stripped.isascii() and stripped.isdigit() and len(stripped) <= 14):
        return None
    return datetime.fromtimestamp(int(stripped) / 1000, UTC)
