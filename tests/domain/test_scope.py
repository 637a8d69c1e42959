"""Rules 1, 2 and 7: which invoices are booked, and which lines of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.domain.builders import (
    NIL,
    NO_LINKS,
    booked,
    held,
    invoice,
    line,
    lines,
    options,
    periods,
    reference,
    skipped,
)

from boekbrug.domain.entry import SkipReason
from boekbrug.domain.invoice import InvoiceStatus, VatTotal

LAST_YEAR = date(2025, 12, 31)


def test_a_draft_is_left_alone() -> None:
    assert skipped(invoice(status=InvoiceStatus.DRAFT)).reason is SkipReason.NOT_DEFINITIVE


def test_a_skip_wins_over_problems() -> None:
    assert skipped(invoice(status=InvoiceStatus.DRAFT, number="")).reason is SkipReason.NOT_DEFINITIVE
    assert skipped(invoice(line("0.00"), number="26A")).reason is SkipReason.ZERO


def test_an_invoice_with_a_total_but_no_lines_is_unreadable() -> None:
    empty = replace(invoice(), lines=())
    assert held(empty) == ["invoice-unreadable", "total-differs"]
    assert held(replace(empty, vat=None)) == ["invoice-unreadable", "total-differs"]


def test_an_invoice_with_nothing_at_all_is_nil() -> None:
    empty = replace(invoice(line("0.00")), lines=(), vat=None)
    assert skipped(empty).reason is SkipReason.ZERO


@pytest.mark.parametrize(
    ("definitive_on", "activated_on"),
    [(LAST_YEAR, None), (None, None), (date(2026, 1, 4), date(2026, 1, 5)), (None, date(2026, 1, 5))],
)
def test_dated_before_the_start_is_skipped_with_that_reason(
    definitive_on: date | None, activated_on: date | None
) -> None:
    early = invoice(invoice_date=LAST_YEAR, definitive_on=definitive_on)
    left_out = skipped(early, options(activated_on=activated_on))
    assert left_out.reason is SkipReason.BEFORE_START
    assert dict(left_out.values) == {"date": "2025-12-31", "start": "2026-01-01"}


@pytest.mark.parametrize(
    ("definitive_on", "activated_on"),
    [(date(2026, 1, 1), None), (date(2026, 3, 1), None), (date(2026, 1, 5), date(2026, 1, 5))],
)
def test_back_dated_after_activation_a_person_decides(definitive_on: date, activated_on: date | None) -> None:
    early = invoice(invoice_date=LAST_YEAR, definitive_on=definitive_on)
    own, known = options(activated_on=activated_on), reference(periods=periods(2025))
    assert held(early, own, known) == ["dated-before-start"]
    assert booked(early, own, known, replace(NO_LINKS, book_anyway=frozenset({"i-1"}))).entry.entry_date == LAST_YEAR


def test_the_start_date_itself_is_booked_and_without_a_start_everything_is() -> None:
    assert booked(invoice(invoice_date=date(2026, 1, 1)))
    assert booked(invoice(invoice_date=LAST_YEAR), options(book_from=None), reference(periods=periods(2025)))


def test_each_line_becomes_one_line() -> None:
    entry = booked(invoice(*lines("100.00", "-20.00", "5.55"))).entry
    assert [(row.invoice_line, row.amount) for row in entry.lines] == [
        (1, Decimal("100.00")),
        (2, Decimal("-20.00")),
        (3, Decimal("5.55")),
    ]


def test_zero_lines_are_left_out_when_others_remain() -> None:
    entry = booked(invoice(*lines("0.00", "10.00", "0.00"))).entry
    assert [row.invoice_line for row in entry.lines] == [2]


def test_lines_that_cancel_out_are_booked() -> None:
    entry = booked(invoice(*lines("100.00", "-100.00"))).entry
    assert (len(entry.lines), entry.kind, entry.total_incl) == (2, 20, NIL)


@pytest.mark.parametrize(
    "fields",
    [
        {"vat": (VatTotal(code="2", base=NIL, amount=Decimal("0.01")),)},
        {"total_vat": Decimal("0.01")},
        {"total_incl": Decimal("0.01")},
        {"total_excl": Decimal("0.01")},
    ],
)
def test_zero_lines_under_a_total_are_not_passed_over(fields: dict[str, object]) -> None:
    assert "total-differs" in held(invoice(line("0.00"), **fields))


def test_a_nil_invoice_is_skipped_with_or_without_printed_vat() -> None:
    assert skipped(invoice(*lines("0.00", "0.00"))).reason is SkipReason.ZERO
    assert skipped(invoice(line("0.00"), vat=None)).reason is SkipReason.ZERO
