"""Our records in Exact's words: entries, customers with what hangs on them, documents."""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exact.answers_of_exact import CUSTOMER, DOCUMENT, ENTRY, GL_8000, PROJECT
from tests.exact.entries_of_ours import GL_1300, change, entry, line, reference

from boekbrug.domain.entry import CustomerAction, CustomerChange, Deferral
from boekbrug.exact.wire.customer import (
    address_body,
    bank_account_body,
    contact_body,
    customer_body,
    project_body,
    update_body,
)  # fmt: skip
from boekbrug.exact.wire.document import attachment_body, document_body
from boekbrug.exact.wire.entry import entry_body
from boekbrug.exact.wire.recorded import total
from boekbrug.exact.wire.values import encode, number
from boekbrug.sync.ports import Document

CENTS = st.decimals(min_value="-999999999999.99", max_value="999999999999.99", places=2)


def test_a_whole_entry() -> None:
    body = entry_body(entry(), customer_id=CUSTOMER, document_id=None, reference=reference())
    assert body == {
        "Customer": CUSTOMER,
        "Journal": "70",
        "EntryNumber": 20260001,
        "Type": 20,
        "EntryDate": "2026-11-03",
        "DueDate": "2026-12-03",
        "ReportingYear": 2026,
        "ReportingPeriod": 11,
        "YourRef": "PO-7",
        "Description": "Factuur 20260001 De Brug",
        "SalesEntryLines": [
            {
                "GLAccount": GL_8000,
                "Description": "Training 1",
                "Quantity": 1,
                "AmountFC": 100.1,
                "VATCode": "4",
                "VATAmountFC": 21.02,
            }
        ],
    }


def test_what_a_line_may_carry() -> None:
    full = line(
        deferral=Deferral(start=date(2026, 11, 1), end=date(2027, 3, 31)),
        cost_centre="0400", project="P1", percentage="0.19",
    )  # fmt: skip
    (sent,) = entry_body(entry(full), customer_id=CUSTOMER, document_id=None, reference=reference())["SalesEntryLines"]
    assert (sent["From"], sent["To"]) == ("2026-11-01", "2027-03-31")
    assert (sent["CostCenter"], sent["Project"], sent["VATPercentage"]) == ("0400", PROJECT, 0.19)


def test_a_percentage_of_zero_is_not_accepted_and_vat_of_zero_is_sent() -> None:
    free = line(vat="0.00", vat_code="0", percentage="0")
    (sent,) = entry_body(entry(free), customer_id=CUSTOMER, document_id=None, reference=reference())["SalesEntryLines"]
    assert "VATPercentage" not in sent
    assert sent["VATAmountFC"] == 0


def test_a_credit_note_keeps_its_sign() -> None:
    body = entry_body(
        entry(line(amount="-100.10", vat="-21.02"), kind=21), customer_id=CUSTOMER, document_id=DOCUMENT,
        reference=reference(),
    )  # fmt: skip
    assert (body["Type"], body["Document"]) == (21, DOCUMENT)
    assert (body["SalesEntryLines"][0]["AmountFC"], body["SalesEntryLines"][0]["VATAmountFC"]) == (-100.1, -21.02)


def test_a_currency_is_sent_only_when_it_is_another() -> None:
    euro = entry_body(entry(rate="1"), customer_id=CUSTOMER, document_id=None, reference=reference())
    assert not {"Currency", "Rate"} & set(euro)
    dollar = entry_body(
        entry(currency="USD", rate="0.9234"), customer_id=CUSTOMER, document_id=None, reference=reference()
    )
    assert (dollar["Currency"], dollar["Rate"]) == ("USD", 0.9234)


@given(CENTS)
def test_money_is_the_same_decimal_on_the_wire_and_after_a_json_column(value: Decimal) -> None:
    text = encode({"AmountFC": number(value)}).decode()
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal)["AmountFC"] == value
    assert encode(json.loads(text)).decode() == text
    assert encode({"AmountFC": value}).decode() == text


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=20))
def test_the_total_of_a_body_is_the_total_of_the_entry(amounts: list[tuple[Decimal, Decimal]]) -> None:
    lines = [line(index, amount=str(amount), vat=str(vat)) for index, (amount, vat) in enumerate(amounts)]
    ours = entry(*lines)
    body = entry_body(ours, customer_id=CUSTOMER, document_id=None, reference=reference())
    assert total(json.loads(encode(body))) == ours.total_incl


def test_what_no_json_number_can_carry_is_refused() -> None:
    assert str(number(Decimal("-0.00"))) == "0"
    with pytest.raises(ValueError, match="too many digits"):
        number(Decimal("123456789012345678.91"))
    with pytest.raises(TypeError, match="date"):
        encode({"EntryDate": date(2026, 1, 1)})


def test_a_new_customer() -> None:
    assert customer_body(change(), reference()) == {
        "Code": "10042",
        "Name": "Academie De Brug B.V.",
        "Status": "C",
        "AddressLine1": "Kade 1",
        "Postcode": "3511 AB",
        "City": "Utrecht",
        "Country": "NL",
        "VATNumber": "NL123456782B90",
        "ChamberOfCommerce": "12345678",
        "Email": "facturen@debrug.example",
        "Language": "NL",
        "PaymentConditionSales": "30",
        "GLAR": GL_1300,
    }


def test_what_hangs_on_a_customer() -> None:
    assert contact_body(change(), CUSTOMER) == {
        "Account": CUSTOMER,
        "FirstName": "Anna",
        "MiddleName": "de",
        "LastName": "Wit",
        "Gender": "V",
        "Email": "facturen@debrug.example",
    }
    assert address_body(change(), CUSTOMER) == {
        "Account": CUSTOMER,
        "Type": 3,
        "Main": True,
        "AddressLine1": "Postbus 9",
        "Postcode": "3500 AA",
        "City": "Utrecht",
        "Country": "NL",
    }
    assert bank_account_body(change(), CUSTOMER) == {
        "Account": CUSTOMER,
        "BankAccount": "NL91ABNA0417164300",
        "BICCode": "ABNANL2A",
        "BankAccountHolderName": "De Brug",
        "Main": True,
    }
    assert project_body("P2", "Traject", CUSTOMER) == {
        "Code": "P2", "Description": "Traject", "Type": 3, "Account": CUSTOMER,
    }  # fmt: skip


def test_an_update_sends_only_what_differs_and_never_the_code() -> None:
    body = update_body(
        change(CustomerAction.UPDATE, fields=("name", "line_1", "postal_code", "city", "country", "phone"))
    )
    assert body == {
        "Name": "Academie De Brug B.V.",
        "AddressLine1": "Kade 1",
        "Postcode": "3511 AB",
        "City": "Utrecht",
        "Country": "NL",
    }


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("vat_number", {"VATNumber": "NL123456782B90"}),
        ("chamber_of_commerce", {"ChamberOfCommerce": "12345678"}),
        ("line_1", {"AddressLine1": "Kade 1"}),
        ("line_2", {}),
        ("line_3", {}),
        ("postal_code", {"Postcode": "3511 AB"}),
        ("city", {"City": "Utrecht"}),
        ("country", {"Country": "NL"}),
        ("email", {"Email": "facturen@debrug.example"}),
        ("language", {"Language": "NL"}),
        ("payment_condition", {"PaymentConditionSales": "30"}),
        ("status", {"Status": "C"}),
    ],
)
def test_every_field_of_an_update(field: str, sent: dict[str, str]) -> None:
    assert update_body(change(CustomerAction.UPDATE, fields=(field,))) == sent


def test_a_prospect_can_be_made_a_customer() -> None:
    assert update_body(change(CustomerAction.UPDATE, make_customer=True)) == {"Status": "C"}


def test_a_field_that_an_update_does_not_know_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="code"):
        update_body(change(CustomerAction.UPDATE, fields=("code",)))


def test_a_document_and_its_attachment() -> None:
    document = Document(subject="Factuur 1 (BB-0a1b2c3d)", invoice_date=date(2026, 11, 3), customer_id=CUSTOMER)
    assert document_body(document) == {
        "Subject": "Factuur 1 (BB-0a1b2c3d)",
        "Type": 10,
        "Account": CUSTOMER,
        "DocumentDate": "2026-11-03",
    }
    late = Document(subject="x", invoice_date=date(2026, 11, 3), customer_id=CUSTOMER, entry_id=ENTRY)
    assert document_body(late)["FinancialTransactionEntryID"] == ENTRY
    attachment = attachment_body(DOCUMENT, "Factuur 1.pdf", b"%PDF-1.7\x00\xff")
    assert (attachment["Document"], attachment["FileName"]) == (DOCUMENT, "Factuur 1.pdf")
    assert b64decode(attachment["Attachment"]) == b"%PDF-1.7\x00\xff"


@pytest.mark.parametrize("body", [contact_body, address_body, bank_account_body])
def test_what_a_customer_does_not_have_is_not_made_up(body: Callable[[CustomerChange, str], Mapping[str, Any]]) -> None:
    bare = replace(change(), contact=None, invoice_address=None, bank_account=None)
    with pytest.raises(ValueError, match="there is no"):
        body(bare, CUSTOMER)
