"""Preview: what would become of stored invoices, with nothing sent and nothing written (feature C2)."""

from collections.abc import Iterator, Sequence

from boekbrug.domain.checks import NumberChecks
from boekbrug.domain.entry import Decision
from boekbrug.sync.decide import decide, lay_out
from boekbrug.sync.ports import Booking, Books, Clock


def preview(
    books: Books, clock: Clock, checks: NumberChecks, bookings: Sequence[Booking]
) -> Iterator[tuple[Booking, Decision]]:
    """Each booking with what the rules decide about it today; the same call as the real booking.

    Bookings of a koppeling that is not active have no desk and are left out.
    """
    desk = lay_out(books, bookings, checks)
    today = clock.today()
    for booking in bookings:
        if booking.integration_id in desk.koppelingen:
            yield booking, decide(desk, booking, today)
