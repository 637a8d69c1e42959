"""The house's clock. It is the database's: hosts whose own clocks are minutes apart must agree on what has expired.

A lease, the last moment to send, when an unknown outcome may be settled, the windows of the budget and the age of a
token are written by one host and judged by another (exactly-once.md). So no host's own clock decides them.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import OperationalError, connection

LONGEST_SECONDS = 2.0
"""An answer that took longer may be about another moment: this process, too, can have stood still meanwhile."""

MOST_TRIES = 10


def seconds_passed() -> float:
    """Seconds that only run forward, also while a machine sleeps where the system can tell (Linux)."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def moment() -> datetime:
    """The moment by the database's clock, also within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at


def house_clock(
    ask: Callable[[], datetime] = moment, seconds: Callable[[], float] = seconds_passed
) -> Callable[[], datetime]:
    """A clock for one piece of work: set by the database's now, and carried on by this host's seconds."""
    for _ in range(MOST_TRIES):
        began = seconds()
        at = ask()
        answered = seconds()
        if answered - began <= LONGEST_SECONDS:
            return lambda: at + timedelta(seconds=seconds() - answered)
    raise OperationalError(f"the database did not tell the time within {LONGEST_SECONDS} s")
