"""Bank receipts: full, partial, collective, written off, set off, undone: exact-rest.md 4.8, simulators.md."""

from decimal import Decimal
from typing import Any

import pytest
from tests.sim.exact.practice_office import BE, NL, Office

Json = dict[str, Any]
ABROAD = {"AllowVariableCurrency": True, "AllowVariableExchangeRate": True}


def receive(office: Office, *numbers: int, **more: Any) -> str:
    body = {"division": NL, "journal": "70", "year": 2026, "entry_numbers": list(numbers), "date": "2026-06-12"}
    return str(office.control("receipts", body | more)["id"])


def terms(office: Office, entry: Json) -> list[tuple[Any, ...]]:
    condition = f"TransactionEntryID eq guid'{entry['EntryID']}'"
    rows = office.rows("cashflow/Receivables", filter=condition, select="Status,AmountDC,IsFullyPaid,LastPaymentDate")
    return sorted((row["Status"], row["AmountDC"], row["IsFullyPaid"]) for row in rows)


def open_amounts(office: Office) -> list[float]:
    return sorted(row["Amount"] for row in office.rows("read/financial/ReceivablesList"))


def is_balanced(office: Office) -> bool:
    return sum(Decimal(line["amount"]) for line in office.ledger()) == 0


def credit_note(office: Office, **more: Any) -> Json:
    return office.book(
        Type=21,
        SalesEntryLines=[{"AmountFC": -40, "GLAccount": office.account(), "VATCode": "0"}],
        **more,
    )


def test_a_receipt_in_full(office: Office) -> None:
    entry = office.book()
    receive(office, entry["EntryNumber"])
    assert terms(office, entry) == [(50, -121, True)]
    assert open_amounts(office) == []
    bank = [line for line in office.ledger() if line["type"] == 40]
    assert [(line["account"], line["amount"]) for line in bank] == [("1100", "121.00"), ("1300", "-121.00")]
    row = office.row("cashflow/Receivables", select="LastPaymentDate,EntryID")
    assert (row["LastPaymentDate"], row["EntryID"]) == ("/Date(1781222400000)/", bank[0]["entry_id"])


def test_a_receipt_in_part_splits_the_term(office: Office) -> None:
    entry = office.book()
    receive(office, entry["EntryNumber"], amount="21.00")
    assert terms(office, entry) == [(20, -100, False), (50, -21, False)]
    assert open_amounts(office) == [100]
    receive(office, entry["EntryNumber"], amount="100.00")
    assert terms(office, entry) == [(50, -100, True), (50, -21, True)]
    assert is_balanced(office)


def test_a_collective_receipt_pays_in_the_order_given(office: Office) -> None:
    first, second = office.book(), office.book()
    receive(office, first["EntryNumber"], second["EntryNumber"], amount="150.00")
    assert terms(office, first) == [(50, -121, True)]
    assert terms(office, second) == [(20, -92, False), (50, -29, False)]


def test_a_difference_can_be_written_off(office: Office) -> None:
    entry = office.book()
    receive(office, entry["EntryNumber"], amount="120.50", written_off=True)
    assert terms(office, entry) == [(50, -121, True)]
    difference = [line for line in office.ledger() if line["type"] == 83]
    assert [(line["account"], line["amount"]) for line in difference] == [("9900", "0.50")]
    other = office.book()
    receive(office, other["EntryNumber"], amount="100.00", written_off="1.00")
    assert terms(office, other) == [(20, -20, False), (50, -101, False)]
    assert is_balanced(office)


def test_an_invoice_and_its_credit_note_are_set_off(office: Office) -> None:
    customer = office.customer()
    invoice, note = office.book(Customer=customer), credit_note(office, Customer=customer)
    receive(office, invoice["EntryNumber"], note["EntryNumber"], amount="0.00")
    assert terms(office, note) == [(50, 40, True)]
    assert terms(office, invoice) == [(20, -81, False), (50, -40, False)]
    assert open_amounts(office) == [81]
    assert is_balanced(office)


def test_a_credit_note_is_paid_back(office: Office) -> None:
    note = credit_note(office)
    receive(office, note["EntryNumber"])
    assert terms(office, note) == [(50, 40, True)]
    assert [line["amount"] for line in office.ledger() if line["type"] == 40] == ["-40.00", "40.00"]


def test_undoing_a_receipt_opens_the_invoice_again_and_shows_in_deleted(office: Office) -> None:
    entry = office.book()
    part = receive(office, entry["EntryNumber"], amount="21.00")
    rest = receive(office, entry["EntryNumber"])
    assert office.http.delete(f"/_sim/receipts/{rest}").status_code == 200
    assert terms(office, entry) == [(20, -100, False), (50, -21, False)]
    assert office.http.delete(f"/_sim/receipts/{part}").status_code == 200
    assert terms(office, entry) == [(20, -121, False)]
    deleted = office.rows("sync/Deleted", filter="EntityType eq 10", select="EntityKey")
    assert len(deleted) == 2
    assert {line["type"] for line in office.ledger()} == {20}
    assert office.http.delete(f"/_sim/receipts/{part}").status_code == 400


def test_a_collective_receipt_can_leave_a_difference_and_be_undone(office: Office) -> None:
    entries = [office.book() for _ in range(3)]
    numbers = [entry["EntryNumber"] for entry in entries]
    key = receive(office, *numbers, amount="362.50", written_off=True)
    assert open_amounts(office) == []
    assert [line["amount"] for line in office.ledger() if line["type"] == 83] == ["0.50"]
    assert office.http.delete(f"/_sim/receipts/{key}").status_code == 200
    assert open_amounts(office) == [121, 121, 121]
    assert is_balanced(office)


def test_a_part_of_a_foreign_invoice_keeps_both_amounts(office: Office) -> None:
    office.put("financial/Journals", office.row("financial/Journals", filter="Code eq '70'")["ID"], ABROAD)
    entry = office.book(Currency="USD", Rate=0.5)
    where = f"TransactionEntryID eq guid'{entry['EntryID']}'"

    def amounts() -> list[tuple[float, float]]:
        rows = office.rows("cashflow/Receivables", filter=where, select="AmountDC,AmountFC")
        return sorted((row["AmountDC"], row["AmountFC"]) for row in rows)

    key = receive(office, entry["EntryNumber"], amount="10.50")
    assert amounts() == [(-50, -100), (-10.5, -21)]
    office.http.delete(f"/_sim/receipts/{key}")
    assert amounts() == [(-60.5, -121)]


def test_the_belgian_company_receives_in_a_bank_journal_of_its_own(office: Office) -> None:
    account = office.row("financial/GLAccounts", BE, filter="Code eq '700000'", select="ID")["ID"]
    customer = office.row("crm/Accounts", BE, filter="trim(Code) eq '101'", select="ID")["ID"]
    line = {"AmountFC": 100, "GLAccount": account, "VATCode": "4"}
    body = {"Customer": customer, "Journal": "70", "EntryDate": "2026-06-10", "SalesEntryLines": [line]}
    made = office.post("salesentry/SalesEntries", body, BE).json()["d"]
    receive(office, made["EntryNumber"], division=BE, amount="120.90", written_off=True)
    lines = [line for line in office.ledger() if line["entry_id"] != made["EntryID"]]
    assert [(line["account"], line["amount"]) for line in lines] == [
        ("550000", "120.90"),
        ("400000", "-121.00"),
        ("657000", "0.10"),
    ]


def test_payment_terms_can_be_followed_by_timestamp(office: Office) -> None:
    entry = office.book()
    seen = office.row("sync/Cashflow/PaymentTerms", filter="Timestamp gt 1L")["Timestamp"]
    receive(office, entry["EntryNumber"], amount="1.00")
    changed = office.rows("sync/Cashflow/PaymentTerms", filter=f"Timestamp gt {seen}L")
    assert sorted(row["AmountDC"] for row in changed) == [-120, -1]


def test_an_entry_that_was_received_on_cannot_be_changed(office: Office) -> None:
    entry = office.book()
    receive(office, entry["EntryNumber"], amount="1.00")
    assert office.refusal(office.delete("salesentry/SalesEntries", entry["EntryID"])) == ["Reeds verwerkt"]
    changed = office.put("salesentry/SalesEntries", entry["EntryID"], {"Description": "x"})
    assert office.refusal(changed) == ["Reeds verwerkt"]


@pytest.mark.parametrize(
    "more",
    [
        {"amount": "121.01"},
        {"entry_numbers": [1]},
        {"entry_numbers": []},
        {"amount": "veel"},
        {"date": "1999-01-01"},
        {"division": 5},
    ],
)
def test_what_cannot_be_received_is_refused_with_a_sentence(office: Office, more: Json) -> None:
    entry = office.book()
    body = {"division": NL, "journal": "70", "year": 2026, "entry_numbers": [entry["EntryNumber"]]} | more
    answer = office.http.post("/_sim/receipts", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert terms(office, entry) == [(20, -121, False)]
