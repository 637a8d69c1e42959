"""R1: a worker is killed or frozen at every boundary of every kind of call, and another one finishes.

The boundaries are found, not listed: an undisturbed night is watched from outside, between the worker and Exact,
Coachview and PostgreSQL. Each boundary then gets a night of its own, on copies of the same data; what stands in Exact
and in Coachview afterwards is compared with the undisturbed night, record by record and to the cent.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from tests.crash.boundaries import Boundary, Point
from tests.crash.kills import Case, Night, Outcome, Room, deeds_at, disturbed, undisturbed
from tests.crash.world import Ground, ground

from bench.results import FOLDER

LANES = 14
"""Nights at once on one database server, which has room for 200 connections."""
SERVERS = 2
REPORT = FOLDER / "R1.md"


def measure(*, full: bool = False) -> dict[str, object]:
    """Every boundary: killed, frozen until all is done; `full` also freezes for 15 s and for 60 s."""
    with tempfile.TemporaryDirectory(prefix="r1-") as folder, ExitStack() as stack:
        homes = [Path(folder) / str(number) for number in range(SERVERS)]
        for home in homes:
            home.mkdir()
        grounds = [stack.enter_context(ground(home)) for home in homes]
        night, outcomes = asyncio.run(_all(grounds, homes, full=full))
    REPORT.write_text(report(night, outcomes), encoding="utf-8")
    return figure(night, outcomes)


async def _all(grounds: Sequence[Ground], homes: Sequence[Path], *, full: bool) -> tuple[Night, list[Outcome]]:
    night = await undisturbed(grounds[0], homes[0] / "undisturbed")
    cases = [Case(boundary=each, deed=deed) for each in night.boundaries for deed in deeds_at(each, full=full)]
    rooms = [Room.of(LANES) for _ in grounds]

    async def one(place: int, case: Case) -> Outcome:
        at = place % len(grounds)
        outcome = await disturbed(grounds[at], homes[at] / f"night_{place}", case, night, rooms[at])
        Console(stderr=True).print(f"[dim]{place + 1}/{len(cases)} {case}: {outcome.verdict}[/dim]")
        return outcome

    return night, await asyncio.gather(*(one(place, case) for place, case in enumerate(cases)))


def figure(night: Night, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The figure, and whether nothing was lost, twice or odd anywhere."""
    bad = [outcome for outcome in outcomes if not outcome.verdict.good]
    return {
        "value": {
            "kinds": len({each.kind for each in night.boundaries}),
            "boundaries": len(night.boundaries),
            "nights": len(outcomes),
            "lost": sum(len(outcome.verdict.lost) for outcome in outcomes),
            "twice": sum(len(outcome.verdict.twice) for outcome in outcomes),
            "not_as_it_should_be": len(bad),
            "slowest_rescue_seconds": max(outcome.seconds for outcome in outcomes),
        },
        "target": "every boundary killed and frozen: 0 lost, 0 twice, totals to the cent, no manual step",
        "ok": not bad and not night.standing.odd,
    }


def report(night: Night, outcomes: Sequence[Outcome]) -> str:
    """What was tried, where, and what was found, for somebody who has not seen this program."""
    bad = [outcome for outcome in outcomes if not outcome.verdict.good]
    kinds = tuple(dict.fromkeys(each.kind for each in night.boundaries))
    tried = (
        f"{len(night.boundaries)} boundaries of {len(kinds)} kinds of call, {len(outcomes)} nights of three invoices "
        f"({night.standing.exact_total} euro). In each cell: how many nights ended as the undisturbed one did, of how "
        "many; and the slowest one, in seconds from the blow on."
    )
    lines = [
        "# R1: killed and frozen at every boundary",
        "",
        tried,
        "",
        "| call | " + " | ".join(Point) + " |",
        "|---|" + "---|" * len(Point),
        *(_row(kind, outcomes) for kind in kinds),
        "",
        *(["Everything was as it should be."] if not bad else [f"* {each.case}: {each.verdict}" for each in bad]),
        "",
    ]
    return "\n".join(lines)


def _row(kind: str, outcomes: Sequence[Outcome]) -> str:
    cells = [_cell([each for each in outcomes if _is_at(each.case.boundary, kind, point)]) for point in Point]
    return f"| {kind} | " + " | ".join(cells) + " |"


def _is_at(boundary: Boundary, kind: str, point: Point) -> bool:
    return boundary.kind == kind and boundary.point is point


def _cell(outcomes: Sequence[Outcome]) -> str:
    """A PUT has no intent: it is read, compared and repeated."""
    if not outcomes:
        return "-"
    good = sum(outcome.verdict.good for outcome in outcomes)
    return f"{good} of {len(outcomes)} ({max(outcome.seconds for outcome in outcomes):.0f} s)"
