"""The handlers of the Coachview simulator: they read the request, ask the records, and write the answer."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from aiohttp import web

from boekbrug_sim.coachview.access import BASE_SCOPE, Access, Grant, TokenRefused, credentials
from boekbrug_sim.coachview.lists import Page, Query, SkipTooHigh, read_page, read_query, without_relations
from boekbrug_sim.coachview.pdf import BROKEN, invoice_pdf
from boekbrug_sim.coachview.profile import Profile
from boekbrug_sim.coachview.records import Kind, Loaded, Records
from boekbrug_sim.coachview.swagger import description
from boekbrug_sim.coachview.webhooks import MOST_WAITING, Event, Webhooks
from boekbrug_sim.coachview.where import BadCondition, Span
from boekbrug_sim.coachview.wire import Json, example
from boekbrug_sim.control import Allowance, Control, Verdict
from boekbrug_sim.control.gate import REFUSE_REFRESH

CLOCK_SECONDS = 0.5
READ, WRITE = "Lezen", "Schrijven"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
EntityHandler = Callable[[web.Request, Grant, Kind], web.StreamResponse]


class Server:
    """One running Coachview: its data, its clients' tokens, its webhooks."""

    def __init__(self, names: Profile, control: Control, state: Path | None) -> None:
        self._names = names
        self._control = control
        self.records = Records(names, state)
        self.access = Access(self.records.database, names.scopes)
        self.webhooks = Webhooks(self.records.database, names.signature_header)
        self._seen_until = self.now()

    def now(self) -> datetime:
        """The simulated moment as a Dutch clock shows it, to the second."""
        return self._control.clock.now().astimezone(self._names.time_zone).replace(tzinfo=None, microsecond=0)

    def load(self, scenario: str, seed: int, invoices: int | None) -> None:
        """Forget all changes and put a scenario in force that starts today."""
        self.records.load(Loaded(name=scenario, seed=seed, invoices=invoices, today=self.now().date()))
        self._seen_until = self.now()

    def forget_logins(self) -> None:
        """Make every token invalid, and call no webhook any more."""
        self.access.forget()
        self.webhooks.forget()

    def throttled(self) -> web.Response:
        """The answer above the limit."""
        verdict = self._control.limiter.look("fault")
        headers = self._limit_headers(verdict[1])
        return web.json_response(_problem(429, "API limit reached"), status=429, headers=headers)

    # ---- token and description ----

    async def token(self, request: web.Request) -> web.Response:
        """`POST` on the token address: client credentials, form-encoded."""
        if request.content_type != "application/x-www-form-urlencoded":
            return web.json_response({"error": "invalid_request"}, status=400)
        form = {name: str(value) for name, value in (await request.post()).items()}
        if request.get(REFUSE_REFRESH):
            return web.json_response({"error": "invalid_grant"}, status=400)
        try:
            withheld = frozenset(str(self._control.switches["withheld_scopes"]).split())
            answer = self.access.grant(
                credentials(form, request.headers.get("Authorization", "")),
                self._control.clock.timestamp(),
                withheld=withheld,
            )
        except TokenRefused as refusal:
            return web.json_response({"error": str(refusal)}, status=400)
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def swagger(self, _request: web.Request) -> web.Response:
        """The description of this API; readable without logging in."""
        return web.json_response(description(self._names))

    # ---- entities ----

    def guarded(self, verb: EntityHandler) -> Handler:
        """A handler behind token, limit and entity name."""

        async def handle(request: web.Request) -> web.StreamResponse:
            grant = self.access.holder(request.headers.get("Authorization", ""), self._control.clock.timestamp())
            if grant is None:
                headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
                return web.json_response(_problem(401, "Unauthorized"), status=401, headers=headers)
            verdict = self._control.limiter.spend("client")
            headers = self._limit_headers(_tightest(verdict))
            if verdict.tripped:
                return web.json_response(_problem(429, "API limit reached"), status=429, headers=headers)
            answer = self._answer(request, grant, verb)
            answer.headers.update(headers)
            return answer

        return handle

    def _answer(self, request: web.Request, grant: Grant, verb: EntityHandler) -> web.StreamResponse:
        if BASE_SCOPE not in grant.scopes:
            return web.json_response(_problem(403, f"scope {BASE_SCOPE} is missing"), status=403)
        kind = self.records.kind_of(request.match_info.get("entity", self._names.invoices.path))
        if kind is None:
            return web.json_response(_problem(404, "no such entity"), status=404)
        try:
            return verb(request, grant, kind)
        except BadCondition as problem:
            return web.json_response(_problem(400, str(problem)), status=400)
        except SkipTooHigh:
            text = "Execution Timeout Expired. The timeout period elapsed prior to completion of the operation."
            return web.json_response(_problem(500, text), status=500)

    def list_records(self, request: web.Request, grant: Grant, kind: Kind) -> web.StreamResponse:
        """`GET` on an entity: a page of records, an array at top level."""
        query = read_query(request.query, self._names, self.records.top_fields(kind))
        page = read_page(query, kind, self.records, self.now())
        rows = self._rows(page, query, grant, kind)
        headers = {self._names.list["count_header"]: str(page.total)} if page.total is not None else None
        return web.json_response(rows, headers=headers)

    def one_record(self, request: web.Request, grant: Grant, kind: Kind) -> web.StreamResponse:
        """`GET` on one record."""
        place = self._place(kind, request.match_info["id"])
        if place is None:
            return web.json_response(_problem(404, "not found"), status=404)
        query = read_query(request.query, self._names, frozenset())
        rows = self._rows(Page(rows=(self.records.read(kind, place),)), query, grant, kind)
        return web.json_response(rows[0])

    def pdf(self, request: web.Request, grant: Grant, _kind: Kind) -> web.StreamResponse:
        """`GET` on the PDF of an invoice."""
        if not grant.may(self._names.invoices.path, READ):
            return web.json_response(_problem(403, f"scope {self._names.invoices.path}.{READ} is missing"), status=403)
        place = self._place("invoices", request.match_info["id"])
        invoice = self.records.scenario_invoice(place) if place is not None else None
        if invoice is None or invoice.number is None or self._switched("pdf_missing", invoice.number):
            return web.json_response(_problem(404, "no PDF"), status=404)
        size = 0
        if self._switched("pdf_large", invoice.number):
            size = int(self._control.switches.number("pdf_large_bytes"))
        broken = self._switched("pdf_broken", invoice.number)
        body = BROKEN if broken else invoice_pdf(invoice, at_least_bytes=size)
        headers = {"Content-Disposition": f'attachment; filename="Factuur {invoice.number}.pdf"'}
        return web.Response(body=body, content_type="application/pdf", headers=headers)

    async def write_back(self, request: web.Request) -> web.StreamResponse:
        """`PUT` on an invoice with only the fields that may be written."""
        body = await request.text()

        def write(_request: web.Request, grant: Grant, kind: Kind) -> web.StreamResponse:
            return self._write(request.match_info["id"], body, grant, kind)

        return await self.guarded(write)(request)

    def _write(self, record_id: str, body: str, grant: Grant, kind: Kind) -> web.StreamResponse:
        path = self._names.invoices.path
        if not grant.may(path, WRITE):
            return web.json_response(_problem(403, f"scope {path}.{WRITE} is missing"), status=403)
        place = self._place("invoices", record_id)
        if kind != "invoices" or place is None:
            return web.json_response(_problem(404, "not found"), status=404)
        values = _written_values(body, self._names)
        self.records.change("invoices", place, values, self.now())
        return web.Response(status=204)

    def _rows(self, page: Page, query: Query, grant: Grant, kind: Kind) -> list[Json]:
        entity = self.records.entity(kind)
        rows = list(page.rows)
        if not grant.may(entity.path, READ):
            rows = [example(row, entity.id) for row in rows] * (2 if len(rows) == 1 else 1)
        elif kind == "invoices":
            rows = [self._with_scopes(row, grant) for row in rows]
        if not query.relations:
            rows = [without_relations(row, entity.changed_at) for row in rows]
        return rows

    def _with_scopes(self, row: Json, grant: Grant) -> Json:
        """Example data in place of a relation whose scope is missing."""
        debtor, lines = self._names.relation("debtor"), self._names.relation("lines")
        if row.get(debtor) and not grant.may(self._names.debtors.path, READ):
            row = {**row, debtor: example(row[debtor], self._names.debtors.id)}
        if row.get(lines) and not grant.may(lines, READ):
            key = self._names.line_fields["id"][0]
            row = {**row, lines: [example(row[lines][0], key)] * 2}
        return row

    def _place(self, kind: Kind, record_id: str) -> int | None:
        """Where a record is that has come into being by now."""
        place = self.records.place_of(kind, record_id)
        return place if place is not None and self.records.changed_at(kind, place) <= self.now() else None

    def _switched(self, name: str, number: str) -> bool:
        wanted = str(self._control.switches[name]).split()
        return number in wanted or "*" in wanted

    def _limit_headers(self, allowance: Allowance) -> dict[str, str]:
        names = self._names.limits
        return {
            names["limit"]: str(allowance.limit),
            names["remaining"]: str(allowance.remaining),
            names["reset"]: str(int(-(-allowance.reset // 1))),
        }

    # ---- control ----

    def change_record(self, _request: web.Request, data: Any) -> Json:
        """`POST /_sim/records`: change one record, or make one when no id is given."""
        kind = self.records.kind_of(str(data["entity"]))
        if kind is None:
            raise ValueError(f"unknown entity {data['entity']!r}")
        values = data["values"]
        if not isinstance(values, dict):
            raise ValueError("values is an object")  # noqa: TRY004 - every bad body is a ValueError
        record_id = data.get("id")
        if record_id is None:
            record_id = self.records.create(kind, values, self.now())
        else:
            place = self.records.place_of(kind, str(record_id))
            if place is None:
                raise ValueError(f"no {kind} with id {record_id}")
            self.records.change(kind, place, values, self.now())
        self._announce(kind, str(record_id))
        return {"entity": self.records.entity(kind).path, "id": record_id}

    def add_webhook(self, _request: web.Request, data: Any) -> Json:
        """`POST /_sim/webhooks`: call this address at every change."""
        self.webhooks.register(str(data["url"]), str(data.get("secret", "")))
        return {"webhooks": sorted(self.webhooks.registered())}

    def _announce(self, kind: Kind, record_id: str) -> None:
        at = self.now().strftime(self._names.datetime_format)
        self.webhooks.announce(Event(entity=self.records.entity(kind).path, id=record_id, at=at))

    async def work(self, _app: web.Application) -> AsyncIterator[None]:
        """The background work of a running server: webhooks, and invoices that the clock brings."""
        tasks = [asyncio.create_task(self.webhooks.send_all()), asyncio.create_task(self._watch_clock())]
        yield
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self.records.close()

    @web.middleware
    async def after_clock(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """When the clock was set, tell at once what it brought."""
        answer = await handler(request)
        if request.path == "/_sim/clock":
            self.announce_new()
        return answer

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(CLOCK_SECONDS)
            self.announce_new()

    def announce_new(self) -> None:
        """Tell the webhooks which invoices came into being since the last look."""
        now = self.now()
        if now > self._seen_until:
            span = Span(first=self._seen_until, last=now)
            for place in islice(self.records.arrived("invoices", span), MOST_WAITING):
                self._announce("invoices", self.records.read("invoices", place)[self._names.invoices.id])
        self._seen_until = now


def _tightest(verdict: Verdict) -> Allowance:
    """The window that the headers tell about: the one that refused, else the day."""
    return verdict.minute if verdict.tripped == "minute" else verdict.day


def _written_values(body: str, names: Profile) -> Json:
    """The fields of a write-back, checked by kind."""
    try:
        values = json.loads(body)
    except ValueError:
        raise BadCondition("the body is not JSON") from None
    if not isinstance(values, dict) or not values:
        raise BadCondition("the body must be an object with fields")
    spelled = {name.lower(): (key, name) for key, name in names.write_back.items()}
    checked: Json = {}
    for name, value in values.items():
        if name.lower() not in spelled:
            raise BadCondition(f"the field {name!r} cannot be written")
        key, known = spelled[name.lower()]
        if not _right_kind(key, value):
            raise BadCondition(f"the field {name!r} does not take {value!r}")
        checked[known] = value
    return checked


def _right_kind(key: str, value: Any) -> bool:
    if key in {"confirmed", "paid"}:
        return isinstance(value, bool)
    if value is None:
        return True
    if key == "paid_amount":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if key == "paid_on":
        with contextlib.suppress(ValueError):
            date.fromisoformat(value[:10])
            return True
        return False
    return True


def _problem(status: int, title: str) -> Json:
    return {"status": status, "title": title}
