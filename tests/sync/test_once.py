"""A POST is sent once: whatever Exact answers, the intent says what is certain."""

from datetime import timedelta

import pytest
from tests.sync.office import NOW, Office, booking, office

from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.sync.failures import (
    Broken,
    LeaseLost,
    NotAllowed,
    OutcomeUnknown,
    OutsideFailure,
    Refused,
    Throttled,
    Unreachable,
)
from boekbrug.sync.once import once
from boekbrug.sync.ports import Answer, Found, IntentKind, NotThere, SomethingElse

IN_USE = Problem(code="entry-number-in-use", values=(("number", "20260001"),))
UNKNOWN_VAT = Problem(code="vat-code-unknown")


def post(room: Office) -> Answer:
    body = {"EntryNumber": 20260001}
    return once(room.books, room.ledger, IntentKind.ENTRY, "key", body, booking=None)


def test_the_intent_is_committed_before_it_is_sent() -> None:
    room = office()
    room.ledger.on_send = lambda intent: states.append(room.books.intents[intent.id].state)
    states: list[str] = []
    post(room)
    assert states == ["open"]
    assert room.books.intents[1].state == "done"


def test_a_second_time_gives_the_first_answer_and_sends_nothing() -> None:
    room = office()
    assert post(room) == post(room)
    assert len(room.ledger.sent) == 1


def test_while_an_earlier_one_is_open_nothing_is_sent() -> None:
    room = office()
    room.ledger.replies["entry"] = [OutcomeUnknown("time-out")]
    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            post(room)
    assert len(room.ledger.sent) == 1
    assert room.books.intents[1].state == "open"


@pytest.mark.parametrize(
    "failure",
    [NotAllowed("rights-missing"), Throttled(NOW + timedelta(minutes=1)), Unreachable("DNS"), Broken("entries", "400")],
)
def test_a_failure_that_carried_out_nothing_closes_the_intent(failure: OutsideFailure) -> None:
    room = office()
    room.ledger.replies["entry"] = [failure]
    with pytest.raises(type(failure)):
        post(room)
    assert room.books.intents[1].state == "unsent"
    assert post(room).exact_id == "entry-2"


def test_a_refusal_closes_the_intent_with_its_problems() -> None:
    room = office()
    room.ledger.replies["entry"] = [Refused((UNKNOWN_VAT,))]
    with pytest.raises(Refused):
        post(room)
    assert (room.books.intents[1].state, room.books.intents[1].problems) == ("refused", (UNKNOWN_VAT,))
    assert room.ledger.looked_up == []


def test_a_number_in_use_may_be_our_own_lost_success() -> None:
    room = office()
    room.ledger.replies["entry"] = [Refused((IN_USE,))]
    room.ledger.look_ups = [Found(answer=Answer(exact_id="ours", entry_number=20260001))]
    assert post(room).exact_id == "ours"
    assert room.books.intents[1].state == "done"


def test_a_number_in_use_by_somebody_else_is_a_refusal_that_says_by_what() -> None:
    room = office()
    theirs = Problem(code="entry-number-in-use", values=(("number", "20260001"), ("who", "De Vries")))
    room.ledger.replies["entry"] = [Refused((IN_USE,))]
    room.ledger.look_ups = [SomethingElse(problem=theirs)]
    with pytest.raises(Refused) as refusal:
        post(room)
    assert refusal.value.problems == (theirs,)


def test_a_number_in_use_that_the_look_up_cannot_find_stays_a_refusal() -> None:
    room = office()
    room.ledger.replies["entry"] = [Refused((IN_USE,))]
    room.ledger.look_ups = [NotThere()]
    with pytest.raises(Refused):
        post(room)
    assert room.books.intents[1].state == "refused"


def test_a_look_up_that_fails_leaves_the_outcome_unknown() -> None:
    room = office()
    room.ledger.replies["entry"] = [Refused((IN_USE,))]
    room.ledger.look_ups = [Unreachable("gone")]
    with pytest.raises(OutcomeUnknown):
        post(room)
    assert room.books.intents[1].state == "open"


def test_without_the_lease_nothing_is_sent() -> None:
    room = office()
    room.books.add(booking())
    room.books.lease_held = False
    with pytest.raises(LeaseLost):
        post(room)
    assert room.ledger.sent == []


def look_first(room: Office) -> Answer:
    return once(room.books, room.ledger, IntentKind.CONTACT, "key", {"LastName": "Wit"}, booking=None, look_first=True)


def test_what_somebody_else_made_before_us_is_not_made_again() -> None:
    room = office()
    room.ledger.look_ups = [Found(answer=Answer(exact_id="theirs"))]
    assert look_first(room) == look_first(room) == Answer(exact_id="theirs")
    assert (len(room.ledger.looked_up), room.ledger.sent) == (1, [])


def test_what_is_not_there_before_us_is_made() -> None:
    room = office()
    assert look_first(room) == Answer(exact_id="contact-1")
    assert [str(intent.kind) for intent in room.ledger.sent] == ["contact"]


def test_a_look_up_beforehand_that_fails_sends_nothing_and_leaves_nothing_open() -> None:
    room = office()
    room.ledger.look_ups = [Unreachable("504")]
    with pytest.raises(Unreachable):
        look_first(room)
    assert (room.ledger.sent, room.books.intents[1].state) == ([], "unsent")


def test_what_a_restore_may_have_forgotten_is_looked_up_before_it_is_sent() -> None:
    room = office()
    theirs = Answer(exact_id="theirs")
    room.ledger.look_ups = [Found(answer=theirs)]
    doubtful = booking(state=BookingState.BOOKING, look_first=True)
    room.books.add(doubtful)
    answer = once(room.books, room.ledger, IntentKind.DOCUMENT, "key", {"Subject": "x"}, booking=doubtful)
    assert answer == theirs
    assert room.ledger.sent == []
