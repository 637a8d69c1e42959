"""Login: exact-rest.md 1."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.sim.exact.practice_office import BE, NL, REDIRECT, USER, Office, message

QUERY = {"client_id": "sim-client", "redirect_uri": REDIRECT, "response_type": "code"}


def test_1_2_the_code_comes_back_percent_encoded_with_the_state_unchanged(office: Office) -> None:
    answer = office.http.get("/api/oauth2/auth", params=QUERY | {"state": "a b&c", "sim_user": USER})
    location = answer.headers["Location"]
    assert answer.status_code == 302
    assert "%21IAAAA" in location
    assert parse_qs(urlsplit(location).query)["state"] == ["a b&c"]


def test_1_3_tokens_come_with_expires_in_as_text(office: Office) -> None:
    pair = office.redeem(office.code()).json()
    assert pair["expires_in"] == "600"
    assert pair["token_type"] == "bearer"
    assert "!" in pair["refresh_token"]


def test_1_2_a_code_works_once_and_for_three_minutes(office: Office) -> None:
    code = office.code()
    assert office.redeem(code).status_code == 200
    again = office.redeem(code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_request"})
    late = office.code()
    office.control("clock", {"advance_seconds": 181})
    assert office.redeem(late).json() == {"error": "invalid_request"}


def test_1_2_a_code_belongs_to_its_redirect_address(office: Office) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT + "/other"}
    assert office.token(code=office.code(), **form).json() == {"error": "invalid_request"}


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "authorization_code"},
        {"grant_type": "refresh_token"},
        {"grant_type": "refresh_token", "refresh_token": "made-up"},
        {"grant_type": "password"},
        {},
    ],
)
def test_1_4_a_malformed_token_call_is_refused(office: Office, form: dict[str, str]) -> None:
    answer = office.token(**form)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_1_4_a_refresh_before_570_seconds_is_too_early_and_uses_nothing_up(office: Office) -> None:
    office.control("clock", {"advance_seconds": 569})
    answer = office.refresh(office.pair["refresh_token"])
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "access_denied",
        "error_description": "Rate limit exceeded: access_token not expired",
    }
    assert answer.headers["Reason"].startswith("TooEarlyToRefreshTokens:")
    office.control("clock", {"advance_seconds": 1})
    assert office.refresh(office.pair["refresh_token"]).status_code == 200


def test_1_3_every_refresh_hands_out_a_new_refresh_token(office: Office) -> None:
    office.control("clock", {"advance_seconds": 600})
    second = office.refresh(office.pair["refresh_token"]).json()
    assert second["refresh_token"] != office.pair["refresh_token"]
    office.http.headers["Authorization"] = f"Bearer {second['access_token']}"
    assert office.http.get("/api/v1/current/Me").status_code == 200


def test_1_4_an_old_refresh_token_ends_the_chain(office: Office) -> None:
    office.control("clock", {"advance_seconds": 600})
    second = office.refresh(office.pair["refresh_token"]).json()
    old = office.refresh(office.pair["refresh_token"])
    assert old.status_code == 401
    assert old.json() == {"error": "unauthorized_client", "error_description": "Old refresh token used."}
    office.control("clock", {"advance_seconds": 600})
    dead = office.refresh(second["refresh_token"])
    assert dead.status_code == 400
    assert dead.json() == {
        "error": "invalid_grant",
        "error_description": "Token is not allowed, because of invalid or empty chainId",
    }


def test_1_4_the_chain_survives_when_the_switch_says_so(office: Office) -> None:
    office.control("switches", {"old_refresh_token_ends_chain": False})
    office.control("clock", {"advance_seconds": 600})
    second = office.refresh(office.pair["refresh_token"]).json()
    assert office.refresh(office.pair["refresh_token"]).status_code == 401
    office.control("clock", {"advance_seconds": 600})
    assert office.refresh(second["refresh_token"]).status_code == 200


def test_8_a_grace_for_a_lost_answer_can_be_switched_on(office: Office) -> None:
    office.control("switches", {"refresh_grace_seconds": 30})
    office.control("clock", {"advance_seconds": 600})
    second = office.refresh(office.pair["refresh_token"]).json()
    assert office.refresh(office.pair["refresh_token"]).json() == second


def test_1_3_a_refresh_token_lives_thirty_days(office: Office) -> None:
    office.control("clock", {"advance_seconds": 30 * 86_400 + 1})
    assert office.refresh(office.pair["refresh_token"]).json()["error"] == "invalid_grant"


def test_1_4_a_withdrawn_app_cannot_refresh_nor_call(office: Office) -> None:
    office.control("login", {"user": USER, "revoke": True})
    assert office.http.get("/api/v1/current/Me").status_code == 401
    office.control("clock", {"advance_seconds": 600})
    assert office.refresh(office.pair["refresh_token"]).json()["error"] == "invalid_grant"


def test_1_3_two_hundred_token_calls_a_day(office: Office) -> None:
    office.control("switches", {"token_calls_per_day": 3})
    assert [office.redeem(office.code()).status_code for _ in range(4)] == [200, 200, 429, 429]
    office.control("clock", {"advance_seconds": 86_400})
    assert office.redeem(office.code()).status_code == 200


def test_1_5_an_expired_or_missing_token_gets_a_page_and_not_json(office: Office) -> None:
    office.control("clock", {"advance_seconds": 600})
    expired = office.http.get("/api/v1/current/Me")
    del office.http.headers["Authorization"]
    missing = office.http.get("/api/v1/current/Me")
    for answer in (expired, missing):
        assert answer.status_code == 401
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "Object moved" in answer.text


@pytest.mark.parametrize("reason", ["BlockedUser", "LicenseExpired", "DivisionBlocked"])
def test_1_5_a_403_says_its_reason_in_a_header(office: Office, reason: str) -> None:
    office.control("login", {"user": USER, "reason": reason})
    answer = office.get("crm/Accounts")
    assert (answer.status_code, answer.headers["Reason"]) == (403, reason)


def test_1_2_a_division_that_was_not_consented_to_is_refused(office: Office) -> None:
    pair = office.redeem(office.code(sim_divisions=str(NL))).json()
    office.http.headers["Authorization"] = f"Bearer {pair['access_token']}"
    answer = office.get("crm/Accounts", division=BE)
    assert (answer.status_code, answer.headers["Reason"]) == (403, "NoDivisionAccess")
    assert [row["Code"] for row in office.rows("system/Divisions", select="Code")] == [NL]


def test_1_5_a_missing_scope_is_named(office: Office) -> None:
    office.control("login", {"user": USER, "scopes": ["crm.accounts"]})
    assert office.get("crm/Accounts").status_code == 200
    answer = office.get("system/Divisions")
    assert answer.status_code == 403
    assert message(answer) == (
        "Forbidden - Application Scope Violated. Cannot read 'organization.administration' scope."
    )


def test_1_6_a_scope_to_read_is_not_one_to_manage(office: Office) -> None:
    office.control("login", {"user": USER, "scopes": ["crm.accounts read"]})
    assert office.get("crm/Accounts").status_code == 200
    assert office.post("crm/Accounts", {"Name": "X"}).status_code == 403


def test_1_2_a_person_consents_in_the_browser_and_a_running_session_is_not_asked_again(office: Office) -> None:
    with httpx2.Client(base_url=office.address) as browser:
        page = browser.get("/api/oauth2/auth", params=QUERY)
        assert page.status_code == 200
        assert "sim-client" in page.text
        wrong = browser.post("/api/oauth2/auth", params=QUERY, data={"user": USER, "password": "no", "consent": "yes"})
        assert "onjuist" in wrong.text
        form = {"user": USER, "password": "demo", "consent": "yes", "division": [str(NL)]}
        agreed = browser.post("/api/oauth2/auth", params=QUERY, data=form)
        assert agreed.status_code == 302
        assert browser.get("/api/oauth2/auth", params=QUERY).status_code == 302
        assert browser.get("/api/oauth2/auth", params=QUERY | {"force_login": "1"}).status_code == 200


def test_1_2_a_running_session_keeps_to_the_companies_that_were_chosen(office: Office) -> None:
    form = {"user": USER, "password": "demo", "division": str(BE), "consent": "yes"}
    assert office.http.post("/api/oauth2/auth", params=QUERY, data=form).status_code == 302
    location = office.http.get("/api/oauth2/auth", params=QUERY).headers["Location"]
    pair = office.redeem(parse_qs(urlsplit(location).query)["code"][0]).json()
    office.http.headers["Authorization"] = f"Bearer {pair['access_token']}"
    assert office.get("crm/Accounts", BE, top="1").status_code == 200
    assert office.get("crm/Accounts", NL, top="1").status_code == 403


def test_1_2_a_person_can_say_no(office: Office) -> None:
    answer = office.http.post("/api/oauth2/auth", params=QUERY | {"state": "s"}, data={"consent": "no"})
    assert answer.headers["Location"] == f"{REDIRECT}?error=access_denied&state=s"


def test_1_2_a_token_can_be_asked_for_directly(office: Office) -> None:
    query = QUERY | {"response_type": "token", "sim_user": USER}
    location = office.http.get("/api/oauth2/auth", params=query).headers["Location"]
    assert "access_token" in parse_qs(urlsplit(location).fragment)


@pytest.mark.parametrize(
    ("redirect", "status"),
    [
        ("http://localhost:1/x", 302),
        ("https://boekbrug.example/return", 302),
        ("http://boekbrug.example/return", 400),
        ("ftp://127.0.0.1/x", 400),
        ("", 400),
    ],
)
def test_1_2_redirect_addresses_are_https_except_on_this_machine(office: Office, redirect: str, status: int) -> None:
    query = QUERY | {"redirect_uri": redirect, "sim_user": USER}
    assert office.http.get("/api/oauth2/auth", params=query).status_code == status


def test_a_login_can_be_another_user_with_rights_of_his_own(office: Office) -> None:
    office.control("login", {"user": "anna@sim.example", "language": "en", "divisions": [BE]})
    office.log_in("anna@sim.example")
    me = office.http.get("/api/v1/current/Me", params={"$select": "CurrentDivision,UserName"}).json()
    assert me["d"]["results"][0]["CurrentDivision"] == BE
    assert office.get("crm/Accounts", division=NL).status_code == 403


def test_1_3_an_app_can_name_itself_in_a_basic_header_as_oauth_libraries_do(office: Office) -> None:
    form = {"grant_type": "authorization_code", "code": office.code(), "redirect_uri": REDIRECT}
    wrong = office.http.post("/api/oauth2/token", data=form, auth=("sim-client", "wrong"))
    garbled = office.http.post("/api/oauth2/token", data=form, headers={"Authorization": "Basic ???"})
    assert (wrong.status_code, garbled.status_code) == (400, 400)
    right = office.http.post("/api/oauth2/token", data=form, auth=("sim-client", "sim-secret"))
    assert right.json()["access_token"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe"),
        ("application/x-www-form-urlencoded; charset=none", b"a=b"),
        ("multipart/form-data; boundary=y", b"--x"),
        ("application/json", b"{}"),
    ],
)
def test_1_4_a_token_call_that_is_no_form_is_malformed(office: Office, kind: str, body: bytes) -> None:
    answer = office.http.post("/api/oauth2/token", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
