"""Every call to Coachview is counted once, by how it ended; the one for a token too."""

from collections.abc import Callable

import httpx2
import pytest
from tests.coachview.answers_of_coachview import BASE, PROFILE, Budget

from boekbrug.coachview.answers import rows_of
from boekbrug.coachview.auth import Credentials
from boekbrug.coachview.connection import Connection
from boekbrug.sync.failures import OutsideFailure

TOKEN = httpx2.Response(200, json={"access_token": "t", "expires_in": 3600})


def connection(answers: Callable[[httpx2.Request], httpx2.Response], counted: list[str]) -> Connection:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return TOKEN if request.url.path.endswith(PROFILE.token) else answers(request)

    return Connection(
        base_url=BASE,
        credentials=Credentials(client_id="instituut", secret="s"),
        profile=PROFILE,
        budget=Budget(),
        transport=httpx2.MockTransport(answer),
        count=counted.append,
    )


@pytest.mark.parametrize(
    ("status", "text", "result"),
    [
        (200, "[]", "ok"),
        (200, "<html>Even geduld</html>", "unreachable"),
        (200, '[{"id": 1}', "unreachable"),
        (200, "{}", "unreachable"),
        (403, "", "not-allowed"),
        (429, "", "throttled"),
        (400, "", "broken"),
        (503, "", "unreachable"),
    ],
)
def test_a_reading_is_counted_by_what_stands_in_its_answer(status: int, text: str, result: str) -> None:
    counted: list[str] = []
    try:
        connection(lambda _: httpx2.Response(status, text=text), counted).read("Facturen", parse=rows_of)
    except OutsideFailure:
        assert result != "ok"
    assert counted == ["ok", result]


@pytest.mark.parametrize(("status", "result"), [(204, "ok"), (503, "unknown"), (400, "broken")])
def test_a_writing_is_counted_by_its_status(status: int, result: str) -> None:
    counted: list[str] = []
    try:
        connection(lambda _: httpx2.Response(status), counted).write("Facturen/{id}", path="Facturen/1", body=b"{}")
    except OutsideFailure:
        assert result != "ok"
    assert counted == ["ok", result]


def test_that_a_record_is_not_there_is_an_answer_and_no_fault_of_ours() -> None:
    counted: list[str] = []
    there = connection(lambda _: httpx2.Response(404), counted)
    assert there.read("Facturen/{id}/pdf", path="Facturen/1/pdf", parse=bytes) is None
    assert counted == ["ok", "ok"]


def test_being_sent_on_is_a_call_that_went_well() -> None:
    def answers(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("elders"):
            return httpx2.Response(200, text="[]")
        return httpx2.Response(302, headers={"Location": f"{BASE}/api/v1/elders"})

    counted: list[str] = []
    assert connection(answers, counted).read("Facturen", parse=rows_of) == []
    assert counted == ["ok", "ok", "ok"]


def test_a_refused_token_is_counted_and_the_one_after_it() -> None:
    statuses = iter((401, 200))
    counted: list[str] = []
    connection(lambda _: httpx2.Response(next(statuses), text="[]"), counted).read("Facturen", parse=rows_of)
    assert counted == ["ok", "not-allowed", "ok", "ok"]


def test_an_answer_without_a_token_is_counted_as_no_answer() -> None:
    counted: list[str] = []
    nobody = Connection(
        base_url=BASE,
        credentials=Credentials(client_id="instituut", secret="s"),
        profile=PROFILE,
        budget=Budget(),
        transport=httpx2.MockTransport(lambda _: httpx2.Response(200, text="<html></html>")),
        count=counted.append,
    )
    with pytest.raises(OutsideFailure):
        nobody.read("Facturen", parse=rows_of)
    assert counted == ["unreachable"]
