"""Calls: their headers, pages, budget, tokens, one try for a POST, and what is never followed or believed."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpcore2
import httpx2
import pytest
import stamina
from tests.exact.answers_of_exact import (
    BASE,
    CUSTOMER,
    NOW,
    SECRET,
    Clock,
    World,
    bare,
    by_path,
    later,
    listed,
    made,
    refused,
    tokens,
)  # fmt: skip

from boekbrug.exact.client import Query, guid, literal
from boekbrug.exact.exchange import SendTooLate, Time, exchange, http_client
from boekbrug.exact.limits import CallBudget, Priority, Unmetered, Window
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, Refused, Throttled, Unreachable

ACCOUNTS = Query(select=("ID", "Code"), filter="trim(Code) eq '25'")
SEND_BY = NOW + timedelta(seconds=10)


@pytest.fixture(autouse=True)
def no_waiting_between_tries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


def rows(world: World, path: str = "crm/Accounts", query: Query = ACCOUNTS) -> list[Any]:
    return list(world.client.rows(path, query, Priority.BULK))


def post(world: World) -> Any:
    return world.client.post("crm/Accounts", {"Name": "Café"}, Priority.BULK, send_by=SEND_BY)


class TestReading:
    def test_a_call_names_its_fields_and_filter_and_asks_json(self) -> None:
        world = World(lambda _: listed({"ID": CUSTOMER}))
        assert rows(world) == [{"ID": CUSTOMER}]
        request = world.requests[0]
        assert request.url.path == "/api/v1/100001/crm/Accounts"
        assert world.query() == "$select=ID,Code&$filter=trim(Code) eq '25'"
        assert request.headers["Accept"] == "application/json"
        assert request.headers["Authorization"] == f"Bearer access-1-{SECRET}"
        assert request.headers["User-Agent"] == "Boekbrug"

    def test_signs_in_a_filter_are_encoded(self) -> None:
        world = World(lambda _: listed())
        rows(world, query=Query(select=("ID",), filter=f"Name eq {literal('A&B + C=D #1 é')}"))
        assert b"A%26B%20%2B%20C%3DD%20%231%20%C3%A9" in world.requests[0].url.query

    def test_both_shapes_of_a_list_are_read(self) -> None:
        assert rows(World(lambda _: bare({"ID": 1}, {"ID": 2}))) == [{"ID": 1}, {"ID": 2}]
        assert rows(World(lambda _: listed())) == []

    def test_the_next_page_is_followed_to_the_letter(self) -> None:
        following = f"{BASE}/api/v1/100001/crm/Accounts?%24select=ID&%24skiptoken=guid'{CUSTOMER}'"
        answers = [listed({"ID": 1}, following=following), listed({"ID": 2})]
        world = World(lambda _: answers.pop(0))
        assert rows(world) == [{"ID": 1}, {"ID": 2}]
        assert world.query() == f"$select=ID&$skiptoken=guid'{CUSTOMER}'"
        assert world.budget.reserved == [("bulk", "crm/Accounts")] * 2
        assert world.client.calls == 2

    @pytest.mark.parametrize(
        "following",
        ["https://evil.example/api/v1/100001/crm/Accounts", "http://start.exactonline.nl/x", "/api/v1/1/x", "",
         "https://start.exactonline.nl:8443/x", "https://start.exactonline.nl@evil.example/x"],
    )  # fmt: skip
    def test_our_token_is_not_taken_to_another_site(self, following: str) -> None:
        content = {"d": {"results": [], "__next": following}}
        world = World(lambda _: httpx2.Response(200, json=content))
        with pytest.raises(Broken, match="another site"):
            rows(world)
        assert len(world.requests) == 1

    def test_pages_that_go_in_circles_end(self) -> None:
        following = f"{BASE}/api/v1/100001/crm/Accounts?$skiptoken=1"
        world = World(lambda _: listed({"ID": 1}, following=following))
        with pytest.raises(Broken, match="does not end"):
            rows(world)
        assert len(world.requests) == 2

    def test_numbers_are_exact(self) -> None:
        world = World(lambda _: httpx2.Response(200, text='{"d":[{"AmountFC":0.1,"N":12,"Big":1e2}]}'))
        (row,) = rows(world)
        assert (row["AmountFC"], row["N"], row["Big"]) == (Decimal("0.1"), 12, Decimal("1E+2"))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "<html>login</html>",
            "[]",
            "{}",
            '{"d":7}',
            '{"d":{}}',
            '{"d":{"results":[7]}}',
            '{"d":[NaN]}',
            "[" * 99999,
        ],
    )
    def test_an_answer_that_cannot_be_read_is_no_answer(self, text: str) -> None:
        with pytest.raises(Unreachable):
            rows(World(lambda _: httpx2.Response(200, text=text)))

    def test_a_get_that_did_not_get_through_is_tried_once_more(self) -> None:
        answers = [httpx2.Response(503), listed({"ID": 1})]
        world = World(lambda _: answers.pop(0))
        assert rows(world) == [{"ID": 1}]
        assert world.client.calls == 2

    def test_and_not_more_often(self) -> None:
        world = World(lambda _: httpx2.Response(503))
        with pytest.raises(Unreachable):
            rows(world)
        assert len(world.requests) == 2

    @pytest.mark.parametrize("status", [301, 302, 307])
    def test_no_redirect_is_followed(self, status: int) -> None:
        world = World(lambda _: httpx2.Response(status, headers={"Location": "https://evil.example/"}))
        with pytest.raises(Broken):
            rows(world)
        assert len(world.requests) == 1

    def test_cookies_are_not_kept(self) -> None:
        world = World(lambda _: httpx2.Response(200, headers={"Set-Cookie": "session=1; Path=/"}, json={"d": []}))
        rows(world)
        rows(world)
        assert "Cookie" not in world.requests[1].headers

    def test_an_answer_that_is_too_large_is_cut_off(self) -> None:
        world = World(lambda _: httpx2.Response(200, content=b" " * (33 * 1024 * 1024)))
        with pytest.raises(Broken, match="AnswerTooLarge"):
            rows(world)

    def test_a_drip_ends_after_a_minute(self) -> None:
        world = World(lambda _: httpx2.Response(503))

        def drip() -> Iterator[bytes]:
            for _ in range(100):
                world.clock.pass_by(7)
                yield b" "

        world.handler = lambda _: httpx2.Response(200, content=drip())
        with pytest.raises(Unreachable, match="ReadTimeout"):
            rows(world)
        assert world.clock.now == NOW + timedelta(seconds=2 * 63)

    def test_the_user_is_read_without_a_division(self) -> None:
        world = World(lambda _: listed({"FullName": "Anna"}))
        assert world.client.me(("FullName",), Priority.BULK) == {"FullName": "Anna"}
        assert world.paths == ["GET /api/v1/current/Me"]
        with pytest.raises(Unreachable):
            World(lambda _: listed()).client.me(("FullName",), Priority.BULK)


class TestWriting:
    def test_a_post_asks_for_what_was_made(self) -> None:
        world = World(lambda _: made(ID=CUSTOMER))
        assert post(world) == {"ID": CUSTOMER}
        headers = world.requests[0].headers
        assert headers["Prefer"] == "return=representation"
        assert headers["Content-Type"] == "application/json"
        assert world.requests[0].content == '{"Name":"Café"}'.encode()

    @pytest.mark.parametrize("status", [200, 201, 202])
    def test_any_good_status_with_a_record_is_good(self, status: int) -> None:
        assert post(World(lambda _: httpx2.Response(status, json={"d": {"ID": "1"}}))) == {"ID": "1"}

    @pytest.mark.parametrize("answer", [httpx2.Response(204), httpx2.Response(201, text="<html>"), listed({"ID": 1})])
    def test_a_good_status_that_cannot_be_read_is_unknown(self, answer: httpx2.Response) -> None:
        with pytest.raises(OutcomeUnknown):
            post(World(lambda _: answer))

    @pytest.mark.parametrize("answer", [httpx2.Response(500), httpx2.Response(503), httpx2.Response(408)])
    def test_a_post_is_never_sent_again(self, answer: httpx2.Response) -> None:
        world = World(lambda _: answer)
        with pytest.raises(OutcomeUnknown):
            post(world)
        assert len(world.requests) == 1

    def test_a_lost_answer_to_a_post_is_unknown(self) -> None:
        def lost(_: httpx2.Request) -> httpx2.Response:
            raise httpx2.ReadTimeout("silent")

        with pytest.raises(OutcomeUnknown):
            post(World(lost))

    def test_a_refusal_names_what_is_wrong(self) -> None:
        with pytest.raises(Refused) as refusal:
            post(World(lambda _: refused("Gegeven bestaat reeds")))
        assert refusal.value.problems[0].code == "customer-code-in-use"

    def test_a_put_goes_to_the_key(self) -> None:
        world = World(lambda _: httpx2.Response(204))
        world.client.put("crm/Accounts", CUSTOMER.upper(), {"Name": "De Brug"}, Priority.BULK)
        assert world.paths == [f"PUT /api/v1/100001/crm/Accounts(guid'{CUSTOMER}')"]
        assert world.body() == {"Name": "De Brug"}

    def test_after_its_last_moment_nothing_is_sent(self) -> None:
        world = World(lambda _: made(ID="1"))
        world.clock.pass_by(10.1)
        with pytest.raises(Unreachable, match="SendTooLate"):
            post(world)
        assert world.requests == []

    def test_waiting_for_a_token_counts_too(self) -> None:
        pair = {"access_token": "a", "refresh_token": "r", "expires_in": "600"}

        def slow_login(request: httpx2.Request) -> httpx2.Response:
            world.clock.pass_by(11)
            return httpx2.Response(200, json=pair)

        world = World(slow_login)
        world.store.tokens = later(tokens(), -600)
        with pytest.raises(Unreachable, match="SendTooLate"):
            post(world)
        assert world.paths == ["POST /api/oauth2/token"]


def test_a_line_that_was_cut_delivers_nothing_after_the_minute_of_a_call() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_once() -> None:
            caller, _ = listener.accept()
            with caller:
                caller.recv(65_536)
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        answering = threading.Thread(target=answer_once)
        answering.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with http_client() as http, http.stream("GET", address) as answer:
            line: socket.socket = answer.extensions["network_stream"].get_extra_info("socket")
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
        answering.join()


class TestLastMoment:
    """The check just before the first byte, after the connection was made."""

    def send(self, clock: Clock) -> list[bytes]:
        written: list[bytes] = []
        answer = b'HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{"d":{"a":1}}'

        class Stream(httpcore2.MockStream):
            def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
                written.append(buffer)

        class Backend(httpcore2.MockBackend):
            def connect_tcp(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
                clock.pass_by(6)
                return Stream([answer])

        transport = httpx2.HTTPTransport()
        transport._pool = httpcore2.ConnectionPool(network_backend=Backend([]))
        http = http_client(transport)
        request = http.build_request("POST", "http://127.0.0.1/x", content=b"{}")
        try:
            assert exchange(http, request, clock=clock.time, send_by=SEND_BY).status == 201
        except SendTooLate:
            assert written == []
            raise
        return written

    def test_a_connection_that_is_made_in_time_sends(self) -> None:
        assert self.send(Clock())

    def test_a_connection_that_took_too_long_sends_nothing(self) -> None:
        clock = Clock()
        clock.pass_by(5)
        with pytest.raises(SendTooLate):
            self.send(clock)


class TestBudget:
    def test_a_call_is_reserved_before_it_is_sent(self) -> None:
        world = World(lambda _: listed())
        world.budget.stop = Throttled(NOW + timedelta(seconds=5))
        with pytest.raises(Throttled):
            rows(world)
        assert (world.requests, world.client.calls) == ([], 0)

    def test_every_call_that_is_over_teaches_the_budget(self) -> None:
        headers = {"X-RateLimit-Minutely-Limit": "50", "X-RateLimit-Minutely-Remaining": "49"}
        world = World(lambda _: httpx2.Response(200, headers=headers, json={"d": []}))
        rows(world)
        assert world.budget.learned == [(Window(limit=50, remaining=49, reset=None), None)]

    def test_a_call_without_an_answer_is_over_as_well(self) -> None:
        def lost(_: httpx2.Request) -> httpx2.Response:
            raise httpx2.ReadTimeout("silent")

        world = World(lost)
        with pytest.raises(OutcomeUnknown):
            post(world)
        assert world.budget.learned == [(None, None)]

    @pytest.mark.parametrize("status", [400, 401, 403, 404])
    def test_errors_that_exact_counts_are_counted_by_endpoint(self, status: int) -> None:
        world = World(lambda _: refused("no", status))
        with pytest.raises((Broken, NotAllowed)):
            rows(world)
        assert world.budget.errors == [("crm/Accounts", status)]

    def test_a_refusal_does_not_count_as_an_error(self) -> None:
        world = World(lambda _: refused("Verplicht: Dagboek"))
        with pytest.raises(Refused):
            post(world)
        assert world.budget.errors == []

    def test_a_429_is_not_tried_again(self) -> None:
        world = World(lambda _: httpx2.Response(429))
        with pytest.raises(Throttled) as throttled:
            rows(world)
        assert throttled.value.until == NOW + timedelta(seconds=60)
        assert len(world.requests) == 1

    def test_room_is_the_budgets_and_depends_on_what_the_calls_are_for(self) -> None:
        client = World(lambda _: listed()).client
        assert client.room_at(3, Priority.REALTIME) == NOW + timedelta(seconds=3)
        assert client.room_at(3, Priority.BULK) == NOW + timedelta(hours=1, seconds=3)

    def test_calls_before_the_administration_is_known_are_not_counted(self) -> None:
        budget: CallBudget = Unmetered()
        budget.reserve(Priority.REALTIME, "current/Me", NOW)
        budget.learn(None, None, NOW)
        budget.error("current/Me", 403, NOW)
        assert budget.room_at(1000, NOW, Priority.REALTIME) == NOW


class TestLogin:
    def test_a_refused_fresh_token_is_not_allowed(self) -> None:
        world = World(lambda _: httpx2.Response(401, text="<html>Object moved</html>"))
        with pytest.raises(NotAllowed) as refusal:
            rows(world)
        assert refusal.value.reason == "login-refused"
        assert refusal.value.until == tokens().issued_at + timedelta(seconds=570), "then it may be refreshed"
        assert len(world.requests) == 1

    def test_a_refused_older_token_is_refreshed_and_the_call_sent_again(self) -> None:
        pair = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": "600"}
        world = World(
            by_path(
                {
                    "oauth2/token": httpx2.Response(200, json=pair),
                    "crm/Accounts": [httpx2.Response(401), made(ID=CUSTOMER)],
                }
            )
        )
        world.store.tokens = later(tokens(), -580)
        assert post(world) == {"ID": CUSTOMER}
        assert [request.headers.get("Authorization") for request in world.requests] == [
            f"Bearer access-1-{SECRET}", None, "Bearer access-2",
        ]  # fmt: skip
        assert world.budget.reserved == [("bulk", "crm/Accounts")] * 2

    def test_a_second_refusal_is_the_last(self) -> None:
        pair = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": "600"}
        world = World(by_path({"oauth2/token": httpx2.Response(200, json=pair), "crm/Accounts": httpx2.Response(401)}))
        world.store.tokens = later(tokens(), -580)
        with pytest.raises(NotAllowed):
            rows(world)
        assert len(world.requests) == 3

    def test_no_secret_is_in_a_failure_of_a_call(self) -> None:
        world = World(lambda _: refused(f"echo {'x' * 10}", 403))
        with pytest.raises(NotAllowed) as failure:
            rows(world)
        assert SECRET not in repr(failure.value)


@pytest.mark.parametrize("key", ["", "x", "1' or 1 eq 1", "guid'1'"])
def test_what_is_no_guid_never_gets_into_an_address(key: str) -> None:
    with pytest.raises(ValueError, match="not a guid"):
        guid(key)


def test_quotes_in_a_text_are_doubled() -> None:
    assert literal("'s-Hertogenbosch") == "'''s-Hertogenbosch'"


def test_the_clock_of_an_exchange_is_the_real_one_unless_said_otherwise() -> None:
    assert Time().now().tzinfo is not None
