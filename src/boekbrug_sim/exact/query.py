"""Query options of a list: read, run as SQL, cut into pages. Source: exact-rest.md 3.5 to 3.7."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from boekbrug_sim.exact.filters import FilterError, parse_filter, sql_of
from boekbrug_sim.exact.schema import VIEWS, Entity, Field, entities
from boekbrug_sim.exact.store import Store
from boekbrug_sim.exact.values import ms_of_text, text_of_ms

KNOWN_OPTIONS = frozenset(
    {"$select", "$filter", "$orderby", "$top", "$skip", "$expand", "$inlinecount", "$skiptoken", "$format"}
)


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked of a list. `select` None is every field; `expand` maps a collection to its fields."""

    entity: Entity
    select: tuple[Field, ...] | None = None
    expand: Mapping[str, tuple[Field, ...] | None]
    where: str = ""
    params: tuple[Any, ...] = ()
    order: tuple[tuple[Field, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    token: tuple[Any, ...] | None = None
    with_count: bool = False
    has_filter: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """The plain fields that are shown."""
        return tuple(f for f in self.select or self.entity.plain if f.type != "Hidden" and not f.collection)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Rows (values of `fields` with the key in front), where to go on, and how many there are in all."""

    rows: list[tuple[Any, ...]]
    token: tuple[Any, ...] | None
    rest: int | None
    count: int | None


def read_query(entity: Entity, options: Mapping[str, str], *, seen_only: bool = False) -> Query:
    """Read the options of an address; what is wrong is a FilterError. `seen_only`: functions that were seen (3.7)."""
    for name in options:
        if name.startswith("$") and name not in KNOWN_OPTIONS:
            raise FilterError(f"The query parameter '{name}' is not supported.")
    if options.get("$inlinecount", "none") not in {"none", "allpages"}:
        raise FilterError("Unknown $inlinecount option, only 'allpages' and 'none' are supported.")
    select, nested = _select(entity, options.get("$select", ""))
    order = _order(entity, options.get("$orderby", ""))
    where, params = "", ()
    if text := options.get("$filter", "").strip():
        where, found = sql_of(parse_filter(text, entity.fields, seen_only=seen_only))
        params = tuple(found)
    token = _token(options["$skiptoken"], order) if options.get("$skiptoken") else None
    return Query(
        entity=entity,
        select=select,
        expand=_expand(entity, options.get("$expand", ""), nested),
        where=where,
        params=params,
        order=order,
        top=_whole(options, "$top"),
        skip=_whole(options, "$skip") or 0,
        token=token,
        with_count=options.get("$inlinecount") == "allpages",
        has_filter=bool(where),
    )


def _whole(options: Mapping[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not text.strip().isdecimal() or len(text) > 9:
        raise FilterError(f"Incorrect value for {name}: '{text}'.")
    return int(text)


def _select(entity: Entity, text: str) -> tuple[tuple[Field, ...] | None, dict[str, list[str]]]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or "*" in names:
        return None, {}
    chosen: dict[str, Field] = {}
    nested: dict[str, list[str]] = {}
    for name in names:
        own, _, inner = name.partition("/")
        field = entity.fields.get(own)
        if field is None or field.type == "Hidden" or (inner and not field.collection):
            raise FilterError(f"Could not find a property named '{name}' on type '{entity.model}'.")
        chosen[own] = field
        if inner and inner != "*":
            nested.setdefault(own, []).append(inner)
    return tuple(chosen.values()), nested


def _expand(entity: Entity, text: str, nested: dict[str, list[str]]) -> dict[str, tuple[Field, ...] | None]:
    found: dict[str, tuple[Field, ...] | None] = {}
    for name in (part.strip() for part in text.split(",")):
        if not name:
            continue
        field = entity.fields.get(name)
        if field is None or field.collection is None:
            raise FilterError(f"Could not find a navigation property named '{name}' on type '{entity.model}'.")
        inner = entities().get(field.collection)
        found[name] = None
        if inner is not None and name in nested:
            found[name] = _select(inner, ",".join(nested[name]))[0]
    return found


def _order(entity: Entity, text: str) -> tuple[tuple[Field, bool], ...]:
    order: list[tuple[Field, bool]] = []
    for part in text.split(","):
        words = part.split()
        if not words:
            continue
        field = entity.fields.get(words[0])
        if field is None or field.collection or field.type == "Hidden" or len(words) > 2:
            raise FilterError(f"No property '{words[0]}' exists at this position.")
        if len(words) == 2 and words[1] not in {"asc", "desc"}:
            raise FilterError(f"Syntax error at '{words[1]}' in $orderby.")
        order.append((field, words[1:] == ["desc"]))
    if not order and entity.order != entity.key:
        order.append((entity.fields[entity.order], False))
    if all(field.name != entity.key for field, _ in order):
        order.append((entity.key_field, bool(order) and order[-1][1]))
    return tuple(order)


def run_query(store: Store, query: Query, scope: str, scope_params: tuple[Any, ...]) -> Page:
    """One page. `scope` is the condition on `t` that keeps the rows to what the caller may see."""
    entity = query.entity
    limit = entity.page if query.top is None else min(query.top, entity.page)
    where, params = scope, list(scope_params)
    if query.where:
        where, params = f"{where} AND ({query.where})", [*params, *query.params]
    count = None
    if query.with_count:
        found = store.one(f'SELECT COUNT(*) FROM "{entity.table}" t WHERE {where}', params)  # noqa: S608
        count = found[0] if found else 0
    wants_more = query.top is None or query.top > limit
    wanted = limit + wants_more
    rows: list[tuple[Any, ...]] = []
    for after, after_params in _after(query.order, query.token):
        if len(rows) < wanted:
            rows += _rows(
                store, query, f"{where} AND {after}", [*params, *after_params, wanted - len(rows), query.skip]
            )
    more = wants_more and len(rows) > limit
    rows = rows[:limit]
    width = len(query.order)
    return Page(
        rows=[(row[0], *row[1 + width :]) for row in rows],
        token=tuple(rows[-1][1 : 1 + width]) if more else None,
        rest=query.top - limit if more and query.top is not None else None,
        count=count,
    )


def _rows(store: Store, query: Query, where: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of a condition in order: key, values of the order, fields. The last two parameters cut the page."""
    entity = query.entity
    named = [entity.key_field, *(field for field, _ in query.order), *query.fields]
    ordered = ", ".join(f"{field.sql}{' DESC' if desc else ''}" for field, desc in query.order)
    page = f'FROM "{entity.table}" t WHERE {where} ORDER BY {ordered} LIMIT ? OFFSET ?'
    if len(query.order) > 1 and entity.table not in VIEWS:
        # Sort bare rows first: names are looked up for the rows of the page only, not for all that are sorted.
        page = f'FROM "{entity.table}" t WHERE t.rowid IN (SELECT t.rowid {page}) ORDER BY {ordered}'
    return store.all(f"SELECT {', '.join(field.sql for field in named)} {page}", params)


def _after(
    order: tuple[tuple[Field, bool], ...], token: tuple[Any, ...] | None
) -> list[tuple[str, tuple[Any, ...] | list[Any]]]:
    """The conditions for rows behind a token, one after the other, in an order where nothing comes before everything.

    Where it can be, a condition is one that an index can seek, so that a page deep in a list is as fast as the first.
    """
    if token is None:
        return [("1", ())]
    first, desc = order[0]
    if len(order) == 1:
        return [(f"{first.sql} {'<' if desc else '>'} ?", token)]
    if len(order) == 2 and order[1][1] == desc and token[0] is not None:
        pair = f"({first.sql}, {order[1][0].sql}) {'<' if desc else '>'} (?, ?)"
        return [(pair, token), (f"{first.sql} IS NULL", ())] if desc else [(pair, token)]
    parts: list[str] = []
    params: list[Any] = []
    for index, ((field, is_desc), value) in enumerate(zip(order, token, strict=True)):
        behind, behind_params = _behind(field.sql, value, desc=is_desc)
        same = [f"{other.sql} IS ?" for other, _ in order[:index]]
        parts.append(" AND ".join([*same, behind]))
        params += [*token[:index], *behind_params]
    bound, bound_params = _bound(order[0], token[0])
    return [(f"{bound}({' OR '.join(f'({part})' for part in parts)})", [*bound_params, *params])]


def _behind(sql: str, value: Any, *, desc: bool) -> tuple[str, list[Any]]:
    if value is None:
        return ("0", []) if desc else (f"{sql} IS NOT NULL", [])
    if desc:
        return f"({sql} < ? OR {sql} IS NULL)", [value]
    return f"{sql} > ?", [value]


def _bound(first: tuple[Field, bool], value: Any) -> tuple[str, list[Any]]:
    """A plain bound on the first order column, which an index can use."""
    field, desc = first
    if value is None or desc:
        return "", []
    return f"{field.sql} >= ? AND ", [value]


def token_text(order: tuple[tuple[Field, bool], ...], token: tuple[Any, ...]) -> str:
    """A token as it stands in `$skiptoken`: `datetime'...',guid'...'` (3.6)."""
    return ",".join(_literal(field, value) for (field, _), value in zip(order, token, strict=True))


def _literal(field: Field, value: Any) -> str:
    if value is None:
        return "null"
    match field.type:
        case "Guid":
            return f"guid'{value}'"
        case "DateTime":
            return f"datetime'{text_of_ms(value)}'"
        case "String" | "Hidden":
            return "'" + str(value).replace("'", "''") + "'"
        case "Int64":
            return f"{value}L"
        case _:
            return repr(value)


def _token(text: str, order: tuple[tuple[Field, bool], ...]) -> tuple[Any, ...]:
    parts = _split(text)
    if len(parts) != len(order):
        raise FilterError("The skiptoken does not belong to this query.")
    return tuple(_value(field, part) for (field, _), part in zip(order, parts, strict=True))


def _split(text: str) -> list[str]:
    parts, quoted = [""], False
    for letter in text:
        if letter == "'":
            quoted = not quoted
        if letter == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _value(field: Field, text: str) -> Any:
    try:
        if text == "null":
            return None
        match field.type:
            case "Guid":
                return text.removeprefix("guid").strip("'").lower()
            case "DateTime":
                return ms_of_text(text.removeprefix("datetime").strip("'"))
            case "String" | "Hidden":
                return text[1:-1].replace("''", "'")
            case "Double":
                return float(text)
            case _:
                return int(text.rstrip("L"))
    except ValueError as problem:
        raise FilterError(f"Incorrect skiptoken '{text}'.") from problem


def narrowed(query: Query, condition: str, *params: Any) -> Query:
    """The same query with one more condition, for navigation from an owner to its lines."""
    where = f"({query.where}) AND {condition}" if query.where else condition
    return replace(query, where=where, params=(*query.params, *params))
