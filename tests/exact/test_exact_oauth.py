"""The login: consent, code, and the chain of refresh tokens that no outage may break."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.exact.answers_of_exact import NOW, SECRET, Store, World, later, made, site, tokens

from boekbrug.exact.exchange import http_client
from boekbrug.exact.oauth import JustObtained, Login, TokenCalls, Tokens, code_of, parse_tokens
from boekbrug.exact.sites import exact_site
from boekbrug.sync.failures import Broken, NotAllowed, OutsideFailure, Throttled, Unreachable

PAIR: dict[str, Any] = {
    "access_token": "access-2",
    "token_type": "bearer",
    "expires_in": "600",
    "refresh_token": "refresh-2",
}


def answered(status: int = 200, body: Any = None, **headers: str) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda _: httpx2.Response(status, headers=headers, json=PAIR if body is None else body)


def expired(handler: Callable[[httpx2.Request], httpx2.Response]) -> World:
    world = World(handler)
    world.clock.pass_by(600)
    return world


def form(request: httpx2.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


TOO_EARLY = {"error": "access_denied", "error_description": "Rate limit exceeded: access_token not expired"}
OLD_TOKEN = {"error": "unauthorized_client", "error_description": "Old refresh token used."}
CHAIN_DEAD = {
    "error": "invalid_grant",
    "error_description": "Token is not allowed, because of invalid or empty chainId",
}


class TestConsent:
    def calls(self, handler: Callable[[httpx2.Request], httpx2.Response]) -> TokenCalls:
        world = World(handler)
        return TokenCalls(site(), world.http, world.clock.time)

    def test_the_address_has_our_app_the_return_and_the_state(self) -> None:
        address = self.calls(answered()).authorise_address("toestand 1&2", force_login=True)
        parts = urlsplit(address)
        assert (parts.netloc, parts.path) == ("start.exactonline.nl", "/api/oauth2/auth")
        assert parse_qs(parts.query) == {
            "client_id": ["app-1"],
            "redirect_uri": ["https://brug.example/oauth/exact/return"],
            "response_type": ["code"],
            "state": ["toestand 1&2"],
            "force_login": ["1"],
        }
        assert SECRET not in address

    def test_a_code_is_decoded_once(self) -> None:
        address = "https://brug.example/oauth/exact/return?code=stamp%21%2521&state=s-1"
        assert code_of(address) == ("stamp!%21", "s-1")

    def test_a_refusal_of_the_person_is_not_a_code(self) -> None:
        with pytest.raises(NotAllowed, match="access_denied") as refusal:
            code_of("https://brug.example/oauth/exact/return?error=access_denied&state=s-1")
        assert refusal.value.reason == "consent-refused"

    def test_a_code_becomes_the_first_pair(self) -> None:
        world = World(answered())
        pair = TokenCalls(site(), world.http, world.clock.time).exchange_code("stamp!1")
        assert (pair.access, pair.refresh) == ("access-2", "refresh-2")
        assert (pair.issued_at, pair.expires_at) == (NOW, NOW + timedelta(seconds=600))
        assert world.paths == ["POST /api/oauth2/token"]
        assert form(world.requests[0]) == {
            "client_id": "app-1",
            "client_secret": SECRET,
            "grant_type": "authorization_code",
            "code": "stamp!1",
            "redirect_uri": "https://brug.example/oauth/exact/return",
        }

    def test_a_code_counts_once(self) -> None:
        with pytest.raises(NotAllowed) as refusal:
            self.calls(answered(400, {"error": "invalid_request"})).exchange_code("stamp!1")
        assert refusal.value.reason == "code-refused"

    @pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client"])
    def test_a_wrong_app_is_named(self, error: str) -> None:
        with pytest.raises(NotAllowed) as refusal:
            self.calls(answered(401, {"error": error})).exchange_code("stamp!1")
        assert refusal.value.reason == "app-refused"

    @pytest.mark.parametrize(
        ("status", "kind"), [(500, Unreachable), (503, Unreachable), (429, Throttled), (404, Broken), (302, Broken)]
    )
    def test_other_answers_are_of_their_class(self, status: int, kind: type[OutsideFailure]) -> None:
        with pytest.raises(kind):
            self.calls(answered(status, {})).exchange_code("stamp!1")

    def test_a_lost_answer_is_unreachable(self) -> None:
        def lost(_: httpx2.Request) -> httpx2.Response:
            raise httpx2.ReadTimeout("silent")

        with pytest.raises(Unreachable):
            self.calls(lost).exchange_code("stamp!1")


@pytest.mark.parametrize(
    ("expires_in", "seconds"), [("600", 600), (600, 600), (" 480 ", 480), (None, 600), ("soon", 600), (-5, 600)]
)
def test_the_life_of_a_token_is_text_or_a_number(expires_in: object, seconds: int) -> None:
    world = World(answered(body=PAIR | {"expires_in": expires_in}))
    pair = TokenCalls(site(), world.http, world.clock.time).exchange_code("stamp!1")
    assert pair.expires_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"access_token": "a"},
        {"access_token": "a\nb", "refresh_token": "r"},
        {"access_token": 1, "refresh_token": 2},
    ],
)
def test_an_answer_without_tokens_gives_none_and_shows_none(body: Any) -> None:
    world = World(answered(body=body))
    with pytest.raises(Unreachable) as failure:
        TokenCalls(site(), world.http, world.clock.time).exchange_code("stamp!1")
    assert str(failure.value) == "oauth2/token: the answer holds no tokens"


class TestRefresh:
    def test_a_token_is_used_until_its_last_five_seconds(self) -> None:
        world = World(answered())
        world.clock.pass_by(594)
        assert world.login.access() == tokens().access
        assert world.requests == []

    def test_in_the_last_five_seconds_it_waits_for_the_end_and_then_refreshes(self) -> None:
        world = World(answered())
        world.clock.pass_by(596)
        assert world.login.access() == "access-2"
        assert world.clock.waited == [4.0]
        assert form(world.requests[0])["refresh_token"] == tokens().refresh

    def test_the_new_pair_is_stored_before_it_is_used(self) -> None:
        world = expired(answered())
        assert world.login.access() == "access-2"
        assert world.store.tokens is not None
        assert world.store.tokens.refresh == "refresh-2"
        assert world.store.log == ["start", "finish"]
        assert world.login.access() == "access-2"
        assert len(world.requests) == 1

    def test_the_claim_is_committed_while_the_call_runs(self) -> None:
        seen: list[bool] = []
        world = expired(lambda _: httpx2.Response(200, json=PAIR))

        def during(_: httpx2.Request) -> httpx2.Response:
            seen.append(world.store.started is not None)
            return httpx2.Response(200, json=PAIR)

        world.handler = during
        world.login.access()
        assert seen == [True]

    def test_another_worker_is_waited_for_and_its_pair_used(self) -> None:
        world = expired(answered())
        world.store.started = world.clock.now
        newer = later(tokens(number=3), 600)
        original = world.clock.wait

        def meanwhile(seconds: float) -> None:
            original(seconds)
            world.store.tokens = newer

        world.clock.wait = meanwhile  # type: ignore[method-assign]
        world.__post_init__()
        assert world.login.access() == newer.access
        assert world.requests == []

    def test_another_worker_is_not_waited_for_without_end(self) -> None:
        world = expired(answered())
        world.store.started = world.clock.now
        with pytest.raises(Unreachable, match="another worker"):
            world.login.access()
        assert sum(world.clock.waited) == 10.0
        assert world.requests == []

    def test_a_start_without_an_answer_is_offered_once_more_after_75_seconds(self) -> None:
        world = expired(answered())
        world.store.started = world.clock.now - timedelta(seconds=75)
        assert world.login.access() == "access-2"

    def test_nobody_is_logged_in(self) -> None:
        world = World(answered(), store=Store(tokens=None))
        with pytest.raises(NotAllowed) as refusal:
            world.login.access()
        assert refusal.value.reason == "not-connected"

    def test_too_early_means_that_the_old_one_is_still_good(self) -> None:
        world = expired(answered(400, TOO_EARLY, Reason="TooEarlyToRefreshTokens: wait"))
        assert world.login.access() == tokens().access
        assert world.store.log == ["start", "abandon"]
        assert world.login.access() == tokens().access
        assert len(world.requests) == 1

    def test_too_early_is_seen_without_its_header_too(self) -> None:
        world = expired(answered(400, TOO_EARLY))
        assert world.login.access() == tokens().access
        assert world.store.tokens is not None

    def test_an_old_refresh_token_with_a_newer_one_stored_uses_the_newer(self) -> None:
        newer = later(tokens(number=3), 600)
        world = expired(answered())

        def race(_: httpx2.Request) -> httpx2.Response:
            world.store.tokens = newer
            return httpx2.Response(401, json=OLD_TOKEN)

        world.handler = race
        assert world.login.access() == newer.access
        assert world.store.reason == ""

    @pytest.mark.parametrize(("status", "body"), [(401, OLD_TOKEN), (400, CHAIN_DEAD)])
    def test_without_a_newer_one_the_login_has_ended(self, status: int, body: Any) -> None:
        world = expired(answered(status, body))
        with pytest.raises(NotAllowed) as refusal:
            world.login.access()
        assert refusal.value.reason == "invalid-grant"
        assert world.store.reason == "invalid-grant"

    def test_a_dead_chain_with_a_newer_pair_stored_does_not_end_the_login(self) -> None:
        newer = later(tokens(number=3), 600)
        world = expired(answered())

        def race(_: httpx2.Request) -> httpx2.Response:
            world.store.tokens = newer
            return httpx2.Response(400, json=CHAIN_DEAD)

        world.handler = race
        assert world.login.access() == newer.access
        assert world.store.tokens == newer

    def test_a_pair_that_cannot_be_stored_because_of_a_newer_one_gives_the_newer(self) -> None:
        newer = later(tokens(number=3), 600)
        world = expired(answered())

        def race(_: httpx2.Request) -> httpx2.Response:
            world.store.tokens = newer
            return httpx2.Response(200, json=PAIR)

        world.handler = race
        assert world.login.access() == newer.access

    @pytest.mark.parametrize("error", [httpx2.ConnectError("refused"), httpx2.ConnectTimeout("slow")])
    def test_a_call_that_was_not_sent_gives_the_claim_back(self, error: Exception) -> None:
        def fails(_: httpx2.Request) -> httpx2.Response:
            raise error

        world = expired(fails)
        with pytest.raises(Unreachable):
            world.login.access()
        assert world.store.log == ["start", "abandon"]
        assert world.store.tokens is not None

    @pytest.mark.parametrize("error", [httpx2.ReadTimeout("silent"), httpx2.RemoteProtocolError("gone")])
    def test_a_lost_answer_keeps_the_claim_and_the_login(self, error: Exception) -> None:
        def fails(_: httpx2.Request) -> httpx2.Response:
            raise error

        world = expired(fails)
        with pytest.raises(Unreachable):
            world.login.access()
        assert world.store.log == ["start"]
        assert world.store.tokens == tokens()

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
    def test_an_outage_of_exact_keeps_the_claim_and_the_login(self, status: int) -> None:
        world = expired(lambda _: httpx2.Response(status, text="<html>storing</html>"))
        with pytest.raises(Unreachable):
            world.login.access()
        assert world.store.log == ["start"]
        assert world.store.tokens == tokens()

    def test_a_good_status_without_tokens_keeps_the_claim(self) -> None:
        world = expired(lambda _: httpx2.Response(200, text="<html>login</html>"))
        with pytest.raises(Unreachable):
            world.login.access()
        assert world.store.log == ["start"]

    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            (401, {"error": "invalid_client"}, NotAllowed),
            (400, {"error": "invalid_request"}, Broken),
            (429, {}, Throttled),
            (403, {}, NotAllowed),
        ],
    )
    def test_a_refusal_of_something_else_gives_the_claim_back_and_keeps_the_login(
        self, status: int, body: Any, kind: type[OutsideFailure]
    ) -> None:
        world = expired(answered(status, body))
        with pytest.raises(kind):
            world.login.access()
        assert world.store.log == ["start", "abandon"]
        assert world.store.tokens == tokens()


class TestRefused:
    def test_a_fresh_token_that_is_refused_is_not_refreshed(self) -> None:
        world = World(answered())
        world.clock.pass_by(569)
        assert world.login.refused(tokens().access) is None
        assert world.requests == []

    def test_from_570_seconds_on_a_refused_token_is_refreshed_at_once(self) -> None:
        world = World(answered())
        world.clock.pass_by(570)
        assert world.login.refused(tokens().access) == "access-2"
        assert world.clock.waited == []

    def test_a_newer_token_of_another_worker_is_used(self) -> None:
        world = World(answered())
        world.login.access()
        newer = later(tokens(number=3), 60)
        world.store.tokens = newer
        assert world.login.refused(tokens().access) == newer.access
        assert world.requests == []

    def test_too_early_leaves_nothing_else_to_try(self) -> None:
        world = World(answered(400, TOO_EARLY))
        world.clock.pass_by(580)
        assert world.login.refused(tokens().access) is None


def test_a_pair_that_is_not_kept_yet_is_used_and_never_refreshed() -> None:
    world = World(answered())
    login = Login(TokenCalls(site(), world.http, world.clock.time), JustObtained(tokens()), world.clock.time)
    assert login.access() == tokens().access
    world.clock.pass_by(600)
    with pytest.raises(Unreachable):
        login.access()
    assert world.requests == []


class TestSecrets:
    def test_no_secret_shows(self) -> None:
        world = World(answered())
        shown = repr((tokens(), site(), site().app, world.client, Tokens, world.login))
        assert SECRET not in shown

    def test_no_secret_is_in_a_failure(self) -> None:
        echo = {"error": "access_denied", "error_description": "x", "refresh_token": tokens().refresh}
        world = expired(answered(403, echo))
        with pytest.raises(NotAllowed) as failure:
            world.login.access()
        assert SECRET not in f"{failure.value} {failure.value.detail} {failure.value.reason}"


def test_parse_tokens_takes_the_moment_it_is_given() -> None:
    world = World(lambda _: made())
    answer = TokenCalls(site(), http_client(httpx2.MockTransport(answered())), world.clock.time).refresh("r")
    assert parse_tokens(answer, NOW).issued_at == NOW


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://start.exactonline.nl", "https://start.exactonline.nl"),
        ("https://Start.ExactOnline.be:443/", "https://start.exactonline.be"),
        ("http://127.0.0.1:8101", "http://127.0.0.1:8101"),
        ("http://[::1]:8101", "http://[::1]:8101"),
    ],
)
def test_an_address_of_a_site_has_one_spelling(address: str, base: str) -> None:
    assert exact_site(address=address, client_id="a", client_secret="b", redirect_address="c").base == base


@pytest.mark.parametrize(
    "address",
    ["", "start.exactonline.nl", "http://start.exactonline.nl", "ftp://127.0.0.1", "https://a:b@start.exactonline.nl",
     "https://start.exactonline.nl/api", "https://start.exactonline.nl?x=1"],
)  # fmt: skip
def test_no_secret_goes_to_a_wrong_address(address: str) -> None:
    with pytest.raises(ValueError):
        exact_site(address=address, client_id="a", client_secret="b", redirect_address="c")
