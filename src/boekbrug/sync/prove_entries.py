"""Prove: read back what Exact stored and compare it with what was sent, field by field (feature N1)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.statement import Difference, StoredEntry, compare
from boekbrug.sync.ports import Booking
from boekbrug.sync.tools import Tools

BATCH = 1000
LARGEST_GAP = 500
LATER = timedelta(minutes=15)


def prove_entries(tools: Tools) -> datetime | None:
    """Prove up to 1,000 bookings, one question per range of numbers; when to go on."""
    bookings = tools.books.unproven(BATCH)
    for journal, group in groupby(bookings, key=_journal):
        for chunk in _ranges(list(group)):
            _prove(tools, journal, chunk)
    return tools.clock.now() if len(bookings) == BATCH else None


def _journal(booking: Booking) -> str:
    return _sent(booking).journal


def _sent(booking: Booking) -> SalesEntry:
    if booking.sent is None:
        raise ValueError(f"booking {booking.id} is booked but holds no entry")
    return booking.sent


def _number(booking: Booking) -> int:
    return booking.entry_number or _sent(booking).entry_number


def _ranges(bookings: Sequence[Booking]) -> Iterator[list[Booking]]:
    """Neighbouring numbers together: a question about a wide gap would read what is not ours."""
    chunk: list[Booking] = []
    for booking in sorted(bookings, key=_number):
        if chunk and _number(booking) - _number(chunk[-1]) > LARGEST_GAP:
            yield chunk
            chunk = []
        chunk.append(booking)
    if chunk:
        yield chunk


def _prove(tools: Tools, journal: str, bookings: Sequence[Booking]) -> None:
    numbers = (_number(bookings[0]), _number(bookings[-1]))
    since = min(_sent(booking).entry_date for booking in bookings)
    stored = {entry.entry_id: entry for entry in tools.ledger.stored_entries(journal, numbers, since)}
    equal: list[Booking] = []
    for booking in bookings:
        differences = _differences(booking, stored.get(booking.entry_id or ""))
        if differences:
            tools.books.differs(booking, differences)
        else:
            equal.append(booking)
    tools.books.proven(equal)


def _differences(booking: Booking, stored: StoredEntry | None) -> tuple[Difference, ...]:
    """An entry that is not found is a difference too: it is shown, and never booked again by itself."""
    if stored is None:
        return (Difference(field="entry_number", line=None, sent=str(_number(booking)), stored=""),)
    return compare(_sent(booking), stored, document=booking.document_id)
