"""An Exact made of answers: what exact-rest.md tells of its wire, in a few lines."""

# ruff: noqa: ARG002 - the fakes take what the ports give

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import httpx2

from boekbrug.exact.client import ExactClient
from boekbrug.exact.exchange import Time, http_client
from boekbrug.exact.limits import Priority, Window
from boekbrug.exact.oauth import Login, StoredTokens, TokenCalls, Tokens
from boekbrug.exact.sites import ExactSite, exact_site

BASE = "https://start.exactonline.nl"
DIVISION = 100001
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = "zeer-geheim-9f2c"
CUSTOMER = "11111111-1111-1111-1111-111111111111"
ENTRY = "22222222-2222-2222-2222-222222222222"
GL_8000 = "33333333-3333-3333-3333-333333333333"
DOCUMENT = "44444444-4444-4444-4444-444444444444"
PROJECT = "55555555-5555-5555-5555-555555555555"
OTHER = "99999999-9999-9999-9999-999999999999"

Handler = Callable[[httpx2.Request], httpx2.Response]


@dataclass
class Clock:
    """Time that moves only when somebody waits or a test says so."""

    now: datetime = NOW
    waited: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def time(self) -> Time:
        return Time(now=lambda: self.now, seconds=self._seconds, wait=self.wait)

    def _seconds(self) -> float:
        return self.now.timestamp()


@dataclass
class Budget:
    """Keeps count, and stops when it is told to."""

    reserved: list[tuple[str, str]] = field(default_factory=list)
    learned: list[tuple[Window | None, Window | None]] = field(default_factory=list)
    errors: list[tuple[str, int]] = field(default_factory=list)
    stop: Exception | None = None

    def room_at(self, calls: int, now: datetime, priority: Priority) -> datetime:
        return now + timedelta(seconds=calls, hours=0 if priority is Priority.REALTIME else 1)

    def reserve(self, priority: Priority, endpoint: str, now: datetime) -> None:
        if self.stop is not None:
            raise self.stop
        self.reserved.append((priority.value, endpoint))

    def learn(self, minute: Window | None, day: Window | None, now: datetime) -> None:
        self.learned.append((minute, day))

    def error(self, endpoint: str, status: int, now: datetime) -> None:
        self.errors.append((endpoint, status))


@dataclass
class Store:
    """The token store of one login, as the database keeps it."""

    tokens: Tokens | None
    started: datetime | None = None
    reason: str = ""
    log: list[str] = field(default_factory=list)

    def read(self) -> StoredTokens | None:
        return self.tokens

    def start_refresh(self, old_refresh: str, now: datetime) -> bool:
        busy = self.started is not None and now - self.started < timedelta(seconds=75)
        if self.tokens is None or self.tokens.refresh != old_refresh or busy:
            return False
        self.started = now
        self.log.append("start")
        return True

    def finish_refresh(self, old_refresh: str, new: Tokens) -> bool:
        if self.tokens is None or self.tokens.refresh != old_refresh:
            return False
        self.tokens, self.started = new, None
        self.log.append("finish")
        return True

    def abandon_refresh(self, old_refresh: str) -> None:
        self.started = None
        self.log.append("abandon")

    def disconnected(self, reason: str) -> None:
        self.tokens, self.reason = None, reason


def tokens(*, issued_at: datetime = NOW, number: int = 1) -> Tokens:
    return Tokens(
        access=f"access-{number}-{SECRET}",
        refresh=f"refresh-{number}-{SECRET}",
        issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=600),
    )


def site() -> ExactSite:
    return exact_site(
        address=BASE,
        client_id="app-1",
        client_secret=SECRET,
        redirect_address="https://brug.example/oauth/exact/return",
    )


@dataclass
class World:
    """A client of administration 100001 with everything around it."""

    handler: Handler
    clock: Clock = field(default_factory=Clock)
    budget: Budget = field(default_factory=Budget)
    store: Store = field(default_factory=lambda: Store(tokens=tokens()))
    requests: list[httpx2.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.http = http_client(httpx2.MockTransport(self._answer))
        self.login = Login(TokenCalls(site(), self.http, self.clock.time), self.store, self.clock.time)
        self.client = self.at(DIVISION)

    def at(self, division: int) -> ExactClient:
        return ExactClient(
            site=site(),
            login=self.login,
            budget=self.budget,
            division=division,
            http=self.http,
            clock=self.clock.time,
        )

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.handler(request)

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def query(self, number: int = -1) -> str:
        return unquote_plus(self.requests[number].url.query.decode())

    def body(self, number: int = -1) -> Any:
        return json.loads(self.requests[number].content)


def listed(*rows: Mapping[str, Any], following: str | None = None) -> httpx2.Response:
    """A list without `$top`: the rows under `results` (exact-rest.md 3.5)."""
    data: dict[str, Any] = {"results": list(rows)}
    if following:
        data["__next"] = following
    return httpx2.Response(200, json={"d": data})


def bare(*rows: Mapping[str, Any]) -> httpx2.Response:
    """A list with a small `$top`: a bare array."""
    return httpx2.Response(200, json={"d": list(rows)})


def made(**fields: Any) -> httpx2.Response:
    return httpx2.Response(201, json={"d": fields})


def refused(text: str, status: int = 500) -> httpx2.Response:
    """An error body (exact-rest.md 3.4)."""
    return httpx2.Response(status, json={"error": {"code": "", "message": {"lang": "", "value": text}}})


def ms(moment: datetime) -> str:
    """A moment as Exact writes it."""
    return f"/Date({int(moment.timestamp() * 1000)})/"


def by_path(answers: Mapping[str, httpx2.Response | list[httpx2.Response]]) -> Handler:
    """Answers by the end of the path; a list gives one after the other. Anything else is 404."""
    waiting = {path: list(answer) if isinstance(answer, list) else [answer] for path, answer in answers.items()}

    def handle(request: httpx2.Request) -> httpx2.Response:
        for path, queue in waiting.items():
            if request.url.path.endswith(path):
                answer = queue.pop(0) if len(queue) > 1 else queue[0]
                return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return refused("Resource not found for the segment", 404)

    return handle


def later(pair: Tokens, seconds: int) -> Tokens:
    """The same pair, issued later."""
    moment = pair.issued_at + timedelta(seconds=seconds)
    return replace(pair, issued_at=moment, expires_at=moment + timedelta(seconds=600))
