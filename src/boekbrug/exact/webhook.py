"""Exact's webhook: whether an event is really Exact's, and whose it is (exact-rest.md 4.9). It is only a wake-up."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

LARGEST_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What changed: the record is to be fetched, the event carries only its key and may come twice."""

    topic: str
    division: int
    action: str
    key: str


def read_event(body: bytes, secret: str) -> Event | None:
    """The event in a body that Exact has signed, or None.

    `HashCode` is the HMAC-SHA256, in upper-case hex, of the raw text of `Content`, braces included; so the bytes as
    they came are compared, never JSON that was written anew.
    """
    if not secret or len(body) > LARGEST_BODY_BYTES:
        return None
    parts = _parts(body)
    if parts is None:
        return None
    content, raw, code = parts
    expected = hmac.new(secret.encode(), raw.encode(), hashlib.sha256).hexdigest().upper()
    return _event(content) if hmac.compare_digest(expected.encode(), code.encode()) else None


def _parts(body: bytes) -> tuple[dict[str, Any], str, str] | None:
    """Content, its raw text and the hash code, when the body has them where they belong."""
    try:
        text = body.decode("utf-8")
        outer: Any = json.loads(text)
        start = text.index("{", text.index('"Content"'))
        found, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    code = outer.get("HashCode") if isinstance(outer, dict) else None
    if not isinstance(code, str) or not isinstance(found, dict) or found != outer.get("Content"):
        return None
    return found, text[start:end], code


def _event(content: dict[str, Any]) -> Event | None:
    division = content.get("Division")
    names = ("Topic", "Action", "Key")
    topic, action, key = (content.get(name) for name in names)
    if not isinstance(division, int) or not all(isinstance(value, str) for value in (topic, action, key)):
        return None
    return Event(topic=str(topic), division=division, action=str(action), key=str(key).lower())
