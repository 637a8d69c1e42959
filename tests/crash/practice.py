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

from boekbrug_sim.coachview.app import make_app
from boekbrug_sim.coachview.profile import profile
from boekbrug_sim.coachview.wire import Wire
from boekbrug_sim.data.numbers import dutch_iban
from boekbrug_sim.data.people import load_debtor
from boekbrug_sim.data.records import Debtor
from boekbrug_sim.exact.app import Simulator

INVOICES = 3
KNOWN, UNKNOWN = "load", "load-new"
CHANGING = frozenset({"POST", "PUT", "DELETE"})
_ID = re.compile(r"\(guid'[^']*'\)|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d{6}(?=/)")


def kind_of(request: web.Request) -> str:
    """The request without what differs from record to record: `POST /api/v1/*/crm/Accounts`."""
    return f"{request.method} {_ID.sub('*', request.path)}"


def door(watch: Watch) -> Middleware:
    """What a changing request passes on its way in, and its answer on its way out."""

    @web.middleware
    async def pass_door(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in CHANGING or request.path.startswith("/_sim") or request.path.endswith("/token"):
            return await handler(request)
        await request.read()
        try:
            await watch.see(Message(moment=Moment.REQUEST, text=kind_of(request)))
            answer = await handler(request)
            await watch.see(Message(moment=Moment.ANSWER, text=kind_of(request)))
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
            app.middlewares.insert(0, door(watch))
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
    new, known = load_debtor(0, count=INVOICES), load_debtor(1, count=INVOICES)
    own = replace(new, number="59001", name="Nieuwe Klant B.V.", vat_number=None, chamber_of_commerce=None)
    changed = (_moved(own, 1), _moved(known, 2))
    return {each.id: Wire(profile()).debtor(each) for each in changed}


def _moved(debtor: Debtor, serial: int) -> Debtor:
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
