"""Preview: what would become of stored invoices, with nothing sent and nothing written (feature C2)."""

from collections.abc import Iterator, Sequence

from boekbrug.domain.entry import Decision
from boekbrug.sync.decide import decide, lay_out
from boekbrug.sync.ports import Booking
from boekbrug.sync.tools import Tools


def preview(tools: Tools, bookings: Sequence[Booking]) -> Iterator[tuple[Booking, Decision]]:
    """Each booking with what the rules decide about it today; the same call as the real booking."""
    desk = lay_out(tools.books, bookings, tools.checks)
    today = tools.clock.today()
    for booking in bookings:
        yield booking, decide(desk, booking, today)
