"""The demo: sixty invoices that add up, except where that is what they show."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from boekbrug_sim.data.dates import PracticeDates
from boekbrug_sim.data.demo import demo_debtors, demo_invoices
from boekbrug_sim.data.expected import expected_demo
from boekbrug_sim.data.ledger import ledger_rows
from boekbrug_sim.data.records import Invoice

DAYS = [date(2026, 11, 24), date(2027, 1, 1), date(2027, 3, 31), date(2028, 2, 29), date(2026, 12, 31)]
WRONG_ON_PURPOSE = {"vat-difference", "total-differs"}


def _invoices(today: date = DAYS[0]) -> dict[str, Invoice]:
    return {str(invoice.number): invoice for invoice in demo_invoices(PracticeDates(today=today))}


def test_there_are_sixty_in_two_series_of_thirty() -> None:
    numbers = list(_invoices())
    assert len(numbers) == 60
    assert sum("20260001" <= number <= "20264999" for number in numbers) == 30
    assert sum("20265001" <= number <= "20269999" for number in numbers) == 30


def test_at_least_twelve_are_held_for_at_least_eight_causes_in_each_way() -> None:
    results = Counter(expected.outcome.result for expected in expected_demo())
    causes = {expected.outcome.code for expected in expected_demo() if expected.outcome.result == "held"}
    assert results["held"] >= 12
    assert len(causes) >= 8
    assert results["booked"] + results["held"] + results["skipped"] == 60
    assert {e.outcome.code for e in expected_demo() if e.outcome.result == "skipped"} == {
        "before-start",
        "zero",
        "not-definitive",
    }


def test_both_series_have_invoices_to_book_and_to_hold() -> None:
    seen = {(expected.number[:5], expected.outcome.result) for expected in expected_demo()}
    assert {(series, result) for series in ("20260", "20265") for result in ("booked", "held")} <= seen


@pytest.mark.parametrize("today", DAYS)
def test_every_invoice_adds_up_unless_that_is_what_it_shows(today: date) -> None:
    outcomes = {expected.number: expected.outcome for expected in expected_demo()}
    for number, invoice in _invoices(today).items():
        sums = (
            sum((line.amount for line in invoice.lines), Decimal(0)) == invoice.total_excl,
            sum((part.amount for part in invoice.vat), Decimal(0)) == invoice.total_vat,
            sum((part.base for part in invoice.vat), Decimal(0)) == invoice.total_excl,
            invoice.total_excl + invoice.total_vat == invoice.total_incl,
        )
        assert all(sums) != (outcomes[number].code == "total-differs"), number


@pytest.mark.parametrize("today", DAYS)
def test_vat_is_base_times_rate_to_the_tolerance_unless_that_is_what_it_shows(today: date) -> None:
    outcomes = {expected.number: expected.outcome for expected in expected_demo()}
    for number, invoice in _invoices(today).items():
        for part in invoice.vat:
            lines = [line for line in invoice.lines if line.vat_code == part.code]
            exact = sum((line.amount * line.vat_percentage for line in lines), Decimal(0))
            allowed = Decimal("0.005") * len(lines) + Decimal("0.02")
            assert (abs(exact - part.amount) <= allowed) != (outcomes[number].code == "vat-difference"), number


@pytest.mark.parametrize("today", DAYS)
def test_what_must_be_booked_is_dated_in_the_open_months_up_to_today(today: date) -> None:
    dates, invoices = PracticeDates(today=today), _invoices(today)
    for expected in expected_demo():
        if expected.outcome.result == "booked":
            assert dates.recent_from <= invoices[expected.number].invoice_date <= today, expected


@pytest.mark.parametrize("today", DAYS)
def test_what_must_be_booked_is_never_deferred_beyond_the_periods_that_exist(today: date) -> None:
    last = date(PracticeDates(today=today).years[-1], 12, 31)
    invoices = _invoices(today)
    for expected in expected_demo():
        ends = [line.course_end for line in invoices[expected.number].lines if line.course_end]
        if expected.outcome.result == "booked":
            assert all(end <= last for end in ends), expected
        if expected.outcome.code == "deferral-period-absent":
            assert any(end > last for end in ends)


@pytest.mark.parametrize("today", DAYS)
def test_numbers_and_changes_rise_with_the_dates_in_each_series(today: date) -> None:
    outcomes = {expected.number: expected.outcome.code for expected in expected_demo()}
    out_of_order = {"before-start", "period-closed", "dated-before-start"}
    for series in ("20260", "20265"):
        dated = [
            invoice.invoice_date
            for number, invoice in sorted(_invoices(today).items())
            if number.startswith(series) and outcomes[number] not in out_of_order
        ]
        assert dated == sorted(dated)
    changes = [invoice.changed_at for invoice in demo_invoices(PracticeDates(today=today))]
    assert changes == sorted(changes)
    assert all(change.date() <= today for change in changes)


def test_what_is_before_the_start_was_made_definitive_before_today_and_the_back_dated_one_today() -> None:
    today = DAYS[0]
    start, invoices = PracticeDates(today=today).book_from, _invoices(today)
    for expected in expected_demo():
        invoice = invoices[expected.number]
        if expected.outcome.code == "before-start":
            assert invoice.invoice_date < start
            assert invoice.definitive_on
            assert invoice.definitive_on < today
        if expected.outcome.code == "dated-before-start":
            assert (invoice.invoice_date < start, invoice.definitive_on) == (True, today)


def test_debtors_that_are_new_are_not_in_exact_and_known_ones_agree_on_the_mail_address() -> None:
    relations = {
        str(row.values["Code"]): row.values
        for row in ledger_rows("demo", 1, today=DAYS[0])
        if row.entity == "Accounts" and row.division == 100001
    }
    known = {debtor.number for debtor in demo_debtors() if debtor.number.lstrip("0") in relations}
    assert {"00301", "00302", "00303", "00304", "00305", "00311", "00312"}.isdisjoint(known)
    for debtor in demo_debtors():
        if "00101" <= debtor.number <= "00114":
            assert relations[debtor.number.lstrip("0")]["Email"] == debtor.email


def test_the_codes_of_bookable_lines_are_in_exact() -> None:
    rows = [row for row in ledger_rows("demo", 1, today=DAYS[0]) if row.division == 100001]
    codes = {
        entity: {row.values["Code"] for row in rows if row.entity == entity}
        for entity in ("GLAccounts", "VATCodes", "Costcenters", "Projects")
    }
    invoices = _invoices()
    for expected in expected_demo():
        if expected.outcome.result != "booked":
            continue
        for line in invoices[expected.number].lines:
            assert line.gl_account in codes["GLAccounts"], expected
            assert line.vat_code in codes["VATCodes"], expected
            assert line.cost_centre in codes["Costcenters"] | {"Intern"}, expected
            assert line.course_kind in codes["Projects"], expected
