"""What the rest of the house asks of a job engine: six verbs, so that another engine is an adapter and no rewrite.

A job is only a wake-up of one administration; losing one loses nothing, since the database says what is due
(exactly-once.md, "The rhythm"). "Not before" is therefore no verb here: it stands in our own tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Lane = Literal["rt", "bulk"]
"""Realtime or bulk: each has a waiting place of its own, so that realtime never waits behind a queued night."""

LANES: tuple[Lane, ...] = ("rt", "bulk")


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One wake-up that waits or runs."""

    id: int
    administration_id: int
    lane: Lane
    running: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How the engine is doing; `oldest_waiting_seconds` is None when nothing waits."""

    workers: int
    waiting: int
    running: int
    failed: int
    oldest_waiting_seconds: float | None


class Queue(Protocol):
    """The six verbs."""

    def wake(self, administration_id: int, lane: Lane) -> None:
        """Ask for a slice of work, after the current transaction commits; asking twice is asking once."""

    def cancel(self, administration_id: int) -> int:
        """Take back the wake-ups that wait; returns how many."""

    def jobs(self) -> Sequence[Job]:
        """All wake-ups that wait or run."""

    def health(self) -> Health:
        """Figures for the health page, the metrics and `doctor`."""

    def rescue(self) -> int:
        """Give the jobs of dead workers to living ones; returns how many."""

    def clean(self) -> None:
        """Forget failed jobs of more than a week ago; successful ones are gone at once."""
