"""Section 4, further rules: relations and what belongs to them, projects, companies, payments, webhooks."""

import pytest
from tests.contract.company import Company, Json, message, today


def test_4_2_a_project_goes_by_guid_and_a_cost_centre_by_code(company: Company) -> None:
    centre = company.row("hrm/Costcenters", filter="Active eq true and EndDate eq null")["Code"]
    project = company.row("project/Projects")["ID"]
    entry = company.book(SalesEntryLines=[company.line(CostCenter=centre, Project=project, Quantity=3)])
    (line,) = company.rows("salesentry/SalesEntryLines", filter=f"EntryID eq guid'{entry['EntryID']}'")
    assert (line["CostCenter"], line["Project"], line["Quantity"]) == (centre, project, 3)
    assert line["AmountFC"] == 100


def test_4_2_a_percentage_of_nought_is_not_taken(company: Company) -> None:
    body = company.entry_body(SalesEntryLines=[company.line(VATPercentage=0)])
    assert company.post("salesentry/SalesEntries", body).status_code == 500


def test_4_3_a_vat_number_is_checked_on_its_form(company: Company) -> None:
    body = {"Name": "Contract btw", "Country": "NL", "VATNumber": "NL000000000B00"}
    assert company.post("crm/Accounts", body).status_code == 500
    company.make("crm/Accounts", body | {"VATNumber": "NL004495445B01"})


def test_4_3_what_clients_send_and_the_service_knows_better_is_dropped(company: Company) -> None:
    key = company.customer(IsPurchase=True)
    assert company.by_key("crm/Accounts", key)["IsPurchase"] is False
    answer = company.post("crm/Accounts", {"Name": "Contract", "IsSalesEntryAllowed": True})
    assert answer.status_code == 400


def test_4_4_a_contact_has_a_number_of_its_own(company: Company) -> None:
    key = company.customer()
    first = company.make("crm/Contacts", {"Account": key, "FirstName": "Contract"})["ID"]
    number = int(company.by_key("crm/Contacts", first)["HID"])
    answer = company.post("crm/Contacts", {"Account": key, "FirstName": "Contract", "HID": number})
    assert answer.status_code == 500


def test_4_4_the_visit_address_is_on_the_relation_itself(practice: Company) -> None:
    key = practice.customer(AddressLine1="Dam 1", City="Goes")
    (address,) = practice.rows("crm/Addresses", filter=f"Account eq guid'{key}'")
    assert (address["Type"], address["AddressLine1"], address["City"]) == (1, "Dam 1", "Goes")


def test_4_5_the_category_comes_from_the_type_and_a_number_is_given(company: Company) -> None:
    key = company.make("documents/Documents", {"Subject": "Contract", "Type": 10})["ID"]
    found = company.by_key("documents/Documents", key)
    assert found["CategoryDescription"]
    assert found["DocumentDate"]
    assert int(found["HID"]) > 0


def test_4_5_an_attachment_is_replaced_by_another_and_never_changed(company: Company) -> None:
    document = company.make("documents/Documents", {"Subject": "Contract", "Type": 55})["ID"]
    body = {"Document": document, "FileName": "x.pdf", "Attachment": "JVBERi0xLjQ="}
    key = company.make("documents/DocumentAttachments", body)["ID"]
    assert company.put("documents/DocumentAttachments", key, {"FileName": "y.pdf"}).status_code == 405
    assert company.delete("documents/DocumentAttachments", key).status_code == 204
    assert company.rows("documents/DocumentAttachments", filter=f"Document eq guid'{document}'") == []


def test_4_6_a_closed_period_has_no_status_of_its_own(company: Company) -> None:
    period = company.row("financial/FinancialPeriods")
    assert {"FinYear", "FinPeriod", "StartDate", "EndDate"} <= set(period)
    assert not [name for name in period if "Status" in name]
    status = company.row("read/financial/JournalStatusList", filter=f"Journal eq '{company.journal}'")
    assert {"Journal", "Year", "Period", "JournalType", "Status", "StatusDescription"} <= set(status)
    assert status["Status"] in {0, 1}


def test_4_6_cost_centres_live_under_hrm_only(company: Company) -> None:
    assert company.get("hrm/Costcenters", top="1").status_code == 200
    assert company.get("financial/CostCenters", top="1").status_code == 404


def test_4_6_a_project_needs_a_relation_unless_nobody_pays_for_it(company: Company) -> None:
    body = {"Code": "CONTRACT1", "Description": "Contract", "Type": 2}
    assert company.post("project/Projects", body).status_code == 500
    company.make("project/Projects", body | {"Account": company.customer()})
    company.make("project/Projects", body | {"Code": "CONTRACT2", "Type": 4})


def test_4_7_companies_have_two_lists_with_fields_of_their_own(company: Company) -> None:
    where = f"Code eq {company.division}"
    (ours,) = company.rows("system/Divisions", filter=where)
    assert (ours["Status"], ours["BlockingStatus"]) == (1, 0)
    (hrm,) = company.rows("hrm/Divisions", filter=where)
    assert "HID" in hrm
    assert "HID" not in ours


def test_4_8_only_three_fields_of_a_receivable_can_be_written(company: Company) -> None:
    entry = company.book()
    where = f"TransactionEntryID eq guid'{entry['EntryID']}'"
    (found,) = company.rows("cashflow/Receivables", filter=where, select="ID,AmountDC")
    change = {"Description": "Contract nieuw", "AmountDC": 1}
    assert company.put("cashflow/Receivables", found["ID"], change).status_code == 204
    (after,) = company.rows("cashflow/Receivables", filter=where, select="ID,AmountDC,Description")
    assert (after["Description"], after["AmountDC"]) == ("Contract nieuw", found["AmountDC"])
    assert company.delete("cashflow/Receivables", found["ID"]).status_code == 405


def receipt(practice: Company, numbers: list[int], **more: object) -> str:
    place: Json = {"division": practice.division, "journal": "70", "year": today().year, "entry_numbers": numbers}
    return str(practice.steer("receipts", place | more)["id"])


def test_4_8_payments_are_followed_by_timestamp_and_their_undoing_in_deleted(practice: Company) -> None:
    numbers = [practice.book()["EntryNumber"] for _ in range(2)]
    highest = max(int(row["Timestamp"]) for row in practice.rows("sync/Cashflow/PaymentTerms"))
    key = receipt(practice, numbers)
    paid = practice.rows("sync/Cashflow/PaymentTerms", filter=f"Timestamp gt {highest}L")
    assert {(row["EntryNumber"], row["Status"], row["LineType"]) for row in paid} == {(n, 50, 20) for n in numbers}
    assert practice.http.delete(f"/_sim/receipts/{key}").status_code == 200
    gone = practice.rows("sync/Deleted", filter=f"Timestamp gt {highest}L")
    assert {row["EntityKey"] for row in gone if row["EntityType"] == 10} == {row["ID"] for row in paid}
    assert len(practice.rows("read/financial/ReceivablesList")) == 2


@pytest.mark.parametrize("topic", ["SalesEntries", "FinancialTransactions", "BankEntries", "GoodsDeliveries"])
def test_4_9_a_callback_must_be_https_and_answer(practice: Company, topic: str) -> None:
    for address in ("http://elsewhere.example/hook", "http://127.0.0.1:9/hook"):
        answer = practice.post("webhooks/WebhookSubscriptions", {"Topic": topic, "CallbackURL": address})
        assert answer.status_code == 500
    assert message(practice.post("webhooks/WebhookSubscriptions", {"Topic": "Nonsense", "CallbackURL": "https://x"}))
