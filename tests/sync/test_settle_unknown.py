"""What is unknown is looked up, late enough and often enough, and never booked twice."""

from datetime import timedelta

import pytest
from tests.sync.office import Office, booking, office

from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.sync.failures import OutcomeUnknown, Unreachable
from boekbrug.sync.ports import Answer, Found, IntentKind, NotThere, SomethingElse, Step
from boekbrug.sync.settle_unknown import settle_unknown


def unknown(kind: IntentKind = IntentKind.ENTRY) -> Office:
    """An office with one booking in `unknown`, of which one intent of this kind has no answer."""
    room = office(send_pdf=kind is not IntentKind.ENTRY)
    room.books.add(booking())
    room.books.due[Step.BOOK] = room.clock.now()
    room.ledger.replies[kind] = [OutcomeUnknown("time-out after sending")]
    room.run()
    assert room.books.state(1) is BookingState.UNKNOWN
    return room


def test_nobody_settles_before_the_answer_can_no_longer_come() -> None:
    room = unknown()
    room.clock.advance(seconds=84)
    next_at = settle_unknown(room.tools())
    assert room.ledger.looked_up == []
    assert next_at == room.books.intents[1].intent.send_by + room.clock.now().resolution * 75_000_000


def test_what_is_found_is_adopted() -> None:
    room = unknown()
    room.ledger.look_ups = [Found(answer=Answer(exact_id="e-1", entry_number=20260001))]
    room.clock.advance(seconds=85)
    room.run()
    assert room.books.state(1) is BookingState.BOOKED
    assert room.books.rows[1].booking.entry_id == "e-1"
    assert len(room.ledger.sent) == 1


def test_what_is_certainly_not_there_is_booked_again() -> None:
    room = unknown()
    room.ledger.look_ups = [NotThere()]
    room.clock.advance(seconds=85)
    room.run()
    assert room.books.state(1) is BookingState.BOOKED
    assert len(room.ledger.sent) == 2


def test_something_else_under_our_number_is_a_question_for_a_person() -> None:
    room = unknown()
    room.ledger.look_ups = [SomethingElse(problem=Problem(code="entry-number-in-use"))]
    room.clock.advance(seconds=85)
    room.run()
    assert room.books.state(1) is BookingState.HELD
    assert len(room.ledger.sent) == 1


def test_a_look_up_that_fails_is_never_a_not_there() -> None:
    room = unknown()
    room.ledger.look_ups = [Unreachable("maintenance")]
    room.clock.advance(seconds=85)
    room.run()
    assert room.books.state(1) is BookingState.UNKNOWN
    assert room.books.failed[Step.SETTLE] == ["Unreachable"]
    room.clock.advance(minutes=5)
    room.ledger.look_ups = [Found(answer=Answer(exact_id="e-1"))]
    room.run()
    assert room.books.state(1) is BookingState.BOOKED


def test_a_look_up_that_fails_between_answers_is_no_outage_and_is_made_again_in_a_minute() -> None:
    room = unknown()
    room.books.add(booking(2))
    room.books.due[Step.BOOK] = room.clock.now()
    room.ledger.replies[IntentKind.ENTRY] = [OutcomeUnknown("time-out after sending")]
    room.run()
    room.ledger.look_ups = [
        Found(answer=Answer(exact_id="e-1")),
        Unreachable("502"),
        Found(answer=Answer(exact_id="e-2")),
    ]
    room.clock.advance(seconds=85)
    room.run()
    assert (room.books.state(1), room.books.state(2)) == (BookingState.BOOKED, BookingState.UNKNOWN)
    assert Step.SETTLE not in room.books.failed
    assert room.books.due[Step.SETTLE] == room.clock.now() + timedelta(minutes=1)
    room.clock.advance(minutes=1)
    room.run()
    assert room.books.state(2) is BookingState.BOOKED


def test_a_look_up_that_always_fails_keeps_no_other_unknown() -> None:
    room = unknown()
    room.books.add(booking(2))
    room.books.due[Step.BOOK] = room.clock.now()
    room.ledger.replies[IntentKind.ENTRY] = [OutcomeUnknown("time-out after sending")]
    room.run()
    room.ledger.look_ups = [Unreachable("unreadable"), Found(answer=Answer(exact_id="e-2")), Unreachable("unreadable")]
    room.clock.advance(seconds=85)
    room.run()
    assert (room.books.state(1), room.books.state(2)) == (BookingState.UNKNOWN, BookingState.UNKNOWN)
    room.clock.advance(minutes=2)
    room.run()
    assert (room.books.state(1), room.books.state(2)) == (BookingState.UNKNOWN, BookingState.BOOKED)
    first, second, again = (one.booking_id for one in room.ledger.looked_up)
    assert (first, second, again) == (1, 2, 1)


@pytest.mark.parametrize("kind", [IntentKind.DOCUMENT, IntentKind.ATTACHMENT])
def test_what_exact_does_not_guard_must_be_missing_twice(kind: IntentKind) -> None:
    room = unknown(kind)
    room.clock.advance(seconds=85)
    room.run()
    assert room.books.state(1) is BookingState.UNKNOWN
    assert len(room.ledger.looked_up) == 1
    room.clock.advance(seconds=59)
    room.run()
    assert len(room.ledger.looked_up) == 1
    room.clock.advance(seconds=1)
    room.run()
    assert len(room.ledger.looked_up) == 2
    assert room.books.state(1) is BookingState.BOOKED
    assert [intent.kind for intent in room.ledger.sent].count(kind) == 2


def test_a_found_document_is_used_and_not_made_again() -> None:
    room = unknown(IntentKind.DOCUMENT)
    room.ledger.look_ups = [Found(answer=Answer(exact_id="doc-1"))]
    room.clock.advance(seconds=85)
    room.run()
    assert room.books.state(1) is BookingState.BOOKED
    assert [intent.kind for intent in room.ledger.sent].count(IntentKind.DOCUMENT) == 1
    entry = room.ledger.sent[-1]
    assert entry.body["Document"] == "doc-1"


def test_a_long_list_of_unknowns_ends_with_the_slice_and_goes_on() -> None:
    room = office()
    for number in range(1, 31):
        room.books.add(booking(number))
    room.ledger.replies["entry"] = [OutcomeUnknown("time-out") for _ in range(30)]
    while room.ledger.replies["entry"]:
        room.books.due[Step.BOOK] = room.clock.now()
        room.run()
    room.clock.advance(seconds=120)
    room.ledger.look_ups = [Found(answer=Answer(exact_id=f"e-{n}")) for n in range(30)]
    room.run()
    assert len(room.ledger.looked_up) == 20
    room.run()
    assert len(room.ledger.looked_up) == 30
