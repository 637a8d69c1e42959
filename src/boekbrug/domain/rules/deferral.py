"""Rule 10: deferred revenue."""

from collections.abc import Iterator
from datetime import date

from boekbrug.domain.deferral import absent_month, deferral, monthly_parts
from boekbrug.domain.draft import Draft, LineDraft, because
from boekbrug.domain.entry import Deferral, ScheduledRevenue
from boekbrug.domain.order_dates import dates_of_lines
from boekbrug.domain.problem import Problem, report


def revenue_must_fall_in_its_months(draft: Draft) -> Iterator[Problem]:
    """Rule 10: lines of a profit-and-loss account are deferred from order start to order end, both or none."""
    if not draft.options.deferred_revenue:
        return
    spans = dates_of_lines(draft.invoice, draft.options.order_date_type, draft.options.order_date_determination)
    for line in draft.lines:
        start, end = spans[line.position]
        if line.account is None or not line.account.profit_and_loss or (start or end) is None:
            continue
        if start is None or end is None:
            yield _about_order_dates(draft, line, "order-dates-missing", start, end)
        elif end < start:
            yield _about_order_dates(draft, line, "order-dates-reversed", start, end)
        elif draft.dates.period:
            line.deferral = deferral(start, end, draft.dates.period)
            yield from _scheduled(draft, line, line.deferral)


def _about_order_dates(draft: Draft, line: LineDraft, code: str, start: date | None, end: date | None) -> Problem:
    subject = line.subject(key=f"{draft.invoice.id}/{line.source.number}")
    return report(code, subject, line=line.source.number, start=start or "", end=end or "")


def _scheduled(draft: Draft, line: LineDraft, deferred: Deferral | None) -> Iterator[Problem]:
    line.why.append(because("deferral", 10, f"line.{draft.options.order_date_type.value}", "deferred_revenue"))
    if deferred is None:
        return
    absent = absent_month(deferred, draft.reference.calendar)
    if absent:
        month = f"{absent[0]:04}-{absent[1]:02}"
        subject = line.subject(kind="FinancialPeriod", key=month)
        yield report("deferral-period-absent", subject, line=line.source.number, month=month)
        return
    account = line.account.code if line.account else ""
    parts = monthly_parts(line.source.amount, deferred, draft.options.deferral_split)
    draft.schedule.extend(
        ScheduledRevenue(
            invoice_line=line.source.number, gl_account=account, year=year, month=month_number, amount=amount
        )
        for (year, month_number), amount in parts
    )
