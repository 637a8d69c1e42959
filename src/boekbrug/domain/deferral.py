"""Deferred revenue: which months a line belongs to, and how much of it falls in each (booking.md rule 10)."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from boekbrug.domain.entry import Deferral
from boekbrug.domain.money import equal_parts, spread
from boekbrug.domain.options import DeferralSplit
from boekbrug.domain.period import Calendar, FinancialPeriod, Month, months

DECEMBER = 12


def deferral(start: date, end: date, booked_in: FinancialPeriod) -> Deferral | None:
    """From and To of a line, or None when all of it belongs to the months of the booking period.

    From is never before the first day of the booking period: an instalment must not reach back into closed
    months, and what was earned earlier is revenue of the booking period itself.
    """
    first = max(start, booked_in.start)
    last = max(end, first)
    if last <= booked_in.end:
        return None
    return Deferral(start=first, end=last)


def absent_month(deferred: Deferral, calendar: Calendar) -> Month | None:
    """The first month up to To for which no financial period exists."""
    return next((month for month in months(deferred.start, deferred.end) if not calendar.has_month(month)), None)


def monthly_parts(total: Decimal, deferred: Deferral, split: DeferralSplit) -> tuple[tuple[Month, Decimal], ...]:
    """`total` over the months of `deferred`: equal parts with the rest in the last, or by the days of each month."""
    span = tuple(months(deferred.start, deferred.end))
    if split is DeferralSplit.MONTHS:
        return tuple(zip(span, equal_parts(total, len(span)), strict=True))
    days = tuple(_days_in(month, deferred) for month in span)
    return tuple(zip(span, spread(total, _in_proportion(total, days)), strict=True))


def _days_in(month: Month, deferred: Deferral) -> int:
    year, number = month
    first = date(year, number, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return (min(last, deferred.end) - max(first, deferred.start)).days + 1


def _in_proportion(total: Decimal, weights: Iterable[int]) -> tuple[Decimal, ...]:
    counts = tuple(weights)
    return tuple(total * count / sum(counts) for count in counts)
