"""Control calls and faults: interfaces.md, simulator control; simulators.md."""

import time
from typing import Any

import httpx2
import pytest
from tests.sim.exact.practice_office import BE, NL, USER, Office

ENTRIES = f"/api/v1/{NL}/salesentry/SalesEntries"
LEDGER_KEYS = [
    *("division", "journal", "entry_number", "entry_id", "line", "type", "year", "period"),
    *("account", "customer", "amount", "vat_code", "vat_amount", "cost_centre", "project"),
]


def entries(office: Office) -> int:
    return int(office.get("salesentry/SalesEntries/$count").text)


def faults(office: Office, **rule: Any) -> None:
    office.control("faults", [{"method": "POST", "path": ENTRIES} | rule])


def test_a_connection_closed_before_does_nothing(office: Office) -> None:
    body = office.entry_body()
    faults(office, kind="close_before", at=1)
    with pytest.raises(httpx2.TransportError):
        office.http.post(ENTRIES, json=body)
    assert entries(office) == 0
    assert office.http.post(ENTRIES, json=body).status_code == 201


def test_a_connection_closed_after_the_commit_has_booked(office: Office) -> None:
    body = office.entry_body(EntryNumber=26700009)
    faults(office, kind="close_after_commit", at=1)
    with pytest.raises(httpx2.TransportError):
        office.http.post(ENTRIES, json=body)
    assert entries(office) == 1
    assert office.refusal(office.http.post(ENTRIES, json=body)) == ["In gebruik: Boekstuknummer"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_status_fault_does_nothing_and_has_no_json_text(office: Office, status: int) -> None:
    body = office.entry_body()
    faults(office, kind=f"status_{status}")
    answer = office.http.post(ENTRIES, json=body)
    assert answer.status_code == status
    assert "json" not in answer.headers.get("Content-Type", "")
    assert entries(office) == 0


def test_a_status_fault_can_come_after_the_commit(office: Office) -> None:
    body = office.entry_body()
    faults(office, kind="status_504", after_commit=True)
    assert office.http.post(ENTRIES, json=body).status_code == 504
    assert entries(office) == 1


def test_a_429_fault_names_a_reset(office: Office) -> None:
    body = office.entry_body()
    faults(office, kind="status_429")
    answer = office.http.post(ENTRIES, json=body)
    assert (answer.status_code, answer.content) == (429, b"")
    assert answer.headers["X-RateLimit-Minutely-Remaining"] == "0"
    assert int(answer.headers["X-RateLimit-Minutely-Reset"]) > time.time() * 1000


def test_garbage_has_booked_and_cannot_be_read(office: Office) -> None:
    body = office.entry_body()
    faults(office, kind="garbage")
    answer = office.http.post(ENTRIES, json=body)
    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r"Expecting|decode|utf"):
        answer.json()
    assert entries(office) == 1


def test_a_slow_answer_comes_whole(office: Office) -> None:
    body = office.entry_body()
    faults(office, kind="drip", seconds=0.2)
    begun = time.monotonic()
    assert office.http.post(ENTRIES, json=body).json()["d"]["AmountFC"] == 121
    assert time.monotonic() - begun >= 0.2
    faults(office, kind="delay", seconds=0.2)
    begun = time.monotonic()
    assert office.http.post(ENTRIES, json=body).status_code == 201
    assert time.monotonic() - begun >= 0.2


def test_a_refused_refresh_uses_nothing_up(office: Office) -> None:
    office.control("clock", {"advance_seconds": 600})
    office.control("faults", [{"kind": "refuse_refresh", "path": "/api/oauth2/token", "count": 2}])
    answers = [office.refresh(office.pair["refresh_token"]).status_code for _ in range(3)]
    assert answers == [400, 400, 200]


def test_a_fault_can_come_at_the_nth_call_and_as_often_as_asked(office: Office) -> None:
    body = office.entry_body()
    faults(office, kind="status_503", at=2, count=2)
    answers = [office.http.post(ENTRIES, json=body).status_code for _ in range(4)]
    assert answers == [201, 503, 503, 201]


def test_faults_by_chance_are_repeatable(office: Office) -> None:
    runs = []
    for _ in range(2):
        office.control("faults", [{"kind": "status_503", "probability": 0.5, "path": "/api/v1/*/crm/Accounts"}])
        runs.append([office.get("crm/Accounts", top="1").status_code for _ in range(20)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}
    office.control("faults", [])
    assert office.get("crm/Accounts", top="1").status_code == 200


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("faults", [{"kind": "meteor"}]),
        ("faults", [{"kind": "delay", "at": 0}]),
        ("faults", [{"kind": "delay", "often": 1}]),
        ("faults", {}),
        ("switches", {"nonsense": 1}),
        ("switches", {"type_21": "perhaps"}),
        ("switches", {"token_calls_per_day": "many"}),
        ("switches", []),
        ("latency", {"milliseconds": -1}),
        ("latency", {}),
        ("limits", {"minute": "many"}),
        ("receipts", [1]),
        ("login", None),
        ("clock", {"advance_seconds": 1e300}),
        ("limits", {"hour": 1}),
        ("limits", {"minute_window_seconds": 0}),
        ("scenario", {"name": "nonsense"}),
        ("clock", {"now": "soon"}),
        ("login", {"user": "nobody@sim.example"}),
        ("login", {"user": USER, "reason": "BadMood"}),
        ("login", {"user": USER, "colour": "red"}),
        ("periods", {"division": NL, "year": 2026, "period": 6, "status": "ajar"}),
        ("periods", {"division": NL, "journal": "??", "year": 2026, "period": 6, "status": "open"}),
    ],
)
def test_a_control_call_that_cannot_be_says_why(office: Office, verb: str, body: object) -> None:
    answer = office.http.post(f"/_sim/{verb}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_ledger_has_the_names_that_others_rely_on(office: Office) -> None:
    entry = office.book()
    lines = office.ledger()
    assert list(lines[0]) == LEDGER_KEYS
    assert (lines[0]["amount"], lines[0]["entry_id"], lines[1]["account"]) == ("121.00", entry["EntryID"], "8000")


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("", 6),
        (f"division={NL}", 3),
        (f"division={BE}&journal=70&year=2026&period=6", 3),
        ("account=8000", 1),
        ("vat_code=4&type=20&line=1", 2),
        ("customer=nobody", 0),
        ("entry_number=26700001&division=100001", 3),
    ],
)
def test_the_ledger_can_be_asked_for_some_lines(office: Office, query: str, lines: int) -> None:
    office.book()
    account = office.row("financial/GLAccounts", BE, filter="Code eq '700000'", select="ID")["ID"]
    customer = office.row("crm/Accounts", BE, filter="trim(Code) eq '101'", select="ID")["ID"]
    line = {"AmountFC": 100, "GLAccount": account, "VATCode": "4"}
    body = {"Customer": customer, "Journal": "70", "EntryDate": "2026-06-10", "SalesEntryLines": [line]}
    assert office.post("salesentry/SalesEntries", body, BE).status_code == 201
    assert len(office.http.get(f"/_sim/ledger?{query}").json()) == lines


@pytest.mark.parametrize("query", ["colour=red", "amount=1.00", "year=soon"])
def test_the_ledger_cannot_be_asked_for_anything(office: Office, query: str) -> None:
    answer = office.http.get(f"/_sim/ledger?{query}")
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


def test_the_journal_of_calls(office: Office) -> None:
    assert office.http.delete("/_sim/calls").status_code == 200
    office.get("crm/Accounts", top="1")
    office.get("crm/Nothing")
    calls = office.http.get("/_sim/calls").json()
    assert [(call["method"], call["path"], call["status"]) for call in calls] == [
        ("GET", f"/api/v1/{NL}/crm/Accounts", 200),
        ("GET", f"/api/v1/{NL}/crm/Nothing", 404),
    ]
    assert set(calls[0]) == {"at", "method", "path", "status"}
    queries = office.http.get("/_sim/calls?query=1").json()
    assert queries[0]["query"] == "$top=1"


def test_reset_empties_everything_and_loads_anew(office: Office) -> None:
    office.book()
    office.control("latency", {"milliseconds": 1})
    office.control("switches", {"type_21": "ignore"})
    office.control("reset", {})
    assert office.get("crm/Accounts").status_code == 401
    assert office.ledger() == []
    office.log_in()
    assert office.row("crm/Accounts", filter="trim(Code) eq '101'", select="Name")
    assert office.get("crm/Accounts", top="1").headers["X-RateLimit-Minutely-Limit"] == "60"
    known = {each["name"]: each for each in office.http.get("/_sim/switches").json()}
    assert known["type_21"]["value"] == "honour"


def test_another_scenario_keeps_the_logins(office: Office) -> None:
    office.book()
    office.control("scenario", {"name": "belgium", "seed": 3})
    assert office.rows("salesentry/SalesEntries") == []


def test_latency_is_added_to_every_call(office: Office) -> None:
    office.control("latency", {"milliseconds": 50})
    begun = time.monotonic()
    office.get("crm/Accounts", top="1")
    assert time.monotonic() - begun >= 0.05


def test_the_clock_can_be_set_frozen_and_moved(office: Office) -> None:
    assert office.control("clock", {"now": "2026-07-01T00:00:00"})["now"] == "2026-07-01T00:00:00+00:00"
    assert office.control("clock", {"advance_seconds": 60})["now"] == "2026-07-01T00:01:00+00:00"
    assert office.control("clock", {"freeze": "2026-08-01"})["now"] == "2026-08-01T00:00:00+00:00"
    office.log_in()
    assert office.book(EntryDate=None)["ReportingPeriod"] == 8
    first, second = (office.control("clock", {"freeze": False})["now"] for _ in range(2))
    assert first < second


def test_a_closed_period_is_seen_in_the_journal_status_and_can_be_opened(office: Office) -> None:
    place = {"division": NL, "journal": "70", "year": 2026, "period": 6}
    condition = "Journal eq '70' and Year eq 2026 and Period eq 6"
    for path in ("read/financial/JournalStatusList", "read/financial/JournalStatusByFinancialPeriod"):
        office.control("periods", place | {"status": "closed"})
        assert office.row(path, filter=condition)["Status"] == 1
        office.control("periods", place | {"status": "open"})
        assert office.row(path, filter=condition)["Status"] == 0
