"""A host whose cable is cut in the middle of a call while its worker lives on, and another host that finishes.

Afterwards the cable is mended: what the cut-off worker still had in hand may do no harm, and it works again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx2
from tests.crash.boundaries import NAMES, Boundary, Point
from tests.crash.cable import Cable, FilteredCable
from tests.crash.kills import NIGHT_SECONDS, RESCUE_SECONDS, Case, Deed, Night, Outcome, Room, until_over
from tests.crash.nursery import Process
from tests.crash.standing import Standing, Verdict, compare, look
from tests.crash.watch import Message, Moment, Trap
from tests.crash.world import Copy, Ground
from tests.sim.coachview.practice_coachview import Coachview

T = TypeVar("T")
AGAIN_SECONDS = 150.0
SHORT_SECONDS = 20.0
CUTS = frozenset({Deed.CUT, Deed.CUT_SHORT, Deed.CUT_VOID})
ASKED = frozenset({Moment.STATEMENT, Moment.REQUEST})
"""What a host says is lost with the cut; what it is told waits at the other end of the cable."""

ENTRY = next(call for call, name in NAMES.items() if name == "entry")
CUT_THE_DAY_AFTER = frozenset(
    {
        ("late document", Point.SERVER_COMMITTED),
        ("removal of a document", Point.SERVER_COMMITTED),
        ("look-up whether a customer is gone", Point.ANSWER_RECEIVED),
    }
)
"""Where it has just been done, and where it is about to be written that something is gone."""
LIKE, NEW = "30000003", "30000901"
"""An invoice that comes when only the host that was cut off is left."""


def cuts_at(boundary: Boundary, *, full: bool) -> tuple[Deed, ...]:
    """How a host is cut off at a boundary: at those of an entry, at a few of the day after, or at all."""
    if boundary.call != ENTRY or boundary.night:
        return (Deed.CUT,) if full or (boundary.kind, boundary.point) in CUT_THE_DAY_AFTER else ()
    void = (Deed.CUT_VOID,) if boundary.point is Point.INTENT_COMMITTED else ()
    short = (Deed.CUT_SHORT,) if boundary.point is Point.SERVER_COMMITTED else ()
    return (Deed.CUT, *void, *short)


async def cut_off(
    ground: Ground, folder: Path, case: Case, night: Night, room: Room, cable: Callable[[], Cable] = FilteredCable
) -> Outcome:
    """The night in which a host is cut off at a boundary; what is lost, twice or odd when all is over."""
    async with room.lanes:
        trap = Trap(case.boundary.fit())
        async with Copy(ground=ground, folder=folder, watch=trap) as copy:
            host = Host(copy, cable(), trap)
            try:
                return await host.live_through(case, night, room)
            except TimeoutError as never:
                verdict = Verdict(lost=(), twice=(), odd=(f"never {never}",))
                return Outcome(case=case, verdict=verdict, seconds=RESCUE_SECONDS)


class Host:
    """The host that is cut off, with the copy that it works on."""

    def __init__(self, copy: Copy, cable: Cable, trap: Trap) -> None:
        self._copy, self._cable, self._trap = copy, cable, trap

    async def live_through(self, case: Case, night: Night, room: Room) -> Outcome:
        """One night and what comes after."""
        copy, loop = self._copy, asyncio.get_running_loop()
        async with room.starting:
            there = await copy.work_behind(self._cable)
            held = await _within(NIGHT_SECONDS, "reached its boundary", self._trap.caught(NIGHT_SECONDS))
        began = loop.time()
        await self._cut(case.deed, held)
        other = copy.work()
        if case.deed is Deed.CUT_SHORT:
            await asyncio.sleep(SHORT_SECONDS)
            await self._cable.mend()
        await _within(RESCUE_SECONDS, "finished by the other host", until_over(copy, RESCUE_SECONDS))
        seconds = round(loop.time() - began, 1)
        odd = [] if case.deed is Deed.CUT_SHORT or self._knows(there) else ["the host never knew of its cut"]
        await self._cable.mend()
        await copy.leave(other)
        at_rest = await asyncio.to_thread(look, copy)
        found = compare(at_rest, night.standing)
        await self._bring_new_invoice()
        await _within(AGAIN_SECONDS, "booked by the host that was cut off", self._until_booked())
        odd += [*found.odd, *_strange(await asyncio.to_thread(look, copy), at_rest)]
        await _within(AGAIN_SECONDS, "gave a sign of life again", self._until_alive())
        odd += [] if there.poll() is None else ["the process that was cut off has ended"]
        await copy.leave(there)
        verdict = Verdict(lost=found.lost, twice=found.twice, odd=tuple(odd))
        return Outcome(case=case, verdict=verdict, seconds=seconds)

    async def _cut(self, deed: Deed, held: Message) -> None:
        """Cut, and let the message that was held meet the cut."""
        if deed is not Deed.CUT_VOID:
            await self._cable.cut()
            self._trap.let_go(arrives=held.moment not in ASKED)
            return
        assert isinstance(self._cable, FilteredCable), "the other cables are cut as a whole"
        call = self._cable.cut_in_call(lambda: self._trap.let_go(arrives=True))
        await _within(NIGHT_SECONDS, "written its call", call)

    def _knows(self, there: Process) -> bool:
        """Whether it still runs and does not wait for its database for ever."""
        said = (self._copy.folder / "worker-0.log").read_text(encoding="utf-8")
        return there.poll() is None and "The database does not answer." in said

    async def _until_alive(self) -> None:
        """Its next sign of life: one after this moment."""
        (now,) = (await asyncio.to_thread(self._copy.ask, "SELECT now()"))[0]
        alive = f"SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > '{now}'"
        while not await asyncio.to_thread(self._copy.ask, alive):  # noqa: ASYNC110 - a database sends no event
            await asyncio.sleep(1)

    async def _bring_new_invoice(self) -> None:
        """Coachview has one more invoice, and says so."""
        await asyncio.to_thread(_add_invoice, self._copy.practice.addresses["coachview"])
        await asyncio.to_thread(self._copy.tell, "UPDATE store_duestep SET due_at = now() WHERE step = 'fetch'")

    async def _until_booked(self) -> None:
        known = f"SELECT 1 FROM store_booking WHERE number = '{NEW}'"
        while not await asyncio.to_thread(self._copy.ask, known):  # noqa: ASYNC110 - a database sends no event
            await asyncio.sleep(1)
        await until_over(self._copy, AGAIN_SECONDS)


async def _within(seconds: float, what: str, wait: Awaitable[T]) -> T:
    """What is waited for; TimeoutError says what did not happen."""
    try:
        async with asyncio.timeout(seconds):
            return await wait
    except TimeoutError:
        raise TimeoutError(what) from None


def _add_invoice(address: str) -> None:
    with httpx2.Client(base_url=address, timeout=60) as http:
        coachview = Coachview(http=http)
        coachview.login()
        coachview.add_like(LIKE, NEW)


def _strange(after: Standing, before: Standing) -> list[str]:
    """What changed besides the new invoice."""
    gone = [f"gone since: {each}" for each in (before.records - after.records).elements()]
    new = (after.records - before.records).elements()
    foreign = [f"new since: {each}" for each in new if not any(NEW in str(value) for value in each)]
    totals = [] if after.exact_total == after.coachview_total > before.exact_total else ["the totals differ"]
    return [*gone, *foreign, *totals, *after.odd]
