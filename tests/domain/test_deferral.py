"""Rule 10: deferred revenue, its months and its schedule."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.builders import booked, by_code, gl_account, held, invoice, line, options, periods, reference

from boekbrug.domain.deferral import deferral, monthly_parts
from boekbrug.domain.entry import Book, Deferral
from boekbrug.domain.invoice import Course, InvoiceLine, Request
from boekbrug.domain.money import ZERO
from boekbrug.domain.options import ClosedPeriod, DeferralSplit, OrderDateDetermination, OrderDateType
from boekbrug.domain.period import FinancialPeriod, month_of, months

D = Decimal
MARCH = FinancialPeriod(year=2026, period=3, start=date(2026, 3, 1), end=date(2026, 3, 31))
SECOND_QUARTER = FinancialPeriod(year=2026, period=2, start=date(2026, 4, 1), end=date(2026, 6, 30))
Dates = tuple[date | None, date | None]


def _day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}" if len(text) == 5 else text)


def _taught(start: str | None, end: str | None, **fields: Any) -> InvoiceLine:
    course = Course(code="BHV", kind="BHV", start=_day(start) if start else None, end=_day(end) if end else None)
    return line(course=course, **fields)


def _deferred(*rows: InvoiceLine, **fields: Any) -> Book:
    return booked(invoice(*rows), options(deferred_revenue=True, **fields))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("03-01", "03-31", None),
        ("03-20", "03-25", None),
        ("01-10", "03-25", None),
        ("01-10", "02-25", None),
        ("04-03", "04-20", ("04-03", "04-20")),
        ("03-20", "04-02", ("03-20", "04-02")),
        ("03-20", "06-30", ("03-20", "06-30")),
        ("01-10", "06-30", ("03-01", "06-30")),
        ("02-28", "04-01", ("03-01", "04-01")),
        ("12-01", "2027-02-03", ("12-01", "2027-02-03")),
    ],
)
def test_from_and_to_of_an_invoice_of_march(start: str, end: str, expected: tuple[str, str] | None) -> None:
    wanted = Deferral(start=_day(expected[0]), end=_day(expected[1])) if expected else None
    assert _deferred(_taught(start, end)).entry.lines[0].deferral == wanted


def test_a_period_of_a_quarter_keeps_its_own_months() -> None:
    assert deferral(_day("05-01"), _day("06-30"), SECOND_QUARTER) is None
    assert deferral(_day("02-01"), _day("07-01"), SECOND_QUARTER) == Deferral(start=_day("04-01"), end=_day("07-01"))


def test_an_instalment_does_not_reach_back_before_the_period_it_is_moved_to() -> None:
    book = booked(
        invoice(_taught("03-20", "06-30")),
        options(deferred_revenue=True, closed_period=ClosedPeriod.FIRST_OPEN),
        reference(periods=periods(closed=((2026, 3), (2026, 4)))),
    )
    assert book.entry.reporting_period == 5
    assert book.entry.lines[0].deferral == Deferral(start=_day("05-01"), end=_day("06-30"))


def test_nothing_is_deferred_when_the_option_is_off() -> None:
    book = booked(invoice(_taught("04-01", "06-30")))
    assert (book.entry.lines[0].deferral, book.schedule) == (None, ())


def test_only_profit_and_loss_accounts_are_deferred() -> None:
    known = reference(gl_accounts=by_code(gl_account(kind=90, profit_and_loss=False)))
    book = booked(invoice(_taught("04-01", None)), options(deferred_revenue=True), known)
    assert book.entry.lines[0].deferral is None


def test_a_line_without_order_dates_is_not_deferred() -> None:
    rows = (line(course=None, request=None), _taught(None, None, number=2), _taught("04-01", "04-30", number=3))
    book = _deferred(*rows)
    assert [row.deferral is None for row in book.entry.lines] == [True, True, False]


@pytest.mark.parametrize(("start", "end"), [("04-01", None), (None, "04-01")])
def test_one_date_without_the_other_is_held(start: str | None, end: str | None) -> None:
    assert held(invoice(_taught(start, end)), options(deferred_revenue=True)) == ["order-dates-missing"]


def test_each_line_with_wrong_dates_is_named() -> None:
    rows = (_taught("04-02", "04-01"), _taught("04-03", "04-01", number=2))
    assert held(invoice(*rows), options(deferred_revenue=True)) == ["order-dates-reversed"] * 2


def test_the_first_month_without_a_period_is_named_once() -> None:
    rows = (_taught("2027-11-01", "2028-06-30"), _taught("2027-11-01", "9999-12-31", number=2))
    assert held(invoice(*rows), options(deferred_revenue=True)) == ["deferral-period-absent"]


def test_wrong_dates_are_told_without_a_period_too() -> None:
    own = options(deferred_revenue=True)
    problems = held(invoice(_taught("04-02", "04-01"), _taught("04-01", "04-30"), invoice_date=date(2030, 1, 1)), own)
    assert problems == ["order-dates-reversed", "period-absent"]


def test_an_unknown_account_is_no_reason_to_talk_of_deferral() -> None:
    given_invoice = invoice(_taught("04-02", "04-01", gl_account="?"))
    assert held(given_invoice, options(deferred_revenue=True)) == ["gl-account-unknown"]


LESSONS = Course(first_lesson=_day("05-04"), last_lesson=_day("06-05"), start=_day("04-01"), end=_day("04-30"))
REQUEST = Request(start=_day("07-01"), end=_day("08-02"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (OrderDateType.COURSE, ("04-01", "04-30")),
        (OrderDateType.LESSONS, ("05-04", "06-05")),
        (OrderDateType.REQUEST, ("07-01", "08-02")),
    ],
)
def test_order_dates_come_from_course_lessons_or_request(source: OrderDateType, expected: tuple[str, str]) -> None:
    book = _deferred(line(course=LESSONS, request=REQUEST), order_date_type=source)
    assert book.entry.lines[0].deferral == Deferral(start=_day(expected[0]), end=_day(expected[1]))


@pytest.mark.parametrize(
    ("determination", "expected"),
    [
        (OrderDateDetermination.PER_LINE, [("05-01", "06-30"), None, ("04-01", "05-31")]),
        (OrderDateDetermination.EARLIEST_LATEST, [("04-01", "06-30")] * 3),
        (OrderDateDetermination.FIRST_LINE, [("05-01", "06-30")] * 3),
    ],
)
def test_several_lines_have_their_own_dates_or_common_ones(
    determination: OrderDateDetermination, expected: list[tuple[str, str] | None]
) -> None:
    rows = (_taught("05-01", "06-30"), _taught(None, None, number=2), _taught("04-01", "05-31", number=3))
    book = _deferred(*rows, order_date_determination=determination)
    wanted = [Deferral(start=_day(span[0]), end=_day(span[1])) if span else None for span in expected]
    assert [row.deferral for row in book.entry.lines] == wanted


def test_a_left_out_zero_line_does_not_shift_the_dates_of_the_others() -> None:
    book = _deferred(_taught("04-01", "04-30", amount=D(0)), _taught("05-01", "05-31", number=2))
    assert [(row.invoice_line, row.deferral) for row in book.entry.lines] == [
        (2, Deferral(start=_day("05-01"), end=_day("05-31")))
    ]


def test_the_schedule_has_equal_parts_and_the_rest_in_the_last_month() -> None:
    book = _deferred(_taught("03-20", "05-02"))
    assert [(row.invoice_line, row.gl_account, row.year, row.month, str(row.amount)) for row in book.schedule] == [
        (1, "8000", 2026, 3, "33.33"),
        (1, "8000", 2026, 4, "33.33"),
        (1, "8000", 2026, 5, "33.34"),
    ]


def test_negative_lines_are_deferred_like_positive_ones() -> None:
    book = booked(invoice(_taught("03-20", "05-02", amount=D("-100.00"))), options(deferred_revenue=True))
    assert [str(row.amount) for row in book.schedule] == ["-33.33", "-33.33", "-33.34"]


def test_by_days_each_month_gets_its_share() -> None:
    """15 days of April, 31 of May, 30 of June, 4 of July: 80 days."""
    own = options(deferred_revenue=True, deferral_split=DeferralSplit.DAYS)
    book = booked(invoice(_taught("04-16", "07-04")), own)
    assert [str(row.amount) for row in book.schedule] == ["18.75", "38.75", "37.50", "5.00"]


days = st.dates(date(2024, 1, 1), date(2029, 12, 31))


@settings(max_examples=60, deadline=None)
@given(start=days, end=days, cents=st.integers(-10_000_000, 10_000_000), split=st.sampled_from(DeferralSplit))
def test_the_schedule_adds_up_over_exactly_the_months_of_the_deferral(
    start: date, end: date, cents: int, split: DeferralSplit
) -> None:
    first, last = sorted((start, end))
    total = D(cents) / 100
    deferred = Deferral(start=first, end=last)
    parts = monthly_parts(total, deferred, split)
    assert [month for month, _ in parts] == list(months(first, last))
    assert sum((amount for _, amount in parts), ZERO) == total


@settings(max_examples=60, deadline=None)
@given(start=days, end=days)
def test_a_deferral_begins_in_the_booking_period_or_later_and_ends_after_it(start: date, end: date) -> None:
    first, last = sorted((start, end))
    found = deferral(first, last, MARCH)
    if found is None:
        assert last <= MARCH.end
    else:
        assert MARCH.start <= found.start <= found.end == last
        assert found.start in {first, MARCH.start}
        assert month_of(found.end) > month_of(MARCH.end)
