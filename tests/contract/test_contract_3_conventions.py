"""Section 3: conventions."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.contract.company import Company, Json, message, today

ATOM = "{http://www.w3.org/2005/Atom}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
NOBODY = "11111111-1111-1111-1111-111111111111"
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def all_pages(company: Company, path: str, **options: Any) -> list[list[Json]]:
    found, answer = [], company.get(path, **options)
    while True:
        body = answer.json()["d"]
        found.append(body["results"])
        if "__next" not in body:
            return found
        answer = company.call("GET", body["__next"])


@pytest.mark.parametrize("path", ["hrm/costcenters", "vat/VatCodes", "financial/Nothing"])
def test_3_1_the_case_of_a_path_counts(company: Company, path: str) -> None:
    assert company.get(path).status_code == 404


def test_3_1_keys_are_guids_or_bare_numbers(company: Company) -> None:
    assert company.by_key("financial/GLAccounts", company.account)["Code"].strip() == company.account_code
    found = company.get(f"system/Divisions({company.division})")
    assert found.json()["d"]["Code"] == company.division


def test_3_1_lists_hang_under_their_owner(company: Company) -> None:
    code = company.row("vat/VATCodes", filter=f"trim(Code) eq '{company.vat_code}'")
    uri = code["VATPercentages"]["__deferred"]["uri"]
    assert uri.endswith(f"/vat/VATCodes(guid'{code['ID']}')/VATPercentages")
    rows = company.call("GET", uri).json()["d"]["results"]
    assert float(company.percentage) in {row["Percentage"] for row in rows}
    entry = company.book()
    lines = company.call("GET", entry["SalesEntryLines"]["__deferred"]["uri"]).json()["d"]["results"]
    assert [line["AmountFC"] for line in lines] == [100]


def test_3_2_atom_is_the_default_and_json_says_its_charset(company: Company) -> None:
    path = company.address("financial/Journals")
    query = {"$filter": f"Code eq '{company.journal}'"}
    feed = ET.fromstring(company.call("GET", path, params=query, headers={"Accept": "*/*"}).text)  # noqa: S314
    assert feed.tag == f"{ATOM}feed"
    assert [each.text for each in feed.iter(f"{DATA}Code")] == [company.journal]
    assert company.call("GET", path, params=query).headers["Content-Type"] == "application/json;charset=utf-8"
    assert company.call("GET", path, params=query, headers={"Accept": "application/xml"}).status_code >= 400


def test_3_2_a_relation_comes_back_as_its_key_unless_asked_otherwise(company: Company) -> None:
    bare = company.make("crm/Accounts", {"Name": "Contract kaal"})
    assert {name for name, value in bare.items() if value is not None} == {"__metadata", "ID"}
    whole = company.make("crm/Accounts", {"Name": "Contract heel"}, Prefer="return=representation")
    assert whole["Name"] == "Contract heel"
    document = company.make("documents/Documents", {"Subject": "Contract", "Type": 55})
    assert document["Subject"] == "Contract"


def test_3_3_statuses_of_the_four_verbs(company: Company) -> None:
    made = company.post("crm/Accounts", {"Name": "Contract vier"})
    key = made.json()["d"]["ID"]
    assert made.status_code in {200, 201}
    put = company.put("crm/Accounts", key, {"City": "Goes"})
    assert (put.status_code, put.content) == (204, b"")
    assert company.by_key("crm/Accounts", key)["City"] == "Goes"
    deleted = company.delete("crm/Accounts", key)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert company.get(f"crm/Accounts(guid'{key}')").status_code == 404
    assert company.put("financial/FinancialPeriods", NOBODY, {}).status_code == 405


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        (
            "crm/Contacts",
            {"Nonsense": 1},
            r"Error processing request stream\. The property name 'Nonsense' specified for type '.*' is not valid\.",
        ),
        ("crm/Contacts", [], r"Error processing request stream\. .*should be a valid top-level resource object\."),
        (
            "documents/DocumentAttachments",
            {"Attachment": "?", "FileName": "x.pdf", "Document": NOBODY},
            r"Error encountered in converting the value from request payload for property 'Attachment' .*'Byte\[\]'.*",
        ),
    ],
)
def test_3_4_what_cannot_be_read_is_a_400_with_its_text(company: Company, path: str, body: Any, text: str) -> None:
    answer = company.post(path, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == ""
    assert answer.json()["error"]["message"]["lang"] == ""
    assert re.fullmatch(text, message(answer)), message(answer)


def test_3_4_broken_rules_stand_under_one_another(company: Company) -> None:
    answer = company.post("salesentry/SalesEntries", {"SalesEntryLines": [company.line(CostUnit="??")]})
    assert answer.status_code == 500
    found = message(answer).split("\n")
    assert len(found) >= 3
    assert {"Verplicht: Relatie", "Mandatory: Relationship"} & set(found)
    assert {"Ongeldige referentie: Kostendrager", "Invalid reference: Cost unit"} & set(found)


def test_3_5_the_shapes_of_a_list(company: Company) -> None:
    assert len(company.get(company.long_list).json()["d"]["results"]) == 60
    within = company.get(company.long_list, top="2").json()["d"]
    assert len(within if isinstance(within, list) else within["results"]) == 2
    beyond = company.get(company.long_list, top="61").json()["d"]
    assert len(beyond["results"]) == 60
    assert re.search(r"(\$|%24)top=1(&|$)", beyond["__next"])
    assert company.get("crm/Accounts", filter=f"ID eq guid'{NOBODY}'").json() == {"d": {"results": []}}
    assert isinstance(company.call("GET", "/api/v1/current/Me").json()["d"]["results"], list)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("crm/Accounts", "Account"),
        ("financial/GLAccounts", "GLAccount"),
        ("financial/Journals", "Journal"),
        ("vat/VATCodes", "VATCode"),
        ("system/Divisions", "System.Division"),
    ],
)
def test_3_5_an_object_names_its_address_and_type(company: Company, path: str, model: str) -> None:
    found = company.row(path, top="1")["__metadata"]
    assert found["type"] == f"Exact.Web.Api.Models.{model}"
    assert company.call("GET", found["uri"]).json()["d"]["__metadata"] == found


def test_3_5_collections_are_deferred_until_expanded(company: Company) -> None:
    key = company.book()["EntryID"]
    plain = company.by_key("salesentry/SalesEntries", key)["SalesEntryLines"]
    assert set(plain) == {"__deferred"}
    whole = company.by_key("salesentry/SalesEntries", key, expand="SalesEntryLines")["SalesEntryLines"]
    assert [line["AmountFC"] for line in whole["results"]] == [100]


def test_3_6_sixty_rows_a_page_and_next_leads_on(company: Company) -> None:
    answer = company.get(company.long_list, select="ID").json()["d"]
    assert re.search(rf"(\$|%24)skiptoken=guid('|%27){GUID}('|%27)$", answer["__next"])
    assert "select=ID" in answer["__next"]
    pages = all_pages(company, company.long_list, select="ID")
    assert {len(page) for page in pages[:-1]} == {60}
    keys = [row["ID"] for page in pages for row in page]
    assert len(keys) == len(set(keys)) == int(company.get(f"{company.long_list}/$count").text)


def test_3_6_with_an_order_the_token_starts_with_its_value(company: Company) -> None:
    answer = company.get(company.long_list, select="ID", orderby="Created").json()["d"]
    assert re.search(rf"skiptoken=datetime('|%27)[^']+('|%27)(,|%2C)guid('|%27){GUID}", answer["__next"])
    pages = all_pages(company, company.long_list, select="ID,Created", orderby="Created")
    moments = [int(row["Created"][6:-2]) for page in pages for row in page]
    assert moments == sorted(moments)


def test_3_6_bulk_and_sync_have_a_thousand(company: Company) -> None:
    assert company.get("sync/Financial/GLAccounts", filter="Timestamp gt 1L", select="ID").status_code == 200
    assert company.get("bulk/Financial/TransactionLines", select="ID").status_code == 200


def test_3_7_options_of_a_list(company: Company) -> None:
    row = company.row("financial/GLAccounts", select="Code,Description", top="1")
    assert set(row) == {"__metadata", "Code", "Description"}
    counted = company.get("financial/GLAccounts", select="ID", top="1", inlinecount="allpages").json()["d"]
    assert int(counted["__count"]) == int(company.get("financial/GLAccounts/$count").text)
    codes = [row["Code"] for row in company.rows("financial/GLAccounts", select="Code", orderby="Code desc", top="5")]
    assert codes == sorted(codes, reverse=True)


@pytest.mark.parametrize(
    "condition",
    [
        "Code eq '{code}'",
        "Code ge '{code}' and Code le '{code}'",
        "(Code eq 'x' or Code eq '{code}') and Type ne 12",
        "startswith(Code,'{code}') eq true",
        "substringof('{code}',Code) eq true",
        "trim(Code) eq '{code}'",
        "ID eq guid'{key}'",
        "Created gt datetime'1990-01-01' and Code eq '{code}'",
        "Created gt datetime'1990-01-01T10:00:00' and Code eq '{code}'",
        "IsBlocked eq false and Code eq '{code}'",
    ],
)
def test_3_7_a_filter_finds(company: Company, condition: str) -> None:
    text = condition.format(code=company.account_code, key=company.account)
    assert [row["ID"] for row in company.rows("financial/GLAccounts", filter=text, select="ID")] == [company.account]


@pytest.mark.parametrize("options", [{"select": "Nonsense"}, {"filter": "Nonsense eq 1"}, {"filter": "Code eq"}])
def test_3_7_an_unknown_field_is_a_400(company: Company, options: Json) -> None:
    assert company.get("financial/Journals", **options).status_code == 400


def test_3_7_quotes_are_doubled(company: Company) -> None:
    key = company.customer(Name="Contract d'Or")
    found = company.rows("crm/Accounts", filter="Name eq 'Contract d''Or'", select="ID,Name")
    assert key in {row["ID"] for row in found}


def test_3_8_values_come_out(company: Company) -> None:
    entry = company.book()
    midnight = f"/Date({int(entry['EntryDate'][6:-2])})/"
    assert entry["EntryDate"] == midnight
    assert int(entry["EntryDate"][6:-2]) % 86_400_000 == 0
    assert re.fullmatch(GUID, entry["EntryID"])
    (me,) = company.call("GET", "/api/v1/current/Me").json()["d"]["results"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", me["ServerTime"])
    division = company.get(f"system/Divisions({company.division})").json()["d"]
    assert isinstance(division["Hid"], str)


def test_3_8_padded_texts(company: Company) -> None:
    key = company.customer()
    found = company.by_key("crm/Accounts", key)
    assert len(found["Code"]) == 18
    assert found["Code"] == found["Code"].strip().rjust(18)
    for condition in (f"Code eq '{found['Code']}'", f"trim(Code) eq '{found['Code'].strip()}'"):
        assert [row["ID"] for row in company.rows("crm/Accounts", filter=condition, select="ID")] == [key]
    vat = company.row("vat/VATCodes", filter=f"trim(Code) eq '{company.vat_code}'", select="Code")
    assert vat["Code"] == company.vat_code.ljust(3)


@pytest.mark.parametrize("text", ["2024-01-31", "2024-01-31T00:00:00", "2024-01-31T00:00:00Z"])
def test_3_8_dates_go_in(company: Company, text: str) -> None:
    key = company.make("documents/Documents", {"Subject": "Contract", "Type": 55, "DocumentDate": text})["ID"]
    assert company.by_key("documents/Documents", key)["DocumentDate"] == "/Date(1706659200000)/"


def test_3_9_lines_are_changed_by_themselves(company: Company) -> None:
    entry = company.book(SalesEntryLines=[company.line(), company.line(AmountFC=50)])
    rows = company.rows("salesentry/SalesEntryLines", filter=f"EntryID eq guid'{entry['EntryID']}'")
    second = next(row for row in rows if row["AmountFC"] == 50)
    assert company.put("salesentry/SalesEntryLines", second["ID"], {"AmountFC": 60}).status_code == 204
    found = company.by_key("salesentry/SalesEntries", entry["EntryID"])
    assert found["AmountFC"] == pytest.approx(float(160 * (1 + company.percentage)))
    for row in rows:
        assert company.delete("salesentry/SalesEntryLines", row["ID"]).status_code == 204
    assert company.get(f"salesentry/SalesEntries(guid'{entry['EntryID']}')").status_code == 404


def test_3_9_a_read_only_field_is_dropped_silently(company: Company) -> None:
    key = company.customer(AccountManagerFullName="Contract niemand")
    assert company.by_key("crm/Accounts", key)["AccountManagerFullName"] != "Contract niemand"
    entry = company.book(AmountDC=7, Status=50)
    assert entry["AmountDC"] == pytest.approx(float(100 * (1 + company.percentage)))
    assert entry["Status"] == 20


def test_3_9_no_idempotency_a_second_post_is_a_second_entry(company: Company) -> None:
    body = company.entry_body(YourRef="Contract twee", EntryDate=today().isoformat())
    keys = {company.make("salesentry/SalesEntries", body)["EntryID"] for _ in range(2)}
    where = f"YourRef eq 'Contract twee' and Customer eq guid'{body['Customer']}'"
    assert {row["EntryID"] for row in company.rows("salesentry/SalesEntries", filter=where)} == keys
    assert len(keys) == 2


def test_3_10_sync_goes_on_from_the_highest_timestamp(company: Company) -> None:
    key = company.customer()
    found = company.row("sync/CRM/Accounts", filter=f"ID eq guid'{key}' and Timestamp gt 1L", select="Timestamp,ID")
    assert isinstance(found["Timestamp"], str)
    before = int(found["Timestamp"]) - 1
    assert company.put("crm/Accounts", key, {"City": "Goes"}).status_code == 204
    later = company.row("sync/CRM/Accounts", filter=f"Timestamp gt {before}L and ID eq guid'{key}'", select="Timestamp")
    assert int(later["Timestamp"]) > int(found["Timestamp"])


def test_3_10_a_removed_relation_is_listed_with_its_kind(company: Company) -> None:
    key = company.customer()
    assert company.delete("crm/Accounts", key).status_code == 204
    (found,) = company.rows("sync/Deleted", filter=f"EntityKey eq guid'{key}' and Timestamp gt 1L")
    assert found["EntityType"] == 2


def test_3_10_a_date_becomes_a_timestamp(company: Company) -> None:
    path = company.address("read/sync/Sync/SyncTimestamp")
    query = "modified=datetime'2024-01-01'&endPoint='CRM/Accounts'"
    answer = company.call("GET", f"{path}?{query}")
    assert answer.status_code == 200
    found = answer.json()["d"]
    found = found["results"][0] if "results" in found else found
    assert int(found["TimeStampAsBigInt"]) >= 0


def test_3_2_a_header_chooses_the_language_of_descriptions(practice: Company) -> None:
    path = practice.address("financial/GLTransactionTypes(20)")
    said = [
        practice.call("GET", path, headers={"CustomDescriptionLanguage": language}).json()["d"]["Description"]
        for language in ("nl-NL", "EN")
    ]
    assert said == ["Verkoopboeking", "Sales entry"]


def test_3_4_a_refusal_is_in_the_language_of_the_user(practice: Company) -> None:
    said = []
    for language in ("nl", "en", "fr"):
        practice.steer("login", {"user": "demo@sim.example", "language": language})
        answer = practice.post("salesentry/SalesEntries", practice.entry_body(Customer=None))
        said.append(message(answer))
    assert said == ["Verplicht: Relatie", "Mandatory: Relationship", "Obligatoire: Relation"]


def test_3_9_an_entry_needs_a_line_and_what_cannot_be_nested_is_unknown(company: Company) -> None:
    assert company.post("salesentry/SalesEntries", company.entry_body(SalesEntryLines=[])).status_code == 500
    nested = {"Subject": "Contract", "Type": 55, "DocumentAttachments": [{"FileName": "x", "Attachment": "eA=="}]}
    assert company.post("documents/Documents", nested).status_code == 400
    assert company.call("POST", company.address("$batch"), content=b"").status_code == 404


def test_3_9_a_put_with_lines_changes_the_header_only(company: Company) -> None:
    entry = company.book()
    body = {"Description": "Contract kop", "SalesEntryLines": [company.line(AmountFC=5)]}
    assert company.put("salesentry/SalesEntries", entry["EntryID"], body).status_code == 204
    found = company.by_key("salesentry/SalesEntries", entry["EntryID"])
    assert (found["Description"], found["AmountFC"]) == ("Contract kop", entry["AmountFC"])
