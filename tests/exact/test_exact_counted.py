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


def test_a_call_that_does_not_get_through_is_counted_each_time_that_it_is_tried() -> None:
    def away(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody", request=request)

    counted: list[str] = []
    with pytest.raises(OutsideFailure):
        client(httpx2.MockTransport(away), counted).rows("crm/Accounts", Query(select=("ID",)), Priority.BULK)
    assert counted == ["unreachable", "unreachable"]


@pytest.mark.parametrize(("status", "result"), [(200, "ok"), (400, "not-allowed"), (503, "unreachable")])
def test_token_calls_are_counted_too(status: int, result: str) -> None:
    counted: list[str] = []
    body = '{"error": "invalid_grant"}' if status == 400 else "{}"
    http = http_client(httpx2.MockTransport(lambda _: httpx2.Response(status, text=body)))
    TokenCalls(SITE, http, Time(now=lambda: NOW), count=counted.append).ask({"grant_type": "refresh_token"})
    assert counted == [result]
