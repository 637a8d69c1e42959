"""The page of docs about the Coachview simulator names every address, control call, fault, option, switch, scenario."""

from pathlib import Path

import click
from aiohttp import web

from boekbrug_sim.cli import coachview
from boekbrug_sim.coachview.access import CLIENT_ID, CLIENT_SECRET
from boekbrug_sim.coachview.app import make_app
from boekbrug_sim.coachview.catalogue import SHELVES
from boekbrug_sim.coachview.switches import switches
from boekbrug_sim.control.faults import KINDS
from boekbrug_sim.data.scenarios import scenario_names

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "coachview-simulator.md").read_text(encoding="utf-8")


def _paths(app: web.Application) -> set[str]:
    found = {route.resource.canonical for route in app.router.routes() if route.resource is not None}
    return {path.replace("{entity}", "<entity>").replace("{id}", "<id>") for path in found}


def test_every_address_stands_on_the_page() -> None:
    paths = _paths(make_app())
    assert len(paths) > 14
    assert [path for path in paths if path not in PAGE] == []


def test_every_fault_option_account_scenario_and_entity_stands_on_the_page() -> None:
    options = [name for option in coachview.params if isinstance(option, click.Option) for name in option.opts]
    wanted = [*KINDS, *options, CLIENT_ID, CLIENT_SECRET, *(f"`{name}`" for name in scenario_names())]
    wanted += [f"`{shelf.path}`" for shelf in SHELVES.values()]
    assert [name for name in wanted if name not in PAGE] == []


def test_every_switch_stands_on_the_page_with_what_it_decides() -> None:
    lacking = [
        switch.name
        for switch in switches().known.values()
        if f"| `{switch.name}` |" not in PAGE or f"| {switch.section} | {switch.meaning} |" not in PAGE
    ]
    assert lacking == []
