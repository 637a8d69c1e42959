"""The order start and end dates of an invoice, by the two order-date options (options.md, panel Factuur)."""

from datetime import date

from boekbrug.domain.invoice import Invoice, InvoiceLine
from boekbrug.domain.options import OrderDateDetermination, OrderDateType

Span = tuple[date | None, date | None]
NOTHING: Span = (None, None)


def line_dates(line: InvoiceLine, source: OrderDateType) -> Span:
    """Start and end of one line: of its course, of the course's lessons, or of its request."""
    if source is OrderDateType.REQUEST:
        return (line.request.start, line.request.end) if line.request else NOTHING
    if line.course is None:
        return NOTHING
    if source is OrderDateType.LESSONS:
        return line.course.first_lesson, line.course.last_lesson
    return line.course.start, line.course.end


def widest(spans: list[Span]) -> Span:
    """The earliest start and the latest end of several spans."""
    starts = [start for start, _ in spans if start]
    ends = [end for _, end in spans if end]
    return min(starts, default=None), max(ends, default=None)


def header_dates(invoice: Invoice, source: OrderDateType, determination: OrderDateDetermination) -> Span:
    """Start and end of the invoice as a whole: those of the first line, else the earliest and the latest."""
    spans = [line_dates(line, source) for line in invoice.lines]
    if determination is OrderDateDetermination.FIRST_LINE:
        return spans[0] if spans else NOTHING
    return widest(spans)


def dates_of_lines(invoice: Invoice, source: OrderDateType, determination: OrderDateDetermination) -> tuple[Span, ...]:
    """Start and end for each line: its own, or those of the invoice as a whole."""
    if determination is OrderDateDetermination.PER_LINE:
        return tuple(line_dates(line, source) for line in invoice.lines)
    return (header_dates(invoice, source, determination),) * len(invoice.lines)
