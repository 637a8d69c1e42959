"""Section 1: OAuth."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.contract.company import Company, message

REDIRECT = "http://127.0.0.1:9/return"
REASONS = {"BlockedUser", "InactiveUser", "BlockedCustomer", "LicenseExpired", "DivisionBlocked", "NoDivisionAccess"}


def code(practice: Company, **more: str) -> str:
    query = {"client_id": "sim-client", "redirect_uri": REDIRECT, "response_type": "code", "state": "s&t"} | more
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


def test_1_2_a_code_lives_for_three_minutes(practice: Company) -> None:
    form = {"grant_type": "authorization_code", "code": code(practice), "redirect_uri": REDIRECT}
    practice.steer("clock", {"advance_seconds": 181})
    assert refused(token(practice, **form))[:2] == (400, "invalid_request")


def test_1_2_the_current_company_can_lie_outside_what_the_app_may_use(practice: Company) -> None:
    form = {"code": code(practice, sim_divisions="100002"), "redirect_uri": REDIRECT}
    access = token(practice, grant_type="authorization_code", **form).json()["access_token"]
    headers = {"Authorization": f"Bearer {access}"}
    (me,) = practice.call("GET", "/api/v1/current/Me", headers=headers).json()["d"]["results"]
    assert me["CurrentDivision"] == practice.division
    assert practice.call("GET", practice.address("crm/Accounts"), headers=headers).status_code == 403
    listed = practice.call("GET", "/api/v1/100002/system/Divisions", headers=headers).json()["d"]["results"]
    assert [row["Code"] for row in listed] == [100002]


def test_1_2_force_login_asks_again_in_a_running_session(practice: Company) -> None:
    query = {"client_id": "sim-client", "redirect_uri": REDIRECT, "response_type": "code"}
    form = {"user": "demo@sim.example", "password": "demo", "division": "100001", "consent": "yes"}
    assert practice.http.post("/api/oauth2/auth", params=query, data=form).status_code == 302
    assert practice.http.get("/api/oauth2/auth", params=query | {"force_login": "0"}).status_code == 302
    assert practice.http.get("/api/oauth2/auth", params=query | {"force_login": "1"}).status_code == 200


def test_1_3_a_refresh_token_lives_for_thirty_days(practice: Company) -> None:
    found = pair(practice)["refresh_token"]
    practice.steer("clock", {"advance_seconds": 30 * 86_400 + 1})
    assert token(practice, grant_type="refresh_token", refresh_token=found).status_code == 400


def test_1_3_two_hundred_token_calls_a_day(practice: Company) -> None:
    practice.steer("switches", {"token_calls_per_day": 5})
    answers = [pair_status(practice) for _ in range(6)]
    assert answers[-1] == 429
    practice.steer("clock", {"advance_seconds": 86_400})
    assert pair_status(practice) == 200


def pair_status(practice: Company) -> int:
    return token(practice, grant_type="authorization_code", code=code(practice), redirect_uri=REDIRECT).status_code


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_1_5_a_403_says_its_reason(practice: Company, reason: str) -> None:
    practice.steer("login", {"user": "demo@sim.example", "reason": reason})
    answer = practice.get("crm/Accounts", top="1")
    assert (answer.status_code, answer.headers["Reason"]) == (403, reason)


def test_1_5_a_missing_right_is_a_plain_403(practice: Company) -> None:
    practice.steer("login", {"user": "demo@sim.example", "denied": ["salesentry/SalesEntries"]})
    answer = practice.get("salesentry/SalesEntries", top="1")
    assert (answer.status_code, answer.headers.get("Reason")) == (403, None)


SCOPES = {
    "salesentry/SalesEntries": "financial.accounting",
    "vat/VATCodes": "financial.accounting",
    "financialtransaction/Transactions": "financial.accounting",
    "crm/Accounts": "crm.accounts",
    "crm/Contacts": "crm.accounts",
    "crm/Addresses": "crm.accounts",
    "crm/BankAccounts": "crm.accounts",
    "documents/Documents": "organization.documents",
    "documents/DocumentAttachments": "organization.documents",
    "financial/GLAccounts": "financial.generalledgers",
    "financial/Journals": "financial.generalledgers",
    "hrm/Costcenters": "financial.costcenters",
    "hrm/Costunits": "financial.costcenters",
    "project/Projects": "projects.projects",
    "read/financial/ReceivablesList": "financial.receivables",
    "cashflow/PaymentConditions": "financial.cashflow",
    "system/Divisions": "organization.administration",
    "webhooks/WebhookSubscriptions": "organization.administration",
}


def test_1_6_each_endpoint_asks_for_its_scope_and_me_for_none(practice: Company) -> None:
    for path, scope in SCOPES.items():
        practice.steer("login", {"user": "demo@sim.example", "scopes": [scope]})
        assert practice.get(path, top="1").status_code == 200, path
        others = sorted(set(SCOPES.values()) - {scope})
        practice.steer("login", {"user": "demo@sim.example", "scopes": others})
        assert message(practice.get(path, top="1")).endswith(f"Cannot read '{scope}' scope."), path
        assert practice.call("GET", "/api/v1/current/Me").status_code == 200
