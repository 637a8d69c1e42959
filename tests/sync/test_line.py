"""One entry on the line: the next invoice is made ready meanwhile, and nothing is sent before the answer is kept."""

from datetime import timedelta

import pytest
from tests.domain import builders
from tests.sync.office import NOW, Office, booking, office

from boekbrug.domain.states import BookingState
from boekbrug.sync.failures import LeaseLost, NotAllowed, OutcomeUnknown, OutsideFailure, Throttled, Unreachable
from boekbrug.sync.ports import Intent, Step


def due(room: Office, *numbers: int) -> Office:
    for number in numbers:
        room.books.add(booking(number))
    room.books.due[Step.BOOK] = room.clock.now()
    return room


def states(room: Office, *numbers: int) -> list[BookingState]:
    return [room.books.state(number) for number in numbers]


def test_while_exact_answers_the_next_intent_is_committed_and_not_sent() -> None:
    room = due(office(), 1, 2)
    seen: list[tuple[int, list[str], int]] = []

    def heard(intent: Intent) -> None:
        seen.append((intent.id, [kept.state for kept in room.books.intents.values()], len(room.ledger.sent)))

    room.ledger.on_hear = heard
    room.run()
    assert seen == [(1, ["open", "open"], 1), (2, ["done", "open"], 2)]
    assert states(room, 1, 2) == [BookingState.BOOKED, BookingState.BOOKED]


def test_the_answer_before_is_kept_when_the_next_is_sent() -> None:
    room = due(office(), 1, 2)
    kept: list[list[str]] = []
    room.ledger.on_send = lambda _intent: kept.append([one.state for one in room.books.intents.values()])
    room.run()
    assert kept == [["open"], ["done", "open"]]


def test_coachview_gives_the_next_file_while_exact_answers() -> None:
    room = due(office(send_pdf=True), 1, 2)
    files: list[tuple[str, int]] = []
    room.ledger.on_hear = lambda intent: files.append((str(intent.kind), room.source.pdf_calls))
    room.run()
    assert files[2] == ("entry", 2)
    assert states(room, 1, 2) == [BookingState.BOOKED, BookingState.BOOKED]


def test_a_new_customer_waits_for_the_line() -> None:
    room = due(office(), 1)
    stranger = builders.debtor(id="d-43", number="00043", name="Slagerij Pieters", vat_number="")
    room.books.add(booking(2, invoice=builders.invoice(id="i-2", number="20260002", debtor=stranger)))
    kept: list[str] = []
    room.ledger.on_send = lambda _intent: kept.append(room.books.intents[1].state)
    room.run()
    assert [str(intent.kind) for intent in room.ledger.sent] == ["entry", "customer", "entry"]
    assert kept == ["open", "done", "done"]


@pytest.mark.parametrize(
    "failure", [Throttled(NOW + timedelta(minutes=1)), Unreachable("DNS"), NotAllowed("rights-missing")]
)
def test_what_makes_everything_wait_takes_the_next_one_back(failure: OutsideFailure) -> None:
    room = due(office(), 1, 2)
    room.ledger.replies["entry"] = [failure]
    room.run()
    assert len(room.ledger.sent) == 1
    assert states(room, 1, 2) == [BookingState.READY, BookingState.READY]
    assert [kept.state for kept in room.books.intents.values()] == ["unsent", "unsent"]
    assert [intent.id for intent in room.ledger.dropped] == [2], "its reserved call is over"


def test_an_unknown_outcome_lets_the_next_one_go() -> None:
    room = due(office(), 1, 2)
    room.ledger.replies["entry"] = [OutcomeUnknown("time-out")]
    room.run()
    assert states(room, 1, 2) == [BookingState.UNKNOWN, BookingState.BOOKED]


def test_an_intent_whose_moment_passed_on_the_way_is_taken_back() -> None:
    room = due(office(), 1, 2)
    room.ledger.on_hear = lambda _intent: room.clock.advance(seconds=11)
    room.run()
    assert len(room.ledger.sent) == 1
    assert states(room, 1, 2) == [BookingState.BOOKED, BookingState.READY]
    assert [kept.state for kept in room.books.intents.values()] == ["done", "unsent"]


def test_a_pause_meanwhile_loses_no_answer() -> None:
    room = due(office(), 1, 2)
    room.ledger.on_send = lambda _intent: setattr(room.books, "active", ())
    with pytest.raises(LeaseLost):
        room.run()
    assert len(room.ledger.sent) == 1
    assert room.books.state(1) is BookingState.BOOKED
    assert room.ledger.on_the_line is None


def test_a_pause_while_exact_answers_sends_nothing_more_and_keeps_the_answer() -> None:
    room = due(office(), 1, 2)
    room.ledger.on_hear = lambda _intent: setattr(room.books, "active", ())
    with pytest.raises(LeaseLost):
        room.run()
    assert len(room.ledger.sent) == 1
    assert states(room, 1, 2) == [BookingState.BOOKED, BookingState.READY]
    assert [kept.state for kept in room.books.intents.values()] == ["done", "unsent"]


def test_the_last_one_is_heard_before_the_slice_ends() -> None:
    room = due(office(), 1)
    room.run()
    assert room.ledger.on_the_line is None
    assert room.books.state(1) is BookingState.BOOKED
