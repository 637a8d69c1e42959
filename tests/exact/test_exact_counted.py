"""Every call to Exact is counted once, by how it ended."""

from datetime import timedelta

import httpx2
import pytest
from tests.exact.answers_of_exact import DIVISION, NOW, Budget, Clock

from boekbrug.exact.client import ExactClient, Query
from boekbrug.exact.exchange import Time, http_client
from boekbrug.exact.limits import Priority
from boekbrug.exact.oauth import JustObtained, Login, TokenCalls, Tokens
from boekbrug.exact.sites import exact_site
from boekbrug.sync.failures import OutsideFailure

SITE = exact_site(
    address="https://start.exactonline.nl", client_id="app", client_secret="s", redirect_address="https://b.example/r"
)
TOKENS = Tokens(access="a", refresh="r", issued_at=NOW, expires_at=NOW + timedelta(seconds=600))


def client(handler: httpx2.MockTransport, counted: list[str]) -> ExactClient:
    http, time = http_client(handler), Clock().time
    return ExactClient(
        site=SITE,
        login=Login(TokenCalls(SITE, http, time), JustObtained(TOKENS), time),
        budget=Budget(),
        division=DIVISION,
        http=http,
        clock=time,
        count=counted.append,
    )


@pytest.mark.parametrize(
    ("status", "text", "result"),
    [
        (201, '{"d": {"ID": "1"}}', "ok"),
        (500, '{"error": {"message": {"value": "Geen rekening"}}}', "refused"),
        (500, "", "unknown"),
        (503, "", "unknown"),
        (403, "", "not-allowed"),
        (429, "", "throttled"),
        (400, "", "broken"),
        (201, "<html>Even geduld</html>", "unknown"),
        (201, '{"d": {"results": []}}', "unknown"),
        (201, '{"d": {"ID": "1"', "unknown"),
    ],
)
def test_a_post_is_counted_by_its_answer(status: int, text: str, result: str) -> None:
    counted: list[str] = []
    exact = client(httpx2.MockTransport(lambda _: httpx2.Response(status, text=text)), counted)
    if result == "ok":
        exact.post("crm/Accounts", {}, Priority.BULK, send_by=NOW + timedelta(seconds=10))
    else:
        with pytest.raises(OutsideFailure):
            exact.post("crm/Accounts", {}, Priority.BULK, send_by=NOW + timedelta(seconds=10))
    assert counted == [result]


@pytest.mark.parametrize(
    ("text", "result"),
    [('{"d": []}', "ok"), ('{"d": {"results": []}}', "ok"), ("<html></html>", "unreachable"), ("{}", "unreachable")],
)
def test_a_reading_is_counted_by_what_stands_in_its_answer(text: str, result: str) -> None:
    counted: list[str] = []
    exact = client(httpx2.MockTransport(lambda _: httpx2.Response(200, text=text)), counted)
    if result == "ok":
        exact.rows("crm/Accounts", Query(select=("ID",)), Priority.BULK)
    else:
        with pytest.raises(OutsideFailure):
            exact.rows("crm/Accounts", Query(select=("ID",)), Priority.BULK)
    assert counted == [result]


@pytest.mark.parametrize(("status", "result"), [(204, "ok"), (404, "refused"), (503, "unreachable")])
def test_a_change_is_counted_by_its_status(status: int, result: str) -> None:
    counted: list[str] = []
    exact = client(httpx2.MockTransport(lambda _: httpx2.Response(status)), counted)
    if result == "ok":
        exact.put("crm/Accounts", "1a", {}, Priority.BULK)
    else:
        with pytest.raises(OutsideFailure):
            exact.put("crm/Accounts", "1a", {}, Priority.BULK)
    assert counted == [result]


def test_taking_away_what_is_gone_already_went_well() -> None:
    counted: list[str] = []
    client(httpx2.MockTransport(lambda _: httpx2.Response(404)), counted).delete("crm/Accounts", "1a", Priority.BULK)
    assert counted == ["ok"]


def test_an_answer_that_is_not_one_user_is_counted_once_as_no_answer() -> None:
    counted: list[str] = []
    nobody = client(httpx2.MockTransport(lambda _: httpx2.Response(200, text='{"d": {"results": []}}')), counted)
    with pytest.raises(OutsideFailure):
        nobody.me(("UserName",), Priority.BULK)
    assert counted == ["unreachable"]


def test_a_call_that_does_not_get_through_is_counted_each_time_that_it_is_tried() -> None:
    def away(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody", request=request)

    counted: list[str] = []
    with pytest.raises(OutsideFailure):
        client(httpx2.MockTransport(away), counted).rows("crm/Accounts", Query(select=("ID",)), Priority.BULK)
    assert counted == ["unreachable", "unreachable"]


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (200, '{"access_token": "a", "refresh_token": "r"}', "ok"),
        (200, '{"access_token": "a"}', "unreachable"),
        (200, "<html>Even geduld</html>", "unreachable"),
        (400, '{"error": "invalid_grant"}', "not-allowed"),
        (503, "{}", "unreachable"),
    ],
)
def test_token_calls_are_counted_too(status: int, body: str, result: str) -> None:
    counted: list[str] = []
    http = http_client(httpx2.MockTransport(lambda _: httpx2.Response(status, text=body)))
    TokenCalls(SITE, http, Time(now=lambda: NOW), count=counted.append).ask({"grant_type": "refresh_token"})
    assert counted == [result]
