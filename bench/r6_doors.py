"""R6: every address of the running web, tried by everybody who must not pass and by everybody who may."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
from lxml import html
from tests.journeys.clicks import Reader
from tests.journeys.house import PASSWORD, House, until

from bench.fire import fire, inside

ROLES = ("meekijker", "financieel", "beheerder")
LEVEL = {"meekijker": 1, "financieel": 2, "beheerder": 3}
ANYONE = 0
OURS, THEIRS = "Opleidingen Noord", "Opleidingen Zuid"
SECONDS = 300
OPEN = {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a window: whose he is, and in which role; nobody in particular has neither."""

    name: str
    organisation: str = ""
    role: str = ""
    window: httpx2.Client
    token: str

    def knock(self, address: str, method: str) -> httpx2.Response:
        """Open an address, or post nothing to it as a form of ours would."""
        if method == "GET":
            return self.window.get(address)
        headers = {"Origin": address[: address.index("/", len("https://"))], "Referer": address}
        return self.window.post(address, data={"csrfmiddlewaretoken": self.token}, headers=headers)


@dataclass(kw_only=True)
class Found:
    """How many doors were tried, by whom, and which one opened to somebody it should not, or stayed shut."""

    addresses: int = 0
    tried: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    open_to_all: tuple[str, ...] = ()


def expected(address: dict[str, Any], person: Person, method: str) -> set[HTTPStatus]:
    """What this person must get: the rules of the page "Who may do what", not the program's own code."""
    named = address["owner"] is not None
    if not person.role and person.name == "nobody":
        return {HTTPStatus.FOUND, HTTPStatus.UNAUTHORIZED}
    if person.organisation != OURS and named:
        return {HTTPStatus.NOT_FOUND}
    if not person.organisation:
        return {HTTPStatus.FORBIDDEN}
    demanded = address["acts"] if method == "POST" and address["acts"] is not None else address["level"]
    if LEVEL[person.role] < demanded:
        return {HTTPStatus.FORBIDDEN}
    if address["posts"] and method == "GET":
        return {HTTPStatus.METHOD_NOT_ALLOWED}
    return OPEN if method == "GET" else {*OPEN, HTTPStatus.METHOD_NOT_ALLOWED}


def walk(base: str, listed: dict[str, Any], people: list[Person]) -> Found:
    """Everybody at every address by every method; what opens to the entitled comes last, for it changes things."""
    found = Found()
    guarded = [address for address in listed["addresses"] if address["level"] != ANYONE]
    found.addresses = len(guarded)
    found.open_to_all = tuple(address["name"] for address in listed["addresses"] if address["level"] == ANYONE)
    for person in people:
        for address in guarded:
            for method in ("GET", "POST"):
                _try(found, f"{base}/{_place(address, listed['things'])}", address, person, method)
    return found


def _try(found: Found, place: str, address: dict[str, Any], person: Person, method: str) -> None:
    wanted = expected(address, person, method)
    answer = person.knock(place, method)
    found.tried += 1
    found.refused += not wanted & OPEN or person.name == "nobody"
    at_the_door = person.name == "nobody" and answer.status_code == HTTPStatus.FOUND
    sent_to_login = "/inloggen" in answer.headers.get("Location", "")
    if answer.status_code not in wanted or (at_the_door and not sent_to_login):
        found.wrong.append(f"{person.name} {method} /{address['route']}: {answer.status_code}")
    elif method == "GET" and person.organisation != OURS and OURS in answer.text:
        found.wrong.append(f"{person.name} GET /{address['route']}: names the other organisation")


def _place(address: dict[str, Any], things: dict[str, dict[str, int]]) -> str:
    """The address of a thing of the one organisation, where it names one."""
    route: str = address["route"]
    if address["owner"] is None:
        assert "<" not in route, f"an address of a thing without an owner: {route}"
        return route
    return re.sub(r"<int:\w+>", str(things[address["owner"]][OURS]), route)


@contextmanager
def people(ours: House, base: str) -> Iterator[list[Person]]:
    """Nobody, each role of both organisations, an operator, and a user without an organisation."""
    secret = Path(ours.home) / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    ours.run("organisation", "create", THEIRS)
    known = [
        *((f"{role}@zuid.example", role, THEIRS) for role in ROLES),
        ("operator@huis.example", "operator", ""),
        *((f"{role}@noord.example", role, OURS) for role in ROLES),
    ]
    with ExitStack() as stack:
        nobody = stack.enter_context(httpx2.Client(timeout=SECONDS))
        login = nobody.get(f"{base}/inloggen")
        found = [Person(name="nobody", window=nobody, token=_token_in(login.text))]
        for mail, role, organisation in known:
            words = ["--organisation", organisation] if organisation else []
            ours.run("user", "create", mail, "--role", role, *words, "--password-file", str(secret))
            found.append(_logged_in(stack, base, mail, role, organisation))
        yield found


def _logged_in(stack: ExitStack, base: str, mail: str, role: str, organisation: str) -> Person:
    reader = stack.enter_context(Reader.sits_down())
    page = reader.http.get(f"{base}/inloggen")
    data = {"csrfmiddlewaretoken": _token_in(page.text), "login": mail, "password": PASSWORD}
    headers = {"Origin": base, "Referer": f"{base}/inloggen"}
    reader.http.follow_redirects = False
    answer = reader.http.post(f"{base}/inloggen", data=data, headers=headers)
    assert answer.status_code == HTTPStatus.FOUND, f"{mail} cannot log in: {answer.status_code}"
    token = _token_in(reader.http.get(f"{base}/inloggen").text) or str(reader.http.cookies.get("csrftoken", ""))
    kind = role if organisation else ""
    return Person(name=mail, organisation=organisation, role=kind, window=reader.http, token=token)


def _token_in(page: str) -> str:
    if not page.strip():
        return ""
    inputs = (box for box in html.fromstring(page).iter("input") if box.get("name") == "csrfmiddlewaretoken")
    return next((box.get("value") or "" for box in inputs), "")


def doors() -> Found:
    """A house with invoices, its web, and everybody at its doors."""
    with fire(4) as burning:
        burning.serve(1)
        until(lambda: len(burning.ours.entries()) >= burning.invoices, seconds=SECONDS)
        listed = json.loads(inside(burning.ours, "addresses.py"))
        with people(burning.ours, burning.address) as everybody:
            return walk(burning.address, listed, everybody)


def measure(*, full: bool = False) -> dict[str, object]:
    """Every address, by everybody."""
    del full
    found = doors()
    return {
        "value": {
            "addresses": found.addresses,
            "tried": found.tried,
            "refused": found.refused,
            "wrong": len(found.wrong),
            **({"which": found.wrong} if found.wrong else {}),
        },
        "target": "other organisation 404, lower role 403, no login: login page or 401, on every address",
        "ok": not found.wrong,
    }
