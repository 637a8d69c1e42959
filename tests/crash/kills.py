"""A worker process that is killed or frozen at one boundary of a night, and another one that finishes."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.crash.boundaries import Boundary, Point, boundaries
from tests.crash.nursery import Process
from tests.crash.practice import NEW_CUSTOMER
from tests.crash.standing import Standing, Verdict, compare, is_over, look
from tests.crash.watch import Message, Moment, Recorder, Trap
from tests.crash.world import Copy, Ground

from boekbrug.sync.ports import IntentKind

NIGHT_SECONDS = 240.0
RESCUE_SECONDS = 420.0
LATE_SECONDS = 40.0
LOOK_SECONDS = 2.0


class Deed(StrEnum):
    """What happens to the worker at the boundary."""

    KILLED = "killed"
    KILLED_LATE = "killed, its request arrives 40 s later"
    KILLED_DELETED = "killed, and its new customer and documents are deleted in Exact by hand"
    FROZEN = "frozen until all is done"
    FROZEN_SHORT = "frozen for 15 s, while its lease holds"
    FROZEN_LONG = "frozen for 60 s, past its lease"
    CUT = "its host cut off until all is done"
    CUT_SHORT = "its host cut off for 20 s, while its lease holds"
    CUT_VOID = "its host cut off as its call leaves, until all is done"


KILLS = frozenset({Deed.KILLED, Deed.KILLED_LATE, Deed.KILLED_DELETED})
DELETED_AT = frozenset(
    {
        ("customer", Point.SERVER_COMMITTED),
        ("contact", Point.SERVER_COMMITTED),
        ("document", Point.SERVER_COMMITTED),
        ("attachment", Point.ANSWER_COMMITTED),
        ("entry", Point.INTENT_COMMITTED),
    }
)
"""Where somebody deletes the first invoice's customer in the middle of the night; from its entry on Exact keeps it."""
THAWS_AFTER = {Deed.FROZEN_SHORT: 15.0, Deed.FROZEN_LONG: 60.0}


@dataclass(frozen=True, kw_only=True)
class Night:
    """An undisturbed night: its boundaries, and what stood when it was over."""

    boundaries: tuple[Boundary, ...]
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class Case:
    """One boundary with what is done there."""

    boundary: Boundary
    deed: Deed

    def __str__(self) -> str:
        return f"{self.boundary}: {self.deed}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a case, and how long the rescue took from the kill on."""

    case: Case
    verdict: Verdict
    seconds: float


def deeds_at(boundary: Boundary, *, full: bool) -> tuple[Deed, ...]:
    """What is done at a boundary; a request that was sent may also arrive when its worker is long dead.

    What another night tries in every way is only killed when it is made anew, unless `full`.
    """
    if boundary.again and not full:
        return (Deed.KILLED,)
    late = (Deed.KILLED_LATE,) if boundary.point is Point.REQUEST_SENT else ()
    deleted = () if boundary.night or (boundary.kind, boundary.point) not in DELETED_AT else (Deed.KILLED_DELETED,)
    thaws = (Deed.FROZEN_SHORT, Deed.FROZEN_LONG) if full else ()
    return (Deed.KILLED, *late, *deleted, Deed.FROZEN, *thaws)


LEASE_SECONDS, LOOK_UP_SECONDS, TWO_LOOK_UPS_SECONDS, AGAIN_SECONDS = 50, 95, 160, 60


def seconds_of(case: Case) -> int:
    """About how long a case takes: the longest begin first, so that none is left over at the end."""
    boundary = case.boundary
    asked = boundary.intent is not None and boundary.point not in {Point.BEFORE_INTENT, Point.ANSWER_COMMITTED}
    guarded = boundary.intent is not None and IntentKind(boundary.intent).guarded_by_exact
    rescue = (LOOK_UP_SECONDS if guarded else TWO_LOOK_UPS_SECONDS) if asked else LEASE_SECONDS
    more = AGAIN_SECONDS if case.deed in {Deed.CUT, Deed.CUT_SHORT, Deed.CUT_VOID} else 0
    return rescue + more


Find = Callable[[Sequence[Message]], tuple[Boundary, ...]]


async def undisturbed(ground: Ground, folder: Path, find: Find = boundaries) -> Night:
    """One worker to whom nothing happens, and the boundaries that `find` reads off his night."""
    recorder = Recorder()
    async with Copy(ground=ground, folder=folder, watch=recorder) as copy:
        worker = copy.work()
        await until_over(copy, NIGHT_SECONDS)
        await copy.leave(worker)
        return Night(boundaries=find(recorder.seen), standing=await asyncio.to_thread(look, copy))


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many cases run at once, and how many of them are starting, which costs the most."""

    lanes: asyncio.Semaphore
    starting: asyncio.Semaphore

    @classmethod
    def of(cls, lanes: int) -> "Room":
        """Room for so many."""
        return cls(lanes=asyncio.Semaphore(lanes), starting=asyncio.Semaphore(3))


async def disturbed(ground: Ground, folder: Path, case: Case, night: Night, room: Room) -> Outcome:
    """The same night with the deed; what is lost, twice or odd when another worker has finished it."""
    async with room.lanes:
        trap = Trap(case.boundary.fit())
        async with Copy(ground=ground, folder=folder, watch=trap) as copy:
            return await _disturb(copy, trap, case, night, room)


async def _disturb(copy: Copy, trap: Trap, case: Case, night: Night, room: Room) -> Outcome:
    loop = asyncio.get_running_loop()
    async with room.starting:
        victim = copy.work()
        try:
            held = await trap.caught(NIGHT_SECONDS)
        except TimeoutError:
            return _failed(case, "its boundary was never reached")
    began = loop.time()
    _strike(victim, case.deed)
    if case.deed is Deed.KILLED_DELETED:
        copy.practice.delete_customer(NEW_CUSTOMER)
    aftermath = asyncio.create_task(_aftermath(trap, victim, case.deed, held.moment))
    other = copy.work()
    try:
        await until_over(copy, RESCUE_SECONDS)
    except TimeoutError:
        return _failed(case, "never finished", await asyncio.to_thread(look, copy), night)
    finally:
        aftermath.cancel()
    seconds = round(loop.time() - began, 1)
    await _thaw_and_leave(copy, trap, victim)
    await copy.leave(other)
    return Outcome(case=case, verdict=compare(await asyncio.to_thread(look, copy), night.standing), seconds=seconds)


def _failed(case: Case, why: str, standing: Standing | None = None, night: Night | None = None) -> Outcome:
    found = compare(standing, night.standing) if standing and night else Verdict(lost=(), twice=(), odd=())
    verdict = Verdict(lost=found.lost, twice=found.twice, odd=(why, *found.odd))
    return Outcome(case=case, verdict=verdict, seconds=RESCUE_SECONDS)


def _strike(victim: Process, deed: Deed) -> None:
    victim.send_signal(signal.SIGKILL if deed in KILLS else signal.SIGSTOP)
    if deed in KILLS:
        victim.wait()


async def _aftermath(trap: Trap, victim: Process, deed: Deed, moment: Moment) -> None:
    """What becomes of the message that was held, and when the frozen one goes on.

    What a killed worker was about to say is lost, unless it is late. What a frozen one is about to ask of the database
    arrives when it thaws; a request is on its way already, and so is every answer.
    """
    if deed in {Deed.KILLED, Deed.KILLED_DELETED}:
        trap.let_go(arrives=False)
    elif deed is Deed.KILLED_LATE:
        await asyncio.sleep(LATE_SECONDS)
        trap.let_go(arrives=True)
    else:
        if moment is not Moment.STATEMENT:
            trap.let_go(arrives=True)
        if deed in THAWS_AFTER:
            await asyncio.sleep(THAWS_AFTER[deed])
            trap.let_go(arrives=True)
            victim.send_signal(signal.SIGCONT)


async def _thaw_and_leave(copy: Copy, trap: Trap, victim: Process) -> None:
    """Let a frozen one go on with what it was at, to the end of its slice."""
    if victim.poll() is None:
        trap.let_go(arrives=True)
        victim.send_signal(signal.SIGCONT)
        await copy.leave(victim)


async def until_over(copy: Copy, seconds: float) -> None:
    """Wait until the night is over; TimeoutError when it takes too long."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(is_over, copy):  # noqa: ASYNC110 - a database sends no event
            await asyncio.sleep(LOOK_SECONDS)
