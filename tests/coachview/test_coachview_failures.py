"""One decision over every status and every network error (exactly-once.md, "Failures")."""

import inspect

import httpx2
import pytest

from boekbrug.coachview.answers import UnusableAnswer
from boekbrug.coachview.failures import failure_of
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, OutsideFailure, Throttled, Unreachable

Expected = tuple[type[OutsideFailure] | None, type[OutsideFailure] | None]
REQUEST = httpx2.Request("GET", "https://training.coachview.net/api/v1/Facturen")


def expected_of_status(status: int) -> Expected:
    table: dict[int, Expected] = {
        200: (None, None),
        **dict.fromkeys((201, 202, 204), (Unreachable, None)),
        **dict.fromkeys((401, 403), (NotAllowed, NotAllowed)),
        **dict.fromkeys((400, 404, 405, 413, 415), (Broken, Broken)),
        **dict.fromkeys(range(300, 400), (Broken, Broken)),
        429: (Throttled, Throttled),
    }
    return table.get(status, (Unreachable, OutcomeUnknown))


ERRORS: dict[type[Exception], Expected] = {
    httpx2.ConnectError: (Unreachable, Unreachable),
    httpx2.ConnectTimeout: (Unreachable, Unreachable),
    httpx2.PoolTimeout: (Unreachable, Unreachable),
    httpx2.ProxyError: (Unreachable, Unreachable),
    httpx2.UnsupportedProtocol: (Broken, Broken),
    httpx2.InvalidURL: (Broken, Broken),
    httpx2.LocalProtocolError: (Broken, OutcomeUnknown),
    httpx2.TooManyRedirects: (Broken, OutcomeUnknown),
}


def every_error() -> list[type[Exception]]:
    roots = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.CookieConflict, httpx2.StreamError)
    named = {one for _, one in inspect.getmembers(httpx2, inspect.isclass) if issubclass(one, roots)}
    assert len(named) >= 25
    return sorted(named | {OSError, UnusableAnswer}, key=lambda one: one.__name__)


def made(kind: type[Exception]) -> Exception:
    if kind is httpx2.HTTPStatusError:
        return httpx2.HTTPStatusError("429", request=REQUEST, response=httpx2.Response(429, request=REQUEST))
    silent = (httpx2.StreamConsumed, httpx2.StreamClosed, httpx2.ResponseNotRead, httpx2.RequestNotRead)
    return kind() if kind in silent else kind("it went wrong")


@pytest.mark.parametrize("status", range(100, 600))
def test_every_status_has_its_class(status: int) -> None:
    reads, writes = expected_of_status(status)
    assert failure_of(status, writes=False) is reads
    assert failure_of(status, writes=True) is writes


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: str(kind.__name__))
def test_every_error_has_its_class(kind: type[Exception]) -> None:
    by_status = (Throttled, Throttled) if kind is httpx2.HTTPStatusError else None
    reads, writes = by_status or ERRORS.get(kind, (Unreachable, OutcomeUnknown))
    assert failure_of(made(kind), writes=False) is reads
    assert failure_of(made(kind), writes=True) is writes


def test_no_error_of_a_read_leaves_an_outcome_unknown() -> None:
    assert all(failure_of(made(kind), writes=False) is not OutcomeUnknown for kind in every_error())
    assert all(failure_of(status, writes=False) is not OutcomeUnknown for status in range(100, 600))
