"""A login that nobody used for twenty days is refreshed by itself, so that a paused koppeling can still go on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.journeys.house import MAIL, PASSWORD, House, house

pytestmark = pytest.mark.journey


@pytest.fixture
def paused(tmp_path: Path) -> Iterator[House]:
    """The demo's institute, settled, and paused at once."""
    with house(tmp_path, scenario="demo") as ours:
        ours.script("settle.py", ours.book.exact.address, ours.book.coachview.address, MAIL, PASSWORD)
        for one in ("1", "2"):
            ours.run("integration", "pause", one)
        yield ours


def token_calls(ours: House) -> int:
    return len([call for call in ours.book.exact.read("calls") if call["path"].endswith("/oauth2/token")])


def kept(ours: House, days: float) -> str:
    """How many logins are fresh again after so many days."""
    return ours.script("keep_logins.py", (datetime.now(UTC) + timedelta(days=days)).isoformat())


def test_a_paused_login_is_kept_alive_once_in_twenty_days(paused: House) -> None:
    before = token_calls(paused)
    assert kept(paused, 19.9) == "0"
    assert token_calls(paused) == before

    paused.book.exact.control("clock", {"advance_seconds": 21 * 86_400})
    assert kept(paused, 21) == "1"
    assert kept(paused, 21) == "0"
    assert token_calls(paused) == before + 1

    paused.book.exact.control("clock", {"advance_seconds": 21 * 86_400})
    assert kept(paused, 42) == "1"
    assert {row["exact"] for row in paused.json("integration", "list")} == {"green"}


def test_a_login_that_exact_has_ended_shows_red_and_is_left_alone(paused: House) -> None:
    paused.book.exact.control("clock", {"advance_seconds": 31 * 86_400})
    assert kept(paused, 31) == "0"
    after = token_calls(paused)
    assert kept(paused, 31) == "0"
    assert token_calls(paused) == after
    assert {row["exact"] for row in paused.json("integration", "list")} == {"red"}


def test_an_exact_that_is_away_ends_no_login(paused: House) -> None:
    away = [{"method": "POST", "path": "/api/oauth2/token", "probability": 1, "kind": "close_before", "count": 9}]
    paused.book.exact.control("clock", {"advance_seconds": 21 * 86_400})
    paused.book.exact.control("faults", away)
    assert kept(paused, 21) == "0"
    assert {row["exact"] for row in paused.json("integration", "list")} == {"green"}
    paused.book.exact.control("faults", [])
    assert kept(paused, 21.1) == "1"
