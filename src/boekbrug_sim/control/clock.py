"""The simulator's clock: runs with the real one unless told to stand still or to jump."""

from datetime import UTC, datetime, timedelta


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
        if self._frozen is not None:
            self._frozen = moment
        else:
            self._offset = moment - datetime.now(UTC)

    def freeze(self, moment: datetime | None = None) -> None:
        """Stand still, now or at the moment given."""
        self._frozen = moment or self.now()

    def release(self) -> None:
        """Run on from where the clock stood."""
        if self._frozen is not None:
            self._offset = self._frozen - datetime.now(UTC)
            self._frozen = None

    def advance(self, seconds: float) -> None:
        """Jump ahead, frozen or not."""
        if self._frozen is not None:
            self._frozen += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Back to the real time."""
        self._offset = timedelta()
        self._frozen = None


def moment_of(text: str) -> datetime:
    """Read an ISO date or time; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
