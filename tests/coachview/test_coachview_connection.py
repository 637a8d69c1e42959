"""Tokens, budget, redirects, limits and secrets: how a call to Coachview is made."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from tests.coachview.answers_of_coachview import BASE, NOW, PROFILE, SECRET, Budget, Coachview, a_client

from boekbrug.coachview.auth import Credentials, Tokens
from boekbrug.coachview.connection import LARGEST_ANSWER_BYTES, AnswerTooLarge, Connection, origin_of
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, Throttled, Unreachable

RESET = NOW + timedelta(hours=2)
HEADERS = {
    "X-Rate-Limit-Limit": "5000",
    "X-Rate-Limit-Remaining": "4321",
    "X-Rate-Limit-Reset": str(int(RESET.timestamp())),
}


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_token_is_asked_once_with_the_scopes_and_used_for_every_call() -> None:
    coachview = Coachview()
    client = a_client(coachview)
    client.check()
    assert len(coachview.token_requests) == 1
    form = dict(httpx2.QueryParams(coachview.token_requests[0].content.decode()))
    assert form["grant_type"] == "client_credentials"
    assert form["client_id"] == "instituut"
    assert form["scope"].split() == list(PROFILE.scopes)
    assert {request.headers["Authorization"] for request in coachview.requests} == {"Bearer token-1"}


def test_a_new_token_is_asked_shortly_before_the_old_one_ends() -> None:
    coachview, time = Coachview(), Time()
    client = a_client(coachview, seconds=time, tokens=Tokens(time))
    for at_seconds, asked in [(0, 1), (3569, 1), (3571, 2)]:
        time.seconds = at_seconds
        client.debtor("d-1")
        assert len(coachview.token_requests) == asked


def test_two_clients_of_one_environment_share_a_token() -> None:
    coachview, tokens = Coachview(), Tokens(lambda: 0.0)
    for _ in range(2):
        a_client(coachview, tokens=tokens).debtor("d-1")
    assert len(coachview.token_requests) == 1


def test_a_refused_token_is_replaced_and_the_call_made_once_more() -> None:
    coachview, budget = Coachview(), Budget()
    coachview.fault = lambda request: (
        httpx2.Response(401) if request.headers.get("Authorization") == "Bearer token-1" else None
    )
    assert a_client(coachview, budget=budget).debtor("d-1") is not None
    assert (len(coachview.token_requests), len(coachview.requests), budget.reserved) == (2, 2, 2)


def test_a_second_refusal_in_a_row_is_not_tried_again() -> None:
    coachview = Coachview()
    coachview.fault = lambda request: httpx2.Response(401) if "api" in request.url.path else None
    with pytest.raises(NotAllowed) as refused:
        a_client(coachview).debtor("d-1")
    assert refused.value.reason == "coachview-token-refused"
    assert len(coachview.requests) == 2


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (httpx2.Response(400, json={"error": "invalid_client"}), "coachview-credentials", "invalid_client"),
        (httpx2.Response(401), "coachview-credentials", "401"),
        (httpx2.Response(403, content=b"<html>"), "coachview-credentials", "403"),
        (httpx2.Response(400, json={"error": "invalid_scope"}), "scope-missing", "Facturen.Lezen"),
    ],
)
def test_wrong_credentials_and_scopes_are_told_apart(answer: httpx2.Response, reason: str, detail: str) -> None:
    coachview = Coachview()
    coachview.fault = lambda request: answer if request.url.path == PROFILE.token else None
    with pytest.raises(NotAllowed) as refused:
        a_client(coachview).check()
    assert refused.value.reason == reason
    assert detail in refused.value.detail


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx2.Response(400, json=["wat?"]), Broken),
        (httpx2.Response(404), Broken),
        (httpx2.Response(302, headers={"Location": "/inloggen"}), Broken),
        (httpx2.Response(503), Unreachable),
        (httpx2.Response(429), Throttled),
        (httpx2.Response(200, content=b"<html>"), Unreachable),
        (httpx2.Response(200, json={"access_token": ""}), Unreachable),
        (httpx2.Response(200, json={"access_token": "a\r\nX: y"}), Unreachable),
        (httpx2.Response(200, json=["token"]), Unreachable),
    ],
)
def test_a_token_address_that_fails_is_never_a_login_that_is_wrong(
    answer: httpx2.Response, kind: type[Exception]
) -> None:
    coachview = Coachview()
    coachview.fault = lambda request: answer if request.url.path == PROFILE.token else None
    with pytest.raises(kind):
        a_client(coachview).check()
    assert coachview.requests == []


def test_a_token_without_a_life_lives_as_short_as_coachview_makes_them() -> None:
    coachview, time = Coachview(), Time()
    coachview.fault = lambda request: (
        httpx2.Response(200, json={"access_token": "t", "expires_in": "lang"})
        if request.url.path == PROFILE.token
        else None
    )
    client = a_client(coachview, seconds=time, tokens=Tokens(time))
    for at_seconds, asked in [(0, 1), (869, 1), (871, 2)]:
        time.seconds = at_seconds
        client.debtor("d-1")
        assert len(coachview.token_requests) == asked


def test_every_call_is_reserved_and_teaches_the_budget_what_the_headers_say() -> None:
    budget = Budget()
    coachview = Coachview()
    coachview.fault = lambda request: httpx2.Response(404, headers=HEADERS) if "api" in request.url.path else None
    a_client(coachview, budget=budget).debtor("d-1")
    assert (budget.reserved, budget.learned) == (1, [(5000, 4321, RESET)])


def test_a_full_day_waits_until_the_reset_in_the_header() -> None:
    coachview = Coachview()
    coachview.fault = lambda request: httpx2.Response(429, headers=HEADERS) if "api" in request.url.path else None
    with pytest.raises(Throttled) as throttled:
        a_client(coachview).debtor("d-1")
    assert throttled.value.until == RESET


def test_a_redirect_within_the_origin_is_followed_with_the_token() -> None:
    coachview, budget = Coachview(), Budget()
    coachview.fault = lambda request: (
        httpx2.Response(307, headers={"Location": "/api/v1/Debiteuren/d-1?x=1"})
        if request.url.path == "/api/v1/Debiteuren/d-1" and "x" not in request.url.params
        else None
    )
    assert a_client(coachview, budget=budget).debtor("d-1") is not None
    assert budget.reserved == 2


@pytest.mark.parametrize(
    "location",
    [
        "https://elders.example/api/v1/Debiteuren/d-1",
        "http://training.coachview.net/api/v1/Debiteuren/d-1",
        "//elders.example/",
        "https://training.coachview.net:8443/",
        "https://iemand@training.coachview.net/",
        "ftp://training.coachview.net/",
    ],
)
def test_a_redirect_to_another_origin_is_refused_and_no_token_leaves(location: str) -> None:
    coachview = Coachview()
    coachview.fault = lambda request: (
        httpx2.Response(302, headers={"Location": location}) if "api" in request.url.path else None
    )
    with pytest.raises(Broken, match="refused"):
        a_client(coachview).debtor("d-1")
    assert len(coachview.requests) == 1


def test_a_redirect_in_a_circle_ends() -> None:
    coachview = Coachview()
    coachview.fault = lambda request: (
        httpx2.Response(302, headers={"Location": str(request.url)}) if "api" in request.url.path else None
    )
    with pytest.raises(Broken):
        a_client(coachview).debtor("d-1")
    assert len(coachview.requests) == 4


def test_a_write_is_never_redirected() -> None:
    coachview = Coachview()
    coachview.fault = lambda request: (
        httpx2.Response(307, headers={"Location": "/api/v1/Facturen/f-2"}) if request.method == "PUT" else None
    )
    with pytest.raises(Broken):
        a_client(coachview).confirm("f-1", confirmed=True, text="")
    assert len(coachview.requests) == 1


def test_a_write_without_an_answer_is_unknown_and_a_read_is_not() -> None:
    def cut_off(request: httpx2.Request) -> httpx2.Response | None:
        if "api" in request.url.path:
            raise httpx2.ReadTimeout("te laat", request=request)
        return None

    coachview = Coachview()
    coachview.fault = cut_off
    with pytest.raises(OutcomeUnknown):
        a_client(coachview).confirm("f-1", confirmed=True, text="")
    with pytest.raises(Unreachable):
        a_client(coachview).debtor("d-1")


def test_an_answer_without_end_is_cut_off_by_size() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(1024 * 1024)

    coachview = Coachview()
    coachview.fault = lambda request: httpx2.Response(200, content=endless()) if "api" in request.url.path else None
    with pytest.raises(AnswerTooLarge, match=str(LARGEST_ANSWER_BYTES)):
        a_client(coachview).debtor("d-1")


def test_an_answer_that_drips_is_cut_off_by_time() -> None:
    time = Time()

    def dripping() -> Iterator[bytes]:
        while True:
            time.seconds += 20
            yield b" "

    coachview = Coachview()
    coachview.fault = lambda request: httpx2.Response(200, content=dripping()) if "api" in request.url.path else None
    with pytest.raises(Unreachable, match="too long"):
        a_client(coachview, seconds=time).debtor("d-1")


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://secure.coachview.net", "https://secure.coachview.net"),
        (" https://instituut.coachview.com/sub/ ", "https://instituut.coachview.com"),
        ("http://127.0.0.1:8102", "http://127.0.0.1:8102"),
        ("http://[::1]:8102/", "http://[::1]:8102"),
    ],
)
def test_an_address_of_coachview_is_https_or_on_this_machine(address: str, origin: str) -> None:
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    "address",
    ["", "secure.coachview.net", "http://secure.coachview.net", "ftp://x", "https://u:p@x", "https://x/?a=1"],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        origin_of(address)


def test_a_path_in_the_address_is_kept() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(200, json={"access_token": "t"} if "token" in request.url.path else {"id": "d-1"})

    a_client(answer, base_url=f"{BASE}/instituut/").debtor("d-1")
    assert asked == ["/instituut/auth/connect/token", "/instituut/api/v1/Debiteuren/d-1"]


def test_no_secret_shows_in_a_repr_a_log_or_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    credentials, tokens = Credentials(client_id="instituut", secret=SECRET), Tokens(lambda: 0.0)
    coachview = Coachview()
    client = a_client(coachview, tokens=tokens)
    client.debtor("d-1")
    coachview.fault = lambda _: httpx2.Response(400)
    with pytest.raises(Broken) as broken:
        client.debtor("d-1")
    assert SECRET in coachview.token_requests[0].content.decode()
    shown = " ".join((repr(credentials), repr(tokens), repr(broken.value), str(broken.value), caplog.text))
    assert "Debiteuren" in shown
    assert SECRET not in shown
    assert "token-1" not in shown


def test_a_refusal_of_an_older_token_does_not_forget_a_newer_one() -> None:
    tokens = Tokens(lambda: 0.0)
    key = (BASE, Credentials(client_id="a", secret="b"))
    assert tokens.get(key, lambda: ("new", None)) == "new"
    tokens.refused(key, "old")
    assert tokens.get(key, lambda: ("newer", None)) == "new"


def test_a_connection_shows_its_address_and_gives_its_sockets_back() -> None:
    with Connection(
        base_url=BASE, credentials=Credentials(client_id="a", secret=SECRET), profile=PROFILE, budget=Budget()
    ) as connection:
        assert repr(connection) == f"<Connection to {BASE}>"
    with pytest.raises(RuntimeError, match="closed"):
        connection.read("Facturen", parse=bytes)
