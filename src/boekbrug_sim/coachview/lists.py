"""A list as Coachview answers it: `where`, `orderby`, `skip`, `take`, `Count`, relations on demand.

Source: coachview.md 4.3; a high `skip` fails as 4.2 tells. Parameter names are read without regard to case.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import and_
from typing import Any

from boekbrug_sim.coachview.fields import Fields
from boekbrug_sim.coachview.profile import Path, Profile
from boekbrug_sim.coachview.records import Kind, Order, Records
from boekbrug_sim.coachview.where import BadCondition, Condition, Span, conditions, predicate, span_of, value_at
from boekbrug_sim.coachview.wire import Json

MOST_SKIP = 10_000
ROWS_AT_ONCE = 100
MOST_DIGITS = 9


class ReadTimeout(Exception):
    """More rows to skip or to look through than the server can do in time."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A list request, read."""

    where: tuple[Condition, ...] = ()
    order_by: tuple[tuple[Path, bool], ...] = ()  # path, descending
    skip: int = 0
    take: int = 100
    count: bool = False
    relations: bool = False
    free_fields: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of records, and how many there are in all when that was asked."""

    rows: tuple[Json, ...]
    total: int | None = None


def read_query(parameters: Iterable[tuple[str, str]], names: Profile, fields: Fields) -> Query:
    """Read the parameters of a list; top-level fields filter by themselves, what is unknown is not looked at."""
    given = _once(parameters)
    words = names.list

    def take(name: str) -> str | None:
        return given.pop(str(words[name]).lower(), None)

    where = conditions(
        take("where") or "",
        separator=words["condition_separator"],
        value_separator=words["value_separator"],
    )
    order_by = _order(take("order_by") or "")
    for path in (*(condition.path for condition in where), *(path for path, _ in order_by)):
        if path not in fields:
            raise BadCondition(f"no field {'.'.join(path)}")
    take("calculated")
    query = Query(
        order_by=order_by,
        skip=_number(take("skip"), "skip", default=0),
        take=min(_number(take("take"), "take", default=words["take_max"]), words["take_max"]),
        count=_flag(take("count"), words["count"]),
        relations=_flag(take("relations"), words["relations"]),
        free_fields=_flag(given.pop("inclusiefvrijevelden", None), "InclusiefVrijevelden"),
    )
    own = (Condition(path=(name,), operator="=", values=(value,)) for name, value in given.items() if (name,) in fields)
    return Query(**{**query.__dict__, "where": (*where, *own)})


async def read_page(query: Query, kind: Kind, records: Records, now: datetime, *, seconds: float = 30.0) -> Page:
    """The page that a query asks for, within so many seconds; what changes later than `now` is not there yet."""
    if query.skip > MOST_SKIP:
        raise ReadTimeout
    changed_path = tuple(key.lower() for key in records.entity(kind).changed_at)
    spans = [span_of(condition) for condition in query.where if condition.path == changed_path]
    span = reduce(and_, spans, Span(last=now))
    rest = tuple(condition for condition in query.where if condition.path != changed_path)
    passes = predicate(rest, records.fields(kind))
    order, sorting = _order_of(query, changed_path)
    if not rest and not sorting:
        places = records.places(kind, span, order)
        chosen = [records.read(kind, place) for place in islice(places, query.skip, query.skip + query.take)]
        return Page(rows=tuple(chosen), total=records.count(kind, span) if query.count else None)
    named = _named(rest, kind, records, span)
    sorting = sorting or (named is not None and bool(query.order_by))
    found = _read(records, kind, records.places(kind, span, order) if named is None else named, seconds)
    wanted = None if sorting or query.count else query.skip + query.take
    matching: list[Json] = []
    if wanted != 0:
        async for record in found:
            if passes(record):
                matching.append(record)
                if len(matching) == wanted:
                    break
    rows = _sorted(matching, query) if sorting else matching
    return Page(rows=tuple(rows[query.skip : query.skip + query.take]), total=len(rows) if query.count else None)


async def _read(records: Records, kind: Kind, places: Iterable[int], seconds: float) -> AsyncIterator[Json]:
    """The records one by one; others are served in between, and after a while it is too much."""
    end = time.monotonic() + seconds
    for number, place in enumerate(places, 1):
        yield records.read(kind, place)
        if number % ROWS_AT_ONCE == 0:
            if time.monotonic() > end:
                raise ReadTimeout
            await asyncio.sleep(0)


def _named(rest: tuple[Condition, ...], kind: Kind, records: Records, span: Span) -> list[int] | None:
    """Where the records are that are asked for by id or number, so that nobody has to look through all of them."""
    entity = records.entity(kind)
    number_path = tuple(key.lower() for key in entity.fields.get("number", ()))
    asked = {one.path: one.values for one in rest if one.operator == "="}
    places: set[int] | None = None
    if (ids := asked.get((entity.id.lower(),))) is not None:
        places = {place for place in (records.place_of(kind, one) for one in ids) if place is not None}
    elif (numbers := asked.get(number_path)) is not None:
        places = records.places_of_numbers(kind, numbers)
    if places is None:
        return None
    return [place for place in sorted(places) if span.holds(records.changed_at(kind, place))]


def without_relations(record: Json, changed_at: Path) -> Json:
    """A record without the objects and lists that belong to other records."""
    return {key: value for key, value in record.items() if not isinstance(value, dict | list) or key == changed_at[0]}


def _once(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters by name in small letters; one that comes twice cannot be meant."""
    given: dict[str, str] = {}
    for name, value in parameters:
        if name.lower() in given:
            raise BadCondition(f"{name} is given twice")
        given[name.lower()] = value
    return given


def _order_of(query: Query, changed_path: Path) -> tuple[Order, bool]:
    """The order that the records can give by themselves, and whether sorting must still be done."""
    if not query.order_by:
        return "natural", False
    if query.order_by[0][0] == changed_path and len(query.order_by) == 1:
        return ("changed-desc" if query.order_by[0][1] else "changed"), False
    return "natural", True


def _sorted(found: list[Json], query: Query) -> list[Json]:
    for path, descending in reversed(query.order_by):
        found.sort(key=lambda record: _sort_key(value_at(record, path)), reverse=descending)
    return found


def _sort_key(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    if isinstance(value, bool | int | float):
        return (1, value)
    return (2, str(value))


def _order(text: str) -> tuple[tuple[Path, bool], ...]:
    found = []
    for part in text.split(","):
        words = part.split()
        if not words:
            continue
        if len(words) > 2 or (len(words) == 2 and words[1].lower() not in {"asc", "desc"}):
            raise BadCondition(f"cannot read the order {part.strip()!r}")
        found.append((tuple(words[0].lower().split(".")), len(words) == 2 and words[1].lower() == "desc"))
    return tuple(found)


def _number(text: str | None, name: str, *, default: int) -> int:
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdecimal()):
        raise BadCondition(f"{name} must be a whole number from 0")
    return int(text) if len(text) <= MOST_DIGITS else 10**MOST_DIGITS


def _flag(text: str | None, name: str) -> bool:
    if (text or "").lower() not in {"", "true", "false"}:
        raise BadCondition(f"{name} must be true or false")
    return (text or "").lower() == "true"
