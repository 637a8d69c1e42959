"""When to try again what could not be reached: 1, 2, 5, 15, 60 minutes, without end, a little spread."""

from datetime import datetime, timedelta
from itertools import accumulate

MINUTES = (1, 2, 5, 15, 60)
SPREAD = 0.2

DAILY = timedelta(days=1)


def wait_since(began_at: datetime, now: datetime) -> timedelta:
    """How long to wait with the next try of what began then: the same minutes one after the other, then daily."""
    past = now - began_at
    moments = (timedelta(minutes=minutes) for minutes in accumulate(MINUTES))
    return next((moment - past for moment in moments if moment > past), DAILY)


def wait_after(failures: int, dice: float) -> timedelta:
    """How long to wait after so many failures in a row (at least 1); `dice` in [0, 1) spreads it by up to a fifth."""
    minutes = MINUTES[min(max(failures, 1), len(MINUTES)) - 1]
    return timedelta(minutes=minutes * (1 + SPREAD * dice))
