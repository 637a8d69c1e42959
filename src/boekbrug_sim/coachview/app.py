"""The Coachview simulator as a program: routes, state, start. Source: interfaces.md, simulator control."""

from pathlib import Path

from aiohttp import web

from boekbrug_sim.coachview.api import problems_as_json
from boekbrug_sim.coachview.overview import Overview
from boekbrug_sim.coachview.profile import profile
from boekbrug_sim.coachview.server import Server
from boekbrug_sim.coachview.switches import switches
from boekbrug_sim.control import Control, Limiter, Limits, control_routes, gate, serve
from boekbrug_sim.control.serve import MAX_BODY_BYTES

DAY_LIMIT = 5_000


def make_app(
    *,
    state: Path | None = None,
    fresh: bool = False,
    seed: int = 1,
    scenario: str = "demo",
    invoices: int | None = None,
) -> web.Application:
    """The application; with a state file it goes on where it stopped, unless `fresh` or other data is asked for."""
    if state is not None and fresh:
        for suffix in ("", "-wal", "-shm"):
            state.with_name(state.name + suffix).unlink(missing_ok=True)
    control = Control(
        limiter=Limiter(Limits(minute=None, day=DAY_LIMIT)),
        switches=switches(),
        scenario=scenario,
        seed=seed,
        invoices=invoices,
    )
    server = Server(profile(), control, state)
    server.start({"scenario": scenario, "seed": seed, "invoices": invoices})
    app = web.Application(
        middlewares=[gate(control, server), problems_as_json, server.after_clock], client_max_size=MAX_BODY_BYTES
    )
    app.add_routes(control_routes(control, server))
    app.add_routes(server.routes())
    app.add_routes(Overview(profile(), server, control).routes())
    app.add_routes(server.api.routes())
    app.cleanup_ctx.append(server.work)
    return app


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
    """Serve until stopped; prints the address."""
    app = make_app(state=state, fresh=fresh, seed=seed, scenario=scenario, invoices=invoices)
    serve(app, port=port, title="Coachview simulator", cert=cert)
