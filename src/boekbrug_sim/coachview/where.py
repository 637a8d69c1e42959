"""The `where` of a list: conditions joined by `;`, each an equality, a list, a range of dates or a comparison.

Source: coachview.md 4.3. Field paths are read without regard to case. Two dates after `=` are a range, both days
included; a plain date in a comparison is its midnight.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from boekbrug_sim.coachview.fields import Fields, FieldType
from boekbrug_sim.coachview.profile import Path

_CONDITION = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(>=|<=|>|<|=)(.*)", re.DOTALL | re.ASCII)
_DATE = re.compile(
    r"(?:(?P<d>\d{1,2})[-./](?P<m>\d{1,2})[-./](?P<y>\d{4})|(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2}))"
    r"(?P<time>[ T](?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?)?",
    re.ASCII,
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d{1,30}(\.\d{1,30})?", re.ASCII)
SECOND = timedelta(seconds=1)

Test = Callable[[Any], bool]


class BadCondition(ValueError):
    """A parameter of a list that cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A date or date-time that a client wrote."""

    at: datetime
    whole_day: bool

    @property
    def last(self) -> datetime:
        """Its last second."""
        return self.at.replace(hour=23, minute=59, second=59) if self.whole_day else self.at


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition: a field path in small letters, an operator, and the values as they were written."""

    path: Path
    operator: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}{self.operator}{','.join(self.values)}"


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
    """The moments that a condition on a date or date-time allows."""
    moments = [moment(value) for value in condition.values]
    known = [found for found in moments if found is not None]
    if len(known) != len(moments) or len(known) > 2 or (condition.operator != "=" and len(known) != 1):
        raise BadCondition(f"cannot read the date in {condition}")
    first, last = known[0], known[-1]
    match condition.operator:
        case "=":
            return Span(first=first.at, last=last.last)
        case ">":
            return Span(first=_moved(first.at, SECOND))
        case ">=":
            return Span(first=first.at)
        case "<":
            return Span(last=_moved(first.at, -SECOND))
        case _:
            return Span(last=first.at)


def predicate(found: Iterable[Condition], fields: Fields) -> Callable[[dict[str, Any]], bool]:
    """A test on a record that all conditions must pass; an unknown field or a value of another type is told."""
    tests = [(condition.path, _test(condition, fields)) for condition in found]
    return lambda record: all(test(value_at(record, path)) for path, test in tests)


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


def _test(condition: Condition, fields: Fields) -> Test:
    kind = fields.get(condition.path)
    if kind is None:
        raise BadCondition(f"no field {'.'.join(condition.path)}")
    if condition.operator != "=" and len(condition.values) > 1:
        raise BadCondition(f"several values go with = only: {condition}")
    return _TESTS[kind](condition)


def _text_test(condition: Condition) -> Test:
    texts = tuple(value.lower() for value in condition.values)
    if condition.operator == "=":
        return lambda value: _text(value) in texts
    return lambda value: value is not None and _compares(_text(value), condition.operator, texts[0])


def _number_test(condition: Condition) -> Test:
    if any(_NUMBER.fullmatch(value) is None for value in condition.values):
        raise BadCondition(f"cannot read the number in {condition}")
    numbers = tuple(Decimal(value) for value in condition.values)

    def passes(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        found = Decimal(repr(value))
        return found in numbers if condition.operator == "=" else _compares(found, condition.operator, numbers[0])

    return passes


def _flag_test(condition: Condition) -> Test:
    wanted = {value.lower() for value in condition.values}
    if condition.operator != "=" or not wanted <= {"true", "false"}:
        raise BadCondition(f"only =true or =false can be asked of this field: {condition}")
    return lambda value: _text(value) in wanted


def _date_test(condition: Condition) -> Test:
    span = span_of(condition)

    def passes(value: Any) -> bool:
        at = stored_moment(value)
        return at is not None and span.holds(at)

    return passes


_TESTS: dict[FieldType, Callable[[Condition], Test]] = {
    "text": _text_test,
    "number": _number_test,
    "flag": _flag_test,
    "date": _date_test,
}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).lower()


def _compares(left: Any, operator: str, right: Any) -> bool:
    match operator:
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
        case "<":
            return bool(left < right)
        case _:
            return bool(left <= right)


def _moved(at: datetime, step: timedelta) -> datetime:
    try:
        return at + step
    except OverflowError:
        return at
