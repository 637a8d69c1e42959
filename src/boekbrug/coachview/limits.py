"""Coachview's calls of a day: what its headers say, and the port of the budget that keeps count of them.

5,000 requests per 24 hours, then 429; the headers name the limit, what is left and when it starts anew
(coachview.md 4.2).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from boekbrug.coachview.profile import LimitHeaders

# A 429 without a reset that can be believed: wait this long, then ask once.
UNKNOWN_WAIT = timedelta(hours=1)
# The window is a day; a reset further away than this is not believed.
LONGEST_WAIT = timedelta(hours=25)
MILLISECONDS_FROM = 100_000_000_000


class CallBudget(Protocol):
    """Who keeps count of the calls of one Coachview environment."""

    def reserve(self) -> None:
        """Reserve one call that is about to be sent; raises Throttled when there is none left."""

    def learn(self, limit: int | None, remaining: int | None, reset: datetime | None) -> None:
        """Take over what the headers of an answer say; None is what they do not say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the headers of one answer say of the calls of the day."""

    limit: int | None
    remaining: int | None
    reset: datetime | None


def read_limits(headers: Mapping[str, str], names: LimitHeaders) -> Limits:
    """The limits in `headers`; what is absent or absurd is None."""
    return Limits(
        limit=_count(headers.get(names.limit)),
        remaining=_count(headers.get(names.remaining)),
        reset=_moment(headers.get(names.reset)),
    )


def wait_until(headers: Mapping[str, str], names: LimitHeaders, now: datetime) -> datetime:
    """The moment before which no call is allowed after a 429; never assumed when the headers say it."""
    reset = read_limits(headers, names).reset
    if reset is None and (seconds := _count(headers.get("Retry-After"))) is not None:
        reset = now + timedelta(seconds=min(seconds, 10 * 86_400))
    if reset is None or reset > now + LONGEST_WAIT:
        return now + UNKNOWN_WAIT
    # A reset that has passed by the time that we read it means: try again, but not in the same breath.
    return max(reset, now + timedelta(seconds=1))


def _count(text: str | None) -> int | None:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) <= 9 else None


def _moment(text: str | None) -> datetime | None:
    """A moment from Unix seconds, milliseconds or ISO 8601 (without offset: UTC)."""
    stripped = (text or "").strip()
    try:
        number = float(stripped)
    except ValueError:
        return _iso_moment(stripped)
    if not math.isfinite(number) or number <= 0:
        return None
    try:
        return datetime.fromtimestamp(number / 1000 if number >= MILLISECONDS_FROM else number, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _iso_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
