"""Every call to Coachview is counted once, by how it ended; the one for a token too."""

import httpx2
import pytest
from tests.coachview.answers_of_coachview import BASE, PROFILE, Budget

from boekbrug.coachview.auth import Credentials
from boekbrug.coachview.connection import Connection
from boekbrug.sync.failures import OutsideFailure

TOKEN = httpx2.Response(200, json={"access_token": "t", "expires_in": 3600})


@pytest.mark.parametrize(
    ("status", "result"),
    [(200, "ok"), (403, "not-allowed"), (429, "throttled"), (400, "broken"), (503, "unreachable")],
)
def test_a_reading_is_counted_by_its_answer(status: int, result: str) -> None:
    counted: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        return TOKEN if request.url.path.endswith(PROFILE.token) else httpx2.Response(status, text="[]")

    connection = Connection(
        base_url=BASE,
        credentials=Credentials(client_id="instituut", secret="s"),
        profile=PROFILE,
        budget=Budget(),
        transport=httpx2.MockTransport(answer),
        count=counted.append,
    )
    try:
        connection.read("Facturen")
    except OutsideFailure:
        assert result != "ok"
    assert counted == ["ok", result]
