"""What clients in other languages send, unlike ours: PHP, Node, .NET, Go, Ruby. Source: their public code."""

import gzip
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.sim.exact.practice_office import NL, Office, message

ME = "/api/v1/current/Me"


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_1_5_a_token_is_taken_under_either_spelling_of_its_type(office: Office, kind: str) -> None:
    token = office.pair["access_token"]
    assert office.http.get(ME, headers={"Authorization": f"{kind} {token}"}).status_code == 200
    assert office.http.get(ME, headers={"Authorization": f"Basic {token}"}).status_code == 401


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json;charset=utf-8"),
        ("application/json, text/plain, */*", "application/json;charset=utf-8"),  # axios
        ("application/json;odata=verbose", "application/json;charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/atom+xml; charset=utf-8"),
        ("application/atom+xml,application/xml", "application/atom+xml; charset=utf-8"),
        ("*/*", "application/atom+xml; charset=utf-8"),
    ],
)
def test_3_2_the_answer_is_of_the_kind_that_was_asked_for(office: Office, accept: str, kind: str) -> None:
    answer = office.http.get(f"/api/v1/{NL}/crm/Accounts?$top=1", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)


@pytest.mark.parametrize(
    "query",
    [
        "$filter=Code+eq+%27++++++++++++++++25%27&$top=1",  # .NET, PHP: blanks as plus
        "%24filter=Code%20eq%20%27%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%2025%27&%24top=1",
        "$filter=Code eq '                25'&$top=1".replace(" ", "%20"),
        "%24filter=trim%28Code%29+eq+%2725%27&%24top=1&%24orderby=ID&%24select=ID",
        "$filter=trim(Code) eq '25'&$expand=&$select=&$orderby=&$top=1".replace(" ", "%20"),
    ],
)
def test_3_7_a_query_is_read_however_it_is_encoded(office: Office, query: str) -> None:
    office.customer(Code="25")
    answer = office.http.get(f"/api/v1/{NL}/crm/Accounts?{query}")
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["d"]) == 1


@pytest.mark.parametrize("path", [ME, f"{ME}?$top=1", f"{ME}?Select=CurrentDivision", f"{ME}?$select=CurrentDivision"])
def test_4_7_every_client_starts_with_me(office: Office, path: str) -> None:
    (me,) = office.http.get(path).json()["d"]["results"]
    assert me["CurrentDivision"] == NL


def test_4_7_the_address_that_me_names_can_be_followed(office: Office) -> None:
    (me,) = office.http.get(ME).json()["d"]["results"]
    answer = office.http.get(urlsplit(me["__metadata"]["uri"]).path)
    assert answer.json()["d"]["UserID"] == me["UserID"]
    unknown = office.http.get(f"{ME}(guid'11111111-1111-1111-1111-111111111111')")
    assert unknown.status_code == 404


def test_3_7_a_long_filter_is_taken_up_to_twelve_thousand_letters(office: Office) -> None:
    def asked(count: int) -> Any:
        return office.get("crm/Accounts", filter=" or ".join(f"Code eq '{number:18}'" for number in range(count)))

    assert asked(370).status_code == 200
    answer = asked(500)
    assert (answer.status_code, "too long" in message(answer)) == (400, True)


@pytest.mark.parametrize(
    ("path", "count"),
    [("SalesEntries(guid'{key}')/SalesEntryLines/$count", "1"), ("SalesEntries/$count", "1"), ("SalesEntries/", None)],
)
def test_3_7_what_is_under_an_owner_can_be_counted(office: Office, path: str, count: str | None) -> None:
    entry = office.book()
    answer = office.get("salesentry/" + path.format(key=entry["EntryID"]))
    assert answer.status_code == 200
    assert count in {None, answer.text}


@pytest.mark.parametrize("path", ["Accounts(guid'{key}')/$count", "Accounts/$count/x", "Accounts/Contacts", "accounts"])
def test_3_1_no_other_path_leads_anywhere(office: Office, path: str) -> None:
    assert office.get("crm/" + path.format(key=office.customer())).status_code == 404


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2026-06-10", 1781049600000),
        ("2026-06-10T00:00:00", 1781049600000),
        ("2026-06-10T00:00:00Z", 1781049600000),
        ("2026-06-10T00:00:00.0000000", 1781049600000),  # .NET
        ("2026-06-10T02:00:00+02:00", 1781049600000),  # PHP
        ("2026-06-10 00:00:00", 1781049600000),
        ("/Date(1781049600000)/", 1781049600000),
        ("/Date(1781049600000+0200)/", 1781049600000),
    ],
)
def test_3_8_dates_go_in_as_each_language_writes_them(office: Office, text: str, milliseconds: int) -> None:
    assert office.book(EntryDate=text)["EntryDate"] == f"/Date({milliseconds})/"


@pytest.mark.parametrize("text", ["10-06-2026", "20260610", "2026-W24-3", "2026-6-1", "06/10/2026", "2026-06-10T"])
def test_3_8_other_dates_are_no_dates(office: Office, text: str) -> None:
    answer = office.post("salesentry/SalesEntries", office.entry_body(EntryDate=text))
    assert (answer.status_code, "'EntryDate' to type 'DateTime'" in message(answer)) == (400, True)
    assert office.get("salesentry/SalesEntries", filter=f"EntryDate eq datetime'{text}'").status_code == 400


def test_3_9_a_whole_object_can_be_sent_back_as_it_came(office: Office) -> None:
    key = office.customer(Name="Voor")
    shown = office.get(f"crm/Accounts(guid'{key}')").json()["d"]
    del shown["Code"]
    assert office.put("crm/Accounts", key, shown | {"Name": "Na"}).status_code == 204
    assert office.get(f"crm/Accounts(guid'{key}')", select="Name").json()["d"]["Name"] == "Na"


def test_3_6_the_skiptoken_can_be_cut_out_of_next_and_pasted(office: Office) -> None:
    office.control("scenario", {"name": "books", "invoices": 130})
    path, seen = f"/api/v1/{NL}/salesentry/SalesEntries?$select=EntryID&$orderby=EntryDate", []
    following = path
    while following:
        found = office.http.get(following).json()["d"]
        seen += [row["EntryID"] for row in found["results"]]
        token = found.get("__next", "").partition("$skiptoken=")[2]
        following = f"{path}&$skiptoken={token}" if token else ""
    assert len(set(seen)) == len(seen) == 130


def test_3_10_what_was_removed_is_listed_for_two_months(office: Office) -> None:
    key = office.customer()
    office.delete("crm/Accounts", key)
    listed = office.rows("sync/Deleted", filter="Timestamp gt 1L")
    assert [row["EntityKey"] for row in listed] == [key]
    office.control("clock", {"advance_seconds": 63 * 86_400})
    office.log_in()
    assert office.rows("sync/Deleted", filter="Timestamp gt 1L") == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"{", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"<entry/>", {"Content-Type": "application/atom+xml"}, 400),
        (b"no gzip", {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b'{"Name": "klein"}', mtime=0), {"Content-Encoding": "gzip"}, 201),
        ('\ufeff{"Name": "met BOM"}'.encode(), {}, 201),
        (b'{"Name": "zonder soort"}', {"Content-Type": ""}, 201),
    ],
    ids=["empty", "cut off", "no text", "XML", "packed wrongly", "packed", "with a mark in front", "of no kind"],
)
def test_3_2_a_body_is_read_or_refused_but_never_breaks(
    office: Office, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = office.http.post(f"/api/v1/{NL}/crm/Accounts", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("method", ["PATCH", "MERGE", "OPTIONS", "PUT", "DELETE"])
def test_3_3_other_verbs_on_a_list_are_a_405(office: Office, method: str) -> None:
    assert office.http.request(method, f"/api/v1/{NL}/crm/Accounts", json={}).status_code == 405


def test_3_7_a_count_is_of_all_pages_or_none(office: Office) -> None:
    assert office.get("crm/Accounts", inlinecount="none", top="1").status_code == 200
    assert office.get("crm/Accounts", inlinecount="some", top="1").status_code == 400
