"""Financial periods: which one a date falls in, and which one is open (booking.md rule 12)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

Month = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialPeriod:
    """A period of a financial year, both dates included; `closed_for` holds journal codes."""

    year: int
    period: int
    start: date
    end: date
    closed_for: frozenset[str] = frozenset()

    def contains(self, day: date) -> bool:
        """Whether `day` falls in this period."""
        return self.start <= day <= self.end


def month_of(day: date) -> Month:
    """Year and month of a day."""
    return day.year, day.month


def months(start: date, end: date) -> Iterator[Month]:
    """The months from that of `start` up to that of `end`, both included."""
    for count in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
        yield count // 12, count % 12 + 1


class Calendar:
    """The financial periods of an administration, found by date."""

    def __init__(self, periods: Iterable[FinancialPeriod] = ()) -> None:
        self._periods = tuple(sorted(periods, key=lambda period: (period.period, period.year)))

    def containing(self, day: date) -> FinancialPeriod | None:
        """The period with the lowest number that contains `day`: December rather than the thirteenth."""
        return next((period for period in self._by_month.get(month_of(day), ()) if period.contains(day)), None)

    def has_month(self, month: Month) -> bool:
        """Whether any period covers a part of this month."""
        return month in self._by_month

    def first_open_after(self, closed: FinancialPeriod, journal: str) -> FinancialPeriod | None:
        """The first period after `closed`, within its financial year, in which the journal is open.

        A thirteenth period shares its dates with the twelfth; it is the accountant's and never taken.
        """
        for period in self._periods:
            later = period.year == closed.year and period.start > closed.end
            own_dates = self.containing(period.start) is period
            if later and own_dates and journal not in period.closed_for:
                return period
        return None

    @cached_property
    def _by_month(self) -> dict[Month, tuple[FinancialPeriod, ...]]:
        covered: dict[Month, tuple[FinancialPeriod, ...]] = {}
        for period in self._periods:
            for month in months(period.start, period.end):
                covered[month] = (*covered.get(month, ()), period)
        return covered
