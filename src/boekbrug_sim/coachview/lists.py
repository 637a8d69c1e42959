"""A list as Coachview answers it: `where`, `orderby`, `skip`, `take`, `Count`, relations on demand.

Source: coachview.md 4.3; a high `skip` fails as 4.2 tells. Parameter names are read without regard to case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import and_
from typing import Any

from boekbrug_sim.coachview.profile import Path, Profile
from boekbrug_sim.coachview.records import Kind, Order, Records
from boekbrug_sim.coachview.where import BadCondition, Condition, Span, conditions, predicate, span_of, value_at
from boekbrug_sim.coachview.wire import Json

MOST_SKIP = 10_000


class SkipTooHigh(Exception):
    """More rows to skip than the server can do in time."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A list request, read."""

    where: tuple[Condition, ...] = ()
    order_by: tuple[tuple[tuple[str, ...], bool], ...] = ()  # path, descending
    skip: int = 0
    take: int = 100
    count: bool = False
    relations: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of records, and how many there are in all when that was asked."""

    rows: tuple[Json, ...]
    total: int | None = None


def read_query(parameters: Mapping[str, str], names: Profile, known: frozenset[str]) -> Query:
    """Read the parameters of a list; `known` are the top-level field names, which filter by themselves."""
    given = {name.lower(): value for name, value in parameters.items()}
    words = names.list

    def take(name: str) -> str | None:
        return given.pop(str(words[name]).lower(), None)

    where = conditions(
        take("where") or "",
        separator=words["condition_separator"],
        value_separator=words["value_separator"],
    )
    unknown = [condition.path for condition in where if condition.path[0] not in known]
    if unknown:
        raise BadCondition(f"no field {'.'.join(unknown[0])}")
    query = Query(
        order_by=_order(take("order_by") or ""),
        skip=_number(take("skip"), "skip", default=0),
        take=min(_number(take("take"), "take", default=words["take_max"]), words["take_max"]),
        count=_flag(take("count")),
        relations=_flag(take("relations")),
    )
    own = tuple(
        Condition(path=(name,), operator="=", values=(value,)) for name, value in given.items() if name in known
    )
    return Query(**{**query.__dict__, "where": (*where, *own)})


def read_page(query: Query, kind: Kind, records: Records, now: datetime) -> Page:
    """The page that a query asks for; what changes later than `now` is not there yet."""
    if query.skip > MOST_SKIP:
        raise SkipTooHigh
    changed_path = tuple(key.lower() for key in records.entity(kind).changed_at)
    spans = [span_of(condition) for condition in query.where if condition.path == changed_path]
    span = reduce(and_, spans, Span(last=now))
    rest = tuple(condition for condition in query.where if condition.path != changed_path)
    order, sorting = _order_of(query, changed_path)
    if not rest and not sorting:
        places = records.places(kind, span, order)
        chosen = [(place, records.read(kind, place)) for place in islice(places, query.skip, query.skip + query.take)]
        return _page(chosen, records.count(kind, span) if query.count else None)
    passes = predicate(rest)
    named = _named(rest, kind, records, span)
    sorting = sorting or (named is not None and bool(query.order_by))
    places = records.places(kind, span, order) if named is None else iter(named)
    found = ((place, records.read(kind, place)) for place in places)
    matching = (pair for pair in found if passes(pair[1]))
    if sorting or query.count:
        every = _sorted(list(matching), query) if sorting else list(matching)
        return _page(every[query.skip : query.skip + query.take], len(every) if query.count else None)
    return _page(list(islice(matching, query.skip, query.skip + query.take)), None)


def _named(rest: tuple[Condition, ...], kind: Kind, records: Records, span: Span) -> list[int] | None:
    """The places of records that are asked for by id, so that nobody has to look through all of them."""
    id_path = (records.entity(kind).id.lower(),)
    asked = next((one.values for one in rest if one.path == id_path and one.operator == "="), None)
    if asked is None:
        return None
    places = {place for place in (records.place_of(kind, one) for one in asked) if place is not None}
    return [place for place in sorted(places) if span.holds(records.changed_at(kind, place))]


def without_relations(record: Json, changed_at: Path) -> Json:
    """A record without the objects and lists that belong to other records."""
    return {key: value for key, value in record.items() if not isinstance(value, dict | list) or key == changed_at[0]}


def _page(chosen: list[tuple[int, Json]], total: int | None) -> Page:
    return Page(rows=tuple(record for _, record in chosen), total=total)


def _order_of(query: Query, changed_path: tuple[str, ...]) -> tuple[Order, bool]:
    """The order that the records can give by themselves, and whether sorting must still be done."""
    if not query.order_by:
        return "natural", False
    if query.order_by[0][0] == changed_path and len(query.order_by) == 1:
        return ("changed-desc" if query.order_by[0][1] else "changed"), False
    return "natural", True


def _sorted(found: list[tuple[int, Json]], query: Query) -> list[tuple[int, Json]]:
    for path, descending in reversed(query.order_by):
        found.sort(key=lambda pair: _sort_key(value_at(pair[1], path)), reverse=descending)
    return found


def _sort_key(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    if isinstance(value, bool | int | float):
        return (1, value)
    return (2, str(value))


def _order(text: str) -> tuple[tuple[tuple[str, ...], bool], ...]:
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
    if not text.isdecimal():
        raise BadCondition(f"{name} must be a whole number from 0")
    return int(text)


def _flag(text: str | None) -> bool:
    return (text or "").lower() == "true"
