"""Rules 3, 4, 13 and 17: journal, entry number, type and currency."""

from decimal import Decimal

import pytest
from tests.domain.builders import booked, by_code, customer, held, invoice, journal, line, options, reference

from boekbrug.domain.entry import CREDIT_NOTE, SALES_ENTRY


def test_a_journal_may_be_wrong_in_two_ways_at_once() -> None:
    known = reference(journals=by_code(journal(kind=90, blocked=True)))
    assert held(known=known) == ["journal-not-sales", "journal-blocked"]


@pytest.mark.parametrize(("account", "fine"), [("1300", True), (" 1300 ", True), ("", True), ("1310", False)])
def test_a_customers_own_receivables_account_must_be_the_journals(account: str, fine: bool) -> None:
    known = reference(customers=(customer(receivables_account=account),))
    if fine:
        assert booked(known=known)
    else:
        assert held(known=known) == ["receivables-account-differs"]


@pytest.mark.parametrize(
    ("prefix", "number", "entry_number"),
    [
        ("", "20260001", 20260001),
        ("", "00001", 1),
        ("2018", "00001", 201800001),
        ("", "2026-0001", 20260001),
        ("", " 2026/1 ", 20261),
        ("", "2147483647", 2147483647),
        ("21474", "83647", 2147483647),
    ],
)
def test_the_entry_number_is_the_prefix_and_the_digits(prefix: str, number: str, entry_number: int) -> None:
    assert booked(invoice(number=number), options(invoice_prefix=prefix)).entry.entry_number == entry_number


@pytest.mark.parametrize("number", ["F2026", "2026a", "2026²", "é", "-", "0000", "２０２６"])
def test_letters_or_no_digits_are_no_entry_number(number: str) -> None:
    assert held(invoice(number=number)) == ["entry-number-not-numeric"]


def test_prefix_and_number_together_stay_within_exacts_range() -> None:
    assert held(invoice(number="83648"), options(invoice_prefix="21474")) == ["entry-number-too-large"]


@pytest.mark.parametrize(
    ("amount", "credit_notes", "kind"),
    [
        ("100.00", True, SALES_ENTRY),
        ("100.00", False, SALES_ENTRY),
        ("-100.00", False, SALES_ENTRY),
        ("-100.00", True, CREDIT_NOTE),
    ],
)
def test_a_negative_total_is_a_credit_note_when_wanted_and_stays_negative(
    amount: str, credit_notes: bool, kind: int
) -> None:
    entry = booked(invoice(line(amount)), options(credit_notes=credit_notes)).entry
    assert (entry.kind, entry.total_excl) == (kind, Decimal(amount))


@pytest.mark.parametrize(
    ("currency", "rate", "fields", "problem"),
    [
        ("EUR", None, {}, None),
        ("USD", "0.92", {"allow_other_currency": True}, None),
        ("USD", "0.92", {"currency": "USD"}, None),
        ("USD", "0.92", {"currency": "GBP"}, "currency-not-allowed"),
        ("", "0.92", {}, "currency-not-allowed"),
        ("USD", None, {"allow_other_currency": True}, "rate-missing"),
        ("USD", "0", {"allow_other_currency": True}, "rate-missing"),
        ("USD", "-1", {"allow_other_currency": True}, "rate-missing"),
    ],
)
def test_another_currency_needs_the_journals_leave_and_a_rate(
    currency: str, rate: str | None, fields: dict[str, object], problem: str | None
) -> None:
    given = invoice(currency=currency, rate=Decimal(rate) if rate else None)
    known = reference(journals=by_code(journal(**fields)))
    if problem:
        assert held(given, known=known) == [problem]
    else:
        assert booked(given, known=known).entry.rate == given.rate


def test_the_rate_of_the_divisions_own_currency_is_not_sent() -> None:
    assert booked(invoice(rate=Decimal(1))).entry.rate is None
