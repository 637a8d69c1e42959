"""The addresses of Coachview itself: token, description, lists, records, PDFs, writing back. Source: coachview.md 4."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from boekbrug_sim.coachview.access import BASE_SCOPE, Access, Grant, TokenRefused, token_form
from boekbrug_sim.coachview.catalogue import scopes
from boekbrug_sim.coachview.free_fields import free_fields
from boekbrug_sim.coachview.lists import Page, Query, ReadTimeout, read_page, read_query, without_relations
from boekbrug_sim.coachview.pdf import BROKEN, invoice_pdf
from boekbrug_sim.coachview.profile import Profile
from boekbrug_sim.coachview.records import Kind, Records
from boekbrug_sim.coachview.sheet import value_of
from boekbrug_sim.coachview.swagger import description
from boekbrug_sim.coachview.where import BadCondition
from boekbrug_sim.coachview.wire import Json, example
from boekbrug_sim.coachview.writing import BadBody, written_values
from boekbrug_sim.control import Allowance, Control, Verdict
from boekbrug_sim.control.gate import REFUSE_REFRESH, Handler, UnreadableBody, text_of
from boekbrug_sim.data.institutes import institute_of

READ, WRITE = "Lezen", "Schrijven"
FORM = "application/x-www-form-urlencoded"
FREE_FIELDS = "vrijevelden"
TIMED_OUT = "Execution Timeout Expired. The timeout period elapsed prior to completion of the operation."

EntityHandler = Callable[[web.Request, Grant, Kind], Awaitable[web.StreamResponse]]


class Refused(Exception):
    """A request that is answered with a status and a sentence."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status, self.title = status, title


class Api:
    """One Coachview as its clients see it."""

    def __init__(self, names: Profile, control: Control, records: Records, now: Callable[[], datetime]) -> None:
        self._names = names
        self._control = control
        self._records = records
        self._now = now
        self.access = Access(records.database, (*names.scopes, *scopes()))

    def routes(self) -> list[web.RouteDef]:
        """Every address, as the profile names it."""
        names = self._names
        return [
            web.post(names.token, self.token),
            web.get("/swagger/v1/swagger.json", self.swagger),
            web.get(f"{names.base}/{names.pdf}", self.guarded(self.pdf)),
            web.get(f"{names.base}/{{entity}}", self.guarded(self.list_records)),
            web.get(f"{names.base}/{{entity}}/{{id}}", self.guarded(self.one_record)),
            web.put(f"{names.base}/{names.write_back_path}", self.guarded(self.write_back)),
        ]

    def throttled(self) -> web.Response:
        """The answer above the limit."""
        verdict = self._control.limiter.look("fault")
        return problem(429, "API limit reached", self._limit_headers(verdict[1]))

    async def token(self, request: web.Request) -> web.Response:
        """`POST` on the token address: client credentials, form-encoded."""
        headers = {"Cache-Control": "no-store"}
        try:
            answer = await self._granted(request)
        except TokenRefused as refusal:
            return web.json_response({"error": str(refusal)}, status=400, headers=headers)
        return web.json_response(answer, headers=headers)

    async def _granted(self, request: web.Request) -> Json:
        if request.content_type != FORM:
            raise TokenRefused("invalid_request")
        try:
            pairs = [(name, str(value)) for name, value in (await request.post()).items()]
        except (UnicodeDecodeError, LookupError, ValueError):
            raise TokenRefused("invalid_request") from None
        if request.get(REFUSE_REFRESH):
            raise TokenRefused("invalid_grant")
        return self.access.grant(
            token_form(pairs, request.headers.get("Authorization", "")),
            self._control.clock.timestamp(),
            withheld=frozenset(str(self._control.switches["withheld_scopes"]).split()),
            seconds=self._control.switches.number("token_seconds"),
        )

    async def swagger(self, _request: web.Request) -> web.Response:
        """The description of this API; readable without logging in."""
        return web.json_response(description(self._names))

    def guarded(self, verb: EntityHandler) -> Handler:
        """A handler behind token, limit and entity name."""

        async def handle(request: web.Request) -> web.StreamResponse:
            grant = self.access.holder(request.headers.get("Authorization", ""), self._control.clock.timestamp())
            if grant is None:
                return problem(401, "Unauthorized", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
            verdict = self._control.limiter.spend("client")
            headers = self._limit_headers(_tightest(verdict))
            if verdict.tripped:
                return problem(429, "API limit reached", headers)
            answer = await self._answer(request, grant, verb)
            answer.headers.update(headers)
            return answer

        return handle

    async def _answer(self, request: web.Request, grant: Grant, verb: EntityHandler) -> web.StreamResponse:
        try:
            return await verb(request, grant, self._kind(request, grant))
        except Refused as refusal:
            return problem(refusal.status, refusal.title)
        except (BadCondition, BadBody, UnreadableBody) as wrong:
            return problem(400, str(wrong))
        except ReadTimeout:
            return problem(500, TIMED_OUT)

    def _kind(self, request: web.Request, grant: Grant) -> Kind:
        """What a request is about."""
        if BASE_SCOPE not in grant.scopes:
            raise Refused(403, f"scope {BASE_SCOPE} is missing")
        kind = self._records.kind_of(request.match_info.get("entity", self._names.invoices.path))
        if kind is None:
            raise Refused(404, "no such entity")
        return kind

    async def list_records(self, request: web.Request, grant: Grant, kind: Kind) -> web.StreamResponse:
        """`GET` on an entity: a page of records, an array at top level."""
        query = read_query(request.query.items(), self._names, self._records.fields(kind))
        seconds = self._control.switches.number("search_seconds")
        page = await read_page(query, kind, self._records, self._now(), seconds=seconds)
        rows = self._rows(page, query, grant, kind)
        headers = {self._names.list["count_header"]: str(page.total)} if page.total is not None else None
        return web.json_response(rows, headers=headers)

    async def one_record(self, request: web.Request, grant: Grant, kind: Kind) -> web.StreamResponse:
        """`GET` on one record, or on the free fields of the entity's records."""
        if request.match_info["id"].lower() == FREE_FIELDS:
            return web.json_response(self._free_fields(request, grant, kind))
        place = self._place(kind, request.match_info["id"])
        query = read_query(request.query.items(), self._names, {})
        rows = self._rows(Page(rows=(self._records.read(kind, place),)), query, grant, kind)
        return web.json_response(rows[0])

    def _free_fields(self, request: web.Request, grant: Grant, kind: Kind) -> list[Json]:
        """The free fields of the records that `where=recordId=` names."""
        path = self._records.entity(kind).path
        if not grant.may(path, READ):
            raise Refused(403, f"scope {path}.{READ} is missing")
        query = read_query(request.query.items(), self._names, {("recordid",): "text"})
        named = [one for condition in query.where if condition.operator == "=" for one in condition.values]
        if not named:
            raise Refused(400, "name the records: where=recordId=<id>")
        places = [place for place in (self._records.place_of(kind, one) for one in named) if place is not None]
        rows = [row for place in places for row in free_fields(self._records.read(kind, place), path, self._names)]
        return rows[query.skip : query.skip + query.take]

    async def pdf(self, request: web.Request, grant: Grant, _kind: Kind) -> web.StreamResponse:
        """`GET` on the PDF of an invoice."""
        self._demand(grant, READ)
        place = self._place("invoices", request.match_info["id"])
        record = self._records.read("invoices", place)
        number = str(value_of(record, self._names.invoices.fields["number"]) or "")
        if not number or self._switched("pdf_missing", number):
            raise Refused(404, "no PDF")
        size = 0
        if self._switched("pdf_large", number):
            size = int(self._control.switches.number("pdf_large_bytes"))
        institute = institute_of(self._records.scenario_name())
        broken = self._switched("pdf_broken", number)
        body = BROKEN if broken else invoice_pdf(record, self._names, institute, at_least_bytes=size)
        name = "".join(sign for sign in number if sign.isascii() and sign.isalnum())
        headers = {"Content-Disposition": f'attachment; filename="Factuur {name}.pdf"'}
        return web.Response(body=body, content_type="application/pdf", headers=headers)

    async def write_back(self, request: web.Request, grant: Grant, _kind: Kind) -> web.StreamResponse:
        """`PUT` on an invoice with only the fields that may be written."""
        self._demand(grant, WRITE)
        place = self._place("invoices", request.match_info["id"])
        values = written_values(await text_of(request), self._names)
        self._records.change("invoices", place, values, self._now())
        return web.Response(status=204)

    def _demand(self, grant: Grant, verb: str) -> None:
        path = self._names.invoices.path
        if not grant.may(path, verb):
            raise Refused(403, f"scope {path}.{verb} is missing")

    def _rows(self, page: Page, query: Query, grant: Grant, kind: Kind) -> list[Json]:
        entity = self._records.entity(kind)
        rows = list(page.rows)
        if not grant.may(entity.path, READ):
            self._refuse_instead_of_example(entity.path)
            rows = [example(row, entity.id) for row in rows] * (2 if len(rows) == 1 else 1)
        elif kind == "invoices":
            rows = [self._with_scopes(row, grant, relations=query.relations) for row in rows]
        written = [free_fields(row, entity.path, self._names) for row in rows] if query.free_fields else []
        if not query.relations:
            rows = [without_relations(row, entity.changed_at) for row in rows]
        if query.free_fields:
            rows = [{**row, "vrijevelden": found} for row, found in zip(rows, written, strict=True)]
        return rows

    def _with_scopes(self, row: Json, grant: Grant, *, relations: bool) -> Json:
        """Example data in place of a relation whose scope is missing."""
        debtor, lines = self._names.relation("debtor"), self._names.relation("lines")
        if relations and row.get(debtor) and not grant.may(self._names.debtors.path, READ):
            self._refuse_instead_of_example(self._names.debtors.path)
            row = {**row, debtor: example(row[debtor], self._names.debtors.id)}
        if relations and row.get(lines) and not grant.may(lines, READ):
            self._refuse_instead_of_example(lines)
            key = self._names.line_fields["id"][0]
            row = {**row, lines: [example(row[lines][0], key)] * 2}
        return row

    def _refuse_instead_of_example(self, entity: str) -> None:
        if self._control.switches["missing_scope"] == "refuse":
            raise Refused(403, f"scope {entity}.{READ} is missing")

    def _place(self, kind: Kind, record_id: str) -> int:
        """Where a record is that has come into being by now."""
        place = self._records.place_of(kind, record_id)
        if place is None or self._records.changed_at(kind, place) > self._now():
            raise Refused(404, "not found")
        return place

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


def problem(status: int, title: str, headers: dict[str, str] | None = None) -> web.Response:
    """A refusal as Coachview sends it: JSON with the status and a sentence."""
    return web.json_response({"status": status, "title": title}, status=status, headers=headers)


@web.middleware
async def problems_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An address or method that does not exist, and a body that is too large, as JSON too."""
    try:
        return await handler(request)
    except web.HTTPClientError as refusal:
        headers = {"Allow": refusal.headers["Allow"]} if "Allow" in refusal.headers else None
        return problem(refusal.status, refusal.reason, headers)


def _tightest(verdict: Verdict) -> Allowance:
    """The window that the headers tell about: the one that refused, else the day."""
    return verdict.minute if verdict.tripped == "minute" else verdict.day
