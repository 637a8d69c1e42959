"""The Exact Online simulator put together, and its start."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from boekbrug_sim.control import Control, Limiter, Limits, control_routes, gate, serve
from boekbrug_sim.control.serve import MAX_BODY_BYTES
from boekbrug_sim.exact import guard
from boekbrug_sim.exact.api import PREFIX, Api
from boekbrug_sim.exact.consent import Consent
from boekbrug_sim.exact.loading import load_scenario
from boekbrug_sim.exact.oauth import Logins
from boekbrug_sim.exact.overview import Overview
from boekbrug_sim.exact.steering import Steering
from boekbrug_sim.exact.store import Store, remove_state
from boekbrug_sim.exact.switches import switches
from boekbrug_sim.exact.target import bearer
from boekbrug_sim.exact.webhooks import Webhooks

MINUTE_CALLS = 60
DAY_CALLS = 5000
STEERING = "steering"
PRACTICE_ZONE = ZoneInfo("Europe/Amsterdam")


class Simulator:
    """One running simulator: state, logins, and the addresses that serve them."""

    def __init__(
        self,
        *,
        state: Path | None = None,
        seed: int = 1,
        scenario: str = "demo",
        invoices: int | None = None,
        frozen_at: datetime | None = None,
    ) -> None:
        self.control = Control(
            limiter=Limiter(Limits(minute=MINUTE_CALLS, day=DAY_CALLS)),
            switches=switches(),
            scenario=scenario,
            seed=seed,
            invoices=invoices,
        )
        self.store = Store(state, self.control.clock, seed=seed)
        if (kept := self.store.kept(STEERING)) is not None:
            self.control.restore(kept)
        if frozen_at is not None:
            self.control.clock.freeze(frozen_at)
        self.control.keep = lambda steering: self.store.keep(STEERING, steering)
        switches_now = self.control.switches
        self.store.receivable_sign = lambda: -1 if switches_now["receivable_sign"] == "positive" else 1
        if self.store.one('SELECT 1 FROM "Loaded"') is None:
            self.load(scenario, seed, invoices)
        self.logins = Logins(self.store, self.control.clock, self.control.switches, seed=seed)
        self.webhooks = Webhooks(self.store, self.control)
        self.api = Api(self.store, self.control, self.logins, self.webhooks)

    def load(self, scenario: str, seed: int, invoices: int | None) -> None:
        """Empty the data and load a scenario."""
        today = self.control.clock.now().astimezone(PRACTICE_ZONE).date()
        load_scenario(self.store, scenario, seed, invoices, today=today)

    def forget_logins(self) -> None:
        """Drop every token that was handed out, and every block."""
        self.logins.forget()
        self.api.block.reset()

    def throttled(self) -> web.Response:
        """The 429 of a fault: as if the minute were used up."""
        minute, _ = self.control.limiter.look("")
        headers = guard.minute_headers(minute) | {"X-RateLimit-Minutely-Remaining": "0"}
        return guard.throttled(headers, self.control.switches)

    def app(self) -> web.Application:
        """All addresses, behind the gate."""
        app = web.Application(middlewares=[gate(self.control, self)], client_max_size=MAX_BODY_BYTES)
        app.add_routes(control_routes(self.control, self))
        steering = Steering(self.store, self.control, self.logins, self.webhooks)
        app.add_routes(steering.routes())
        app.add_routes(Overview(self.store, self.control, self.logins, steering).routes())
        app.add_routes(Consent(self.store, self.logins).routes())
        app.router.add_route("*", PREFIX + "{rest:.*}", self.api.handle)
        app.router.add_get("/docs/SysAttachment.aspx", self.download)
        app.on_startup.append(self._resume)
        app.on_cleanup.append(self._close)
        return app

    async def _resume(self, _app: web.Application) -> None:
        self.webhooks.send()

    async def _close(self, _app: web.Application) -> None:
        await self.webhooks.close()
        self.store.close()

    async def download(self, request: web.Request) -> web.Response:
        """The file of an attachment, for who has a token (4.5)."""
        if self.logins.login(bearer(request.headers.get("Authorization", ""))) is None:
            return web.Response(status=401)
        division = request.query.get("_Division_", "")
        key = request.query.get("ID", "").strip("{}").lower()
        row: Any = self.store.one(
            'SELECT "Content", "FileName" FROM "DocumentAttachments" WHERE "Division" = ? AND "ID" = ?',
            (division, key),
        )
        if row is None:
            return web.Response(status=404)
        name = str(row[1]).replace('"', "").replace("\r", "").replace("\n", "")
        headers = {"Content-Disposition": f'attachment; filename="{name.encode("ascii", "replace").decode()}"'}
        return web.Response(body=row[0], content_type="application/octet-stream", headers=headers)


def run(
    *,
    port: int,
    state: Path | None,
    fresh: bool,
    seed: int,
    scenario: str,
    invoices: int | None,
    cert: Path | None,
) -> None:
    """Start the simulator and serve until it is stopped."""
    if state is not None and fresh:
        remove_state(state)
    simulator = Simulator(state=state, seed=seed, scenario=scenario, invoices=invoices)
    serve(simulator.app(), port=port, title="Exact simulator", cert=cert)
