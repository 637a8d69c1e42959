"""Rule 8: VAT codes, percentages, the tolerance and the spread to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.builders import (
    HIGH,
    LOW,
    NIL,
    NO_LINKS,
    booked,
    by_code,
    decide,
    held,
    invoice,
    line,
    lines,
    options,
    reference,
    vat_code,
)

from boekbrug.domain.entry import Book, Skip
from boekbrug.domain.invoice import InvoiceLine, VatTotal
from boekbrug.domain.money import ZERO
from boekbrug.domain.reference import DatedPercentage, Reference, VatCode
from boekbrug.domain.vat import as_text, percentage_on

D = Decimal
RATE_CHANGE = (
    DatedPercentage(percentage=LOW, start=date(2019, 1, 1), end=date(2026, 2, 28)),
    DatedPercentage(percentage=HIGH, start=date(2026, 3, 1), end=None),
)


def _with_code(**fields: Any) -> Reference:
    return reference(vat_codes=by_code(vat_code(**fields)))


def _printed(*rows: tuple[str, str, str]) -> tuple[VatTotal, ...]:
    return tuple(VatTotal(code=code, base=D(base), amount=D(amount)) for code, base, amount in rows)


def _vat_of(*rows: InvoiceLine, **fields: Any) -> list[str]:
    return [str(row.vat_amount) for row in booked(invoice(*rows, **fields)).entry.lines]


@pytest.mark.parametrize(
    "fields", [{}, {"transaction": "S"}, {"transaction": "B"}, {"eu_listing": "N"}, {"percentages": RATE_CHANGE}]
)
def test_an_exclusive_code_for_sales_is_sent_without_its_percentage(fields: dict[str, Any]) -> None:
    (row,) = booked(known=_with_code(**fields)).entry.lines
    assert (row.vat_code, row.vat_percentage) == ("2", None)


def test_a_mapped_code_is_exacts() -> None:
    links = replace(NO_LINKS, vat_codes={"H": "2"})
    entry = booked(invoice(line(vat_code=" H ")), links=links).entry
    assert entry.lines[0].vat_code == "2"


@pytest.mark.parametrize("kind", ["B", "N"])
@pytest.mark.parametrize("percentages", [(), (DatedPercentage(percentage=NIL, start=date(2019, 1, 1), end=None),)])
def test_zero_rates_may_be_base_only_or_none(kind: str, percentages: tuple[DatedPercentage, ...]) -> None:
    zero = _with_code(kind=kind, percentages=percentages)
    assert booked(invoice(line(vat_percentage=NIL)), known=zero).entry.total_vat == 0
    assert held(invoice(line()), known=zero) == ["vat-percentage-differs"]


@pytest.mark.parametrize(
    ("day", "percentage", "sent", "code"),
    [
        (date(2026, 2, 28), LOW, None, None),
        (date(2026, 3, 1), HIGH, None, None),
        (date(2026, 3, 1), LOW, LOW, "vat-percentage-of-other-date"),
        (date(2026, 2, 28), HIGH, HIGH, "vat-percentage-of-other-date"),
    ],
)
def test_a_percentage_of_another_date_is_sent_with_a_warning(
    day: date, percentage: Decimal, sent: Decimal | None, code: str | None
) -> None:
    book = booked(
        invoice(line("-10.00", vat_percentage=percentage), invoice_date=day), known=_with_code(percentages=RATE_CHANGE)
    )
    assert book.entry.lines[0].vat_percentage == sent
    assert [warning.code for warning in book.warnings] == ([code] if code else [])


@pytest.mark.parametrize("percentage", ["0.17", "0", "21", "-0.21"])
def test_a_percentage_of_no_date_or_one_that_cannot_be_sent_is_held(percentage: str) -> None:
    was_zero = (DatedPercentage(percentage=NIL, start=date(2018, 1, 1), end=date(2018, 12, 31)), *RATE_CHANGE)
    own = invoice(line(vat_percentage=D(percentage)))
    assert held(own, known=_with_code(percentages=was_zero)) == ["vat-percentage-differs"]


def test_a_code_that_was_not_there_yet_has_no_percentage() -> None:
    young = vat_code(percentages=(DatedPercentage(percentage=HIGH, start=date(2027, 1, 1), end=None),))
    assert percentage_on(young, date(2026, 3, 16)) is None
    assert (as_text(None), as_text(D("0.21")), as_text(D("0.055")), as_text(D(0))) == ("", "21%", "5.5%", "0%")


@pytest.mark.parametrize(
    ("printed", "fine"), [("21.00", True), ("21.02", True), ("20.98", True), ("21.03", False), ("20.97", False)]
)
def test_the_printed_vat_may_differ_by_half_a_cent_a_line_and_the_option(printed: str, fine: bool) -> None:
    """One line: 0.005 + 0.02 = 0.025 at most."""
    own = invoice(line(vat_amount=D(printed)))
    if fine:
        assert str(booked(own).entry.total_vat) == printed
    else:
        assert held(own) == ["vat-difference"]


@pytest.mark.parametrize(("difference", "fine"), [("0.05", True), ("-0.05", True), ("0.06", False), ("-0.06", False)])
def test_more_lines_may_differ_more(difference: str, fine: bool) -> None:
    """Six lines of 10.00: 6 x 0.005 + 0.02 = 0.05 at most on 12.60."""
    rows = lines(*["10.00"] * 6)
    vat = D("12.60") + D(difference)
    own = invoice(*rows, vat=_printed(("2", "60.00", str(vat))), total_vat=vat, total_incl=D("60.00") + vat)
    if fine:
        assert booked(own).entry.total_vat == vat
    else:
        assert held(own) == ["vat-difference"]


@pytest.mark.parametrize(("allowed", "fine"), [("0.00", False), ("0.05", True)])
def test_the_option_widens_the_tolerance(allowed: str, fine: bool) -> None:
    own = invoice(line(vat_amount=D("21.04")))
    assert isinstance(decide(own, options(vat_rounding=D(allowed))), Book) is fine


def test_base_times_rate_is_rounded_once_and_not_per_line() -> None:
    """Three lines of 0.07 at 21%: 0.0441 together, 0.04; per line it would be 0.03."""
    rows = lines("0.07", "0.07", "0.07", vat_amount=D("0.01"))
    own = invoice(*rows, vat=_printed(("2", "0.21", "0.04")), total_vat=D("0.04"), total_incl=D("0.25"))
    entry = booked(own, options(vat_rounding=NIL)).entry
    assert [str(row.vat_amount) for row in entry.lines] == ["0.02", "0.01", "0.01"]


def test_the_remainder_goes_to_the_lines_that_were_rounded_most() -> None:
    """0.12 x 21% = 0.0252, 0.10 x 21% = 0.021, 0.09 x 21% = 0.0189: rounded 0.03, 0.02, 0.02; printed 0.08."""
    rows = lines("0.12", "0.10", "0.09")
    own = invoice(*rows, vat=_printed(("2", "0.31", "0.08")), total_vat=D("0.08"), total_incl=D("0.39"))
    assert [str(row.vat_amount) for row in booked(own).entry.lines] == ["0.03", "0.03", "0.02"]


def test_half_a_cent_is_rounded_away_from_zero_on_both_signs() -> None:
    half = vat_code(percentage=D("0.05"))
    for amount, vat in (("0.10", "0.01"), ("-0.10", "-0.01")):
        own = invoice(line(amount, vat_percentage=D("0.05"), vat_amount=D(vat)))
        assert str(booked(own, known=reference(vat_codes=by_code(half))).entry.total_vat) == vat


def test_two_codes_keep_their_own_vat() -> None:
    rows = (line("100.00"), line("10.00", number=2, vat_code="1", vat_percentage=LOW))
    assert _vat_of(*rows) == ["21.00", "0.90"]


def test_a_code_printed_twice_counts_once_in_sum() -> None:
    rows = lines("50.00", "50.00")
    assert _vat_of(*rows, vat=_printed(("2", "50.00", "10.50"), ("2 ", "50.00", "10.50"))) == ["10.50", "10.50"]


def test_vat_that_is_not_printed_for_a_code_of_the_lines_is_a_difference() -> None:
    own = invoice(vat=(), total_vat=NIL, total_incl=D("100.00"))
    assert held(own) == ["vat-difference"]


def test_without_vat_per_code_one_code_takes_the_total() -> None:
    rows = lines("33.33", "33.33", vat_amount=NIL)
    assert _vat_of(*rows, vat=None, total_vat=D("14.00"), total_incl=D("80.66")) == ["7.00", "7.00"]


def test_without_vat_per_code_several_take_their_lines_and_the_largest_base_the_difference() -> None:
    rows = (line("100.00"), line("-500.00", number=2, vat_code="1", vat_percentage=LOW))
    own = {"vat": None, "total_vat": D("-23.98"), "total_incl": D("-423.98")}
    assert _vat_of(*rows, **own) == ["21.00", "-44.98"]


def test_without_vat_per_code_a_larger_difference_is_held() -> None:
    rows = (line("100.00"), line("500.00", number=2, vat_code="1", vat_percentage=LOW))
    assert held(invoice(*rows, vat=None, total_vat=D("66.10"), total_incl=D("666.10"))) == ["vat-difference"]


@pytest.mark.parametrize("rate", [NIL, HIGH])
def test_reverse_charge_has_no_vat_whatever_the_codes_rate(rate: Decimal) -> None:
    known = reference(vat_codes=by_code(vat_code(percentage=rate, charged=True)))
    entry = booked(invoice(line(vat_percentage=NIL)), known=known).entry
    assert entry.total_vat == 0
    assert entry.lines[0].vat_percentage is None


@pytest.mark.parametrize(("percentage", "vat"), [(NIL, "0.01"), (HIGH, "21.00")])
def test_reverse_charge_with_vat_is_held_to_the_cent(percentage: Decimal, vat: str) -> None:
    known = reference(vat_codes=by_code(vat_code(charged=True)))
    assert held(invoice(line(vat_percentage=percentage, vat_amount=D(vat))), known=known) == ["vat-difference"]


def test_exempt_and_foreign_codes_are_ordinary_codes() -> None:
    own: tuple[VatCode, ...] = (vat_code("VRIJ", NIL, kind="N"), vat_code("OSS-FR", D("0.20")))
    rows = (
        line("80.00", vat_code="VRIJ", vat_percentage=NIL),
        line("10.00", number=2, vat_code="OSS-FR", vat_percentage=D("0.20")),
    )
    assert booked(invoice(*rows), known=reference(vat_codes=by_code(*own))).entry.total_vat == D("2.00")


amounts = st.integers(-500_000, 500_000).map(lambda cents: D(cents) / 100)
rates = st.sampled_from([("2", HIGH), ("1", LOW), ("0", NIL)])


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(amounts, rates), min_size=1, max_size=8), printed=st.booleans())
def test_per_code_the_lines_add_up_exactly_to_the_invoices_vat(
    rows: list[tuple[Decimal, tuple[str, Decimal]]], printed: bool
) -> None:
    own = tuple(
        replace(line(), number=n, amount=amount, vat_code=code, vat_percentage=rate, vat_amount=_cents(amount * rate))
        for n, (amount, (code, rate)) in enumerate(rows, start=1)
    )
    bill = invoice(*own) if printed else invoice(*own, vat=None)
    decision = decide(bill)
    if isinstance(decision, Skip):
        assert not any(amount for amount, _ in rows)
        return
    assert isinstance(decision, Book), decision
    whole = invoice(*own)
    assert whole.vat
    for total in whole.vat:
        sent = sum((row.vat_amount for row in decision.entry.lines if row.vat_code == total.code), ZERO)
        assert sent == total.amount
    assert decision.entry.total_vat == bill.total_vat


def _cents(value: Decimal) -> Decimal:
    return value.quantize(D("0.01"), rounding="ROUND_HALF_UP")
