"""What a verb works with: the ports of one administration, and the room that is left in this slice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from boekbrug.domain.checks import NumberChecks
from boekbrug.sync.failures import OutsideFailure
from boekbrug.sync.ports import Books, Clock, InvoiceSource, Ledger

if TYPE_CHECKING:
    from boekbrug.sync.review_entries import Review

SLICE_SECONDS = 10
SLICE_CALLS = 20


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A short stretch of work: it ends after 10 seconds or 20 calls, so that a handful of workers serves thousands.

    `silent_sources` are organisations whose Coachview did not answer in this slice: it is not asked again and again.
    `unanswered` are the bookings, one after the other, whose POST got no answer since the last one that did.
    `gone` says what turned out to be deleted in Exact since the desk was laid out: what is on it may name that still.
    """

    ends_at: datetime
    calls_until: int
    silent_sources: set[int] = field(default_factory=set)
    unanswered: set[int] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    @classmethod
    def start(cls, clock: Clock, ledger: Ledger) -> "Slice":
        """A slice that begins now."""
        return cls(ends_at=clock.now() + timedelta(seconds=SLICE_SECONDS), calls_until=ledger.calls + SLICE_CALLS)


@dataclass(frozen=True, kw_only=True)
class Tools:
    """The ports that the verbs of one administration use; without `review` nothing is ever in review."""

    books: Books
    ledger: Ledger
    source: Callable[[int], InvoiceSource]
    clock: Clock
    checks: NumberChecks
    slice: Slice
    review: "Review | None" = None

    def slice_over(self) -> bool:
        """Whether this slice has used its time or its calls."""
        return self.clock.now() >= self.slice.ends_at or self.ledger.calls >= self.slice.calls_until


@contextmanager
def at_coachview() -> Iterator[None]:
    """Mark failures inside as Coachview's, so that the right connection shows red."""
    try:
        yield
    except OutsideFailure as failure:
        failure.party = "coachview"
        raise
