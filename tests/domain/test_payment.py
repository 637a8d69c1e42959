"""Rules 14 and 15: payment condition, direct debit, structured message and VAT number."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.builders import (
    NIL,
    NO_LINKS,
    address,
    booked,
    by_code,
    condition,
    customer,
    debtor,
    held,
    invoice,
    line,
    options,
    reference,
    vat_code,
    warned,
)

from boekbrug.domain.options import Country
from boekbrug.domain.payment import structured_message
from boekbrug.domain.reference import PaymentCondition

BELGIUM = options(country=Country.BE)
MESSAGE = "+++090/9337/55493+++"


def _condition(*known: PaymentCondition, days: int | None = 30, terms: dict[str, str] | None = None) -> str | None:
    links = replace(NO_LINKS, payment_terms=terms or {})
    own = reference(payment_conditions=by_code(*known))
    return booked(invoice(payment_term_days=days), known=own, links=links).entry.payment_condition


def test_the_due_date_is_the_invoices() -> None:
    assert booked().entry.due_date == invoice().due_date
    assert booked(invoice(due_date=None)).entry.due_date is None


def test_a_mapped_term_gives_its_condition() -> None:
    assert _condition(condition(), condition("EM", None, end_of_months=1), terms={"30": "EM"}) == "EM"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ((condition(),), "30"),
        ((condition(), condition("14", 14)), "30"),
        ((condition("14", 14),), None),
        ((condition(), condition("30b")), None),
        ((condition(), condition("30k", method="K")), "30"),
        ((condition(), condition("30e", end_of_months=1)), "30"),
        ((condition(), condition("30d", discount=True)), "30"),
        ((condition(method="I"),), None),
        ((), None),
    ],
)
def test_else_the_only_condition_on_credit_with_as_many_days(
    known: tuple[PaymentCondition, ...], expected: str | None
) -> None:
    assert _condition(*known) == expected


def test_without_a_term_the_condition_is_left_to_exact() -> None:
    assert _condition(condition(), days=None) is None


@pytest.mark.parametrize(
    ("mapped", "method", "fine"), [("IN", "I", True), ("IN", "B", False), ("weg", "I", False), ("", "I", False)]
)
def test_direct_debit_needs_a_mapped_condition_of_collection(mapped: str, method: str, fine: bool) -> None:
    known = reference(payment_conditions=by_code(condition("IN", 0, method=method), condition()))
    links = replace(NO_LINKS, payment_terms={"direct-debit": mapped, "30": "30"})
    arguments: tuple[Any, ...] = (invoice(direct_debit=True), options(), known, links)
    if fine:
        assert booked(*arguments).entry.payment_condition == "IN"
    else:
        assert held(*arguments) == ["direct-debit-condition-missing"]


@pytest.mark.parametrize("text", [MESSAGE, "***090/9337/55493***", "090933755493", " 090 9337 55493 "])
def test_belgium_sends_the_structured_message_in_one_form(text: str) -> None:
    assert booked(invoice(payment_reference=text), BELGIUM).entry.payment_reference == MESSAGE


@pytest.mark.parametrize("text", ["+++090/9337/55494+++", "12345", "RF18539007547034", "０９０９３３７５５４９３"])
def test_a_wrong_structured_message_is_left_out_with_a_warning(text: str) -> None:
    book = booked(invoice(payment_reference=text), BELGIUM)
    assert book.entry.payment_reference is None
    assert [warning.code for warning in book.warnings] == ["payment-reference-invalid"]


def test_no_message_on_credit_notes_in_the_netherlands_or_when_there_is_none() -> None:
    assert booked(invoice(line("-10.00"), payment_reference=MESSAGE), BELGIUM).entry.payment_reference is None
    assert booked(invoice(payment_reference=MESSAGE)).entry.payment_reference is None
    assert booked(invoice(), BELGIUM).entry.payment_reference is None


@given(st.integers(0, 10**10 - 1))
def test_a_message_is_sound_with_its_check_digits_and_with_no_others(number: int) -> None:
    check = number % 97 or 97
    assert structured_message(f"{number:010}{check:02}")
    assert structured_message(f"{number:010}{check % 97 + 1:02}") is None


EU = [{"eu_listing": "L"}, {"eu_listing": "S"}, {"eu_listing": "T"}, {"charged": True}]


@pytest.mark.parametrize("fields", EU)
@pytest.mark.parametrize(("number", "problem"), [("", "vat-number-needed"), ("geen", "vat-number-invalid")])
def test_a_vat_number_is_needed_where_the_return_lists_it(fields: dict[str, Any], number: str, problem: str) -> None:
    known = reference(vat_codes=by_code(vat_code(percentage=NIL, **fields)), customers=())
    given_invoice = invoice(line(vat_percentage=NIL), debtor=debtor(vat_number=number))
    assert held(given_invoice, known=known) == [problem]


def test_a_right_number_serves_and_so_does_the_one_that_exact_has() -> None:
    known = reference(vat_codes=by_code(vat_code(percentage=NIL, eu_listing="S")), customers=(customer(),))
    for number in ("NL001234567B01", ""):
        assert booked(invoice(line(vat_percentage=NIL), debtor=debtor(vat_number=number)), known=known)


@pytest.mark.parametrize(
    ("own", "fields", "country", "fine"),
    [
        (BELGIUM, {}, "BE", False),
        (BELGIUM, {"private_person": True}, "BE", True),
        (BELGIUM, {"company": None, "person": ()}, "BE", True),
        (BELGIUM, {}, "NL", True),
        (options(), {}, "BE", True),
    ],
)
def test_a_belgian_company_needs_one_in_a_belgian_administration(
    own: Any, fields: dict[str, Any], country: str, fine: bool
) -> None:
    buyer = debtor(vat_number="", invoice_address=address(country=country), **fields)
    arguments: tuple[Any, ...] = (invoice(debtor=buyer), own, reference(customers=()))
    if fine:
        assert booked(*arguments)
    else:
        assert held(*arguments) == ["vat-number-needed"]


def test_elsewhere_an_invalid_number_only_warns_and_a_missing_one_is_nothing() -> None:
    assert warned(invoice(debtor=debtor(vat_number="geen"))) == ["vat-number-invalid"]
    assert warned(invoice(debtor=debtor(vat_number=""))) == []
