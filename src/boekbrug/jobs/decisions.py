"""What the workers decide, as plain functions of their arguments."""

from datetime import datetime

FIRST_DELAY_SECONDS = 0.5
LAST_DELAY_SECONDS = 30.0


def due_now(next_due: datetime | None, now: datetime) -> bool:
    """Whether a slice that ended is to be woken again at once; later moments are left to the clock."""
    return next_due is not None and next_due <= now


def delay_seconds(failures: int) -> float:
    """How long to wait after so many failures in a row: 0.5, 1, 2, ... 30 seconds."""
    return min(FIRST_DELAY_SECONDS * 2.0 ** min(max(failures - 1, 0), 16), LAST_DELAY_SECONDS)


def rests(failures: int, since_seconds: float) -> bool:
    """Whether an administration whose slices failed, last so long ago, is left alone: a defect must not spin."""
    return failures > 0 and since_seconds < delay_seconds(failures)
