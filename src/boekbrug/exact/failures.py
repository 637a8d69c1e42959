"""One decision: which of the six classes an answer or an error of Exact is (exactly-once.md, "Failures").

    500 with a text for people, not on a GET       Refused
    404 on a record that was to be deleted         nothing: it is gone
    401 after a fresh token, every 403             NotAllowed
    429                                            Throttled
    400, 404 on a fixed path, 3xx, 405, 413, 415   Broken
    anything else                                  OutcomeUnknown for a POST, Unreachable for the others

A GET breaks no rule, so its 500 only says that there is no answer yet. A PUT is repeated after reading and a DELETE
as it is, so their outcome need not be known. A 401 comes here after one retry with a newer token.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2

from boekbrug.domain.problem import Problem, Severity, Subject
from boekbrug.exact.exchange import Answer, AnswerTooLarge, SendTooLate
from boekbrug.exact.limits import wait_until
from boekbrug.exact.refusals import problems_of
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, OutsideFailure, Refused, Throttled, Unreachable

ATTACHMENTS = "documents/DocumentAttachments"
OUR_FAULT = frozenset({400, 404, 405, 413, 415, *range(300, 400)})
# The `Reason` of a 403 (exact-rest.md 1.5); each has its own sentence at the connection.
REASONS = frozenset({"BlockedUser", "InactiveUser", "BlockedCustomer", "LicenseExpired", "NoDivisionAccess"})
# The request cannot have left this machine: no connection, or none free.
NEVER_SENT = (SendTooLate, httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
# The address that we made is no address.
OUR_ADDRESS = (httpx2.UnsupportedProtocol, httpx2.InvalidURL)
# What we asked, or how much of it, is wrong; asking again gives the same.
OUR_QUESTION = (httpx2.LocalProtocolError, httpx2.TooManyRedirects, AnswerTooLarge)
LONGEST_DETAIL = 500


class UnreadableAnswer(Exception):
    """An answer that says it went well and does not hold what was asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What was asked: `endpoint` is the path without key, `keyed` that the path names one record.

    `about` is what we know of the record by the names of the problems' placeholders.
    """

    method: str
    endpoint: str
    keyed: bool = False
    about: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def failure_of_answer(call: Call, answer: Answer, now: datetime) -> OutsideFailure | None:
    """The failure that an answer is; None when it went well."""
    status = answer.status
    if 200 <= status < 300:
        return None
    text = error_text(answer.content)
    detail = f"{call}: status {status} {text or _shown(answer)}".strip()
    if status == 401:
        return NotAllowed("login-refused", detail)
    if status == 403:
        return NotAllowed(_reason(answer, text), detail)
    if status == 429:
        return Throttled(wait_until(answer.headers, now), detail)
    if status == 413 and call.endpoint == ATTACHMENTS:
        return Refused((_too_large(),), detail)
    if status == 404 and call.keyed:
        return None if call.method == "DELETE" else Refused((_gone(call),), detail)
    if status in OUR_FAULT:
        return Broken(call.endpoint, detail)
    if status == 500 and text and call.method != "GET":
        return Refused(problems_of(text, call.endpoint, call.about), detail)
    return _in_doubt(call, detail)


def failure_of_error(call: Call, error: Exception) -> OutsideFailure:
    """The failure that an error on the way, or an unreadable answer, is."""
    detail = f"{call}: {type(error).__name__} {error}".strip()[:LONGEST_DETAIL]
    if isinstance(error, NEVER_SENT):
        return Unreachable(detail)
    if isinstance(error, OUR_ADDRESS):
        return Broken(call.endpoint, detail)
    if isinstance(error, OUR_QUESTION) and call.method != "POST":
        return Broken(call.endpoint, detail)
    return _in_doubt(call, detail)


def _in_doubt(call: Call, detail: str) -> OutsideFailure:
    return OutcomeUnknown(detail) if call.method == "POST" else Unreachable(detail)


def error_text(content: bytes) -> str:
    """The text of an error body (exact-rest.md 3.4); empty when there is none that can be read."""
    try:
        body: Any = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    message = _get(_get(body, "error"), "message")
    value = message if isinstance(message, str) else _get(message, "value")
    return value.strip() if isinstance(value, str) else ""


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _reason(answer: Answer, text: str) -> str:
    reason = (answer.headers.get("Reason") or "").partition(":")[0].strip()
    if reason == "DivisionBlocked":
        return "division-blocked"
    if reason in REASONS:
        return reason
    return "scope-missing" if "scope" in text.casefold() else "rights-missing"


def _too_large() -> Problem:
    return Problem(code="pdf-too-large", subject=Subject(kind="attachment"), severity=Severity.WARNS)


def _gone(call: Call) -> Problem:
    words = f"404 {call.endpoint}"
    return Problem(code="refused-by-exact", subject=Subject(kind=call.endpoint, key=words), values=(("text", words),))


def _shown(answer: Answer) -> str:
    """The beginning of a body on one line, for the folded-away part of a message."""
    text = answer.content[:300].decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
