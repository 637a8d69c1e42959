"""The practice calendar: every date of a scenario is counted from the day that it starts on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def today_in_amsterdam() -> date:
    """The date now on a Dutch wall calendar."""
    return datetime.now(AMSTERDAM).date()


def month_start(day: date, months: int = 0) -> date:
    """The first day of the month that lies so many months after (before, when negative) that of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_end(day: date, months: int = 0) -> date:
    """The last day of the month that lies so many months after that of `day`."""
    return month_start(day, months + 1) - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class PracticeDates:
    """The named dates that the scenarios hang on."""

    today: date
    months_since_closing: int = 2
    """How many months ago the last closed month lies: 1 right after the accountant closed last month."""

    @property
    def book_from(self) -> date:
        """First date that an integration on practice data books: the first day of the month before last."""
        return month_start(self.today, -2)

    @property
    def closed_until(self) -> date:
        """Last day that is closed in the sales journals."""
        return month_end(self.today, -self.months_since_closing)

    @property
    def recent_from(self) -> date:
        """Since when the invoices of most scenarios are dated: the first day of last month."""
        return month_start(self.today, -1)

    @property
    def years(self) -> range:
        """Financial years that the practice company has: two back, one ahead."""
        return range(min(2024, self.today.year - 2), max(2027, self.today.year + 1) + 1)

    def between(self, position: int, count: int) -> date:
        """The date of the so-manieth of `count` invoices, spread evenly from `recent_from` until today."""
        span = (self.today - self.recent_from).days
        return self.recent_from + timedelta(days=span * position // max(count - 1, 1))


def dates_of(scenario: str, today: date) -> PracticeDates:
    """The dates of a scenario that starts on that day."""
    return PracticeDates(today=today, months_since_closing=1 if scenario == "month-end" else 2)
