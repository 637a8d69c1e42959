"""The Coachview simulator as a program: routes, state, start. Source: interfaces.md, simulator control."""

from pathlib import Path

from aiohttp import web

from boekbrug_sim.coachview.profile import profile
from boekbrug_sim.coachview.server import Server
from boekbrug_sim.control import Control, Limiter, Limits, Switch, Switches, control_routes, gate, serve
from boekbrug_sim.control.gate import answering
from boekbrug_sim.control.serve import MAX_BODY_BYTES

DAY_LIMIT = 5_000

SWITCHES = (
    Switch(
        name="withheld_scopes",
        default="",
        section="coachview.md 4.1",
        meaning="Scopes, with blanks between, that new tokens silently lack: example data with equal ids follow.",
    ),
    Switch(
        name="pdf_missing",
        default="",
        section="coachview.md 4.4",
        meaning="Invoice numbers, with blanks between, that have no PDF (404); * is all.",
    ),
    Switch(
        name="pdf_broken",
        default="",
        section="coachview.md 4.4",
        meaning="Invoice numbers whose PDF is a broken file; * is all.",
    ),
    Switch(
        name="pdf_large",
        default="",
        section="coachview.md 4.4",
        meaning="Invoice numbers whose PDF is as large as pdf_large_bytes; * is all.",
    ),
    Switch(
        name="pdf_large_bytes",
        default=30_000_000,
        section="coachview.md 4.4",
        meaning="Size in bytes of a PDF that is too large.",
    ),
)


def make_app(
    *,
    state: Path | None = None,
    fresh: bool = False,
    seed: int = 1,
    scenario: str = "demo",
    invoices: int | None = None,
) -> web.Application:
    """The application; with a state file it goes on where it stopped, unless `fresh` or another scenario is asked."""
    if state is not None and fresh:
        for suffix in ("", "-wal", "-shm"):
            state.with_name(state.name + suffix).unlink(missing_ok=True)
    control = Control(
        limiter=Limiter(Limits(minute=None, day=DAY_LIMIT)),
        switches=Switches(SWITCHES),
        scenario=scenario,
        seed=seed,
        invoices=invoices,
    )
    names = profile()
    server = Server(names, control, state)
    kept = server.records.loaded()
    if kept and (kept.name, kept.seed, kept.invoices) == (scenario, seed, invoices):
        server.records.load(kept, keep_changes=True)
    else:
        server.load(scenario, seed, invoices)
    app = web.Application(middlewares=[gate(control, server), server.after_clock], client_max_size=MAX_BODY_BYTES)
    app.add_routes(control_routes(control, server))
    app.add_routes(
        [
            web.post("/_sim/records", answering(server.change_record)),
            web.post("/_sim/webhooks", answering(server.add_webhook)),
            web.post(names.token, server.token),
            web.get("/swagger/v1/swagger.json", server.swagger),
            web.get(f"{names.base}/{names.pdf}", server.guarded(server.pdf)),
            web.get(f"{names.base}/{{entity}}", server.guarded(server.list_records)),
            web.get(f"{names.base}/{{entity}}/{{id}}", server.guarded(server.one_record)),
            web.put(f"{names.base}/{names.write_back_path}", server.write_back),
        ]
    )
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
