"""More switches, one test each: what the reference leaves open in login, limits, lists, entries and relations."""

from decimal import Decimal
from typing import Any

import httpx2
import pytest
from tests.sim.exact.practice_office import NL, USER, Json, Office, message


def switch(office: Office, **values: Any) -> None:
    office.control("switches", values)


def entry(office: Office, **more: Any) -> httpx2.Response:
    return office.post("salesentry/SalesEntries", office.entry_body(**more))


def spread(office: Office, start: str, end: str) -> list[Json]:
    line = {"AmountFC": 100, "GLAccount": office.account(), "VATCode": "4", "From": start, "To": end}
    return [line]


def test_1_3_expires_in_is_text_or_a_number(office: Office) -> None:
    assert office.redeem(office.code()).json()["expires_in"] == "600"
    switch(office, expires_in="number")
    assert office.redeem(office.code()).json()["expires_in"] == 600


def test_1_5_a_right_or_licence_can_lack_one_endpoint(office: Office) -> None:
    office.control("login", {"user": USER, "denied": ["system/Divisions"]})
    answer = office.get("system/Divisions")
    assert (answer.status_code, "Reason" in answer.headers) == (403, False)
    assert office.get("hrm/Divisions").status_code == 200


def test_1_6_a_scope_can_do_without_levels(office: Office) -> None:
    office.control("login", {"user": USER, "scopes": ["crm.accounts read"]})
    assert office.post("crm/Accounts", {"Name": "x"}).status_code == 403
    switch(office, scope_levels=False)
    assert office.post("crm/Accounts", {"Name": "x"}).status_code == 201


def test_1_6_sales_entries_can_go_by_either_scope(office: Office) -> None:
    switch(office, sales_entry_scope="either")
    for scope, status in (("sales.invoices", 200), ("financial.accounting", 200), ("crm.accounts", 403)):
        office.control("login", {"user": USER, "scopes": [scope]})
        assert office.get("salesentry/SalesEntries").status_code == status


def test_2_a_429_can_carry_a_text(office: Office) -> None:
    office.control("limits", {"minute": 1})
    office.get("crm/Accounts", top="1")
    assert office.get("crm/Accounts", top="1").content == b""
    switch(office, throttled_body="json")
    answer = office.get("crm/Accounts", top="1")
    assert (answer.status_code, message(answer)) == (429, "Too many requests.")


def test_2_the_block_lasts_as_long_as_the_switch_says(office: Office) -> None:
    switch(office, error_block_seconds=60)
    for _ in range(11):
        office.get("crm/Accounts", select="Nothing")
    assert office.get("crm/Accounts").status_code == 403
    office.control("clock", {"advance_seconds": 61})
    assert office.get("crm/Accounts").status_code == 200


def test_3_1_the_lines_under_an_entry_can_be_missing(office: Office) -> None:
    path = f"salesentry/SalesEntries(guid'{entry(office).json()['d']['EntryID']}')/SalesEntryLines"
    assert len(office.rows(path)) == 1
    switch(office, entry_lines_navigation=False)
    assert office.get(path).status_code == 404


def test_3_5_nothing_found_can_be_a_404(office: Office) -> None:
    assert office.rows("crm/Accounts", filter="Name eq 'nobody'") == []
    switch(office, empty_list="not_found")
    assert office.get("crm/Accounts", filter="Name eq 'nobody'").status_code == 404
    assert office.get("crm/Accounts", top="1").status_code == 200


def test_3_6_skip_can_be_refused(office: Office) -> None:
    rows = office.rows("financial/GLAccounts", orderby="Code", skip="1", top="1", select="Code")
    assert rows[0]["Code"] == "0800"
    switch(office, skip="refuse")
    assert office.get("financial/GLAccounts", skip="1").status_code == 400


@pytest.mark.parametrize(
    "condition",
    [
        "tolower(Description) eq 'debiteuren'",
        "toupper(Description) eq 'DEBITEUREN'",
        "endswith(Description,'teuren') and length(Code) eq 4 and not endswith(Code,'600')",
        (
            "length(Description) eq 10 and year(Created) eq 2026 and month(Created) eq 6 and day(Created) eq 15 "
            "and hour(Created) eq 10 and minute(Created) eq 0 and second(Created) ge 0 and Code eq '1300'"
        ),
    ],
)
def test_3_7_functions_that_nobody_saw_can_be_unknown(office: Office, condition: str) -> None:
    found = office.rows("financial/GLAccounts", filter=condition, select="Code")
    assert [row["Code"] for row in found] == ["1300"]
    switch(office, filter_functions="seen")
    assert office.get("financial/GLAccounts", filter=condition).status_code == 400
    for seen in ("trim(Code) eq '1300'", "startswith(Code,'130') eq true", "substringof('biteur',Description)"):
        assert office.rows("financial/GLAccounts", filter=seen)


@pytest.mark.parametrize("condition", ["year(Code) eq 1", "length(Created) eq 1", "length(Code) eq 'x'", "year() eq 1"])
def test_3_7_a_function_wants_a_field_of_its_kind(office: Office, condition: str) -> None:
    assert office.get("financial/GLAccounts", filter=condition).status_code == 400


def test_3_9_a_body_can_be_too_large(office: Office) -> None:
    body = {"Name": "x", "Remarks": "y" * 1_100_000}
    assert office.post("crm/Accounts", body).status_code == 201
    switch(office, body_megabytes=1)
    assert office.post("crm/Accounts", body).status_code == 413


def test_4_0_what_may_be_written_or_not_can_be_dropped(office: Office) -> None:
    def made() -> Any:
        return office.get(f"crm/Accounts(guid'{office.customer(PeppolIdentifier='0208:0')}')").json()["d"]

    assert made()["PeppolIdentifier"] == "0208:0"
    switch(office, newer_fields="readonly")
    assert made()["PeppolIdentifier"] is None


def test_4_1_the_condition_can_be_wanted_on_the_entry_itself(office: Office) -> None:
    switch(office, payment_condition="given")
    assert office.refusal(entry(office)) == ["Verplicht: Betalingsconditie"]
    assert entry(office, PaymentCondition="30").status_code == 201


def test_4_1_an_entry_can_be_there_to_stay(office: Office) -> None:
    key = entry(office).json()["d"]["EntryID"]
    switch(office, delete_entry="never")
    assert office.refusal(office.delete("salesentry/SalesEntries", key)) == ["Reeds verwerkt"]
    switch(office, delete_entry="open")
    assert office.delete("salesentry/SalesEntries", key).status_code == 204


def test_4_4_the_visit_address_is_that_of_the_relation(office: Office) -> None:
    key = office.customer(AddressLine1="Dam 1", City="Amsterdam", Country="NL")
    where = f"Account eq guid'{key}'"
    address = office.row("crm/Addresses", filter=where)
    assert (address["Type"], address["Main"], address["AddressLine1"]) == (1, True, "Dam 1")
    office.put("crm/Accounts", key, {"AddressLine1": "Dam 2"})
    assert office.row("crm/Addresses", filter=where)["AddressLine1"] == "Dam 2"
    office.put("crm/Addresses", address["ID"], {"City": "Breda"})
    assert office.get(f"crm/Accounts(guid'{key}')").json()["d"]["City"] == "Breda"


def test_4_4_a_relation_without_an_address_gets_one_later(office: Office) -> None:
    key = office.customer()
    assert office.rows("crm/Addresses", filter=f"Account eq guid'{key}'") == []
    office.post("crm/Addresses", {"Account": key, "Type": 1, "AddressLine1": "Dam 3", "City": "Ede"})
    assert office.get(f"crm/Accounts(guid'{key}')").json()["d"]["AddressLine1"] == "Dam 3"


def test_4_4_a_visit_address_can_stand_apart(office: Office) -> None:
    switch(office, visit_address="apart")
    key = office.customer(AddressLine1="Dam 1", City="Amsterdam")
    assert office.rows("crm/Addresses", filter=f"Account eq guid'{key}'") == []


def test_4_8_a_paid_invoice_can_stay_in_the_list(office: Office) -> None:
    number = entry(office).json()["d"]["EntryNumber"]
    office.control("receipts", {"division": NL, "journal": "70", "year": 2026, "entry_numbers": [number]})
    assert office.rows("read/financial/ReceivablesList") == []
    switch(office, paid_receivables="kept")
    assert office.row("read/financial/ReceivablesList")["Amount"] == 0


def test_5_2_the_letter_of_the_sales_basis_can_be_the_other_one(office: Office) -> None:
    def letters() -> set[Any]:
        key = entry(office).json()["d"]["EntryID"]
        rows = office.rows("financialtransaction/TransactionLines", filter=f"EntryID eq guid'{key}'")
        return {row["VATType"] for row in rows}

    assert letters() == {"V", "A", None}
    switch(office, sales_basis_letter="Y")
    assert letters() == {"Y", "A", None}


def test_6_1_a_closed_period_can_be_told_otherwise(office: Office) -> None:
    office.control("periods", {"division": NL, "journal": "70", "year": 2026, "period": 6, "status": "closed"})
    assert office.refusal(entry(office)) == ["Periode is afgesloten: 2026 - 6"]
    switch(office, closed_period_text="invalid")
    assert office.refusal(entry(office)) == ["Ongeldig: Periode"]


def test_6_6_revenue_can_be_spread_by_days(office: Office) -> None:
    switch(office, deferral="by_days")
    assert entry(office, SalesEntryLines=spread(office, "2026-06-21", "2026-08-09")).status_code == 201
    back = {
        line["period"]: Decimal(line["amount"])
        for line in office.ledger()
        if line["type"] == 84 and line["account"] == "8000" and Decimal(line["amount"]) < 0
    }
    assert back == {6: Decimal("-20.00"), 7: Decimal("-62.00"), 8: Decimal("-18.00")}
    assert sum(Decimal(line["amount"]) for line in office.ledger()) == 0


def test_6_7_a_second_relation_of_the_same_name_can_be_refused(office: Office) -> None:
    assert office.customer(Name="Tweeling") != office.customer(Name="Tweeling")
    switch(office, duplicate_names="refuse")
    answer = office.post("crm/Accounts", {"Name": "Tweeling"})
    assert office.refusal(answer) == ["Gegeven bestaat reeds"]
