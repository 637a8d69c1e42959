"""Rule 12: entry date, reporting year and period."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.builders import TODAY, booked, held, invoice, last_day, line, options, periods, reference

from boekbrug.domain.invoice import Course
from boekbrug.domain.options import ClosedPeriod, DateSource, OrderDateDetermination, OrderDateType
from boekbrug.domain.order_dates import header_dates
from boekbrug.domain.period import Calendar, FinancialPeriod, months

INVOICE, START, END, EXPORT = DateSource.INVOICE, DateSource.ORDER_START, DateSource.ORDER_END, DateSource.EXPORT
FIRST_OPEN = options(closed_period=ClosedPeriod.FIRST_OPEN)
COURSE = Course(start=date(2026, 5, 2), end=date(2026, 6, 3))
LATER = Course(start=date(2026, 4, 2), end=date(2026, 8, 3))


def _closed(*pairs: tuple[int, int], day: date = date(2026, 3, 16)) -> tuple[Any, ...]:
    return invoice(invoice_date=day), FIRST_OPEN, reference(periods=periods(closed=pairs))


@pytest.mark.parametrize(
    ("first", "second", "course", "period"),
    [
        (INVOICE, None, COURSE, 3),
        (START, None, COURSE, 5),
        (END, None, COURSE, 6),
        (EXPORT, None, COURSE, TODAY.month),
        (START, INVOICE, None, 3),
        (START, END, None, None),
        (START, None, None, None),
        (END, EXPORT, None, TODAY.month),
    ],
)
def test_the_period_follows_its_first_date_else_its_second(
    first: DateSource, second: DateSource | None, course: Course | None, period: int | None
) -> None:
    given_invoice, own = invoice(line(course=course)), options(period_date_1=first, period_date_2=second)
    if period is None:
        assert held(given_invoice, own) == ["period-date-missing"]
    else:
        entry = booked(given_invoice, own).entry
        assert (entry.reporting_year, entry.reporting_period, entry.entry_date) == (2026, period, date(2026, 3, 16))


@pytest.mark.parametrize(
    ("source", "fallback", "course", "entry_date"),
    [
        (INVOICE, None, None, date(2026, 3, 16)),
        (EXPORT, None, None, TODAY),
        (START, None, COURSE, date(2026, 5, 2)),
        (END, None, COURSE, date(2026, 6, 3)),
        (START, EXPORT, None, TODAY),
        (START, None, None, None),
    ],
)
def test_the_entry_date_falls_back_as_the_period_does(
    source: DateSource, fallback: DateSource | None, course: Course | None, entry_date: date | None
) -> None:
    given_invoice, own = invoice(line(course=course)), options(entry_date=source, period_date_2=fallback)
    if entry_date is None:
        assert held(given_invoice, own) == ["period-date-missing"]
    else:
        assert booked(given_invoice, own).entry.entry_date == entry_date


@pytest.mark.parametrize(
    ("determination", "expected"),
    [
        (OrderDateDetermination.PER_LINE, (date(2026, 4, 2), date(2026, 8, 3))),
        (OrderDateDetermination.EARLIEST_LATEST, (date(2026, 4, 2), date(2026, 8, 3))),
        (OrderDateDetermination.FIRST_LINE, (date(2026, 5, 2), date(2026, 6, 3))),
    ],
)
def test_the_header_has_the_earliest_and_latest_dates_or_those_of_the_first_line(
    determination: OrderDateDetermination, expected: tuple[date, date]
) -> None:
    given_invoice = invoice(line(course=COURSE), line(number=2, course=LATER), line(number=3, course=None))
    assert header_dates(given_invoice, OrderDateType.COURSE, determination) == expected


def test_an_invoice_without_lines_has_no_order_dates() -> None:
    empty = invoice(lines=())
    for determination in OrderDateDetermination:
        assert header_dates(empty, OrderDateType.COURSE, determination) == (None, None)


def test_the_last_day_of_the_year_is_in_december_and_not_in_the_thirteenth_period() -> None:
    entry = booked(invoice(invoice_date=date(2026, 12, 31))).entry
    assert (entry.reporting_year, entry.reporting_period) == (2026, 12)


def test_a_financial_year_need_not_be_a_calendar_year() -> None:
    broken = tuple(
        FinancialPeriod(year=2026, period=number, start=date(year, month, 1), end=last_day(year, month))
        for number, (year, month) in enumerate(months(date(2025, 7, 1), date(2026, 6, 1)), start=1)
    )
    entry = booked(known=reference(periods=broken)).entry
    assert (entry.reporting_year, entry.reporting_period) == (2026, 9)


def test_a_closed_period_holds_unless_the_option_says_otherwise() -> None:
    known = reference(periods=periods(closed=((2026, 3),)))
    assert held(known=known) == ["period-closed"]


def test_a_period_closed_for_another_journal_is_open() -> None:
    assert booked(own=options(journal="70"), known=reference(periods=periods(closed=((2026, 4),))))


def test_the_first_open_period_is_taken_and_the_invoice_date_stays() -> None:
    book = booked(*_closed((2026, 3), (2026, 4)))
    assert (book.entry.reporting_year, book.entry.reporting_period) == (2026, 5)
    assert (book.entry.entry_date, book.moved_from) == (date(2026, 3, 16), (2026, 3))
    assert booked().moved_from is None


def test_that_the_vat_moves_along_is_said_and_does_not_hold() -> None:
    (moved,) = booked(*_closed((2026, 3), (2026, 4))).warnings
    assert (moved.code, moved.subject.option) == ("period-moved", "closed_period")
    told = {"journal": "70", "closed_year": "2026", "closed_period": "3", "year": "2026", "period": "5"}
    assert dict(moved.values) == told
    assert booked().warnings == ()


@pytest.mark.parametrize(
    ("closed", "day"),
    [
        (tuple((2026, month) for month in range(3, 13)), date(2026, 3, 16)),
        (((2026, 12),), date(2026, 12, 31)),
    ],
)
def test_no_open_period_within_the_year_holds_and_the_thirteenth_is_never_taken(
    closed: tuple[tuple[int, int], ...], day: date
) -> None:
    assert held(*_closed(*closed, day=day)) == ["period-closed"]


@settings(max_examples=60, deadline=None)
@given(day=st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_every_day_of_the_years_in_use_is_in_its_own_month(day: date) -> None:
    period = Calendar(periods()).containing(day)
    assert period
    assert (period.year, period.period) == (day.year, day.month)


@settings(max_examples=60, deadline=None)
@given(closed=st.sets(st.integers(1, 13)), month=st.integers(1, 12))
def test_the_first_open_period_is_later_open_and_the_nearest(closed: set[int], month: int) -> None:
    own = periods(2026, 2026, closed=tuple((2026, number) for number in closed))
    calendar = Calendar(own)
    start = calendar.containing(date(2026, month, 1))
    assert start
    wanted = [number for number in range(month + 1, 13) if number not in closed]
    found = calendar.first_open_after(start, "70")
    assert (found.period if found else None) == (wanted[0] if wanted else None)


def test_months_run_over_the_turn_of_the_year() -> None:
    assert list(months(date(2026, 11, 30), date(2027, 2, 1))) == [(2026, 11), (2026, 12), (2027, 1), (2027, 2)]
