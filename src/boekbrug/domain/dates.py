"""Entry date, reporting year and period of an invoice (booking.md rule 12)."""

from dataclasses import dataclass
from datetime import date

from boekbrug.domain.invoice import Invoice
from boekbrug.domain.options import ClosedPeriod, DateSource, Options
from boekbrug.domain.order_dates import header_dates
from boekbrug.domain.period import FinancialPeriod
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.reference import Reference


@dataclass(frozen=True, kw_only=True, slots=True)
class Dates:
    """What rule 12 decides; `period` is None when `problems` say why, `moved_from` is the closed period, if any."""

    entry_date: date
    period: FinancialPeriod | None = None
    moved_from: FinancialPeriod | None = None
    problems: tuple[Problem, ...] = ()


def dated(invoice: Invoice, source: DateSource | None, options: Options, today: date) -> date | None:
    """The date that an option names; None when the invoice does not have it."""
    if source is DateSource.INVOICE:
        return invoice.invoice_date
    if source is DateSource.EXPORT:
        return today
    if source is None:
        return None
    start, end = header_dates(invoice, options.order_date_type, options.order_date_determination)
    return start if source is DateSource.ORDER_START else end


def first_dated(invoice: Invoice, source: DateSource, options: Options, today: date) -> date | None:
    """The date that `source` names, else the one that `period_date_2` names."""
    return dated(invoice, source, options, today) or dated(invoice, options.period_date_2, options, today)


def decide_dates(invoice: Invoice, options: Options, reference: Reference, today: date) -> Dates:
    """The entry date and the open period that the options lead to, or the problems on the way."""
    entry_date = first_dated(invoice, options.entry_date, options, today)
    period_date = first_dated(invoice, options.period_date_1, options, today)
    if entry_date is None or period_date is None:
        asked = options.entry_date if entry_date is None else options.period_date_1
        sources = ", ".join(source for source in (asked, options.period_date_2) if source)
        missing = report("period-date-missing", Subject(option="period_date_1", key=invoice.id), sources=sources)
        return Dates(entry_date=entry_date or invoice.invoice_date, problems=(missing,))
    period = reference.calendar.containing(period_date)
    if period is None:
        month = f"{period_date:%Y-%m}"
        absent = report("period-absent", Subject(kind="FinancialPeriod", key=month), date=period_date)
        return Dates(entry_date=entry_date, problems=(absent,))
    return _in_an_open_period(entry_date, period, options, reference)


def _in_an_open_period(entry_date: date, period: FinancialPeriod, options: Options, reference: Reference) -> Dates:
    if options.journal not in period.closed_for:
        return Dates(entry_date=entry_date, period=period)
    if options.closed_period is ClosedPeriod.FIRST_OPEN:
        later = reference.calendar.first_open_after(period, options.journal)
        if later:
            return Dates(entry_date=entry_date, period=later, moved_from=period)
    closed = report(
        "period-closed",
        Subject(option="closed_period", kind="FinancialPeriod", key=f"{options.journal}/{period.year}/{period.period}"),
        journal=options.journal,
        year=period.year,
        period=period.period,
    )
    return Dates(entry_date=entry_date, problems=(closed,))
