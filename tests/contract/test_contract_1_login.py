"""Section 1: OAuth."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.contract.company import Company, message

REDIRECT = "http://127.0.0.1:9/return"
REASONS = {"BlockedUser", "InactiveUser", "BlockedCustomer", "LicenseExpired", "DivisionBlocked", "NoDivisionAccess"}


def code(practice: Company) -> str:
    query = {"client_id": "sim-client", "redirect_uri": REDIRECT, "response_type": "code", "state": "s&t"}
    answer = practice.http.get("/api/oauth2/auth", params=query | {"sim_user": "demo@sim.example"})
    location = answer.headers["Location"]
    assert "%21" in location
    found = parse_qs(urlsplit(location).query)
    assert found["state"] == ["s&t"]
    return found["code"][0]


def token(practice: Company, **form: str) -> httpx2.Response:
    return practice.http.post(
        "/api/oauth2/token", data={"client_id": "sim-client", "client_secret": "sim-secret"} | form
    )


def pair(practice: Company) -> dict[str, Any]:
    answer = token(practice, grant_type="authorization_code", code=code(practice), redirect_uri=REDIRECT)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def refused(answer: httpx2.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    return answer.status_code, body["error"], body.get("error_description")


def test_1_3_an_access_token_says_in_text_that_it_lives_600_seconds(practice: Company) -> None:
    found = pair(practice)
    assert found["expires_in"] == "600"
    assert found["token_type"].lower() == "bearer"
    assert set(found) == {"access_token", "token_type", "expires_in", "refresh_token"}


def test_1_4_too_early(practice: Company) -> None:
    answer = token(practice, grant_type="refresh_token", refresh_token=pair(practice)["refresh_token"])
    assert refused(answer) == (400, "access_denied", "Rate limit exceeded: access_token not expired")
    assert answer.headers["Reason"].startswith("TooEarlyToRefreshTokens: ")


def test_1_4_a_refresh_token_works_once_and_its_second_use_ends_the_chain(practice: Company) -> None:
    old = pair(practice)["refresh_token"]
    practice.steer("clock", {"advance_seconds": 570})
    new = token(practice, grant_type="refresh_token", refresh_token=old).json()["refresh_token"]
    assert new != old
    again = token(practice, grant_type="refresh_token", refresh_token=old)
    assert refused(again) == (401, "unauthorized_client", "Old refresh token used.")
    practice.steer("clock", {"advance_seconds": 600})
    ended = token(practice, grant_type="refresh_token", refresh_token=new)
    assert refused(ended) == (400, "invalid_grant", "Token is not allowed, because of invalid or empty chainId")


def test_1_4_a_withdrawn_app_is_told_so(practice: Company) -> None:
    found = pair(practice)["refresh_token"]
    practice.steer("login", {"user": "demo@sim.example", "revoke": True})
    answer = token(practice, grant_type="refresh_token", refresh_token=found)
    assert refused(answer) == (400, "invalid_grant", "Token is not allowed, because of invalid or empty chainId")


@pytest.mark.parametrize("form", [{}, {"grant_type": "authorization_code", "code": "x", "redirect_uri": REDIRECT}])
def test_1_4_malformed(practice: Company, form: dict[str, str]) -> None:
    assert refused(token(practice, **form))[:2] == (400, "invalid_request")


def test_1_2_a_code_used_twice_is_malformed(practice: Company) -> None:
    form = {"grant_type": "authorization_code", "code": code(practice), "redirect_uri": REDIRECT}
    assert token(practice, **form).status_code == 200
    assert refused(token(practice, **form))[:2] == (400, "invalid_request")


def test_1_5_without_a_valid_token_the_answer_is_401_and_no_json(company: Company) -> None:
    for header in ("", "Bearer nonsense"):
        answer = company.call("GET", "/api/v1/current/Me", headers={"Authorization": header})
        assert answer.status_code == 401
        assert not answer.headers.get("Content-Type", "").startswith("application/json")


def test_1_5_a_company_that_is_not_ours_is_refused_with_a_reason(company: Company) -> None:
    answer = company.call("GET", "/api/v1/1/crm/Accounts", params={"$top": "1"})
    assert answer.status_code == 403
    assert answer.headers["Reason"] in REASONS


def test_1_5_a_missing_scope_is_named_in_small_letters(practice: Company) -> None:
    practice.steer("login", {"user": "demo@sim.example", "scopes": ["crm.accounts"]})
    answer = practice.get("webhooks/WebhookSubscriptions")
    assert answer.status_code == 403
    assert re.fullmatch(
        r"Forbidden - Application Scope Violated\. Cannot read 'organization\.administration' scope\.", message(answer)
    )
