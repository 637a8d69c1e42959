"""What would be booked if a koppeling started now: Coachview and Exact are read, nothing is stored or sent.

Source: options.md, `book_from`; service-center.md, "Buttons that the manual names".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from boekbrug.domain.invoice import Invoice, InvoiceStatus
from boekbrug.domain.money import ZERO
from boekbrug.domain.options import Options
from boekbrug.domain.routing import fits
from boekbrug.sync.ports import Clock, InvoiceSource, Ledger, Unreadable

CHANGED_BEFORE = timedelta(days=92)
"""How long before the start an invoice may have changed last; the fetch itself goes further back."""

DATED_BEFORE = timedelta(days=31)
LOOKS_FOR = timedelta(seconds=8)
LARGEST_GAP = 500
MOST_QUESTIONS = 5

OnTheirWay = Callable[[Sequence[str]], frozenset[str]]
"""Which of these invoices, by the source's id, are booked already or on their way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What waits from `start` on, with the totals per currency.

    `complete` is False when there was no time to read everything: it is at least so many. `unreadable` will be held.
    `earlier` are those of the month before, as far as they are not booked by us.
    """

    start: date
    waiting: tuple[Invoice, ...]
    totals: Mapping[str, Decimal]
    unreadable: int
    complete: bool
    earlier: tuple[Invoice, ...]


@dataclass(kw_only=True)
class _Seen:
    """What was read of the source, each invoice as it was read last."""

    invoices: dict[str, Invoice] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    complete: bool = False


def expect_invoices(source: InvoiceSource, options: Options, clock: Clock, on_their_way: OnTheirWay) -> Expected:
    """Read what Coachview has from the start date on, for a few seconds at most."""
    start = options.book_from or clock.today()
    seen = _read(source, start, clock)
    taken = on_their_way(tuple(seen.invoices))
    ours = [invoice for invoice in seen.invoices.values() if _is_ours(invoice, options) and invoice.id not in taken]
    waiting = [invoice for invoice in ours if invoice.invoice_date >= start]
    earlier = (invoice for invoice in ours if start - DATED_BEFORE <= invoice.invoice_date < start)
    totals: dict[str, Decimal] = {}
    for invoice in waiting:
        totals[invoice.currency] = totals.get(invoice.currency, ZERO) + invoice.total_incl
    return Expected(
        start=start,
        waiting=tuple(waiting),
        totals=totals,
        unreadable=len(seen.unreadable),
        complete=seen.complete,
        earlier=tuple(sorted(earlier, key=lambda invoice: (invoice.invoice_date, invoice.number))),
    )


def _read(source: InvoiceSource, start: date, clock: Clock) -> _Seen:
    seen, now = _Seen(), clock.now()
    since = datetime.combine(min(start, clock.today()), time(), tzinfo=UTC) - CHANGED_BEFORE
    for page, _ in source.changed_invoices(since, now):
        for received in page:
            reading = received.reading
            seen.invoices.pop(reading.id, None)
            seen.unreadable.discard(reading.id)
            if isinstance(reading, Unreadable):
                seen.unreadable.add(reading.id)
            else:
                seen.invoices[reading.id] = reading
        if clock.now() - now > LOOKS_FOR:
            return seen
    seen.complete = True
    return seen


def _is_ours(invoice: Invoice, options: Options) -> bool:
    """Definitive, let through by the filter, and not nil: rules 1 and 7 skip the others."""
    something = invoice.total_incl or any(line.amount or line.vat_amount for line in invoice.lines)
    return invoice.status is InvoiceStatus.DEFINITIVE and bool(something) and fits(invoice, options.invoice_filter)


def not_in_exact(ledger: Ledger, invoices: Sequence[Invoice], options: Options) -> tuple[Invoice, ...]:
    """Those of these invoices whose number is not in the sales journal: a few questions, a range of numbers each.

    What has no number that Exact can have is not there either.
    """
    numbered = {number: invoice for invoice in invoices if (number := _entry_number(invoice, options)) is not None}
    there = {
        entry.entry_number
        for low, high in tuple(_ranges(sorted(numbered)))[-MOST_QUESTIONS:]
        for entry in ledger.stored_entries(options.journal, (low, high), _EARLIEST)
    }
    return tuple(invoice for invoice in invoices if _entry_number(invoice, options) not in there)


_EARLIEST = date(1900, 1, 1)


def _entry_number(invoice: Invoice, options: Options) -> int | None:
    """Rule 4's number (booking.md), or None when it cannot be one."""
    text = options.invoice_prefix.strip() + "".join(char for char in invoice.number if char.isalnum())
    return int(text) if text.isascii() and text.isdigit() else None


def _ranges(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers together, as in a proof."""
    first = last = None
    for number in numbers:
        if first is None or last is None or number - last > LARGEST_GAP:
            if first is not None and last is not None:
                yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last
