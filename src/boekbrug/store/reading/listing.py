"""All invoices in one list, for the command line."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.sentences import say, tell
from boekbrug.store.models import Booking
from boekbrug.store.records import read_problems

CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedInvoice:
    """An invoice with what became of it."""

    id: int
    number: str
    debtor: str
    total: Decimal | None
    state: str
    problems: tuple[Problem, ...]
    skip_reason: str
    entry_number: int | None
    entry_id: str

    def as_json(self) -> dict[str, Any]:
        """The fields that programs rely on (interfaces.md)."""
        return {
            "id": self.id,
            "number": self.number,
            "state": self.state,
            "problems": [problem.code for problem in self.problems],
            "skip_reason": self.skip_reason,
            "entry_number": self.entry_number,
            "entry_id": self.entry_id,
        }

    def cause(self, language: str) -> str:
        """The first problem, or why it was skipped, in words."""
        if self.problems:
            return tell(self.problems[0], language).title
        return say(f"skip.{self.skip_reason}", language) if self.skip_reason else ""


def all_invoices(state: BookingState | None = None) -> Iterator[ListedInvoice]:
    """Every invoice of every organisation, by date and number, read in chunks."""
    rows = Booking.objects.select_related("invoice").order_by("invoice_date", "number", "id")
    if state is not None:
        rows = rows.filter(state=state)
    for row in rows.iterator(chunk_size=CHUNK):
        yield ListedInvoice(
            id=row.id,
            number=row.number,
            debtor=row.invoice.debtor_name,
            total=row.invoice.total_incl,
            state=row.state,
            problems=read_problems(row.problems),
            skip_reason=row.skip_reason,
            entry_number=row.entry_number,
            entry_id=row.entry_id,
        )
