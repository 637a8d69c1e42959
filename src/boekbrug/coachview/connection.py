"""Calls to one Coachview environment: with a token, within the budget, never to another origin, never without end."""

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx2

from boekbrug.coachview.answers import UnusableAnswer, record_of
from boekbrug.coachview.auth import Credentials, Tokens
from boekbrug.coachview.failures import failure_of
from boekbrug.coachview.limits import CallBudget, read_limits, wait_until
from boekbrug.coachview.profile import Profile
from boekbrug.coachview.unpacked import Unpacked
from boekbrug.sync.failures import OK, Broken, NotAllowed, OutsideFailure, Throttled, result_of

CALL_SECONDS = 60.0
# Shorter than the lease: after that another worker may have something else to say.
LATE_SECONDS = 30.0
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
LARGEST_TOKEN_BYTES = 64 * 1024
REDIRECTS = 3
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
NETWORK_ERRORS = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    httpx2.CookieConflict,
    UnusableAnswer,
    OSError,
)
# What an identity server answers, with status 400, to somebody it does not know.
UNKNOWN_CLIENT = frozenset({"invalid_client", "unauthorized_client", "invalid_grant", "access_denied"})

Parameters = Mapping[str, str]
T = TypeVar("T")


class AnswerTooLarge(Broken):
    """An answer with more bytes than we are willing to hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A whole answer, with a body that fits."""

    status: int
    headers: httpx2.Headers
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One call: `endpoint` is the path as the profile writes it, `path` the one with the id filled in.

    `one_record`: the path names a record, so that 404 is an answer: it is not there.
    """

    method: str
    endpoint: str
    path: str
    parameters: Parameters
    body: bytes | None = None
    largest_bytes: int = LARGEST_ANSWER_BYTES
    one_record: bool = False

    @property
    def writes(self) -> bool:
        """Whether this call changes something at Coachview."""
        return self.method != "GET"


def origin_of(address: str) -> str:
    """The scheme, host and port of a base address, in one spelling; raises ValueError for one that we do not use.

    Only https, and http to this machine itself (the simulator); no user, no query.
    """
    parts = urlsplit(address.strip())
    host = parts.hostname or ""
    if parts.scheme not in {"https", "http"} or not host:
        raise ValueError(f"not the address of a Coachview environment: {address!r}")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ValueError(f"the address of Coachview must begin with https: {address!r}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the address of Coachview holds more than a host and a path")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port else "")


class Connection:
    """One Coachview environment that answers questions, or raises one of the six classes of failure."""

    def __init__(
        self,
        *,
        base_url: str,
        credentials: Credentials,
        profile: Profile,
        budget: CallBudget,
        tokens: Tokens | None = None,
        transport: httpx2.BaseTransport | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        seconds: Callable[[], float] = time.monotonic,
        count: Callable[[str], None] = lambda _result: None,
    ) -> None:
        self.profile = profile
        self._origin = origin_of(base_url)
        self._base = self._origin + urlsplit(base_url.strip()).path.rstrip("/")
        self._credentials = credentials
        self._budget = budget
        self._tokens = tokens or Tokens(seconds)
        self._now = now
        self._seconds = seconds
        self._count = count
        line = transport or httpx2.HTTPTransport(trust_env=False, socket_options=nothing_arrives_late())
        self._http = httpx2.Client(
            transport=Unpacked(line),
            timeout=httpx2.Timeout(CALL_SECONDS, connect=10.0, pool=10.0),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Boekbrug", "Accept-Encoding": "gzip"},
        )

    def __repr__(self) -> str:
        return f"<Connection to {self._base}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the sockets back."""
        self._http.close()

    def read(
        self,
        endpoint: str,
        *,
        path: str | None = None,
        parameters: Parameters | None = None,
        largest_bytes: int = LARGEST_ANSWER_BYTES,
        parse: Callable[[bytes], T],
    ) -> T | None:
        """What `parse` reads in the answer to a GET of `path` below the API's base (default: `endpoint` itself).

        None when a record that `path` names is not there; a fixed path that is not there is Broken. `parse` raises
        UnusableAnswer for an answer that says it went well and is not what was asked for.
        """
        question = Question(
            method="GET",
            endpoint=endpoint,
            path=path or endpoint,
            parameters=parameters or {},
            largest_bytes=largest_bytes,
            one_record=path is not None,
        )
        answer = self._ask(question)
        if answer.status == 404 and question.one_record:
            self._count(OK)
            return None
        self._check(question, answer)
        return self._read(question, answer, parse)

    def write(self, endpoint: str, *, path: str, body: bytes) -> None:
        """PUT `body`, JSON, to `path` below the API's base."""
        question = Question(method="PUT", endpoint=endpoint, path=path, parameters={}, body=body)
        self._check(question, self._ask(question))
        self._count(OK)

    def _read(self, question: Question, answer: Answer, parse: Callable[[bytes], T]) -> T:
        """What stands in an answer that went well; one that cannot be read is counted as the failure that it is."""
        try:
            found = parse(answer.content)
        except UnusableAnswer as error:
            failure = self._failure(
                error, endpoint=question.endpoint, writes=question.writes, detail=f"{question.endpoint}: {error}"
            )
            self._count(result_of(type(failure)))
            raise failure from error
        self._count(OK)
        return found

    def _ask(self, question: Question) -> Answer:
        key = (self._base, self._credentials)
        for last_try in (False, True):
            token = self._tokens.get(key, self._new_token)
            answer = self._follow(question, token)
            self._count_failure(question, answer)
            if answer.status != 401 or last_try:
                break
            self._tokens.refused(key, token)
        return answer

    def _follow(self, question: Question, token: str) -> Answer:
        """The answer after at most a few redirects of a GET within the same origin; another origin is refused."""
        url = httpx2.URL(self._base + self.profile.base.rstrip("/") + "/" + question.path.lstrip("/"))
        url = url.copy_merge_params(dict(question.parameters)) if question.parameters else url
        for _ in range(REDIRECTS + 1):
            answer = self._send(question, url, token)
            location = answer.headers.get("Location")
            if question.writes or not location or answer.status not in {301, 302, 303, 307, 308}:
                return answer
            url = self._same_origin(question, url, location)
            self._count(OK)
        return answer

    def _same_origin(self, question: Question, url: httpx2.URL, location: str) -> httpx2.URL:
        try:
            target = url.join(location)
            origin = origin_of(str(target.copy_with(query=None, fragment=None)))
        except (httpx2.InvalidURL, ValueError):
            origin = "an address that we do not follow"
        if origin != self._origin:
            raise Broken(question.endpoint, f"{question.endpoint}: Coachview sends us on to {origin}, refused")
        return target

    def _send(self, question: Question, url: httpx2.URL, token: str) -> Answer:
        self._budget.reserve()
        headers = {"Authorization": f"Bearer {token}", "Accept": "*/*"}
        if question.body is not None:
            headers["Content-Type"] = "application/json"
        request = self._http.build_request(question.method, url, headers=headers, content=question.body)
        answer = self._exchange(request, question)
        limits = read_limits(answer.headers, self.profile.limits)
        self._budget.learn(limits.limit, limits.remaining, limits.reset)
        return answer

    def _exchange(self, request: httpx2.Request, question: Question) -> Answer:
        """The whole answer; that there is none is counted."""
        endpoint, largest_bytes = question.endpoint, question.largest_bytes
        ends_at = self._seconds() + CALL_SECONDS
        content = bytearray()
        try:
            response = self._http.send(request, stream=True)
            try:
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > largest_bytes:
                        raise AnswerTooLarge(endpoint, f"{endpoint}: an answer of more than {largest_bytes} bytes")
                    if self._seconds() > ends_at:
                        raise httpx2.ReadTimeout("the answer took too long")
            finally:
                response.close()
        except NETWORK_ERRORS as error:
            detail = f"{endpoint}: {type(error).__name__} {error}".strip()
            failure = self._failure(error, endpoint=endpoint, writes=question.writes, detail=detail)
            self._count(result_of(type(failure)))
            raise failure from error
        return Answer(status=response.status_code, headers=response.headers, content=bytes(content))

    def _count_failure(self, question: Question, answer: Answer) -> None:
        """Count an answer that is a failure; one that went well is counted when it has been read."""
        if answer.status == 404 and question.one_record:
            return
        failure = failure_of(answer.status, writes=question.writes)
        if failure is not None:
            self._count(result_of(failure))

    def _check(self, question: Question, answer: Answer) -> None:
        if failure_of(answer.status, writes=question.writes) is None:
            return
        detail = f"{question.endpoint}: status {answer.status} {_shown(answer.content)}".strip()
        failure = self._failure(
            answer.status, endpoint=question.endpoint, writes=question.writes, detail=detail, headers=answer.headers
        )
        if answer.status == 403:
            failure = NotAllowed("scope-missing", self.profile.scope_for(question.endpoint, write=question.writes))
        raise failure

    def _failure(
        self,
        outcome: int | Exception,
        *,
        endpoint: str,
        writes: bool,
        detail: str,
        headers: Mapping[str, str] | None = None,
    ) -> OutsideFailure:
        kind = failure_of(outcome, writes=writes) or Broken
        if issubclass(kind, Throttled):
            return Throttled(wait_until(headers or {}, self.profile.limits, self._now()), detail)
        if issubclass(kind, NotAllowed):
            return NotAllowed("coachview-token-refused", detail)
        return Broken(endpoint, detail) if issubclass(kind, Broken) else kind(detail)

    def _new_token(self) -> tuple[str, float | None]:
        """Ask for a token: text and life in seconds. Asking changes nothing, so its failures are those of a GET."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.secret,
            "scope": " ".join(self.profile.scopes),
        }
        endpoint = self.profile.token
        request = self._http.build_request("POST", self._base + endpoint, data=form)
        question = Question(
            method="GET", endpoint=endpoint, path=endpoint, parameters={}, largest_bytes=LARGEST_TOKEN_BYTES
        )
        answer = self._exchange(request, question)
        self._count_failure(question, answer)
        error = _error_code(answer)
        if error == "invalid_scope":
            raise NotAllowed("scope-missing", ", ".join(self.profile.scopes))
        if answer.status in {401, 403} or error in UNKNOWN_CLIENT:
            raise NotAllowed("coachview-credentials", f"{endpoint}: status {answer.status} {error}".strip())
        self._check(question, answer)
        return self._read(question, answer, _token_of)


def nothing_arrives_late() -> tuple[tuple[int, int, int], ...]:
    """What a socket is told, so that a line that was cut delivers no write-back that another worker has overtaken.

    By itself the system goes on sending for many minutes what was once written to it. Linux alone knows it.
    """
    option: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
    return () if option is None else ((socket.IPPROTO_TCP, option, int(LATE_SECONDS * 1000)),)


def _token_of(content: bytes) -> tuple[str, float | None]:
    try:
        body = record_of(content).value
    except UnusableAnswer:
        body = None
    text = body.get("access_token") if isinstance(body, dict) else None
    # Never part of a message: what is no good token may still be somebody's.
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or not text.strip():
        raise UnusableAnswer("the answer holds no access token")
    life = body.get("expires_in")
    known = isinstance(life, int) and not isinstance(life, bool) and 0 < life <= 86_400
    return text, float(life) if known else None


def _error_code(answer: Answer) -> str:
    """The `error` of a refused token request (RFC 6749, 5.2); empty when there is none."""
    if answer.status not in {400, 401, 403}:
        return ""
    try:
        body: Any = record_of(answer.content).value
    except UnusableAnswer:
        return ""
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, str) and error.isidentifier() else ""


def _shown(content: bytes) -> str:
    """The beginning of a body, on one line, for the folded-away part of a message."""
    return " ".join("".join(c if c.isprintable() else " " for c in content[:300].decode("utf-8", "replace")).split())
