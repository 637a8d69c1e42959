"""Rule 6: who the debtor is in Exact."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.domain.builders import (
    NO_LINKS,
    TODAY,
    address,
    booked,
    customer,
    debtor,
    decide,
    held,
    invoice,
    options,
    reference,
    warned,
)

from boekbrug.domain.customers import Customer, CustomerIndex, bare_code
from boekbrug.domain.entry import Book, CustomerAction, Hold
from boekbrug.domain.reference import Links

NEW = debtor(id="d-77", number="77", name="Smederij Bos", vat_number="", email="")
ALICE = customer(exact_id="alice", code="1", name="Alice")


def _linked(exact_id: str, *, met: bool = False, **fields: Any) -> Links:
    own = frozenset({"d-42"}) if met else frozenset()
    return replace(NO_LINKS, customer_of_debtor={"d-42": exact_id}, met=own, **fields)


def _codes(*customers: Customer, links: Links = NO_LINKS, **fields: Any) -> list[str]:
    decision = decide(invoice(debtor=debtor(**fields)), known=reference(customers=customers), links=links)
    return [problem.code for problem in decision.problems] if isinstance(decision, Hold) else []


@pytest.mark.parametrize(
    ("code", "bare"), [("42", "42"), ("  00042 ", "42"), ("0", "0"), ("000", "0"), ("", ""), ("A01", "A01")]
)
def test_codes_are_compared_without_blanks_and_leading_zeros(code: str, bare: str) -> None:
    assert bare_code(code) == bare


def test_a_known_customer_is_used_under_its_own_code() -> None:
    change = booked(known=reference(customers=(customer(code="               042"),))).customer_change
    assert (change.action, change.code, change.exact_id) == (CustomerAction.USE, "042", "c-42")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"vat_number": "nl 0012.34.567.B01"}, {"vat_number": "NL001234567B01"}),
        ({"chamber_of_commerce": "12 34 56 78"}, {"chamber_of_commerce": "12345678"}),
        ({"email": "Info@Jansen.example "}, {"email": "info@jansen.example"}),
        ({"name": "Bakkerij Jansen B.V."}, {"name": "bakkerij jansen b v", "address": address(postal_code="3511ab")}),
        (
            {"name": "Jansen", "invoice_address": address(postal_code="1"), "visit_address": address()},
            {"name": "Jansen", "address": address()},
        ),
    ],
)
def test_at_the_first_meeting_one_mark_that_agrees_is_enough(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    bare = {"vat_number": "", "email": "", "name": "Een ander"}
    other = customer(**bare | {"name": "Iemand", "address": address(postal_code="")} | theirs)
    assert _codes(other, **bare | ours) == []


@pytest.mark.parametrize(
    "theirs",
    [
        {},
        {"name": "Bakkerij Jansen", "address": address(postal_code="1000 AA")},
        {"name": "Bakkerij Jansen", "address": address(postal_code="")},
        {"name": "Slagerij Jansen", "address": address()},
        {"vat_number": "BE0428759497"},
    ],
)
def test_at_the_first_meeting_nothing_that_agrees_is_another_party(theirs: dict[str, Any]) -> None:
    other = customer(**{"vat_number": "", "email": "", "name": "Iemand", "address": address(postal_code="")} | theirs)
    assert _codes(other, email="") == ["customer-looks-different"]


@pytest.mark.parametrize("met", [True, False])
def test_a_linked_or_met_customer_is_used_whatever_it_looks_like(met: bool) -> None:
    other = customer(vat_number="", email="", name="Nieuwe naam BV")
    assert _codes(other, links=_linked("c-42", met=met)) == []


def test_a_persons_link_wins_over_the_number_and_over_no_number() -> None:
    both = (customer(), ALICE)
    known = reference(customers=both)
    assert booked(known=known, links=_linked("alice")).entry.customer_code == "1"
    nameless = invoice(debtor=debtor(number=""))
    assert booked(nameless, known=known, links=_linked("alice")).entry.customer_code == "1"


def test_a_corrected_number_is_looked_up_anew_after_a_mere_meeting() -> None:
    known = reference(customers=(customer(), ALICE))
    assert booked(known=known, links=_linked("alice", met=True)).entry.customer_code == "42"
    strange = reference(customers=(customer(vat_number="", email="", name="X"), ALICE))
    assert held(known=strange, links=_linked("alice", met=True)) == ["customer-looks-different"]


def test_a_link_to_a_customer_that_is_gone_falls_back_to_the_number() -> None:
    assert booked(links=_linked("gone")).entry.customer_code == "42"


def test_two_customers_with_one_number_are_told_apart_by_a_person_or_an_earlier_meeting() -> None:
    twins = (customer(code="1", exact_id="a"), customer(code="00001", exact_id="b"))
    assert _codes(*twins, number="1") == ["customer-ambiguous"]
    for met in (True, False):
        assert _codes(*twins, number="1", links=_linked("b", met=met)) == []


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"status": "C"}, []),
        ({"status": "P"}, ["customer-is-prospect"]),
        ({"status": "S"}, ["customer-is-prospect"]),
        ({"status": ""}, ["customer-is-prospect"]),
        ({"status": "A", "supplier": True}, ["customer-is-supplier"]),
        ({"blocked": True}, ["customer-blocked"]),
        ({"ended_on": date(2026, 3, 19)}, ["customer-blocked"]),
        ({"gone": True, "blocked": True}, ["customer-gone"]),
        ({"ended_on": TODAY}, []),
        ({"status": "P", "blocked": True}, ["customer-blocked", "customer-is-prospect"]),
    ],
)
def test_only_an_open_customer_can_be_booked_on(fields: dict[str, Any], problems: list[str]) -> None:
    assert _codes(customer(**fields)) == problems


@pytest.mark.parametrize("supplier", [True, False])
def test_a_person_may_make_a_supplier_or_prospect_a_customer_too(supplier: bool) -> None:
    known = reference(customers=(customer(status="", supplier=supplier, vat_number="", email="", name="X"),))
    links = replace(NO_LINKS, make_customer=frozenset({"c-42"}))
    change = booked(known=known, links=links).customer_change
    assert (change.action, change.make_customer, change.fields) == (CustomerAction.UPDATE, True, ())


def test_customer_and_supplier_at_once_is_used_but_never_updated() -> None:
    both = reference(customers=(customer(supplier=True, phone="1"),))
    given, own = invoice(debtor=debtor(phone="030 123")), options(overwrite_customer=True)
    assert warned(given, own, both) == ["customer-also-supplier"]
    assert booked(given, own, both).customer_change.action is CustomerAction.USE


def test_an_unknown_debtor_becomes_a_new_customer() -> None:
    change = booked(invoice(debtor=NEW)).customer_change
    assert (change.action, change.code, change.exact_id) == (CustomerAction.CREATE, "77", None)


def test_two_invoices_of_one_new_debtor_ask_for_the_same_customer() -> None:
    one, two = (booked(invoice(debtor=NEW, id=name, number=name)).customer_change for name in ("1", "2"))
    assert one == two


@pytest.mark.parametrize(
    ("ours", "theirs", "mark"),
    [
        ({"vat_number": "NL001234567B01"}, {"vat_number": "nl001234567b01"}, "vat_number"),
        ({"chamber_of_commerce": "12345678"}, {"chamber_of_commerce": "1234 5678"}, "chamber_of_commerce"),
        ({"iban": "NL91 ABNA 0417 1643 00"}, {"ibans": ("NL91ABNA0417164300",)}, "iban"),
    ],
)
def test_a_relation_with_the_same_mark_may_be_the_same_party(
    ours: dict[str, Any], theirs: dict[str, Any], mark: str
) -> None:
    known = reference(customers=(customer(status="", **{"vat_number": "", "email": ""} | theirs),))
    given = invoice(debtor=replace(NEW, **ours))
    decision = decide(given, known=known)
    assert isinstance(decision, Hold)
    (problem,) = decision.problems
    assert (problem.code, dict(problem.values)["agrees"]) == ("customer-maybe-exists", mark)
    insisted = decide(given, known=known, links=replace(NO_LINKS, create_anyway=frozenset({"d-77"})))
    assert isinstance(insisted, Book)


def test_empty_marks_never_agree() -> None:
    index = CustomerIndex([customer(vat_number="", ibans=("", " "))])
    assert index.alike(vat_number="", chamber_of_commerce=" ", iban="-") is None
    assert index.with_id("") is None
    assert index.with_id(None) is None
