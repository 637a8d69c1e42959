"""An office: memory books, scripted parties and a hand clock, laid out for one invoice that books without a word."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.domain import builders
from tests.sync.memory_books import MemoryBooks
from tests.sync.memory_intents import HandClock
from tests.sync.scripted import ScriptedLedger, ScriptedSource

from boekbrug.domain.checks import FORM_ONLY
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.sync.ports import Booking, Koppeling
from boekbrug.sync.run import run
from boekbrug.sync.tools import Slice, Tools

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@dataclass
class Office:
    """Everything that one administration's verbs touch."""

    clock: HandClock
    books: MemoryBooks
    ledger: ScriptedLedger
    source: ScriptedSource

    def tools(self) -> Tools:
        """Tools with a fresh slice."""
        return Tools(
            books=self.books,
            ledger=self.ledger,
            source=lambda _organisation_id: self.source,
            clock=self.clock,
            checks=FORM_ONLY,
            slice=Slice.start(self.clock, self.ledger),
        )

    def run(self) -> None:
        """One slice of what is due."""
        run(self.tools())


def office(*, reference: Any = None, **option_fields: Any) -> Office:
    """An office with one realtime koppeling; PDFs only when asked for."""
    clock = HandClock(NOW)
    koppeling = Koppeling(
        integration_id=1,
        organisation_id=1,
        options=builders.options(**{"send_pdf": False} | option_fields),
        options_version=1,
    )
    books = MemoryBooks(clock, reference or builders.reference(), [koppeling])
    return Office(clock=clock, books=books, ledger=ScriptedLedger(clock.now), source=ScriptedSource())


def booking(
    number: int = 1, *, state: BookingState = BookingState.READY, invoice: Invoice | None = None, **fields: Any
) -> Booking:
    """A booking of the invoice of the builders, in `ready`."""
    values: dict[str, Any] = {
        "id": number,
        "state": state,
        "integration_id": 1,
        "organisation_id": 1,
        "mark": f"{number:08x}",
        "invoice": invoice or builders.invoice(id=f"i-{number}", number=str(20260000 + number)),
        "problems": (),
        "pdf_state": PdfState.NONE,
        "generation": 0,
        "exported_on": None,
    }
    return Booking(**values | fields)
