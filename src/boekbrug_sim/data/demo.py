"""The demo: sixty invoices around today that show every rule of booking.md, in two number series."""

from datetime import date, datetime, time, timedelta

from boekbrug_sim.data.builder import Head, make_invoice, make_line
from boekbrug_sim.data.dates import PracticeDates
from boekbrug_sim.data.demo_first_series import FIRST_SERIES
from boekbrug_sim.data.demo_second_series import SECOND_SERIES
from boekbrug_sim.data.people import DEMO_DEBTORS, demo_debtor, guid
from boekbrug_sim.data.plans import Plan
from boekbrug_sim.data.records import Debtor, Invoice

FIRST_NUMBER = {"first": 20_260_001, "second": 20_265_001}
SERIES = {"first": FIRST_SERIES, "second": SECOND_SERIES}


def demo_plans() -> tuple[tuple[str, Plan], ...]:
    """Invoice number and plan of every demo invoice."""
    return tuple(
        (_number(series, index, plan), plan) for series, plans in SERIES.items() for index, plan in enumerate(plans)
    )


def demo_invoices(dates: PracticeDates) -> tuple[Invoice, ...]:
    """The sixty, in order of their last change."""
    invoices = [
        _invoice(_number(series, index, plan), plan, dates, index, len(plans))
        for series, plans in SERIES.items()
        for index, plan in enumerate(plans)
    ]
    return tuple(sorted(invoices, key=lambda invoice: (invoice.changed_at, str(invoice.number))))


def demo_debtors() -> tuple[Debtor, ...]:
    """Every debtor of the demo."""
    return tuple(demo_debtor(key) for key in DEMO_DEBTORS)


def _number(series: str, index: int, plan: Plan) -> str:
    """The invoice number; a letter takes the place of the last digit, so that all numbers are equally long."""
    digits = str(FIRST_NUMBER[series] + index)
    return digits[:-1] + plan.letter if plan.letter else digits


def _invoice(number: str, plan: Plan, dates: PracticeDates, index: int, count: int) -> Invoice:
    day = dates.between(index, count)
    invoice_date = _dated(plan, dates, day)
    changed_on = invoice_date if plan.when == "closed-period" else day
    lines = tuple(
        make_line(item, guid("demo-line", f"{number}/{position}"))
        for position, item in enumerate(plan.items(dates, invoice_date), 1)
    )
    head = Head(
        id=guid("demo-invoice", number),
        number=number,
        debtor=demo_debtor(plan.debtor) if plan.debtor else None,
        invoice_date=invoice_date,
        definitive_on=dates.today if plan.when == "back-dated" else invoice_date,
        changed_at=_moment(dates.today if plan.when == "back-dated" else changed_on, dates, index),
        garbled=plan.garbled,
        **plan.more,  # type: ignore[arg-type]
    )
    invoice = make_invoice(head, lines)
    return plan.tweak(invoice) if plan.tweak else invoice


def _dated(plan: Plan, dates: PracticeDates, day: date) -> date:
    match plan.when:
        case "before-start" | "back-dated":
            return dates.book_from - timedelta(days=12)
        case "closed-period":
            return dates.book_from + timedelta(days=14)
        case "open":
            return day


def _moment(day: date, dates: PracticeDates, index: int) -> datetime:
    """In office hours, but today just after midnight, so that it is never still to come."""
    start = time(0, 0) if day >= dates.today else time(9, 0)
    return datetime.combine(day, start) + timedelta(seconds=index)
