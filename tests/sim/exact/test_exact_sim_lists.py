"""Reading: paths, shapes, paging, options, values: exact-rest.md 3."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.sim.exact.practice_office import NL, Office, message

ATOM = "{http://www.w3.org/2005/Atom}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"


@pytest.fixture
def many(office: Office) -> Office:
    """An office with 130 cost centres beside its own."""
    for number in range(130):
        body = {"Code": f"K{number:03d}", "Description": f"Plaats {number % 7}"}
        assert office.post("hrm/Costcenters", body).status_code == 201
    return office


def pages(office: Office, path: str, **options: Any) -> list[list[dict[str, Any]]]:
    found = []
    answer = office.get(path, NL, **options)
    while True:
        assert answer.status_code == 200, answer.text
        body = answer.json()["d"]
        found.append(body["results"])
        if "__next" not in body:
            return found
        answer = office.http.get(body["__next"])


@pytest.mark.parametrize(
    "path", ["hrm/costcenters", "hrm/CostCenters", "vat/VatCodes", "CRM/Accounts", "crm/Nothing", "crm"]
)
def test_3_1_paths_are_case_sensitive(office: Office, path: str) -> None:
    assert office.get(path).status_code == 404


def test_3_1_keys_of_guid_and_number(office: Office) -> None:
    key = office.account()
    assert office.get(f"financial/GLAccounts(guid'{key}')").json()["d"]["Code"] == "8000"
    assert office.get(f"system/Divisions({NL})").json()["d"]["Code"] == NL
    assert office.get("financial/GLAccounts(guid'00000000-0000-0000-0000-000000000001')").status_code == 404
    assert office.get("financial/GLAccounts('8000')").status_code == 400


def test_3_1_navigation_from_a_code_to_its_percentages(office: Office) -> None:
    row = office.row("vat/VATCodes", filter="Code eq '4'")
    uri = row["VATPercentages"]["__deferred"]["uri"]
    assert uri == f"{office.address}/api/v1/{NL}/vat/VATCodes(guid'{row['ID']}')/VATPercentages"
    percentages = office.http.get(uri).json()["d"]["results"]
    assert 0.21 in {each["Percentage"] for each in percentages}


def test_3_2_without_json_asked_for_the_answer_is_atom(office: Office) -> None:
    answer = office.http.get(f"/api/v1/{NL}/financial/Journals?$filter=Code eq '70'", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.text)  # noqa: S314 - our own simulator
    (entry,) = feed.findall(f"{ATOM}entry")
    assert [code.text for code in entry.iter(f"{DATA}Code")] == ["70"]
    plain = office.http.get(f"/api/v1/{NL}/financial/Journals", headers={"Accept": "application/xml"})
    assert plain.status_code == 415


def test_3_2_json_says_its_charset(office: Office) -> None:
    assert office.get("crm/Accounts", top="1").headers["Content-Type"] == "application/json;charset=utf-8"


def test_3_5_a_list_has_results_and_a_top_within_the_page_is_a_bare_array(many: Office) -> None:
    assert isinstance(many.get("hrm/Costcenters").json()["d"]["results"], list)
    bare = many.get("hrm/Costcenters", top="60").json()["d"]
    assert len(bare) == 60
    assert isinstance(bare, list)


def test_3_5_a_top_above_the_page_gives_one_page_and_a_next_with_the_rest(many: Office) -> None:
    body = many.get("hrm/Costcenters", top="100").json()["d"]
    assert len(body["results"]) == 60
    assert "$top=40" in body["__next"]
    rest = many.http.get(body["__next"]).json()["d"]
    assert len(rest) == 40


def test_3_5_me_is_a_list_of_one(office: Office) -> None:
    (me,) = office.http.get("/api/v1/current/Me").json()["d"]["results"]
    assert me["CurrentDivision"] == NL
    assert me["ServerTime"] == "2026-06-15T10:00:00"
    assert me["Legislation"] == "1"
    assert me["__metadata"]["type"] == "Exact.Web.Api.Models.System.Me"


def test_3_5_nothing_found_is_an_empty_list(office: Office) -> None:
    assert office.get("crm/Accounts", filter="Name eq 'niemand'").json() == {"d": {"results": []}}


def test_3_6_sixty_rows_a_page_and_next_follows_the_host_header(many: Office) -> None:
    found = pages(many, "hrm/Costcenters", filter="startswith(Code,'K') eq true")
    assert [len(page) for page in found] == [60, 60, 10]
    assert len({row["ID"] for page in found for row in page}) == 130
    answer = many.http.get(f"/api/v1/{NL}/hrm/Costcenters", headers={"Host": "exact.example:99"}).json()["d"]
    assert answer["__next"].startswith("http://exact.example:99/api/v1/")
    assert re.search(r"skiptoken=guid'[0-9a-f-]{36}'$", answer["__next"])
    assert answer["results"][0]["__metadata"]["uri"].startswith("http://exact.example:99/")


def test_3_6_paging_in_an_order_repeats_and_loses_nothing(many: Office) -> None:
    found = pages(many, "hrm/Costcenters", orderby="Description desc,Created", filter="startswith(Code,'K')")
    rows = [row for page in found for row in page]
    assert len({row["ID"] for row in rows}) == len(rows) == 130
    assert [row["Description"] for row in rows] == sorted((row["Description"] for row in rows), reverse=True)


def test_3_6_sync_has_a_thousand_rows_a_page(many: Office) -> None:
    assert len(pages(many, "sync/CRM/Accounts", filter="Timestamp gt 1L")) == 1


def test_3_7_select_count_and_inlinecount(many: Office) -> None:
    (first, *_) = many.rows("hrm/Costcenters", select="Code,Description", top="1")
    assert set(first) == {"__metadata", "Code", "Description"}
    count = many.get("hrm/Costcenters/$count", filter="startswith(Code,'K')")
    assert count.text == "130"
    body = many.get("hrm/Costcenters", filter="startswith(Code,'K')", inlinecount="allpages", top="5").json()["d"]
    assert body["__count"] == "130"
    assert len(body["results"]) == 5


def test_3_7_expand_brings_the_lines_along(office: Office) -> None:
    entry = office.book()
    answer = office.get(f"salesentry/SalesEntries(guid'{entry['EntryID']}')", expand="SalesEntryLines").json()["d"]
    (line,) = answer["SalesEntryLines"]["results"]
    assert (line["AmountFC"], line["VATAmountFC"], line["VATCode"].strip()) == (100, 21, "4")


def test_3_7_an_owner_can_be_asked_for_some_fields_of_its_lines(office: Office) -> None:
    office.book()
    row = office.row("salesentry/SalesEntries", select="EntryNumber,SalesEntryLines/AmountFC", expand="SalesEntryLines")
    (line,) = row["SalesEntryLines"]["results"]
    assert set(line) == {"__metadata", "AmountFC"}


@pytest.mark.parametrize(
    "options",
    [
        {"select": "Nonsense"},
        {"filter": "Nonsense eq 1"},
        {"orderby": "Nonsense"},
        {"expand": "Name"},
        {"filter": "Name eq"},
        {"filter": "Name eq Status"},
        {"filter": "ID eq 'text'"},
        {"filter": "MainContact/Name eq 'x'"},
        {"filter": "Name eq 'x' and"},
        {"filter": "(Name eq 'x'"},
        {"filter": "Created gt datetime'yesterday'"},
        {"top": "many"},
        {"nonsense": "1"},
    ],
)
def test_3_7_what_cannot_be_read_is_a_400(office: Office, options: dict[str, Any]) -> None:
    answer = office.get("crm/Accounts", NL, **options)
    assert answer.status_code == 400
    assert message(answer)


@pytest.mark.parametrize("code", ["               101", "101"])
def test_3_8_relation_codes_are_padded_to_the_left(office: Office, code: str) -> None:
    found = office.rows("crm/Accounts", filter=f"Code eq '{code}'", select="Code")
    assert [row["Code"] for row in found] == (["               101"] if len(code) == 18 else [])
    assert len(office.rows("crm/Accounts", filter="trim(Code) eq '101'", select="Code")) == 1


def test_3_8_values_out(office: Office) -> None:
    account = office.row("crm/Accounts", filter="trim(Code) eq '101'")
    assert account["Country"] == "NL "
    assert re.fullmatch(r"/Date\(\d+\)/", account["Created"])
    assert account["Blocked"] is False
    code = office.row("vat/VATCodes", filter="Code eq '4'")
    assert (code["Code"], code["Percentage"]) == ("4  ", 0.21)
    division = office.rows("system/Divisions", filter=f"Code eq {NL}")[0]
    assert division["Hid"] == "1"
    period = office.row("financial/FinancialPeriods", filter="FinYear eq 2026 and FinPeriod eq 6")
    assert period["StartDate"] == "/Date(1780272000000)/"


def test_3_8_literals_of_every_kind(office: Office) -> None:
    key = office.account()
    journal = office.row("financial/Journals", filter="Code eq '70'")
    for path, condition in (
        ("financial/GLAccounts", f"ID eq guid'{key}'"),
        ("financial/FinancialPeriods", "StartDate eq datetime'2026-06-01' and FinPeriod le 12"),
        ("financial/FinancialPeriods", "StartDate eq datetime'2026-06-01T00:00:00'"),
        ("financial/Journals", f"IsBlocked eq false and ID eq guid'{journal['ID']}'"),
        ("vat/VATCodes", "Description ne null and Code eq '4'"),
        ("system/Divisions", "Hid eq 1L"),
    ):
        assert len(office.rows(path, filter=condition)) == 1, condition


def test_4_7_every_entity_can_be_read_whole_and_by_key(office: Office) -> None:
    from boekbrug_sim.exact.schema import entities

    for entity in entities().values():
        if entity.name in {"Me", "SyncTimestamp"}:
            continue
        rows = office.rows(entity.path, top="1")
        for row in rows:
            assert row["__metadata"]["type"] == entity.model
            again = office.http.get(row["__metadata"]["uri"]).json()["d"]
            assert again["__metadata"] == row["__metadata"]
            shown = {field.name for field in entity.fields.values() if field.type != "Hidden"}
            assert set(again) == shown | {"__metadata"}


def test_3_3_a_verb_that_is_not_there_is_a_405(office: Office) -> None:
    assert office.post("financial/FinancialPeriods", {}).status_code == 405
    assert office.http.patch(f"/api/v1/{NL}/crm/Accounts").status_code == 405


def test_3_2_json_can_be_asked_for_by_format_too(office: Office) -> None:
    answer = office.http.get(f"/api/v1/{NL}/crm/Accounts?$format=json&$top=1", headers={"Accept": "*/*"})
    assert len(answer.json()["d"]) == 1


def test_3_1_a_collection_that_the_practice_book_never_fills_is_empty(office: Office) -> None:
    path = f"/api/v1/{NL}/financial/GLAccounts(guid'{office.account()}')/DeductibilityPercentages"
    assert office.http.get(path).json() == {"d": {"results": []}}
    feed = ET.fromstring(office.http.get(path, headers={"Accept": "*/*"}).text)  # noqa: S314 - our own simulator
    assert feed.findall(f"{ATOM}entry") == []


def atom(office: Office, path: str) -> ET.Element:
    answer = office.http.get(f"/api/v1/{NL}/{path}", headers={"Accept": "application/atom+xml"})
    return ET.fromstring(answer.text)  # noqa: S314 - our own simulator


def test_3_2_an_atom_entry_carries_types_dates_nulls_padding_and_lines(office: Office) -> None:
    key = office.book()["EntryID"]
    entry = atom(office, f"salesentry/SalesEntries(guid'{key}')?$expand=SalesEntryLines")
    assert entry.find(f"{ATOM}category").attrib["term"] == "Exact.Web.Api.Models.SalesEntry"  # type: ignore[union-attr]
    date, none = (entry.find(f".//{DATA}{name}") for name in ("EntryDate", "Document"))
    assert date is not None
    assert none is not None
    assert (date.text, date.attrib[f"{META}type"]) == ("2026-06-10T00:00:00", "Edm.DateTime")
    assert none.attrib[f"{META}null"] == "true"
    assert len(list(entry.iter(f"{META}inline"))) == 1
    assert [line.text for line in entry.iter(f"{DATA}VATCode")] == ["4"]
    account = atom(office, "crm/Accounts?$top=1&$select=Code,Name&$inlinecount=allpages")
    code = account.find(f".//{DATA}Code")
    assert code is not None
    assert len(code.text or "") == 18
    assert account.find(f"{META}count") is not None


def test_3_2_an_atom_list_leads_on_and_defers_its_collections(many: Office) -> None:
    feed = atom(many, "hrm/Costcenters?$select=Code")
    (following,) = [link.attrib["href"] for link in feed.findall(f"{ATOM}link") if link.attrib["rel"] == "next"]
    assert "$skiptoken=guid'" in following
    codes = atom(many, "vat/VATCodes?$top=1")
    assert [link.attrib["title"] for link in codes.iter(f"{ATOM}link") if "related" in link.attrib["rel"]]


def test_3_2_what_xml_cannot_hold_is_left_out_of_it(office: Office) -> None:
    key = office.customer(Name="A\x00\x0b<B> &")
    found = atom(office, f"crm/Accounts(guid'{key}')?$select=Name")
    assert [name.text for name in found.iter(f"{DATA}Name")] == ["A<B> &"]


@pytest.mark.parametrize(
    "path",
    [
        "crm/Accounts?$top=²",
        "crm/Accounts?$top=٣٣٣٣٣٣٣٣٣٣",
        "crm/Accounts?$filter=Source eq ²",
        "crm/Accounts?$filter=Name eq '%00%ff",
        "system/Divisions(--5)",
        "system/Divisions(²)",
        "system/Divisions(99999999999999999999)",
        "crm/Accounts?$skiptoken=guid'²'x,1",
        "hrm/Costcenters?$orderby=Created&$skiptoken=datetime'²',guid'x'",
    ],
)
def test_3_7_odd_digits_and_tokens_are_a_400(office: Office, path: str) -> None:
    answer = office.http.get(f"/api/v1/{NL}/{path}")
    assert answer.status_code == 400
    assert message(answer)
