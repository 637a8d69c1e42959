"""The data side of the service: one call from token to answer. Source: exact-rest.md 1.5, 2, 3."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from boekbrug_sim.control import Control
from boekbrug_sim.exact import atom, errors, guard, writing
from boekbrug_sim.exact.body import BodyError, decode, read_body
from boekbrug_sim.exact.derived import DEMO_USER_ID
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.errors import ApiError, json_response
from boekbrug_sim.exact.filters import FilterError
from boekbrug_sim.exact.me import current_division, may_use, me, selected, sync_timestamp
from boekbrug_sim.exact.oauth import Login, Logins, Person
from boekbrug_sim.exact.query import Page, Query, narrowed, read_query, run_query, token_text
from boekbrug_sim.exact.render import Renderer, address
from boekbrug_sim.exact.schema import COLLECTION_LINKS, Entity, entities
from boekbrug_sim.exact.scopes import scope_refusal
from boekbrug_sim.exact.store import Row, Store
from boekbrug_sim.exact.target import NOT_FOUND, Target, bearer, target_of
from boekbrug_sim.exact.texts import RefusedError
from boekbrug_sim.exact.webhooks import Webhooks
from boekbrug_sim.exact.words import Tongue, tongue_of

PREFIX = "/api/v1/"
ONLY_KEY = frozenset({"Accounts", "Contacts"})  # 3.2: answer of a POST without Prefer
DELETED_SHOWN_MS = 62 * 86_400_000  # 3.10: two months
NEEDS_SELECT = frozenset({"Receivables"})  # 2: $select or $top=1
_PLACE = re.compile(r"(?:beta/)?(\d{1,9})/(.+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who calls, from where."""

    login: Login
    person: Person
    division: int
    base: str
    as_json: bool
    tongue: Tongue


class Api:
    """Answers everything under /api/v1."""

    def __init__(self, store: Store, control: Control, logins: Logins, webhooks: Webhooks) -> None:
        self._store = store
        self._control = control
        self._logins = logins
        self._webhooks = webhooks
        self.block = guard.ErrorBlock(
            clock=control.clock, seconds=lambda: control.switches.number("error_block_seconds")
        )

    async def handle(self, request: web.Request) -> web.Response:
        """One call."""
        login = self._logins.login(bearer(request.headers.get("Authorization", "")))
        person = self._logins.person(login.person) if login else None
        if login is None or person is None:
            return errors.unauthorised(self._control.switches["unauthorised_body"])
        rest = request.path[len(PREFIX) :]
        place = _PLACE.fullmatch(rest)
        division = int(place[1]) if place else current_division(self._store, person)
        verdict = self._control.limiter.spend(f"{login.client}/{division}")
        headers = guard.headers_of(verdict)
        if verdict.tripped:
            return guard.throttled(headers, self._control.switches)
        as_json = "json" in request.headers.get("Accept", "") or request.query.get("$format") == "json"
        caller = Caller(
            login=login,
            person=person,
            division=division,
            base=f"{request.scheme}://{request.host}",
            as_json=as_json,
            tongue=tongue_of(person.language, request.headers.get("CustomDescriptionLanguage")),
        )
        endpoint = place[2] if place else rest
        response = await self._guarded(request, caller, endpoint, known=place is not None)
        response.headers.update(headers)
        return response

    async def _guarded(self, request: web.Request, caller: Caller, endpoint: str, *, known: bool) -> web.Response:
        name = endpoint.split("(", 1)[0].removesuffix("/$count")
        place = (caller.login.client, caller.login.person, caller.division, name)
        if self._control.switches["error_block"] and self.block.is_blocked(place):
            return web.Response(status=int(self._control.switches.number("error_block_status")))
        try:
            response = await self._answer(request, caller, endpoint, known=known)
        except RefusedError as problem:
            word = str(self._control.switches["english_journal"])
            response = errors.refusal(problem, caller.person.language, word, as_json=caller.as_json)
        except (FilterError, BodyError) as problem:
            response = errors.answer(ApiError(400, str(problem)), as_json=caller.as_json)
        except ApiError as problem:
            response = errors.answer(problem, as_json=caller.as_json)
        if response.status in errors.COUNTED:
            self.block.note(place)
        return response

    async def _answer(self, request: web.Request, caller: Caller, endpoint: str, *, known: bool) -> web.Response:
        accept = request.headers.get("Accept", "")
        if "application/xml" in accept and not any(kind in accept for kind in ("json", "atom", "*/*")):
            status = int(self._control.switches.number("xml_accept_status"))
            raise ApiError(status, "Unsupported media type requested.")
        if caller.person.reason:
            raise ApiError(403, "Forbidden", reason=caller.person.reason)
        if not known:
            if endpoint not in {"current/Me", f"current/Me(guid'{DEMO_USER_ID}')"}:
                raise ApiError(404, NOT_FOUND)
            return self._me(request, caller, by_key=endpoint != "current/Me")
        if not self._division_exists(caller.division) or not may_use(caller.login, caller.person, caller.division):
            raise ApiError(403, "Forbidden", reason="NoDivisionAccess")
        target = target_of(endpoint)
        if request.method not in target.entity.methods:
            raise ApiError(405, "Method not allowed.")
        self._check_rights(request.method, caller, target.entity)
        match request.method:
            case "GET":
                return self._get(request, caller, target)
            case "POST":
                return await self._post(caller, target, await _raw(request), request.headers)
            case "PUT":
                return await self._put(caller, target, await _raw(request))
            case _:
                return self._delete(caller, target)

    def _check_rights(self, method: str, caller: Caller, entity: Entity) -> None:
        switches = self._control.switches
        if entity.path in caller.person.denied:
            raise ApiError(403, "Forbidden")  # 1.5: the user lacks the right, or the licence the module
        refused = scope_refusal(
            entity.name,
            method,
            caller.person.scopes,
            sales_entry_scope=switches["sales_entry_scope"],
            levels=bool(switches["scope_levels"]),
        )
        if refused:
            raise ApiError(403, refused)

    def _division_exists(self, division: int) -> bool:
        return self._store.one('SELECT 1 FROM "Divisions" WHERE "Code" = ?', (division,)) is not None

    def _renderer(self, caller: Caller) -> Renderer:
        return Renderer(self._store, caller.base, caller.division, caller.tongue)

    # --- reading

    def _me(self, request: web.Request, caller: Caller, *, by_key: bool) -> web.Response:
        if request.method != "GET":
            raise ApiError(405, "Method not allowed.")
        shown = selected(me(self._store, caller.person, caller.base), request.query.get("$select"))
        if by_key:
            return _single(entities()["Me"], shown, as_json=caller.as_json)
        if caller.as_json:
            return json_response({"d": {"results": [shown]}})
        return _atom(atom.feed(entities()["Me"], [shown], str(request.url), None, None))

    def _get(self, request: web.Request, caller: Caller, target: Target) -> web.Response:
        options = dict(request.query)
        entity = target.entity
        if entity.name == "SyncTimestamp":
            shown = sync_timestamp(self._store, caller.division, options, caller.base)
            return _single(entity, shown, as_json=caller.as_json)
        if target.key is not None:
            return self._get_by_key(request, caller, target, options)
        query = _asked_by_name(self._query(entity, options), options)
        if target.counted:
            return self._count(caller, query)
        self._check_breadth(caller, query, options)
        return self._list(request, caller, query)

    def _get_by_key(
        self, request: web.Request, caller: Caller, target: Target, options: dict[str, str]
    ) -> web.Response:
        entity = target.entity
        found = self._one(caller, self._query(entity, {} if target.inner else options), target.key)
        if not found:
            raise ApiError(404, NOT_FOUND)
        if target.inner is None:
            query, row = found
            shown = self._renderer(caller).object(query, row)
            return _single(entity, shown, as_json=caller.as_json)
        field = entity.fields.get(target.inner)
        hidden = target.inner == "SalesEntryLines" and not self._control.switches["entry_lines_navigation"]
        if field is None or field.collection is None or hidden:
            raise ApiError(404, f"Resource not found for the segment '{target.inner}'.")
        inner = entities().get(field.collection)
        if inner is None:
            if target.counted:
                return web.Response(text="0")
            empty = atom.feed(entity, [], str(request.url), None, None)
            return json_response({"d": {"results": []}}) if caller.as_json else _atom(empty)
        link = f't."{COLLECTION_LINKS[inner.name]}" = ?'
        query = narrowed(self._query(inner, options), link, target.key)
        return self._count(caller, query) if target.counted else self._list(request, caller, query)

    def _query(self, entity: Entity, options: Mapping[str, str]) -> Query:
        if "$skip" in options and self._control.switches["skip"] == "refuse":
            raise FilterError("The query parameter '$skip' is not supported.")
        return read_query(entity, options, seen_only=self._control.switches["filter_functions"] == "seen")

    def _one(self, caller: Caller, query: Query, key: Any) -> tuple[Query, tuple[Any, ...]] | None:
        query = narrowed(query, f"{query.entity.key_field.sql} = ?", key)
        scope, params = self._scope(caller, query.entity)
        page = run_query(self._store, query, scope, params)
        return (query, page.rows[0]) if page.rows else None

    def _scope(self, caller: Caller, entity: Entity) -> tuple[str, tuple[Any, ...]]:
        """The rows that a caller may see: those of the company; of companies, those that app and user may use."""
        if entity.table == "OpenItems" and self._control.switches["paid_receivables"] == "gone":
            return 't."Division" = ? AND t."Status" < 50', (caller.division,)
        if entity.table == "Deleted":
            return 't."Division" = ? AND t."DeletedDate" >= ?', (
                caller.division,
                self._store.now_ms() - DELETED_SHOWN_MS,
            )
        if entity.table != "Divisions":
            return 't."Division" = ?', (caller.division,)
        codes = [row[0] for row in self._store.all('SELECT "Code" FROM "Divisions"')]
        seen = [code for code in codes if may_use(caller.login, caller.person, code)]
        return f't."Code" IN ({", ".join("?" * len(seen))})', tuple(seen)

    def _count(self, caller: Caller, query: Query) -> web.Response:
        scope, params = self._scope(caller, query.entity)
        where = f"{scope} AND ({query.where})" if query.where else scope
        sql = f'SELECT COUNT(*) FROM "{query.entity.table}" t WHERE {where}'  # noqa: S608 - from our schema
        row = self._store.one(sql, (*params, *query.params))
        return web.Response(text=str(row[0] if row else 0))

    def _check_breadth(self, caller: Caller, query: Query, options: Mapping[str, str]) -> None:
        entity = query.entity
        if (entity.is_wide or entity.name in NEEDS_SELECT) and query.select is None and query.top != 1:
            raise ApiError(400, errors.PLEASE_SELECT)
        narrow = query.has_filter or query.top is not None or "$skiptoken" in options
        if narrow or entity.path.startswith("sync/") or entity.table not in _synced_tables():
            return
        sql = f'SELECT 1 FROM "{entity.table}" WHERE "Division" = ? LIMIT 1 OFFSET ?'  # noqa: S608
        offset = int(self._control.switches.number("broad_read_rows"))
        if self._store.one(sql, (caller.division, offset)) is not None:
            raise ApiError(408, "The request is too broad: use a filter or the sync endpoint.")

    def _list(self, request: web.Request, caller: Caller, query: Query) -> web.Response:
        scope, params = self._scope(caller, query.entity)
        page = run_query(self._store, query, scope, params)
        shown = self._renderer(caller).objects(query, page.rows)
        if not shown and query.token is None and self._control.switches["empty_list"] == "not_found":
            raise ApiError(404, NOT_FOUND)
        following = _next(request, caller, query, page)
        if not caller.as_json:
            return _atom(atom.feed(query.entity, shown, str(request.url), following, page.count))
        within = query.top is not None and query.top <= query.entity.page and page.count is None
        if within and self._control.switches["list_with_top"] == "array":
            return json_response({"d": shown})
        body: dict[str, Any] = {"results": shown}
        if page.count is not None:
            body["__count"] = str(page.count)
        if following:
            body["__next"] = following
        return json_response({"d": body})

    # --- writing

    def _desk(self, caller: Caller) -> Desk:
        return Desk(store=self._store, switches=self._control.switches, division=caller.division)

    async def _post(self, caller: Caller, target: Target, raw: bytes, headers: Mapping[str, str]) -> web.Response:
        entity = target.entity
        if target.key is not None or target.counted:
            raise ApiError(405, "Method not allowed.")
        values, nested = self._body(entity, raw, update=False)
        desk = self._desk(caller)
        if entity.name == "WebhookSubscriptions":
            await self._webhooks.check(desk, values)
        with self._store.transaction():
            key = writing.create(desk, entity, values, nested)
            self._webhooks.keep(desk.division, desk.events, caller.base)
        self._webhooks.send()
        return self._created(caller, entity, key, representation="representation" in headers.get("Prefer", ""))

    def _body(self, entity: Entity, raw: bytes, *, update: bool) -> tuple[Row, dict[str, list[Row]]]:
        largest = self._control.switches.number("body_megabytes") * 1_000_000
        if largest and len(raw) > largest:
            raise ApiError(413, "Request Entity Too Large")  # guessed
        newer_readonly = self._control.switches["newer_fields"] == "readonly"
        return read_body(entity, decode(raw), update=update, newer_readonly=newer_readonly)

    def _created(self, caller: Caller, entity: Entity, key: Any, *, representation: bool) -> web.Response:
        found = self._one(caller, read_query(entity, {}), key)
        if found is None:
            raise ApiError(404, NOT_FOUND)
        shown = self._renderer(caller).object(*found)
        bare = entity.name in ONLY_KEY or (
            entity.name == "SalesEntries" and self._control.switches["sales_entry_answer"] == "key"
        )
        if bare and not representation:
            shown = {name: value if name in {"__metadata", entity.key} else None for name, value in shown.items()}
        response = _single(entity, shown, as_json=caller.as_json)
        response.set_status(int(self._control.switches.number("post_status")))
        response.headers["Location"] = address(caller.base, caller.division, entity, key)
        return response

    async def _put(self, caller: Caller, target: Target, raw: bytes) -> web.Response:
        desk, kept = self._kept(caller, target)
        changes, _ = self._body(target.entity, raw, update=True)
        if target.entity.name == "WebhookSubscriptions":
            await self._webhooks.check(desk, changes, kept)
        with self._store.transaction():
            writing.update(desk, target.entity, kept, changes)
            self._webhooks.keep(desk.division, desk.events, caller.base)
        self._webhooks.send()
        return web.Response(status=204)

    def _delete(self, caller: Caller, target: Target) -> web.Response:
        desk, kept = self._kept(caller, target)
        if target.entity.table == "Divisions":
            raise ApiError(403, "Forbidden")  # a practice company stays
        with self._store.transaction():
            writing.remove(desk, target.entity, kept)
            self._webhooks.keep(desk.division, desk.events, caller.base)
        self._webhooks.send()
        return web.Response(status=204)

    def _kept(self, caller: Caller, target: Target) -> tuple[Desk, dict[str, Any]]:
        if target.key is None or target.inner is not None:
            raise ApiError(405, "Method not allowed.")
        desk = self._desk(caller)
        kept = writing.kept_row(desk, target.entity, target.key)
        if kept is None:
            raise ApiError(404, NOT_FOUND)
        return desk, kept


async def _raw(request: web.Request) -> bytes:
    """The body as it came; one that is packed wrongly cannot be read."""
    try:
        return await request.read()
    except web.RequestPayloadError as problem:
        raise BodyError("Error processing request stream.") from problem


def _synced_tables() -> frozenset[str]:
    return frozenset(e.table for e in entities().values() if e.path.startswith("sync/"))


def _asked_by_name(query: Query, options: Mapping[str, str]) -> Query:
    """The parameters with which JournalStatusByFinancialPeriod is asked (form guessed)."""
    if query.entity.name != "JournalStatusByFinancialPeriod":
        return query
    for name, column in (("journal", "Journal"), ("year", "Year"), ("period", "Period")):
        if name in options:
            query = narrowed(query, f't."{column}" = ?', options[name].strip("'"))
    return query


def _next(request: web.Request, caller: Caller, query: Query, page: Page) -> str | None:
    if page.token is None:
        return None
    kept = [
        (name, value)
        for name, value in request.query.items()
        if name not in {"$skiptoken", "$skip", "$top", "$inlinecount"}
    ]
    if page.rest is not None:
        kept.append(("$top", str(page.rest)))
    kept.append(("$skiptoken", token_text(query.order, page.token)))
    joined = urlencode(kept, safe="$'(),:", quote_via=quote)
    path = quote(request.path, safe="/()'")
    return f"{caller.base}{path}?{joined}"


def _single(entity: Entity, shown: dict[str, Any], *, as_json: bool) -> web.Response:
    return json_response({"d": shown}) if as_json else _atom(atom.entry(entity, shown))


def _atom(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/atom+xml")
