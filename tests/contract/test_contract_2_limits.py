"""Section 2: limits."""

import time

import pytest
from tests.contract.company import Company, message

ALL = {f"X-RateLimit-{window}{part}" for window in ("", "Minutely-") for part in ("Limit", "Remaining", "Reset")}


def test_2_an_ordinary_answer_tells_both_limits(company: Company) -> None:
    before = time.time() * 1000
    headers = company.call("GET", "/api/v1/current/Me").headers
    assert {name for name in ALL if name in headers} == ALL
    minute, day = int(headers["X-RateLimit-Minutely-Reset"]), int(headers["X-RateLimit-Reset"])
    assert minute % 60_000 == 0
    assert day % 86_400_000 == 0
    assert before - 1000 < minute < before + 62_000
    assert before - 1000 < day < before + 86_402_000


def test_2_every_call_counts(company: Company) -> None:
    remaining = [int(company.call("GET", "/api/v1/current/Me").headers["X-RateLimit-Remaining"]) for _ in range(2)]
    assert remaining[1] < remaining[0]


@pytest.mark.parametrize(("limit", "kept"), [({"minute": 1}, "X-RateLimit-Minutely-"), ({"day": 1}, "X-RateLimit-")])
def test_2_a_429_is_empty_and_has_the_headers_of_its_limit_only(
    practice: Company, limit: dict[str, int], kept: str
) -> None:
    practice.steer("limits", {"minute": 0, "day": 0} | limit)
    practice.http.get("/api/v1/current/Me")
    answer = practice.http.get("/api/v1/current/Me")
    assert (answer.status_code, answer.content) == (429, b"")
    found = {name for name in ALL if name in answer.headers}
    assert found == {f"{kept}{part}" for part in ("Limit", "Remaining", "Reset")}


def test_2_the_defaults_are_60_a_minute_and_5000_a_day(practice: Company) -> None:
    practice.steer("reset", {})
    assert practice.steer("limits", {})["minute"] == 60
    assert practice.steer("limits", {})["day"] == 5000


def test_2_the_eleventh_error_of_an_endpoint_blocks_the_key(practice: Company) -> None:
    for _ in range(11):
        assert practice.get("crm/Accounts", select="Nonsense").status_code == 400
    assert practice.get("crm/Accounts", top="1").status_code in {403, 429}
    assert practice.get("crm/Contacts", top="1").status_code == 200


@pytest.mark.parametrize("path", ["cashflow/Receivables", "bulk/Financial/TransactionLines"])
def test_2_some_endpoints_want_a_select(company: Company, path: str) -> None:
    answer = company.get(path)
    assert answer.status_code == 400
    assert message(answer) == "Please add a $select or a $top=1 statement to the query string."
    assert company.get(path, top="1").status_code == 200


def test_2_a_read_that_is_too_broad_ends_in_408(practice: Company) -> None:
    practice.steer("switches", {"broad_read_rows": 1})
    assert practice.get("crm/Accounts").status_code == 408
    assert practice.get("crm/Accounts", filter="Status eq 'C'").status_code == 200


def test_2_refusals_of_business_rules_do_not_count_as_errors(practice: Company) -> None:
    for _ in range(12):
        assert practice.post("salesentry/SalesEntries", {}).status_code == 500
    assert practice.get("salesentry/SalesEntries", top="1").status_code == 200


def test_2_the_block_ends(practice: Company) -> None:
    practice.steer("switches", {"error_block_seconds": 300})
    for _ in range(11):
        practice.get("crm/Contacts", select="Nonsense")
    practice.steer("clock", {"advance_seconds": 290})
    assert practice.get("crm/Contacts", top="1").status_code in {403, 429}
    practice.steer("clock", {"advance_seconds": 11})
    assert practice.get("crm/Contacts", top="1").status_code == 200


def test_2_limits_are_per_company(practice: Company) -> None:
    practice.steer("limits", {"minute": 1, "day": 0, "minute_window_seconds": 3600})

    def status(division: int) -> int:
        return practice.http.get(f"/api/v1/{division}/crm/Accounts", params={"$top": "1"}).status_code

    assert [status(100001), status(100001), status(100002)] == [200, 429, 200]
