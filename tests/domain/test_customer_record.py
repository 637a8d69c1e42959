"""The customer record: what a new one gets, and what an update may touch."""

from dataclasses import replace
from typing import Any

import pytest
from tests.domain.builders import (
    NO_LINKS,
    address,
    booked,
    by_code,
    condition,
    customer,
    debtor,
    invoice,
    options,
    reference,
    warned,
)

from boekbrug.domain.checks import NumberChecks, iban_in_form, vat_number_in_form
from boekbrug.domain.customer_record import language
from boekbrug.domain.debtor import Address, ContactPerson, Debtor
from boekbrug.domain.entry import BankAccount, Belongings, CustomerAction, CustomerChange
from boekbrug.domain.options import Options
from boekbrug.domain.reference import Links

IBAN = "NL91ABNA0417164300"
OVERWRITE = options(overwrite_customer=True)
ANNA = ContactPerson(id="p-9", sex="V", first_name="Anna", last_name="Jansen")
ACCOUNT = BankAccount(iban=IBAN, bic="", holder_name="")
RABO = BankAccount(iban=IBAN, bic="RABONL2U", holder_name="")


def _created(**fields: Any) -> CustomerChange:
    return booked(invoice(debtor=debtor(**fields)), known=reference(customers=())).customer_change


def _updated(
    ours: dict[str, Any], theirs: dict[str, Any], own: Options = OVERWRITE, links: Links = NO_LINKS
) -> CustomerChange:
    known = reference(customers=(customer(**theirs),))
    return booked(invoice(debtor=debtor(**ours)), own, known, links).customer_change


def _placed(**records: Any) -> Links:
    return replace(NO_LINKS, belongings={"d-42": Belongings(**records)})


def test_a_new_customer_gets_everything_that_coachview_knows() -> None:
    assert _created(
        vat_number="nl 0012.34567 b01",
        chamber_of_commerce=" 12345678 ",
        phone=" 030-1234567 ",
        iban="NL91 ABNA 0417 1643 00",
        bic="abnanl2a",
        holder_name="Jansen  BV",
        contact=ANNA,
        language="nl-NL",
        payment_term_days=30,
        visit_address=address(line_1="Achterom 2"),
    ) == CustomerChange(
        action=CustomerAction.CREATE,
        code="00042",
        exact_id=None,
        debtor_id="d-42",
        name="Bakkerij Jansen",
        address=address(line_1="Achterom 2"),
        vat_number="NL001234567B01",
        chamber_of_commerce="12345678",
        email="administratie@jansen.example",
        phone="030-1234567",
        language="NL",
        payment_condition="30",
        receivables_account="1300",
        contact=ANNA,
        invoice_address=address(),
        bank_account=BankAccount(iban=IBAN, bic="ABNANL2A", holder_name="Jansen BV"),
    )


@pytest.mark.parametrize(
    ("visit", "bill", "own", "apart"),
    [
        (None, address(), address(), None),
        (address(), address(), address(), None),
        (Address(), address(), address(), None),
        (address(city="Ede"), address(), address(city="Ede"), address()),
        (address(city="Ede"), Address(), address(city="Ede"), None),
        (None, address(country="nl "), address(), None),
    ],
)
def test_the_invoice_address_is_apart_only_when_it_differs(
    visit: Address | None, bill: Address, own: Address, apart: Address | None
) -> None:
    change = _created(visit_address=visit, invoice_address=bill)
    assert (change.address, change.invoice_address) == (own, apart)


@pytest.mark.parametrize(
    ("contact", "kept"),
    [
        (None, False),
        (ANNA, True),
        (replace(ANNA, first_name=""), True),
        (replace(ANNA, last_name=""), True),
        (replace(ANNA, first_name=" ", last_name=""), False),
        (replace(ANNA, id=""), False),
    ],
)
def test_a_contact_needs_an_id_and_a_name(contact: ContactPerson | None, kept: bool) -> None:
    assert _created(contact=contact).contact == (contact if kept else None)


@pytest.mark.parametrize(
    ("text", "code"),
    [("nl", "NL"), ("nl_BE", "NL"), ("Frans", "FR"), ("duits", "DE"), ("EN-US", "EN"), ("", ""), ("Klingon", "")],
)
def test_the_language_is_two_letters_or_left_out(text: str, code: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize(("mapped", "kept"), [("30", "30"), ("gone", None)])
def test_only_a_condition_that_exists_is_set(mapped: str, kept: str | None) -> None:
    links = replace(NO_LINKS, payment_terms={"14": mapped})
    given = invoice(debtor=debtor(payment_term_days=14))
    assert booked(given, known=reference(customers=()), links=links).customer_change.payment_condition == kept


def test_what_is_not_valid_is_left_out_and_said() -> None:
    given = invoice(debtor=debtor(iban=IBAN[:-1] + "1", vat_number="onbekend"))
    book = booked(given, known=reference(customers=()))
    assert [warning.code for warning in book.warnings] == ["iban-invalid", "vat-number-invalid"]
    assert (book.customer_change.bank_account, book.customer_change.vat_number) == (None, "")


def test_the_caller_may_judge_numbers_better() -> None:
    strict = NumberChecks(vat_number_valid=lambda _number, _country: False, iban_valid=lambda _iban: False)
    given = invoice(debtor=debtor(iban=IBAN))
    assert warned(given, known=reference(customers=()), checks=strict) == ["iban-invalid", "vat-number-invalid"]


def test_what_is_too_long_is_cut_on_a_word_and_said() -> None:
    long = debtor(
        name="Stichting Christelijk Voortgezet Onderwijs Noordoost-Groningen",
        invoice_address=address(line_1="x" * 61, city="Llanfairpwllgwyngyll gogerychwyrndrobwll llantysilio"),
    )
    book = booked(invoice(debtor=long), known=reference(customers=()))
    assert book.customer_change.name == "Stichting Christelijk Voortgezet Onderwijs"
    assert book.customer_change.address.line_1 == "x" * 60
    assert book.customer_change.address.city == "Llanfairpwllgwyngyll gogerychwyrndrobwll"
    codes = [warning.code for warning in book.warnings]
    assert codes == ["customer-name-shortened", "text-shortened", "text-shortened", "text-shortened"]


def test_without_overwriting_a_known_customer_stays_as_it_is() -> None:
    change = _updated({"phone": "030", "name": "Nieuw"}, {}, options())
    assert (change.action, change.fields, change.contact, change.name) == (
        CustomerAction.USE,
        (),
        None,
        "Bakkerij Jansen",
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "fields"),
    [
        ({}, {}, ()),
        ({"name": "Bakkerij Jansen BV"}, {}, ("name",)),
        ({"email": "x@y.example", "phone": "030"}, {}, ("email", "phone")),
        ({"phone": ""}, {"phone": "030"}, ()),
        ({"chamber_of_commerce": "1234 5678"}, {"chamber_of_commerce": "12345678"}, ()),
        ({"vat_number": "niet geldig"}, {"vat_number": "NL001234567B01"}, ()),
        ({"vat_number": "NL009999999B01"}, {}, ("vat_number",)),
        ({"language": "fr"}, {"language": "NL"}, ("language",)),
        ({"invoice_address": address(line_1="Nieuwstraat 9")}, {}, ("line_1",)),
        ({"invoice_address": address(city="Ede")}, {"address": address(line_2="Gebouw B")}, ("city",)),
        ({"invoice_address": address(line_1="", city="")}, {}, ()),
        ({"payment_term_days": 30}, {"payment_condition": "14"}, ()),
    ],
)
def test_an_update_names_the_fields_that_differ_and_empties_nothing(
    ours: dict[str, Any], theirs: dict[str, Any], fields: tuple[str, ...]
) -> None:
    change = _updated(ours, theirs)
    assert change.fields == fields
    assert change.action is (CustomerAction.UPDATE if fields else CustomerAction.USE)


def test_an_update_holds_what_the_customer_should_have_afterwards() -> None:
    theirs = {"phone": "010", "receivables_account": "1300", "address": address(line_2="Gebouw B")}
    change = _updated({"email": "nieuw@jansen.example", "invoice_address": address(line_1="Nieuw 9")}, theirs)
    assert change.fields == ("email", "line_1")
    assert change.address == address(line_1="Nieuw 9", line_2="Gebouw B")
    assert (change.phone, change.email, change.receivables_account) == ("010", "nieuw@jansen.example", "1300")


def test_protected_fields_are_never_overwritten() -> None:
    ours = {"name": "Nieuw", "iban": IBAN, "payment_term_days": 30, "contact": ANNA, "email": "a@b.example"}
    ours |= {"visit_address": address(city="Ede")}
    everything = ("iban", "payment_term", "name", "contact", "invoice_address", "address")
    change = _updated(ours, {}, options(overwrite_customer=True, protected_fields=everything))
    assert (change.fields, change.name) == (("email",), "Bakkerij Jansen")
    assert (change.contact, change.invoice_address, change.bank_account) == (None, None, None)


def test_unprotected_bank_account_and_term_follow_coachview() -> None:
    own = options(overwrite_customer=True, protected_fields=())
    ours = {"iban": IBAN, "payment_term_days": 30, "contact": ANNA}
    change = _updated(ours, {"payment_condition": "14"}, own)
    assert (change.fields, change.payment_condition) == (("payment_condition",), "30")
    assert change.bank_account == BankAccount(iban=IBAN, bic="", holder_name="")
    assert change.contact == ANNA
    known = {"payment_condition": "30", "ibans": ("NL91 ABNA 0417 1643 00",)}
    assert _updated(ours, known, own, _placed(contact=ANNA)).action is CustomerAction.USE


def test_the_preview_shows_both_sides_of_every_field() -> None:
    ours = {"email": "nieuw@jansen.example", "visit_address": address(city="Ede"), "contact": ANNA}
    change = _updated(ours, {}, links=_placed(contact=replace(ANNA, first_name="An")))
    assert [(field.field, field.before, field.after) for field in change.changes] == [
        ("email", "administratie@jansen.example", "nieuw@jansen.example"),
        ("city", "Utrecht", "Ede"),
        ("contact", "An Jansen", "Anna Jansen"),
        ("invoice_address", "", "Kerkstraat 1, 3511 AB Utrecht, NL"),
    ]


@pytest.mark.parametrize(
    ("ours", "placed", "changed"),
    [
        ({"contact": ANNA}, {}, {"contact": ANNA}),
        ({"contact": ANNA}, {"contact": ANNA}, {}),
        ({"contact": None}, {"contact": ANNA}, {}),
        ({"contact": replace(ANNA, id="p-10")}, {"contact": ANNA}, {"contact": replace(ANNA, id="p-10")}),
        (
            {"visit_address": address(), "invoice_address": address(city="Ede")},
            {"invoice_address": address(city="Zeist")},
            {"invoice_address": address(city="Ede")},
        ),
        ({"visit_address": address()}, {"invoice_address": address(city="Ede")}, {"invoice_address": address()}),
        ({"visit_address": address()}, {"invoice_address": address()}, {}),
        ({"iban": IBAN}, {"bank_account": ACCOUNT}, {}),
        ({"iban": IBAN, "bic": "RABONL2U"}, {"bank_account": ACCOUNT}, {"bank_account": RABO}),
    ],
)
def test_what_hangs_on_a_customer_is_given_only_when_it_is_not_as_it_was_put(
    ours: dict[str, Any], placed: dict[str, Any], changed: dict[str, Any]
) -> None:
    own = options(overwrite_customer=True, protected_fields=())
    change = _updated(ours, {}, own, _placed(**placed))
    assert change.belongings == Belongings(**changed)
    assert change.action is (CustomerAction.UPDATE if changed else CustomerAction.USE)


def test_a_creation_that_was_interrupted_is_finished_without_overwriting() -> None:
    links = replace(NO_LINKS, unfinished=frozenset({"d-42"}))
    ours = {"contact": ANNA, "iban": IBAN, "name": "Anders"}
    change = _updated(ours, {}, options(), links)
    assert (change.action, change.fields, change.name) == (CustomerAction.UPDATE, (), "Bakkerij Jansen")
    assert change.belongings == Belongings(contact=ANNA, bank_account=ACCOUNT)
    assert _updated(ours, {"supplier": True}, options(), links).belongings == Belongings()


def test_the_contact_of_an_interrupted_creation_gets_its_e_mail_address_all_the_same() -> None:
    links = replace(NO_LINKS, unfinished=frozenset({"d-42"}))
    change = _updated({"contact": ANNA, "email": "anna@jansen.example"}, {"email": "oud@jansen.example"}, links=links)
    assert (change.contact, change.email) == (ANNA, "anna@jansen.example")


def test_a_customer_that_is_a_supplier_too_is_never_updated() -> None:
    change = _updated({"phone": "030", "contact": ANNA}, {"supplier": True})
    assert (change.action, change.fields, change.belongings) == (CustomerAction.USE, (), Belongings())


def test_making_a_prospect_a_customer_may_update_it_too() -> None:
    links = replace(NO_LINKS, make_customer=frozenset({"c-42"}))
    known = reference(customers=(customer(status="P"),))
    change = booked(invoice(debtor=debtor(phone="030")), OVERWRITE, known, links).customer_change
    assert (change.make_customer, change.fields) == (True, ("phone",))


def test_the_term_of_the_debtor_is_its_own_and_not_the_invoices() -> None:
    known = reference(customers=(), payment_conditions=by_code(condition(), condition("14", 14)))
    change = booked(invoice(debtor=debtor(payment_term_days=14)), known=known).customer_change
    assert change.payment_condition == "14"


@pytest.mark.parametrize(
    ("iban", "valid"), [(IBAN, True), ("BE68539007547034", True), ("NL91ABNA0417164301", False), ("NL91", False)]
)
def test_an_iban_has_form_and_check_digits(iban: str, valid: bool) -> None:
    assert iban_in_form(iban) is valid


@pytest.mark.parametrize(
    ("number", "valid"), [("NL001234567B01", True), ("0428759497", True), ("GEEN", False), ("", False), ("é1", False)]
)
def test_a_vat_number_has_a_form(number: str, valid: bool) -> None:
    assert vat_number_in_form(number, "NL") is valid


def test_a_debtor_without_any_address_is_created_all_the_same() -> None:
    bare: Debtor = debtor(invoice_address=Address())
    assert booked(invoice(debtor=bare), known=reference(customers=())).customer_change.address == Address()
