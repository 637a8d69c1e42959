"""Domain records as JSON and back: amounts stay text, so nothing is ever rounded on the way."""

import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter

from boekbrug.domain.problem import Problem

Record = TypeVar("Record")

UNSTORABLE = "\ufffd"


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Made once per kind: making one costs milliseconds."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def write(record: object) -> Any:
    """A domain record as JSON values: decimals and dates as text."""
    return storable(_adapter(type(record)).dump_python(record, mode="json"))


def read(kind: type[Record], data: Any) -> Record:
    """The domain record that `write` wrote."""
    record: Record = _adapter(kind).validate_python(data)
    return record


def write_problems(problems: Sequence[Problem]) -> list[Any]:
    """Problems as JSON values, in their order."""
    return [write(problem) for problem in problems]


def read_problems(data: Sequence[Any]) -> tuple[Problem, ...]:
    """The problems that `write_problems` wrote."""
    return tuple(read(Problem, item) for item in data)


def storable_text(text: str) -> str:
    """Text that PostgreSQL takes: without NUL and without half a surrogate pair, which other people's data may hold."""
    return text.replace("\x00", UNSTORABLE).encode("utf-8", "replace").decode("utf-8")


def storable(value: Any) -> Any:
    """JSON values with every text made storable; nearly all are, and one look at the whole tells."""
    return _storable(value) if _UNSTORABLE.search(json.dumps(value, default=str)) else value


_UNSTORABLE = re.compile(r"\\u(0000|d[89a-f])")
"""NUL or half a pair as `json` writes them; a whole pair looks the same and is only looked at once more."""


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable_text(str(key)): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
