"""POST, PUT and DELETE of master data, documents and sync: exact-rest.md 3.2, 3.8 to 3.10, 4.3 to 4.6."""

import base64

import pytest
from tests.sim.exact.practice_office import NL, USER, Office, message

PDF = b"%PDF-1.4 practice"


def test_3_2_a_relation_comes_back_with_only_its_key_unless_asked_otherwise(office: Office) -> None:
    short = office.post("crm/Accounts", {"Name": "Kort"})
    assert short.status_code == 201
    filled = {name for name, value in short.json()["d"].items() if value is not None}
    assert filled == {"__metadata", "ID"}
    full = office.post("crm/Accounts", {"Name": "Lang"}, Prefer="return=representation")
    assert full.json()["d"]["Name"] == "Lang"


def test_4_3_what_the_service_fills_in_for_a_relation(office: Office) -> None:
    key = office.post("crm/Accounts", {"Name": "Nieuw"}).json()["d"]["ID"]
    row = office.row("crm/Accounts", filter=f"ID eq guid'{key}'")
    assert len(row["Code"]) == 18
    expected = {
        "InvoiceAttachmentType": 1,
        "ConsolidationScenario": 6,
        "SecurityLevel": 10,
        "Source": 2,
        "Status": "A",
        "Type": "A",
    }
    assert {name: row[name] for name in expected} == expected
    highest = max(int(each["Code"]) for each in office.rows("sync/CRM/Accounts", filter="Timestamp gt 1L"))
    assert int(row["Code"]) == highest


def test_4_3_a_code_is_padded_and_cannot_be_taken_twice(office: Office) -> None:
    assert office.post("crm/Accounts", {"Name": "A", "Code": "900001"}).status_code == 201
    row = office.row("crm/Accounts", filter="trim(Code) eq '900001'")
    assert row["Code"] == "900001".rjust(18)
    twice = office.post("crm/Accounts", {"Name": "B", "Code": "900001"})
    assert office.refusal(twice) == ["Gegeven bestaat reeds"]
    assert office.post("crm/Accounts", {"Name": "A"}).status_code == 201  # double names are accepted (6.7)


def test_4_3_a_code_in_an_update_is_refused_even_unchanged(office: Office) -> None:
    key = office.customer(Code="900002")
    assert office.refusal(office.put("crm/Accounts", key, {"Code": "900002"})) == ["Gegeven bestaat reeds"]
    office.control("switches", {"code_in_update": "accept"})
    assert office.put("crm/Accounts", key, {"Code": "900002"}).status_code == 204


def test_3_9_an_update_changes_only_what_it_carries(office: Office) -> None:
    key = office.customer(City="Utrecht", Country="NL")
    answer = office.put("crm/Accounts", key, {"City": "Zwolle"})
    assert (answer.status_code, answer.content) == (204, b"")
    row = office.row("crm/Accounts", filter=f"ID eq guid'{key}'")
    assert (row["City"], row["Country"], row["Status"]) == ("Zwolle", "NL ", "C")


def test_3_9_read_only_fields_are_dropped_and_unknown_ones_refused(office: Office) -> None:
    key = office.post("crm/Accounts", {"Name": "X", "IsSales": False, "Created": "2001-01-01"}).json()["d"]["ID"]
    row = office.row("crm/Accounts", filter=f"ID eq guid'{key}'")
    assert row["IsSales"] is True
    assert row["Created"] != "/Date(978307200000)/"
    unknown = office.post("crm/Accounts", {"Name": "X", "IsSalesEntryAllowed": True})
    assert unknown.status_code == 400
    assert message(unknown) == (
        "Error processing request stream. The property name 'IsSalesEntryAllowed' specified for type "
        "'Exact.Web.Api.Models.Account' is not valid."
    )


@pytest.mark.parametrize("body", [[1], "text", None, 3])
def test_3_4_a_body_that_is_no_object_is_refused(office: Office, body: object) -> None:
    answer = office.post("crm/Accounts", body)
    assert answer.status_code == 400
    assert message(answer).endswith("should be a valid top-level resource object.")


def test_3_4_a_body_that_is_no_json_is_refused(office: Office) -> None:
    assert office.http.post(f"/api/v1/{NL}/crm/Accounts", content=b"<entry/>").status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("GLAR", "1300"),
        ("StartDate", "tomorrow"),
        ("SecurityLevel", 1.5),
        ("Blocked", "perhaps"),
        ("Name", {"a": 1}),
        ("SecurityLevel", 2**40),
        ("CreditLineSales", "much"),
    ],
)
def test_3_4_a_value_of_a_wrong_type_names_its_property(office: Office, field: str, value: object) -> None:
    answer = office.post("crm/Accounts", {"Name": "X"} | {field: value})
    assert answer.status_code == 400
    assert f"for property '{field}' to type" in message(answer)


@pytest.mark.parametrize(
    "value", ["2024-01-31", "2024-01-31T00:00:00", "2024-01-31T00:00:00Z", "/Date(1706659200000)/"]
)
def test_3_8_dates_in(office: Office, value: str) -> None:
    key = office.customer(StartDate=value)
    row = office.row("crm/Accounts", filter=f"ID eq guid'{key}'", select="StartDate")
    assert row["StartDate"] == "/Date(1706659200000)/"


def test_3_8_digits_as_text_are_taken_for_numbers(office: Office) -> None:
    key = office.customer(SecurityLevel="20", CreditLineSales="12.50")
    row = office.row("crm/Accounts", filter=f"ID eq guid'{key}'")
    assert (row["SecurityLevel"], row["CreditLineSales"]) == (20, 12.5)


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        ("NL123456789B01", ["Ongeldig: Btw-nummer"]),
        ("BE0403170702", ["Ongeldig: Btw-nummer"]),
        ("BE0403170701", None),
        ("", None),
    ],
)
def test_4_3_a_vat_number_is_checked_on_form(office: Office, number: str, lines: list[str] | None) -> None:
    answer = office.post("crm/Accounts", {"Name": "X", "VATNumber": number})
    assert (office.refusal(answer) if lines else answer.status_code) == (lines or 201)


def test_4_3_a_relation_in_use_cannot_be_removed(office: Office) -> None:
    key = office.customer()
    office.post("documents/Documents", {"Subject": "X", "Type": 10, "Account": key})
    answer = office.delete("crm/Accounts", key)
    assert office.refusal(answer) == ["Kan niet verwijderen: Relatie - Gebruikt in: Documenten"]
    office.control("login", {"user": USER, "language": "en"})
    code = office.row("crm/Accounts", filter=f"ID eq guid'{key}'", select="Code")["Code"].strip()
    answer = office.delete("crm/Accounts", key)
    assert office.refusal(answer) == [f"Can't delete: Account {code} - Used in: Documents"]
    free = office.customer()
    assert office.delete("crm/Accounts", free).status_code == 204
    assert office.get(f"crm/Accounts(guid'{free}')").status_code == 404


def test_4_4_a_contact_needs_an_account_and_one_name(office: Office) -> None:
    account = office.customer()
    assert office.refusal(office.post("crm/Contacts", {"Account": account})) == ["Verplicht: Naam"]
    assert office.refusal(office.post("crm/Contacts", {"LastName": "Bos"})) == ["Verplicht: Relatie"]
    made = office.post("crm/Contacts", {"Account": account, "LastName": "Bos", "HID": 77})
    assert made.status_code == 201
    twice = office.post("crm/Contacts", {"Account": account, "FirstName": "Jo", "HID": 77})
    assert office.refusal(twice) == ["Contactnummer bestaat reeds"]
    key = made.json()["d"]["ID"]
    office.put("crm/Accounts", account, {"MainContact": key})
    row = office.row("crm/Contacts", filter=f"ID eq guid'{key}'")
    assert (row["IsMainContact"], row["FullName"]) == (True, "Bos")


def test_4_4_addresses_and_bank_accounts(office: Office) -> None:
    account = office.customer()
    first = office.post("crm/Addresses", {"Account": account, "Type": 3, "AddressLine1": "A 1"}).json()["d"]
    second = office.post("crm/Addresses", {"Account": account, "Type": 3}).json()["d"]
    assert (first["Main"], second["Main"]) == (True, False)
    assert office.refusal(office.post("crm/Addresses", {"Type": 1})) == ["Verplicht: Relatie"]
    bank = office.post("crm/BankAccounts", {"Account": account, "BankAccount": "NL91ABNA0417164300"}).json()["d"]
    assert (bank["IBAN"], bank["Type"], bank["AccountName"][:5]) == ("NL91ABNA0417164300", "A", "Klant")
    uri = office.get(f"crm/Accounts(guid'{account}')").json()["d"]["BankAccounts"]["__deferred"]["uri"]
    assert len(office.http.get(uri).json()["d"]["results"]) == 1


def test_4_5_a_document_with_its_attachment(office: Office) -> None:
    made = office.post("documents/Documents", {"Subject": "Factuur 1", "Type": 10, "Account": office.customer()})
    document = made.json()["d"]
    assert (document["CategoryDescription"], document["DocumentDate"]) == ("Customers", "/Date(1781481600000)/")
    assert isinstance(document["HID"], int)
    body = {"Document": document["ID"], "FileName": "f.pdf", "Attachment": base64.b64encode(PDF).decode()}
    attachment = office.post("documents/DocumentAttachments", body).json()["d"]
    assert (attachment["Attachment"], attachment["FileSize"]) == (None, len(PDF))
    assert attachment["Url"].startswith(f"{office.address}/docs/SysAttachment.aspx?ID=")
    assert office.http.get(attachment["Url"] + "&Download=1").content == PDF
    assert office.put("documents/DocumentAttachments", attachment["ID"], {"FileName": "g"}).status_code == 405
    found = office.rows("documents/DocumentAttachments", filter=f"Document eq guid'{document['ID']}'")
    assert [row["FileName"] for row in found] == ["f.pdf"]
    assert office.delete("documents/DocumentAttachments", attachment["ID"]).status_code == 204


def test_4_5_documents_refuse_what_they_must(office: Office) -> None:
    assert office.refusal(office.post("documents/Documents", {})) == ["Verplicht: Onderwerp", "Verplicht: Type"]
    assert office.refusal(office.post("documents/Documents", {"Subject": "X", "Type": 130})) == [
        "Documenttype niet toegestaan"
    ]
    wrong = {"Document": office.account(), "FileName": "f", "Attachment": "eA=="}
    assert office.refusal(office.post("documents/DocumentAttachments", wrong)) == ["Ongeldige referentie: Document"]
    no_base64 = office.post("documents/DocumentAttachments", wrong | {"Attachment": "?"})
    assert "for property 'Attachment' to type 'Byte[]'" in message(no_base64)


def test_4_5_an_attachment_has_a_largest_size(office: Office) -> None:
    office.control("switches", {"attachment_megabytes": 0.00001})
    document = office.post("documents/Documents", {"Subject": "X", "Type": 10}).json()["d"]["ID"]
    body = {"Document": document, "FileName": "f", "Attachment": base64.b64encode(PDF).decode()}
    assert office.refusal(office.post("documents/DocumentAttachments", body)) == ["Bijlage is te groot"]


def test_4_5_a_document_can_name_an_entry_afterwards(office: Office) -> None:
    entry = office.book()["EntryID"]
    body = {"Subject": "Later", "Type": 10, "FinancialTransactionEntryID": entry}
    document = office.post("documents/Documents", body).json()["d"]["ID"]
    row = office.row("salesentry/SalesEntries", filter=f"EntryID eq guid'{entry}'")
    assert (row["Document"], row["DocumentSubject"]) == (document, "Later")


def test_4_6_codes_of_master_data_are_unique(office: Office) -> None:
    account = office.customer()
    for path, body in (
        ("hrm/Costcenters", {"Code": "X9", "Description": "x"}),
        ("hrm/Costunits", {"Code": "X9", "Description": "x"}),
        ("financial/GLAccounts", {"Code": "9999", "Description": "x"}),
        ("cashflow/PaymentConditions", {"Code": "X9", "Description": "x"}),
        ("project/Projects", {"Code": "X9", "Description": "x", "Type": 2, "Account": account}),
        ("vat/VATCodes", {"Code": "X9", "Description": "x", "VATPercentages": [{"Percentage": 0.1}]}),
    ):
        assert office.post(path, body).status_code == 201, path
        assert office.refusal(office.post(path, body)) == ["Gegeven bestaat reeds"]
    assert office.row("vat/VATCodes", filter="Code eq 'X9'")["Percentage"] == 0.1


def test_4_6_a_project_needs_a_relation_unless_it_is_not_billable(office: Office) -> None:
    body = {"Code": "P1", "Description": "x"}
    assert office.refusal(office.post("project/Projects", body | {"Type": 3})) == ["Verplicht: Relatie"]
    assert office.post("project/Projects", body | {"Type": 4}).status_code == 201


def test_4_6_the_code_of_a_cost_centre_cannot_be_changed(office: Office) -> None:
    key = office.post("hrm/Costcenters", {"Code": "OUDE", "Description": "x"}).json()["d"]["ID"]
    assert office.put("hrm/Costcenters", key, {"Code": "NIEUWE", "Description": "y"}).status_code == 204
    row = office.row("hrm/Costcenters", filter=f"ID eq guid'{key}'")
    assert (row["Code"], row["Description"]) == ("OUDE", "y")


def test_3_10_sync_shows_changes_by_timestamp(office: Office) -> None:
    rows = office.rows("sync/CRM/Accounts", filter="Timestamp gt 1L", select="ID,Timestamp")
    stamps = [int(row["Timestamp"]) for row in rows]
    assert stamps == sorted(stamps)
    key = office.customer()
    newer = office.rows("sync/CRM/Accounts", filter=f"Timestamp gt {stamps[-1]}L")
    assert [row["ID"] for row in newer] == [key]
    office.put("crm/Accounts", key, {"City": "Delft"})
    again = office.row("sync/CRM/Accounts", filter=f"Timestamp gt {newer[0]['Timestamp']}L")
    assert (again["ID"], again["City"]) == (key, "Delft")


def test_3_10_sync_deleted_lists_removed_keys_with_their_type(office: Office) -> None:
    key = office.customer()
    office.delete("crm/Accounts", key)
    row = office.row("sync/Deleted", filter="Timestamp gt 1L")
    assert (row["EntityKey"], row["EntityType"]) == (key, 2)


def test_3_10_a_date_becomes_a_timestamp(office: Office) -> None:
    path = f"/api/v1/{NL}/read/sync/Sync/SyncTimestamp"
    office.control("clock", {"advance_seconds": 86_400 * 2})
    office.log_in()
    key = office.customer()
    asked = {"modified": "datetime'2026-06-16'", "endPoint": "'Accounts'"}
    found = office.http.get(path, params=asked).json()["d"]
    newer = office.rows("sync/CRM/Accounts", filter=f"Timestamp gt {found['TimeStampAsBigInt']}L", select="ID")
    assert [row["ID"] for row in newer] == [key]
    assert office.http.get(path, params={"modified": "soon"}).status_code == 400


def test_4_3_references_must_exist(office: Office) -> None:
    body = {"Name": "X", "GLAR": "11111111-1111-1111-1111-111111111111", "PaymentConditionSales": "??"}
    assert office.refusal(office.post("crm/Accounts", body)) == [
        "Ongeldige referentie: Grootboekrekening",
        "Ongeldige referentie: Betalingsconditie",
    ]


def test_3_3_a_key_that_is_not_there_cannot_be_changed(office: Office) -> None:
    nobody = "11111111-1111-1111-1111-111111111111"
    assert office.put("crm/Accounts", nobody, {}).status_code == 404
    assert office.delete("crm/Accounts", nobody).status_code == 404
    assert office.http.put(f"/api/v1/{NL}/crm/Accounts", json={}).status_code == 405
    assert office.http.delete(f"/api/v1/{NL}/system/Divisions({NL})").status_code == 403


@pytest.mark.parametrize(
    "body", [rb'{"Name":"\ud800"}', rb'{"\ud800":1}', b'{"Name":"\xff"}', b"[" * 100_000, b"1e999", b"\x00"]
)
def test_3_4_a_body_that_no_text_can_be_is_a_400(office: Office, body: bytes) -> None:
    answer = office.http.post(f"/api/v1/{NL}/crm/Accounts", content=body)
    assert answer.status_code == 400
    assert message(answer)
