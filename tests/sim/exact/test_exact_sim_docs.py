"""The page of docs about the Exact simulator names every control call, fault, option and account."""

from pathlib import Path

import click

from boekbrug_sim.cli import exact
from boekbrug_sim.control.faults import KINDS
from boekbrug_sim.exact.app import Simulator
from boekbrug_sim.exact.books import NAME
from boekbrug_sim.exact.oauth import CLIENTS
from boekbrug_sim.exact.webhooks import SECRET

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "exact-simulator.md").read_text()


def test_every_control_call_stands_on_the_page() -> None:
    simulator = Simulator()
    paths = {
        (route.method, str(route.resource.canonical))
        for route in simulator.app().router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/_sim/")
    }
    simulator.store.close()
    assert len(paths) > 15
    named = {path.replace("{key}", "<id>") for method, path in paths if method != "HEAD"}
    assert [path for path in named if path not in PAGE] == []


def test_every_fault_option_and_account_stands_on_the_page() -> None:
    assert [kind for kind in KINDS if f"`{kind}`" not in PAGE] == []
    options = [name for each in exact.params if isinstance(each, click.Option) for name in each.opts]
    assert [name for name in options if f"`{name}" not in PAGE] == []
    assert [text for pair in CLIENTS.items() for text in pair if f"`{text}`" not in PAGE] == []
    assert f"`{SECRET}`" in PAGE
    assert f"`{NAME}`" in PAGE
