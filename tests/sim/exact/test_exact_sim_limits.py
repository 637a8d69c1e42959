"""Limits, the error block, broad reads: exact-rest.md 2."""

import time

from tests.sim.exact.practice_office import NL, Office, message

MINUTE = ("X-RateLimit-Minutely-Limit", "X-RateLimit-Minutely-Remaining", "X-RateLimit-Minutely-Reset")
DAY = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def test_both_limits_stand_in_the_headers_with_resets_in_milliseconds(office: Office) -> None:
    office.control("limits", {"minute": 60, "day": 5000})
    before = time.time()
    headers = office.get("crm/Accounts", top="1").headers
    assert [headers[name] for name in (MINUTE[0], MINUTE[1], DAY[0], DAY[1])] == ["60", "59", "5000", "4999"]
    assert 0 < int(headers[MINUTE[2]]) / 1000 - before <= 60
    assert int(headers[MINUTE[2]]) % 60_000 == 0
    assert int(headers[DAY[2]]) % 86_400_000 == 0


def test_a_429_has_an_empty_body_and_only_the_headers_of_the_limit_that_was_hit(office: Office) -> None:
    office.control("limits", {"minute": 2, "day": 5000, "minute_window_seconds": 3600})
    answers = [office.get("crm/Accounts", top="1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].content == b""
    assert answers[2].headers[MINUTE[1]] == "0"
    assert not any(name in answers[2].headers for name in DAY)


def test_the_day_limit_is_told_apart(office: Office) -> None:
    office.control("limits", {"minute": 0, "day": 1})
    office.get("crm/Accounts", top="1")
    answer = office.get("crm/Accounts", top="1")
    assert answer.status_code == 429
    assert not any(name in answer.headers for name in MINUTE)


def test_limits_count_per_app_and_company(office: Office) -> None:
    office.control("limits", {"minute": 1, "minute_window_seconds": 3600})
    assert office.get("crm/Accounts", top="1").status_code == 200
    assert office.get("crm/Accounts", division=100002, top="1").status_code == 200
    assert office.get("crm/Accounts", top="1").status_code == 429


def test_more_than_ten_errors_of_an_endpoint_block_it_for_an_hour(office: Office) -> None:
    answers = [office.get("crm/Accounts", select="Nonsense").status_code for _ in range(12)]
    assert answers == [400] * 11 + [403]
    assert office.get("crm/Accounts", top="1").status_code == 403
    assert office.get("financial/Journals", top="1").status_code == 200
    office.control("clock", {"advance_seconds": 3601})
    office.log_in()
    assert office.get("crm/Accounts", top="1").status_code == 200


def test_business_refusals_do_not_count_as_errors(office: Office) -> None:
    answers = [office.post("salesentry/SalesEntries", {}).status_code for _ in range(12)]
    assert set(answers) == {500}


def test_the_block_can_be_switched_off(office: Office) -> None:
    office.control("switches", {"error_block": False})
    assert {office.get("crm/Accounts", select="Nonsense").status_code for _ in range(13)} == {400}


def test_bulk_and_receivables_demand_a_select(office: Office) -> None:
    for path in ("bulk/Financial/TransactionLines", "cashflow/Receivables", "bulk/Cashflow/Receivables"):
        answer = office.get(path)
        assert answer.status_code == 400
        assert message(answer) == "Please add a $select or a $top=1 statement to the query string."
        assert office.get(path, top="1").status_code == 200
        assert office.get(path, select="ID").status_code == 200


def test_a_broad_read_of_an_endpoint_with_a_sync_sister_times_out(office: Office) -> None:
    office.control("switches", {"broad_read_rows": 5})
    assert office.get("crm/Accounts").status_code == 408
    assert office.get("crm/Accounts", filter="Status eq 'C'").status_code == 200
    assert office.get("crm/Accounts", top="5").status_code == 200
    assert office.get("financial/Journals").status_code == 200


def test_token_calls_are_not_counted(office: Office) -> None:
    office.control("limits", {"minute": 1, "minute_window_seconds": 3600})
    office.log_in()
    assert office.get("crm/Accounts", division=NL, top="1").status_code == 200


def test_a_block_that_is_repeated_lasts_longer(office: Office) -> None:
    for hours in (1, 2, 4):
        for _ in range(11):
            assert office.get("crm/Accounts", select="Nonsense").status_code == 400
        office.control("clock", {"advance_seconds": hours * 3600 - 1})
        office.log_in()
        assert office.get("crm/Accounts", top="1").status_code == 403
        office.control("clock", {"advance_seconds": 2})
        assert office.get("crm/Accounts", top="1").status_code == 200
