"""A few boundaries of R1 in a real night: the whole list is measured by `./run bench R1 --faults`."""

import asyncio
from pathlib import Path

import pytest
from tests.crash.boundaries import NAMES, Boundary, KindsDiffer, Point, boundaries
from tests.crash.cuts import CUTS, cut_off
from tests.crash.kills import Case, Deed, Outcome, Room, disturbed, undisturbed
from tests.crash.watch import Message, Moment
from tests.crash.world import Ground, ground

CASES = (
    ("entry", Point.BEFORE_INTENT, Deed.KILLED),
    ("entry", Point.ANSWER_COMMITTED, Deed.KILLED),
    ("contact", Point.BEFORE_INTENT, Deed.KILLED),
    ("attachment", Point.SERVER_COMMITTED, Deed.FROZEN_SHORT),
    ("entry", Point.SERVER_COMMITTED, Deed.CUT),
    ("entry", Point.INTENT_COMMITTED, Deed.CUT_VOID),
    ("entry", Point.INTENT_COMMITTED, Deed.CUT),
)
"""The killed need no more than the lease's 45 seconds, the cut off a minute and a half; all at once."""


@pytest.mark.journey
def test_a_worker_dies_freezes_or_is_cut_off_and_the_night_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    with ground(tmp_path) as there:
        outcomes = asyncio.run(_disturb(there, tmp_path))
    found = {str(outcome.case): str(outcome.verdict) for outcome in outcomes}
    assert found == dict.fromkeys(found, "as it should be")
    assert len(found) == len(CASES)


async def _disturb(there: Ground, folder: Path) -> list[Outcome]:
    night = await undisturbed(there, folder / "undisturbed")
    assert night.standing.odd == ()
    assert {each.kind for each in night.boundaries} == set(NAMES.values())
    found = {(each.kind, each.point): each for each in night.boundaries}
    cases = [Case(boundary=found[kind, point], deed=deed) for kind, point, deed in CASES]
    room = Room.of(len(cases))
    return await asyncio.gather(
        *(
            (cut_off if case.deed in CUTS else disturbed)(there, folder / f"night_{place}", case, night, room)
            for place, case in enumerate(cases)
        )
    )


def test_a_call_that_the_list_does_not_name_is_not_left_out_in_silence() -> None:
    night = [Message(moment=Moment.REQUEST, text="POST /api/v1/*/crm/Addresses2")]
    night.append(Message(moment=Moment.STATEMENT, text='UPDATE "store_booking" SET "state" = 1'))
    with pytest.raises(KindsDiffer, match="Addresses2"):
        boundaries(night)


def test_an_answer_is_kept_by_the_first_statement_behind_it_that_writes_its_outcome() -> None:
    call = "POST /api/v1/*/salesentry/SalesEntries"
    fits = Boundary(call=call, intent="entry", kept_in="store_intent", point=Point.ANSWER_RECEIVED).fit()
    kept = Message(moment=Moment.STATEMENT, text="WITH lease AS (...) UPDATE store_intent SET state = 'done'")
    counted = Message(moment=Moment.STATEMENT, text="UPDATE store_administration SET day_used = 1")
    answer = Message(moment=Moment.ANSWER, text=call)
    assert [fits(each) for each in (kept, answer, counted, kept)] == [False, False, False, True]
