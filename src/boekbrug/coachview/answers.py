"""What Coachview answers, as JSON with exact numbers, and the exact text of every record beside its value."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST_INTEGER = 30
BLANKS = " \t\r\n"


class UnusableAnswer(Exception):
    """An answer that says it went well and holds something else than was asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record of an answer: its value, numbers as Decimal or int, and its own text."""

    value: Any
    text: str


def rows_of(content: bytes) -> list[Record]:
    """The records of a list; raises UnusableAnswer when `content` is no JSON list (coachview.md 4.3)."""
    text = _decoded(content)
    position = _after_blanks(text, 0)
    if text[position : position + 1] != "[":
        value = _whole(text)
        raise UnusableAnswer(f"a list was asked for, Coachview answered with {_kind(value)}")
    rows: list[Record] = []
    position = _after_blanks(text, position + 1)
    if text[position : position + 1] == "]":
        return _nothing_after(text, position + 1, rows)
    while True:
        value, end = _element(text, position)
        rows.append(Record(value=value, text=text[position:end]))
        position = _after_blanks(text, end)
        separator = text[position : position + 1]
        if separator == "]":
            return _nothing_after(text, position + 1, rows)
        if separator != ",":
            raise UnusableAnswer("the answer is no JSON: a list does not end")
        position = _after_blanks(text, position + 1)


def record_of(content: bytes) -> Record:
    """The single record in `content`; raises UnusableAnswer when it is no JSON."""
    text = _decoded(content)
    return Record(value=_whole(text), text=text.strip(BLANKS))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableAnswer("the answer is no text in UTF-8") from None


def _whole(text: str) -> Any:
    start = _after_blanks(text, 0)
    value, end = _element(text, start)
    _nothing_after(text, end, [])
    return value


def _element(text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError):
        shown = " ".join(text[position : position + 60].split())
        raise UnusableAnswer(f"the answer is no JSON: {shown!r}") from None


def _nothing_after(text: str, position: int, rows: list[Record]) -> list[Record]:
    if _after_blanks(text, position) != len(text):
        raise UnusableAnswer("the answer is no JSON: there is more behind its end")
    return rows


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in BLANKS:
        position += 1
    return position


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= LONGEST_INTEGER else _number(text)


def _kind(value: Any) -> str:
    return {dict: "an object", str: "a text", bool: "true or false", type(None): "nothing"}.get(type(value), "a number")


_DECODER = json.JSONDecoder(parse_float=_number, parse_int=_integer, parse_constant=_number)
