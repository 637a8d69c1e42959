"""The simulator's clock: runs with the real one unless told to stand still or to jump."""

from datetime import UTC, datetime, timedelta
from typing import Any

FIRST_YEAR, LAST_YEAR = 1971, 2999


class Clock:
    """Time as the simulator sees it (UTC). Limits do not ask it: their resets are in real time."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        """The simulated moment, with zone."""
        if self._frozen is not None:
            return self._frozen
        return datetime.now(UTC) + self._offset

    def timestamp(self) -> float:
        """The simulated moment in seconds since 1970."""
        return self.now().timestamp()

    def set(self, moment: datetime) -> None:
        """Jump to a moment and run on from there; a frozen clock stays frozen, at that moment."""
        _demand_possible(moment)
        if self._frozen is not None:
            self._frozen = moment
        else:
            self._offset = moment - datetime.now(UTC)

    def freeze(self, moment: datetime | None = None) -> None:
        """Stand still, now or at the moment given."""
        _demand_possible(moment or self.now())
        self._frozen = moment or self.now()

    def release(self) -> None:
        """Run on from where the clock stood."""
        if self._frozen is not None:
            self._offset = self._frozen - datetime.now(UTC)
            self._frozen = None

    def advance(self, seconds: float) -> None:
        """Jump ahead, frozen or not."""
        step = timedelta(seconds=seconds)
        _demand_possible(self.now() + step)
        if self._frozen is not None:
            self._frozen += step
        else:
            self._offset += step

    def as_dict(self) -> dict[str, object]:
        """How the clock goes, to be kept for the next start."""
        return {
            "offset_seconds": self._offset.total_seconds(),
            "frozen": None if self._frozen is None else self._frozen.isoformat(),
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Go as it was kept."""
        self._offset = timedelta(seconds=float(kept["offset_seconds"]))
        self._frozen = None if kept["frozen"] is None else moment_of(kept["frozen"])

    def reset(self) -> None:
        """Back to the real time."""
        self._offset = timedelta()
        self._frozen = None


def _demand_possible(moment: datetime) -> None:
    """A clock of bookkeeping stands in years that every calendar has."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the clock goes from {FIRST_YEAR} to {LAST_YEAR}")


def moment_of(text: str) -> datetime:
    """Read an ISO date or time; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
