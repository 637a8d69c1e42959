"""One table: the class of failure of every status, body and error, for GET, PUT, DELETE and POST."""

import json
from datetime import timedelta

import httpx2
import pytest
from tests.exact.answers_of_exact import NOW

from boekbrug.domain.problem import Severity
from boekbrug.exact.exchange import Answer, AnswerTooLarge, SendTooLate
from boekbrug.exact.failures import Call, UnreadableAnswer, error_text, failure_of_answer, failure_of_error
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, OutsideFailure, Refused, Throttled, Unreachable

TEXT = json.dumps({"error": {"code": "", "message": {"lang": "", "value": "Verplicht: Dagboek"}}}).encode()
HTML = b"<html><head><title>Object moved</title></head></html>"
BODIES = {"text": TEXT, "html": HTML, "empty": b"", "json": b'{"d":{}}', "list": b"[1]"}
METHODS = ("GET", "PUT", "DELETE", "POST")


def answer(status: int, content: bytes = b"") -> Answer:
    return Answer(status=status, headers=httpx2.Headers(), content=content)


def call(method: str, endpoint: str = "salesentry/SalesEntries", *, keyed: bool = False) -> Call:
    return Call(method=method, endpoint=endpoint, keyed=keyed)


def expected(method: str, status: int, body: str) -> type[OutsideFailure] | None:
    if 200 <= status <= 299:
        return None
    if status in {401, 403}:
        return NotAllowed
    if status == 429:
        return Throttled
    if status in {400, 404, 405, 413, 415} or 300 <= status <= 399:
        return Broken
    if status == 500 and body == "text" and method != "GET":
        return Refused
    return OutcomeUnknown if method == "POST" else Unreachable


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("body", BODIES)
def test_every_status_has_one_class(method: str, body: str) -> None:
    for status in range(100, 600):
        failure = failure_of_answer(call(method), answer(status, BODIES[body]), NOW)
        wanted = expected(method, status, body)
        assert type(failure) is (wanted or type(None)), f"{method} {status} {body}"
        assert failure is None or str(status) in failure.detail


NEVER_SENT = (
    SendTooLate("late"),
    httpx2.ConnectError("refused"),
    httpx2.ConnectTimeout("slow"),
    httpx2.PoolTimeout("busy"),
    httpx2.ProxyError("proxy"),
)
BAD_ADDRESS = (httpx2.UnsupportedProtocol("ftp"), httpx2.InvalidURL("no"))
OUR_QUESTION = (httpx2.LocalProtocolError("header"), httpx2.TooManyRedirects("many"), AnswerTooLarge("33 MB"))
IN_DOUBT = (
    httpx2.ReadTimeout("silent"),
    httpx2.WriteTimeout("slow"),
    httpx2.ReadError("reset"),
    httpx2.WriteError("reset"),
    httpx2.CloseError("reset"),
    httpx2.RemoteProtocolError("hung up"),
    httpx2.DecodingError("gzip"),
    httpx2.TimeoutException("any"),
    httpx2.NetworkError("any"),
    httpx2.ProtocolError("any"),
    httpx2.TransportError("any"),
    httpx2.RequestError("any"),
    httpx2.HTTPError("any"),
    httpx2.StreamConsumed(),
    httpx2.StreamClosed(),
    httpx2.ResponseNotRead(),
    httpx2.RequestNotRead(),
    httpx2.CookieConflict("any"),
    UnreadableAnswer("no JSON"),
    OSError("any"),
)


@pytest.mark.parametrize("method", METHODS)
def test_every_error_has_one_class(method: str) -> None:
    doubt = OutcomeUnknown if method == "POST" else Unreachable
    for errors, wanted in (
        (NEVER_SENT, Unreachable),
        (BAD_ADDRESS, Broken),
        (OUR_QUESTION, OutcomeUnknown if method == "POST" else Broken),
        (IN_DOUBT, doubt),
    ):
        for error in errors:
            assert type(failure_of_error(call(method), error)) is wanted, type(error)


def test_every_exception_of_the_library_is_in_the_table() -> None:
    tabled = {type(error) for error in (*NEVER_SENT, *BAD_ADDRESS, *OUR_QUESTION, *IN_DOUBT)}
    known = {
        value
        for name in httpx2.__all__
        if isinstance(value := getattr(httpx2, name), type) and issubclass(value, Exception)
    }
    # An answer with an error status is not raised by us, and server-sent events are not used.
    assert known - tabled == {httpx2.HTTPStatusError, httpx2.StreamError, httpx2.SSEError}


@pytest.mark.parametrize(
    ("reason", "text", "key"),
    [
        ("BlockedUser", "", "BlockedUser"),
        ("InactiveUser: the user may not log in", "", "InactiveUser"),
        ("BlockedCustomer", "", "BlockedCustomer"),
        ("LicenseExpired", "", "LicenseExpired"),
        ("NoDivisionAccess", "", "NoDivisionAccess"),
        ("DivisionBlocked", "", "division-blocked"),
        ("", "Forbidden - Application Scope Violated. Cannot read 'crm.accounts' scope.", "scope-missing"),
        ("", "Forbidden", "rights-missing"),
        ("Something new", "", "rights-missing"),
    ],
)
def test_a_403_says_what_is_missing(reason: str, text: str, key: str) -> None:
    body = json.dumps({"error": {"message": {"value": text}}}).encode() if text else HTML
    headers = httpx2.Headers({"Reason": reason} if reason else {})
    failure = failure_of_answer(call("GET"), Answer(status=403, headers=headers, content=body), NOW)
    assert isinstance(failure, NotAllowed)
    assert failure.reason == key


def test_a_refusal_carries_its_problems_and_exacts_words() -> None:
    failure = failure_of_answer(call("POST"), answer(500, TEXT), NOW)
    assert isinstance(failure, Refused)
    assert [problem.code for problem in failure.problems] == ["journal-unknown"]
    assert "Verplicht: Dagboek" in failure.detail


def test_a_429_waits_for_the_reset_of_the_limit_that_was_hit() -> None:
    reset = NOW + timedelta(seconds=17)
    headers = {"X-RateLimit-Minutely-Reset": str(int(reset.timestamp() * 1000))}
    failure = failure_of_answer(call("GET"), Answer(status=429, headers=headers, content=b""), NOW)
    assert isinstance(failure, Throttled)
    assert failure.until == reset


def test_an_attachment_that_is_too_large_is_the_pdfs_problem_not_ours() -> None:
    failure = failure_of_answer(call("POST", "documents/DocumentAttachments"), answer(413), NOW)
    assert isinstance(failure, Refused)
    assert [(problem.code, problem.severity) for problem in failure.problems] == [("pdf-too-large", Severity.WARNS)]


def test_a_record_that_is_gone_is_not_a_wrong_path() -> None:
    failure = failure_of_answer(call("PUT", "crm/Accounts", keyed=True), answer(404), NOW)
    assert isinstance(failure, Refused)
    assert failure.problems[0].code == "refused-by-exact"


def test_a_record_that_is_gone_needs_no_deleting() -> None:
    assert failure_of_answer(call("DELETE", "documents/Documents", keyed=True), answer(404), NOW) is None
    assert isinstance(failure_of_answer(call("DELETE", "documents/Documents"), answer(404), NOW), Broken)


def test_an_endpoint_that_was_asked_wrongly_is_named() -> None:
    failure = failure_of_answer(call("GET", "vat/VATCodes"), answer(400, TEXT), NOW)
    assert isinstance(failure, Broken)
    assert failure.endpoint == "vat/VATCodes"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (TEXT, "Verplicht: Dagboek"),
        (b'{"error":{"code":"","message":"Verplicht: Dagboek"}}', "Verplicht: Dagboek"),
        (b'{"error":{"message":{"value":7}}}', ""),
        (b'{"error":"access_denied"}', ""),
        (b'{"error":{"message":{"value":"  "}}}', ""),
        (b"[" * 100_000, ""),
        (b"\xff\xfe", ""),
        (b"null", ""),
    ],
)
def test_an_error_body_is_read_whatever_it_is(content: bytes, text: str) -> None:
    assert error_text(content) == text
