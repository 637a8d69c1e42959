"""Exact's webhook: only what Exact signed is an event, compared on the bytes as they came."""

import hashlib
import hmac

import pytest

from boekbrug.exact.webhook import LARGEST_BODY_BYTES, Event, read_event

SECRET = "sim-webhook"
CONTENT = (
    '{"Topic":"SalesEntries","ClientId":"c","Division":100001,"Action":"Update",'
    '"Key":"5A7C9E11-0D3B-4C62-9A55-1F0E7D2B4C01", "ExactOnlineEndpoint":"https:\\/\\/x","EventCreatedOn":"2026"}'
)


def signed(content: str, secret: str = SECRET) -> bytes:
    code = hmac.new(secret.encode(), content.encode(), hashlib.sha256).hexdigest().upper()
    return f'{{"Content":{content},"HashCode":"{code}"}}'.encode()


def test_what_exact_signed_is_an_event() -> None:
    assert read_event(signed(CONTENT), SECRET) == Event(
        topic="SalesEntries", division=100001, action="Update", key="5a7c9e11-0d3b-4c62-9a55-1f0e7d2b4c01"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"Content":7,"HashCode":"x"}',
        b'{"Content":{},"HashCode":7}',
        b'{"Content":{"a":1}}',
        b'{"x":"\\"Content\\" {}","Content":{"a":1},"HashCode":"x"}',
        signed(CONTENT, "somebody-else"),
        signed(CONTENT).replace(b"100001", b"100002"),
        signed(CONTENT).replace(b", ", b","),
        signed('{"Topic":1}'),
        signed('{"Topic":"a","Action":"b","Key":"c","Division":"100001"}'),
        signed('{"Topic":"a","Action":"b","Key":7,"Division":100001}'),
        signed(CONTENT.replace('"c"', '"' + "c" * LARGEST_BODY_BYTES + '"')),
        b"[" * 60_000,
    ],
)
def test_anything_else_is_none(body: bytes) -> None:
    assert read_event(body, SECRET) is None


def test_without_a_secret_nothing_is_believed() -> None:
    assert read_event(signed(CONTENT, ""), "") is None
