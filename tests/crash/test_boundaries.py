"""A few boundaries of R1 in a real night: the whole list is measured by `./run bench R1 --faults`."""

import asyncio
from pathlib import Path

import pytest
from tests.crash.boundaries import FIRST_NIGHT, Boundary, KindsDiffer, Point, boundaries, demand_all
from tests.crash.cuts import CUTS, cut_off
from tests.crash.kills import Case, Deed, Night, Outcome, Room, disturbed, undisturbed
from tests.crash.watch import Message, Moment
from tests.crash.world import THE_DAY_AFTER, Ground, ground

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
THE_DAY_AFTER_CASES = (
    ("look-up whether a customer is gone", Point.ANSWER_COMMITTED, Deed.KILLED),
    ("removal of a document", Point.REQUEST_SENT, Deed.KILLED),
)
"""Of the night in which things are gone in Exact, and a PDF comes late."""

Cases = tuple[tuple[str, Point, Deed], ...]


@pytest.mark.journey
def test_a_worker_dies_freezes_or_is_cut_off_and_the_night_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    first, after = tmp_path / "first", tmp_path / "after"
    for folder in (first, after):
        folder.mkdir()
    with ground(first) as there, ground(after, THE_DAY_AFTER) as there_after:
        outcomes = asyncio.run(_disturb_both(there, there_after))
    found = {str(outcome.case): str(outcome.verdict) for outcome in outcomes}
    assert found == dict.fromkeys(found, "as it should be")
    assert len(found) == len(CASES) + len(THE_DAY_AFTER_CASES)


async def _disturb_both(there: Ground, there_after: Ground) -> list[Outcome]:
    night, night_after = [await undisturbed(each, each.state.parent / "undisturbed") for each in (there, there_after)]
    assert (night.standing.odd, night_after.standing.odd) == ((), ())
    assert {each.call for each in night.boundaries} == FIRST_NIGHT.keys()
    demand_all((*night.boundaries, *night_after.boundaries))
    found = await asyncio.gather(_disturb(there, night, CASES), _disturb(there_after, night_after, THE_DAY_AFTER_CASES))
    return [outcome for outcomes in found for outcome in outcomes]


async def _disturb(there: Ground, night: Night, wanted: Cases) -> list[Outcome]:
    found = {(each.kind, each.point): each for each in night.boundaries}
    cases = [Case(boundary=found[kind, point], deed=deed) for kind, point, deed in wanted]
    room, folder = Room.of(len(cases)), there.state.parent
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


def test_a_call_of_the_list_that_no_night_makes_is_not_left_out_in_silence() -> None:
    call = "PUT /api/v1/*/crm/Accounts*"
    night = [
        Message(moment=Moment.REQUEST, text=call),
        Message(moment=Moment.STATEMENT, text="UPDATE store_x SET y = 1"),
    ]
    found = boundaries(night)
    assert [each.point for each in found] == list(Point)[2:]
    with pytest.raises(KindsDiffer, match="SalesEntries"):
        demand_all(found)


def test_a_post_without_an_intent_is_a_mistake() -> None:
    night = [Message(moment=Moment.REQUEST, text="POST /api/v1/*/crm/Contacts")]
    with pytest.raises(KindsDiffer, match="without an intent"):
        boundaries(night)


def test_a_late_document_is_held_at_its_own_intent_and_not_at_that_of_a_document_before_it() -> None:
    late = "POST /api/v1/*/documents/Documents of a booked entry"
    intent = "INSERT INTO store_intent SELECT 'document'"
    night = [
        *_sent(intent, "POST /api/v1/*/documents/Documents"),
        *_sent(intent, late),
        Message(moment=Moment.STATEMENT, text="UPDATE store_intent SET state = 'done'"),
    ]
    (before,) = [each for each in boundaries(night) if each.call == late and each.point is Point.BEFORE_INTENT]
    fits = before.fit()
    assert [place for place, message in enumerate(night) if fits(message)] == [3]


def _sent(intent: str, call: str) -> list[Message]:
    return [
        Message(moment=Moment.STATEMENT, text=intent),
        Message(moment=Moment.COMMITTED, text=intent),
        Message(moment=Moment.REQUEST, text=call),
    ]


def test_an_answer_is_kept_by_the_first_statement_behind_it_that_writes_its_outcome() -> None:
    call = "POST /api/v1/*/salesentry/SalesEntries"
    fits = Boundary(call=call, intent="entry", kept_in="store_intent", point=Point.ANSWER_RECEIVED).fit()
    kept = Message(moment=Moment.STATEMENT, text="WITH lease AS (...) UPDATE store_intent SET state = 'done'")
    counted = Message(moment=Moment.STATEMENT, text="UPDATE store_administration SET day_used = 1")
    answer = Message(moment=Moment.ANSWER, text=call)
    assert [fits(each) for each in (kept, answer, counted, kept)] == [False, False, False, True]
