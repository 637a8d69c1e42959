"""One HTTP exchange with Exact: written before its last moment or not at all, whole within a minute, not too large.

exchange(http, request) -> Answer, or
|- SendTooLate       the last moment to send had passed; nothing was written
|- AnswerTooLarge    more bytes than we are willing to hold
|- httpx2's errors   `failures.failure_of_error` says what each means
"""

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx2

CONNECT_SECONDS = 10.0
CALL_SECONDS = 60.0
MOST_CONNECTIONS = 128
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
LIMITS = httpx2.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=32, keepalive_expiry=15)
NETWORK_ERRORS = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, httpx2.CookieConflict, OSError)


class SendTooLate(Exception):
    """The last moment to send this request had passed before a byte of it was written."""


class AnswerTooLarge(Exception):
    """The answer has more bytes than we are willing to hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A whole answer, with a body that fits; the body does not show, it may hold tokens."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Time:
    """The clocks of an exchange: the moment, seconds that only run forward, and how to wait a little."""

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    seconds: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


def http_client(transport: httpx2.BaseTransport | None = None) -> httpx2.Client:
    """A client to share in a process: it follows no redirect, keeps no cookies and reads nothing of the environment.

    Cookies would carry one institute's session into another's call.
    """
    http = httpx2.Client(
        transport=transport
        or httpx2.HTTPTransport(limits=LIMITS, trust_env=False, socket_options=nothing_arrives_late()),
        timeout=httpx2.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "Boekbrug", "Accept-Encoding": "gzip"},
    )
    http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return http


def nothing_arrives_late() -> tuple[tuple[int, int, int], ...]:
    """What a socket is told, so that a line that was cut delivers nothing after the look-up (exactly-once.md).

    By itself the system goes on sending for many minutes what a worker, dead by then, once wrote. Linux alone knows it.
    """
    option: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
    return () if option is None else ((socket.IPPROTO_TCP, option, int(CALL_SECONDS * 1000)),)


def exchange(
    http: httpx2.Client,
    request: httpx2.Request,
    *,
    clock: Time,
    send_by: datetime | None = None,
    largest_bytes: int = LARGEST_ANSWER_BYTES,
) -> Answer:
    """Send once and read the whole answer; a drip is cut off after a minute.

    `send_by` is checked here, and again after the connection was made, just before the first byte is written.
    """
    if send_by is not None:
        _in_time(send_by, clock)
        request.extensions["trace"] = _check_before_writing(send_by, clock)
    ends_at = clock.seconds() + CALL_SECONDS
    content = bytearray()
    response = http.send(request, stream=True)
    try:
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > largest_bytes:
                raise AnswerTooLarge(f"an answer of more than {largest_bytes} bytes")
            if clock.seconds() > ends_at:
                raise httpx2.ReadTimeout("the answer took more than a minute")
    finally:
        response.close()
    return Answer(status=response.status_code, headers=response.headers, content=bytes(content))


def _in_time(send_by: datetime, clock: Time) -> None:
    if clock.now() > send_by:
        raise SendTooLate(f"not sent: it was to be sent by {send_by.isoformat()}")


def _check_before_writing(send_by: datetime, clock: Time) -> Callable[[str, dict[str, Any]], None]:
    def trace(event: str, _: dict[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            _in_time(send_by, clock)

    return trace
