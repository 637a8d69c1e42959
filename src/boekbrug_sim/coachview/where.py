"""The `where` of a list: conditions joined by `;`, each an equality, a list, a range of dates or a comparison.

Source: coachview.md 4.3. Field paths are read without regard to case. Two dates after `=` are a range, both days
included; a plain date in a comparison is its midnight.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_CONDITION = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(>=|<=|>|<|=)(.*)", re.DOTALL)
_DATE = re.compile(
    r"(?:(?P<d>\d{1,2})[-./](?P<m>\d{1,2})[-./](?P<y>\d{4})|(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2}))"
    r"(?P<time>[ T](?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?)?"
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?")
SECOND = timedelta(seconds=1)


class BadCondition(ValueError):
    """A `where` or `orderby` that cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A date or date-time that a client wrote."""

    at: datetime
    whole_day: bool

    @property
    def last(self) -> datetime:
        """Its last second."""
        return self.at + timedelta(days=1) - SECOND if self.whole_day else self.at


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition: a field path in small letters, an operator, and the values as they were written."""

    path: tuple[str, ...]
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Span:
    """From the first to the last second, both included; None is open."""

    first: datetime | None = None
    last: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies within."""
        return (self.first is None or self.first <= moment) and (self.last is None or moment <= self.last)

    def __and__(self, other: "Span") -> "Span":
        firsts = [first for first in (self.first, other.first) if first is not None]
        lasts = [last for last in (self.last, other.last) if last is not None]
        return Span(first=max(firsts, default=None), last=min(lasts, default=None))


def conditions(text: str, *, separator: str, value_separator: str) -> tuple[Condition, ...]:
    """Read a whole `where`."""
    found = []
    for part in text.split(separator):
        if not part.strip():
            continue
        match = _CONDITION.fullmatch(part)
        if match is None:
            raise BadCondition(f"cannot read the condition {part.strip()!r}")
        values = tuple(value.strip() for value in match[3].split(value_separator))
        found.append(Condition(path=tuple(match[1].lower().split(".")), operator=match[2], values=values))
    return tuple(found)


def moment(text: str) -> Moment | None:
    """Read a date or date-time as clients write them; None when it is something else."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(match[a] or match[b]) for a, b in (("y", "iy"), ("m", "im"), ("d", "id")))
    hour, minute, second = (int(match[name] or 0) for name in "HMS")
    try:
        at = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - Coachview has local times without zone
    except ValueError:
        return None
    return Moment(at=at, whole_day=match["time"] is None)


def span_of(condition: Condition) -> Span:
    """The moments that a condition on a date-time field allows."""
    moments = [moment(value) for value in condition.values]
    known = [found for found in moments if found is not None]
    if len(known) != len(moments) or len(known) > 2 or (condition.operator != "=" and len(known) != 1):
        raise BadCondition(f"cannot read the date in {'.'.join(condition.path)}{condition.operator}{condition.values}")
    first, last = known[0], known[-1]
    match condition.operator:
        case "=":
            return Span(first=first.at, last=last.last)
        case ">":
            return Span(first=first.at + SECOND)
        case ">=":
            return Span(first=first.at)
        case "<":
            return Span(last=first.at - SECOND)
        case _:
            return Span(last=first.at)


def predicate(found: Iterable[Condition]) -> Callable[[dict[str, Any]], bool]:
    """A test on a record that all conditions must pass."""
    tests = [_test(condition) for condition in found]
    return lambda record: all(test(record) for test in tests)


def value_at(record: Any, path: tuple[str, ...]) -> Any:
    """The value at a path, keys compared without regard to case; None when it is not there."""
    for key in path:
        if not isinstance(record, dict):
            return None
        record = next((value for name, value in record.items() if name.lower() == key), None)
    return record


def stored_moment(value: Any) -> datetime | None:
    """The moment that a stored text is, when it is one."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return None
    return None


def _test(condition: Condition) -> Callable[[dict[str, Any]], bool]:
    texts = {value.lower() for value in condition.values}

    def passes(record: dict[str, Any]) -> bool:
        value = value_at(record, condition.path)
        at = stored_moment(value)
        if at is not None and moment(condition.values[0]) is not None:
            return span_of(condition).holds(at)
        if condition.operator != "=" and moment(condition.values[0]) is not None:
            return False
        if condition.operator == "=":
            return _text(value) in texts or _same_number(value, condition.values)
        return _compares(value, condition.operator, condition.values[0])

    return passes


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).lower()


def _same_number(value: Any, texts: tuple[str, ...]) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value in map(_number, texts)


def _compares(value: Any, operator: str, text: str) -> bool:
    left: Any = value
    right: Any = _number(text) if isinstance(value, int | float) else text
    if left is None or right is None:
        return False
    match operator:
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
        case "<":
            return bool(left < right)
        case _:
            return bool(left <= right)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
