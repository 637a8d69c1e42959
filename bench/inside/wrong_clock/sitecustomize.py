"""A host whose clock is wrong: Python tells the time WRONG_CLOCK_SECONDS ahead (behind, when below 0).

Python reads this file at its start where this folder stands on PYTHONPATH. Clocks that only run forward are as they
were, as on such a host; so is the database's, which is another process.
"""

import datetime as dt
import os
import time
from typing import Any

SECONDS = float(os.environ["WRONG_CLOCK_SECONDS"])
AHEAD = dt.timedelta(seconds=SECONDS)
Right = dt.datetime
right_time, right_time_ns = time.time, time.time_ns


class _Kind(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Right)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, Right)


class Wrong(Right, metaclass=_Kind):
    """Makes datetimes as they are, but for the present one."""

    __slots__ = ()

    def __new__(cls, *parts: Any, **more: Any) -> Any:
        """Not one of this class: what is made compares, and is stored, as any other."""
        return Right(*parts, **more)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        """What the wrong clock shows."""
        return Right.now(tz) + AHEAD

    @classmethod
    def utcnow(cls) -> Any:
        """What the wrong clock shows, in UTC without saying so."""
        return cls.now(dt.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        """What the wrong clock shows, in this place's time."""
        return cls.now()


time.time = lambda: right_time() + SECONDS
time.time_ns = lambda: right_time_ns() + int(SECONDS * 1_000_000_000)
dt.datetime = Wrong  # type: ignore[misc]
