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
    try:
        text = body.decode("utf-8")
        content, raw, code = _parts(text)
    except (ValueError, RecursionError):
        return None
    expected = hmac.new(secret.encode(), raw.encode(), hashlib.sha256).hexdigest().upper()
    if not hmac.compare_digest(expected.encode(), code.encode()):
        return None
    return _event(content)


def _parts(text: str) -> tuple[dict[str, Any], str, str]:
    """Content, its raw text and the hash code; the outer object is walked so that the raw text is exact."""
    whole: Any = json.loads(text)
    code = whole.get("HashCode") if isinstance(whole, dict) else None
    content = whole.get("Content") if isinstance(whole, dict) else None
    if not isinstance(code, str) or not isinstance(content, dict):
        raise ValueError("no signed content")
    decoder = json.JSONDecoder()
    start = text.index("{", text.index('"Content"'))
    found, end = decoder.raw_decode(text, start)
    if found != content:
        raise ValueError("the content stands elsewhere")
    return content, text[start:end], code


def _event(content: dict[str, Any]) -> Event | None:
    division = content.get("Division")
    names = ("Topic", "Action", "Key")
    topic, action, key = (content.get(name) for name in names)
    if not isinstance(division, int) or not all(isinstance(value, str) for value in (topic, action, key)):
        return None
    return Event(topic=str(topic), division=division, action=str(action), key=str(key).lower())
