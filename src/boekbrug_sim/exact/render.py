"""Rows as JSON objects, with their metadata and collections. Source: exact-rest.md 3.5, 3.8."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from boekbrug_sim.exact.query import Query, narrowed, read_query, run_query
from boekbrug_sim.exact.schema import COLLECTION_LINKS, Entity, Field, entities
from boekbrug_sim.exact.store import Store
from boekbrug_sim.exact.values import outgoing
from boekbrug_sim.exact.words import Tongue

EXPANDED_ROWS = 1000

Json = dict[str, Any]


def key_text(entity: Entity, key: Any) -> str:
    """A key as it stands in an address."""
    match entity.key_field.type:
        case "Guid":
            return f"guid'{key}'"
        case "Hidden":
            return f"'{key}'"
        case "Int64":
            return f"{key}L"
        case _:
            return str(key)


def address(base: str, division: int, entity: Entity, key: Any) -> str:
    """The address of one object."""
    return f"{base}/api/v1/{division}/{entity.path}({key_text(entity, key)})"


class Renderer:
    """Makes JSON objects of rows for one caller: his base address, division and languages."""

    def __init__(self, store: Store, base: str, division: int, tongue: Tongue) -> None:
        self._store = store
        self._base = base
        self._division = division
        self._tongue = tongue
        self._said: dict[str, tuple[str, ...]] = {}

    def objects(self, query: Query, rows: Iterable[tuple[Any, ...]]) -> list[Json]:
        """The objects of a page."""
        return [self.object(query, row) for row in rows]

    def object(self, query: Query, row: tuple[Any, ...]) -> Json:
        """One object: metadata, fields, collections."""
        entity = query.entity
        uri = address(self._base, self._division, entity, row[0])
        shown: Json = {"__metadata": {"uri": uri, "type": entity.model}}
        for field, value in zip(query.fields, row[1:], strict=True):
            shown[field.name] = outgoing(field, value)
        for name in self._descriptions(entity):
            if text := shown.get(name):
                shown[name] = self._tongue.say(text)
        if entity.table == "DocumentAttachments" and shown.get("Url"):
            shown["Url"] = shown["Url"].replace("{base}", self._base)
        self._add_collections(shown, query, uri, row[0])
        return shown

    def _descriptions(self, entity: Entity) -> tuple[str, ...]:
        if entity.name not in self._said:
            self._said[entity.name] = self._tongue.fields(entity)
        return self._said[entity.name]

    def _add_collections(self, shown: Json, query: Query, uri: str, key: Any) -> None:
        for field in query.entity.collections:
            if field.name in query.expand:
                inner = self.lines(field, key, query.expand)
                shown[field.name] = {"results": inner}
            elif query.select is None or field in query.select:
                shown[field.name] = {"__deferred": {"uri": f"{uri}/{field.name}"}}

    def lines(self, field: Field, key: Any, expand: Mapping[str, tuple[Field, ...] | None]) -> list[Json]:
        """The objects of a collection of one owner, in order."""
        inner = entities().get(field.collection or "")
        link = COLLECTION_LINKS.get(field.collection or "")
        if inner is None or link is None:
            return []
        options = {"$orderby": "LineNumber"} if "LineNumber" in inner.fields else {}
        chosen = expand.get(field.name)
        if chosen:
            options["$select"] = ",".join(each.name for each in chosen)
        query = narrowed(read_query(inner, options), f't."{link}" = ?', key)
        page = run_query(self._store, query, 't."Division" = ?', (self._division,))
        rows = list(page.rows)
        while page.token is not None and len(rows) < EXPANDED_ROWS:
            query = narrowed(read_query(inner, options), f't."{link}" = ?', key)
            page = run_query(self._store, with_token(query, page.token), 't."Division" = ?', (self._division,))
            rows += page.rows
        return self.objects(query, rows)


def with_token(query: Query, token: tuple[Any, ...]) -> Query:
    """The same query from where a page ended."""
    return replace(query, token=token)
