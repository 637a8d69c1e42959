"""Both simulators of one case, in this process, each with a door at which a watch sees what comes and goes."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from tests.crash.watch import Lost, Message, Moment, Watch

from boekbrug.cli.practice import DIVISION_NL
from boekbrug_sim.coachview.app import make_app
from boekbrug_sim.coachview.profile import profile
from boekbrug_sim.coachview.wire import Wire
from boekbrug_sim.data.numbers import dutch_iban
from boekbrug_sim.data.people import load_debtor
from boekbrug_sim.data.records import Debtor
from boekbrug_sim.exact.app import Simulator
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.schema import entities
from boekbrug_sim.exact.writing import remove

INVOICES = 3
NEW_CUSTOMER = "59001"
KNOWN, UNKNOWN = "load", "load-new"
EVERYTHING: Mapping[str, Any] = {
    "site": "practice",
    "division": DIVISION_NL,
    "book_from": "2000-01-01",
    "overwrite_customer": True,
    "protected_fields": [],
    "project_source": "factuur_referentie",
    "project_missing": "create",
    "send_pdf": True,
    "export_mode": "realtime",
}
"""Everything that makes a call is on."""
CHANGING = frozenset({"POST", "PUT", "DELETE"})
_ID = re.compile(r"\(guid'[^']*'\)|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d{6}(?=/)")


def kind_of(request: web.Request) -> str:
    """The request without what differs from record to record: `POST /api/v1/*/crm/Accounts`."""
    return f"{request.method} {_ID.sub('*', request.path)}"


async def seen_as(request: web.Request, exact: Simulator) -> str | None:
    """What a watch is told of a request; None for what it need not know.

    Of the readings only those by an id alone matter: after them something may be let go of. What belongs to a booked
    entry is told apart: it is a PDF that came late.
    """
    if request.path.startswith("/_sim") or request.path.endswith("/token"):
        return None
    if request.method == "GET":
        alone = request.query.get("$select") == "ID" and request.query.get("$filter", "").startswith("ID eq guid")
        return f"{kind_of(request)} by its id" if alone else None
    if request.method not in CHANGING:
        return None
    late = request.method == "POST" and "/documents/" in request.path and _is_late(await request.json(), exact)
    return f"{kind_of(request)} of a booked entry" if late else kind_of(request)


def _is_late(body: Mapping[str, Any], exact: Simulator) -> bool:
    """Whether a document is made for an entry that is there, or a file goes into such a document."""
    document = exact.store.find("Documents", DIVISION_NL, ID=body.get("Document", "")) or body
    return bool(document.get("FinancialTransactionEntryID"))


def door(watch: Watch, exact: Simulator) -> Middleware:
    """What a request that matters passes on its way in, and its answer on its way out."""

    @web.middleware
    async def pass_door(request: web.Request, handler: Handler) -> web.StreamResponse:
        seen = await seen_as(request, exact)
        if seen is None:
            return await handler(request)
        await request.read()
        try:
            await watch.see(Message(moment=Moment.REQUEST, text=seen))
            answer = await handler(request)
            await watch.see(Message(moment=Moment.ANSWER, text=seen))
        except Lost:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        return answer

    return pass_door


@dataclass(kw_only=True)
class Practice:
    """The two simulators of a case, whose state is files in a folder; they run in the caller's event loop."""

    folder: Path
    invoices: int = INVOICES
    exact: Simulator = field(init=False)
    addresses: dict[str, str] = field(default_factory=dict)
    _runners: list[web.AppRunner] = field(default_factory=list)

    async def start(self, watch: Watch) -> None:
        """Listen; the data of `folder` is gone on with, else made."""
        self.exact = Simulator(state=self.folder / "exact.sqlite", scenario=KNOWN)
        coachview = make_app(state=self.folder / "coachview.sqlite", scenario=UNKNOWN, invoices=self.invoices)
        for name, app in (("exact", self.exact.app()), ("coachview", coachview)):
            app.middlewares.insert(0, door(watch, self.exact))
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            self._runners.append(runner)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.addresses[name] = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await self.control("exact", "limits", {"minute": 0, "day": 0})

    async def control(self, name: str, path: str, body: object) -> None:
        """Call `POST /_sim/<path>` of one of the two."""
        address = f"{self.addresses[name]}/_sim/{path}"
        async with aiohttp.ClientSession() as session, session.post(address, json=body) as answer:
            answer.raise_for_status()

    def delete(self, table: str, **equal: Any) -> None:
        """Somebody deletes records in Exact by hand, past every door; fails when there is none, or it is in use."""
        found = self.exact.store.rows(table, DIVISION_NL, **equal)
        assert found, f"no {table} with {equal}"
        desk = Desk(store=self.exact.store, switches=self.exact.control.switches, division=DIVISION_NL)
        with self.exact.store.transaction():
            for row in found:
                remove(desk, entities()[table], row)

    def customer(self, code: str) -> str:
        """The id of the relation in Exact with this code."""
        rows = self.exact.store.rows("Accounts", DIVISION_NL)
        (found,) = (str(row["ID"]) for row in rows if row["Code"].strip() == code)
        return found

    def delete_customer(self, code: str) -> None:
        """Somebody deletes a relation by hand, and its documents before it, as Exact demands."""
        customer = self.customer(code)
        if self.exact.store.rows("Documents", DIVISION_NL, Account=customer):
            self.delete("Documents", Account=customer)
        self.delete("Accounts", ID=customer)

    async def stop(self) -> None:
        """Give ports and files back."""
        for runner in self._runners:
            await runner.cleanup()

    def copy_to(self, folder: Path) -> None:
        """The state of these (stopped) simulators, for another case."""
        shutil.copytree(self.folder, folder)


def debtors() -> Mapping[str, Mapping[str, Any]]:
    """What is changed in Coachview before the night: one debtor that Exact does not know, one that it knows otherwise.

    The first needs a customer with all that can hang on one, the second an update of everything, the third nothing.
    """
    return as_sent(new_debtor(0, NEW_CUSTOMER), moved(load_debtor(1), 2))


def new_debtor(index: int, number: str) -> Debtor:
    """The debtor of that invoice as one that Exact does not know, with all that can hang on a customer."""
    debtor = load_debtor(index)
    name = f"Nieuwe Klant {number} B.V."
    return moved(replace(debtor, number=number, name=name, vat_number=None, chamber_of_commerce=None), int(number) % 10)


def moved(debtor: Debtor, serial: int) -> Debtor:
    """The same debtor with an invoice address, a bank account and a telephone of its own."""
    return replace(
        debtor,
        address_1=f"Postbus {serial}",
        postal_code="8000 AA",
        city="Zwolle",
        phone=f"+31 38 555 000{serial}",
        iban=dutch_iban(770_000_000 + serial),
        email=f"nieuw{serial}@debiteur.example",
    )


def as_sent(*debtors: Debtor) -> Mapping[str, Mapping[str, Any]]:
    """Debtors by their ids, as Coachview sends them."""
    return {each.id: Wire(profile()).debtor(each) for each in debtors}
