"""R1: a worker is killed, frozen or cut off at every boundary of a call, and another one finishes.

Beside it, many orders of events are tried in one process (tests/crash/interleavings.py).

The boundaries are found, not listed: an undisturbed night is watched from outside, between the worker and Exact,
Coachview and PostgreSQL. Each boundary then gets a night of its own, on copies of the same data; what stands in Exact
and in Coachview afterwards is compared with the undisturbed night, record by record and to the cent.
"""

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from tests.crash.boundaries import NAMES, Boundary, Point, afterwards, boundaries, demand_all, on_the_line
from tests.crash.cable import FilteredCable
from tests.crash.cuts import CUTS, cut_off, cuts_at
from tests.crash.kills import (
    Case,
    Deed,
    Find,
    Night,
    Outcome,
    Room,
    deeds_at,
    disturbed,
    seconds_of,
    undisturbed,
)
from tests.crash.world import EVERY_CALL, ONE_AFTER_THE_OTHER, THE_DAY_AFTER, Ground, Plan, ground

from bench.hosts import CALLED, AnyCable, best_cable
from bench.orders import Tried, try_orders
from bench.results import FOLDER

LANES = 14
"""Nights at once on one database server, which has room for 200 connections."""
PLANS: tuple[tuple[Plan, Find], ...] = (
    (EVERY_CALL, boundaries),
    (EVERY_CALL, boundaries),
    (ONE_AFTER_THE_OTHER, on_the_line),
    (THE_DAY_AFTER, afterwards),
    (THE_DAY_AFTER, afterwards),
)
"""What the nights are made of on each server; two servers share the same nights."""
TIMES = 8
REPORT = FOLDER / "R1.md"


def measure(*, full: bool = False) -> dict[str, object]:
    """Every boundary: killed, frozen until all is done; `full` also freezes for 15 s and for 60 s.

    At the boundaries of an entry a host is cut off as well; `full`: at those of every call.
    """
    cable = asyncio.run(best_cable())
    with tempfile.TemporaryDirectory(prefix="r1-") as folder, ExitStack() as stack:
        places = []
        for number, (plan, find) in enumerate(PLANS):
            home = Path(folder) / str(number)
            home.mkdir()
            there = stack.enter_context(ground(home, plan))
            places.append(Place(home=home, ground=there, find=find, cable=cable))
        outcomes, tried = asyncio.run(_both(places, full=full))
    REPORT.write_text(report(outcomes, tried), encoding="utf-8")
    return figure(outcomes, tried, CALLED[cable])


@dataclass(frozen=True, kw_only=True)
class Place:
    """One database server with its simulators' data, and which boundaries are tried there."""

    home: Path
    ground: Ground
    find: Find
    cable: AnyCable


async def _both(places: Sequence[Place], *, full: bool) -> tuple[list[Outcome], Tried]:
    """The nights, which mostly wait, and beside them the orders of events, which wait for nothing."""
    nights = asyncio.create_task(_all(places, full=full))
    tried = await asyncio.to_thread(try_orders, TIMES * 3 if full else TIMES)
    return await nights, tried


async def _all(places: Sequence[Place], *, full: bool) -> list[Outcome]:
    rooms = [Room.of(LANES) for _ in places]
    nights = [await undisturbed(place.ground, place.home / "undisturbed", place.find) for place in places]
    if odd := [odd for night in nights for odd in night.standing.odd]:
        raise RuntimeError(f"a night to which nothing happened is not as it should be: {odd}")
    demand_all(boundary for night in nights for boundary in night.boundaries)
    return await asyncio.gather(
        *(
            _one(places[at], case, nights[at], rooms[at], number)
            for number, (at, case) in enumerate(_longest_first(_shared(places, nights, full=full)))
        )
    )


def _shared(places: Sequence[Place], nights: Sequence[Night], *, full: bool) -> Iterator[tuple[int, Case]]:
    """Every case with the place where it is tried: those of one plan by turns on its servers."""
    for find in dict.fromkeys(place.find for place in places):
        same = [at for at, place in enumerate(places) if place.find is find]
        cases = [
            Case(boundary=each, deed=deed)
            for each in nights[same[0]].boundaries
            for deed in (*deeds_at(each, full=full), *cuts_at(each, full=full))
        ]
        yield from ((same[number % len(same)], case) for number, case in enumerate(cases))


def _longest_first(cases: Iterable[tuple[int, Case]]) -> list[tuple[int, Case]]:
    return sorted(cases, key=lambda each: seconds_of(each[1]), reverse=True)


async def _one(place: Place, case: Case, night: Night, room: Room, number: int) -> Outcome:
    folder = place.home / f"night_{number}"
    if case.deed in CUTS:
        cable = FilteredCable if case.deed is Deed.CUT_VOID else place.cable
        outcome = await cut_off(place.ground, folder, case, night, room, cable)
    else:
        outcome = await disturbed(place.ground, folder, case, night, room)
    Console(stderr=True).print(f"[dim]{number + 1} {case}: {outcome.verdict}[/dim]")
    return outcome


def figure(outcomes: Sequence[Outcome], tried: Tried, cut_by: str) -> dict[str, object]:
    """The figure, and whether nothing was lost, twice or odd anywhere."""
    bad = [outcome for outcome in outcomes if not outcome.verdict.good]
    return {
        "value": {
            "kinds": len({outcome.case.boundary.kind for outcome in outcomes}),
            "boundaries": len(boundaries_of(outcomes)),
            "nights": len(outcomes),
            "hosts_cut_off": sum(outcome.case.deed in CUTS for outcome in outcomes),
            "cut_by": cut_by,
            "lost": sum(len(outcome.verdict.lost) for outcome in outcomes),
            "twice": sum(len(outcome.verdict.twice) for outcome in outcomes),
            "not_as_it_should_be": len(bad),
            "slowest_rescue_seconds": max(outcome.seconds for outcome in outcomes),
            "orders": tried.orders,
            "orders_broke": tried.broke or "nothing",
        },
        "target": "every boundary killed, frozen, hosts cut off: 0 lost, 0 twice, totals to the cent, no manual step",
        "ok": not bad and not tried.broke,
    }


def report(outcomes: Sequence[Outcome], tried: Tried) -> str:
    """What was tried, where, and what was found, for somebody who has not seen this program."""
    bad = [outcome for outcome in outcomes if not outcome.verdict.good]
    found = sorted({(each.night, list(NAMES).index(each.call), each.title) for each in boundaries_of(outcomes)})
    nights = (
        f"{len(boundaries_of(outcomes))} boundaries, {len(outcomes)} nights. In each cell: how many "
        "nights ended as the undisturbed one did, of how many; and the slowest one, in seconds from the blow on."
    )
    lines = [
        "# R1: killed, frozen and cut off at every boundary",
        "",
        nights,
        "",
        "| call | " + " | ".join(Point) + " |",
        "|---|" + "---|" * len(Point),
        *(_row(title, outcomes) for _, _, title in found),
        "",
        *(["Everything was as it should be."] if not bad else [f"* {each.case}: {each.verdict}" for each in bad]),
        "",
        f"{tried.orders} orders of events for two workers, time, Coachview and a person: {tried.broke or 'all hold'}.",
        "",
    ]
    return "\n".join(lines)


def boundaries_of(outcomes: Sequence[Outcome]) -> set[Boundary]:
    """The boundaries that were tried."""
    return {each.case.boundary for each in outcomes}


def _row(title: str, outcomes: Sequence[Outcome]) -> str:
    mine = [each for each in outcomes if each.case.boundary.title == title]
    cells = [_cell([each for each in mine if each.case.boundary.point is point]) for point in Point]
    return f"| {title} | " + " | ".join(cells) + " |"


def _cell(outcomes: Sequence[Outcome]) -> str:
    """A PUT, a DELETE and a look-up have no intent; a look-up only has what comes of its answer."""
    if not outcomes:
        return "-"
    good = sum(outcome.verdict.good for outcome in outcomes)
    return f"{good} of {len(outcomes)} ({max(outcome.seconds for outcome in outcomes):.0f} s)"
