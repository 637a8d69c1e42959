"""P10: growth, P1-P3 with 100,000 invoices of the same koppeling already in the database, beside an empty one."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx2
from tests.journeys.house import House, until
from tests.sim.coachview.practice_coachview import Coachview

from bench.fire import inside
from bench.night import data_calls, institute
from bench.p2_budget import CALLS, SHORT_SECONDS, share
from bench.p3_own_cost import served
from bench.processes import cpu_seconds

GROWN, FULLY_GROWN = 100_000, 1_000_000
INVOICES, SCARCE = 200, 80
FIRST = "30000001"
NEW, LATER = 31_000_000, 32_000_000
MOST = 1.1
SECONDS = 900


def measure(*, full: bool = False) -> dict[str, object]:
    """Calls and CPU per invoice with PDF, and the share of a scarce budget, in an empty and in a grown database."""
    grown = FULLY_GROWN if full else GROWN
    empty, large = _nights(0), _nights(grown)
    calls, cost = (round(large[name] / empty[name], 3) for name in ("calls", "milliseconds"))
    share_lost = round(empty["share"] / large["share"], 3)
    return {
        "value": {
            "already_there": grown,
            **{f"{name}_empty": value for name, value in empty.items()},
            **{f"{name}_grown": value for name, value in large.items()},
            "calls_ratio": calls,
            "cost_ratio": cost,
            "share_ratio": share_lost,
        },
        "target": f"calls, cost and use of the budget <= {MOST} x of the empty one",
        "ok": max(calls, cost, share_lost) <= MOST,
    }


def _nights(grown: int) -> dict[str, float]:
    """A first invoice, the years, then one night without and one with a limit."""
    with institute(1, pdf=True, export_mode="realtime", window_seconds=SHORT_SECONDS) as ours:
        ours.run("sync", "--all", "--until-idle")
        if grown:
            inside(ours, "grow.py", str(grown))
        with served(ours) as (found, integration_id):
            _make(ours, NEW, INVOICES)
            before, already = cpu_seconds(found), len(data_calls(ours))
            ours.run("integration", "resume", integration_id)
            until(lambda: len(ours.entries()) >= INVOICES + 1, seconds=SECONDS)
            after, calls = cpu_seconds(found), len(data_calls(ours)) - already
            ours.run("integration", "pause", integration_id)
            _make(ours, LATER, SCARCE)
            ours.book.exact.control("limits", {"minute": CALLS, "minute_window_seconds": SHORT_SECONDS})
            already = len(data_calls(ours))
            ours.run("integration", "resume", integration_id)
            until(lambda: len(ours.entries()) >= INVOICES + SCARCE + 1, seconds=SECONDS)
            scarce = share(data_calls(ours)[already:], SHORT_SECONDS)
    spent = sum(after.values()) - sum(before.values())
    return {
        "calls": round(calls / INVOICES, 3),
        "milliseconds": round(spent / INVOICES * 1000, 1),
        "share": scarce,
    }


def _make(ours: House, first: int, count: int) -> None:
    """Let Coachview have so many new invoices, like the one that there is."""
    with httpx2.Client(base_url=ours.book.coachview.address, timeout=60) as http:
        coachview = Coachview(http=http)
        coachview.login()
        template = coachview.invoice(FIRST)
        for place in range(count):
            values = _like(template, str(first + place))
            coachview.control("records", {"entity": "Facturen", "values": values})


def _like(template: Mapping[str, Any], number: str) -> dict[str, Any]:
    lines = [{**line, "id": str(uuid4())} for line in template["factuurregels"]]
    unconfirmed = {"bevestigd": False, "bevestigdOmschrijving": None}
    return {**template, "factuurnummer": number, "factuurregels": lines, **unconfirmed}
