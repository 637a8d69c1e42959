"""Connecting: the return of the right request only; who we are, where we may book, which rights we miss."""

import httpx2
import pytest
from tests.exact.answers_of_exact import World, bare, by_path, listed, refused, site

from boekbrug.exact.connection import NEEDED, Connecting, DivisionChoice, Missing, User, check, divisions
from boekbrug.exact.oauth import TokenCalls
from boekbrug.sync.failures import NotAllowed

PAIR = {"access_token": "a", "refresh_token": "r", "expires_in": "600"}
ME = {"UserID": "x", "FullName": "Anna de Wit", "LanguageCode": "nl-NL", "CurrentDivision": 100001}
DIVISION = {"Code": 100001, "Description": "De Brug", "Country": "NL ", "Currency": "EUR", "Status": 1}
RETURN = "https://brug.example/oauth/exact/return?code=stamp%211&state=s-1"


def connecting(world: World) -> Connecting:
    return Connecting(TokenCalls(site(), world.http, world.clock.time))


def test_the_return_of_our_request_connects() -> None:
    world = World(lambda _: httpx2.Response(200, json=PAIR))
    assert "state=s-1" in connecting(world).authorise_address("s-1")
    assert connecting(world).complete(RETURN, "s-1").access == "a"
    assert connecting(world).complete_code("stamp!1").access == "a"
    assert b"code=stamp%211" in world.requests[0].content


@pytest.mark.parametrize("state", ["s-2", ""])
def test_the_return_of_another_request_does_not(state: str) -> None:
    world = World(lambda _: httpx2.Response(200, json=PAIR))
    with pytest.raises(NotAllowed) as refusal:
        connecting(world).complete(RETURN, state)
    assert refusal.value.reason == "state-differs"
    assert world.requests == []


def test_a_check_says_who_where_and_what_is_missing() -> None:
    answers = {path: bare({field: "1"}) for path, field in NEEDED.items()}
    answers |= {
        "current/Me": listed(ME),
        "system/Divisions": listed(DIVISION, DIVISION | {"Code": 7, "Status": 2}, DIVISION | {"BlockingStatus": 101}),
        "documents/Documents": refused("Application Scope Violated. Cannot read 'organization.documents' scope.", 403),
    }
    world = World(by_path(answers))
    report = check(world.client)
    assert report.user == User(name="Anna de Wit", language="nl-NL", division=100001)
    assert report.divisions[0] == DivisionChoice(
        number=100001, name="De Brug", country="NL", currency="EUR", usable=True
    )
    assert [choice.usable for choice in report.divisions] == [True, False, False]
    (missing,) = report.missing
    assert isinstance(missing, Missing)
    assert (missing.endpoint, missing.reason) == ("documents/Documents", "scope-missing")
    assert len(world.requests) == 2 + len(NEEDED)


def test_divisions_can_be_asked_for_before_one_was_chosen() -> None:
    world = World(by_path({"system/Divisions": refused("", 403), "hrm/Divisions": listed(DIVISION)}))
    client = world.at(0)
    found = divisions(client, User(name="Anna", language="nl-NL", division=100002))
    assert [choice.number for choice in found] == [100001]
    assert world.paths == ["GET /api/v1/100002/system/Divisions", "GET /api/v1/100002/hrm/Divisions"]
