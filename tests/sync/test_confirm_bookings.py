"""Coachview is told what became of an invoice, last of all, once, and never in the way of booking."""

from datetime import timedelta

import pytest
from tests.sync.office import NOW, Office, booking, office

from boekbrug.domain.options import Purpose
from boekbrug.domain.problem import Problem, Severity
from boekbrug.domain.states import BookingState
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, OutsideFailure, Throttled, Unreachable
from boekbrug.sync.ports import Said, Step

HOLDING = (
    Problem(code="reference-missing", severity=Severity.HOLDS),
    Problem(code="text-shortened", severity=Severity.WARNS),
)


def room_with(*held: int, **options: object) -> Office:
    """An office in which these invoices are held and Coachview does not know it."""
    room = office(**options)
    for number in held:
        room.books.add(booking(number, state=BookingState.HELD, problems=HOLDING))
    room.books.due[Step.CONFIRM] = NOW
    return room


def test_a_booked_invoice_is_confirmed_in_the_same_slice() -> None:
    room = office()
    room.books.add(booking())
    room.books.due[Step.BOOK] = NOW
    room.run()
    assert room.source.confirmed == [("i-1", True, "Geboekt in Exact: boekstuk 20260001 in dagboek 70.")]
    assert Step.CONFIRM not in room.books.due


def test_a_held_invoice_says_why_and_warnings_do_not_count() -> None:
    room = room_with(1)
    room.run()
    [(_, confirmed, text)] = room.source.confirmed
    assert not confirmed
    assert "referentie" in text
    assert "ingekort" not in text


def test_a_skip_by_a_person_is_told() -> None:
    room = room_with(1)
    room.run()
    row = room.books.rows[1]
    assert row.said == Said(confirmed=False, text=room.source.confirmed[0][2])


def test_the_same_is_not_written_twice() -> None:
    room = room_with(1)
    room.run()
    room.books.rows[1].confirmed = False
    room.books.due[Step.CONFIRM] = NOW
    room.run()
    assert len(room.source.confirmed) == 1
    assert room.books.rows[1].confirmed


def test_it_costs_no_call_to_exact() -> None:
    room = room_with(1, 2, 3)
    room.run()
    assert len(room.source.confirmed) == 3
    assert room.ledger.calls == 0


def test_a_profile_without_the_fields_is_asked_nothing_more() -> None:
    room = room_with(1)
    room.source.confirmations = [False]
    room.run()
    assert room.books.rows[1].confirmed
    assert room.books.failed == {}


@pytest.mark.parametrize("purpose", [Purpose.TEST, Purpose.SHADOW])
def test_a_koppeling_that_does_not_count_tells_nothing(purpose: Purpose) -> None:
    room = room_with(1, purpose=purpose)
    room.run()
    assert room.source.confirm_calls == 0
    assert room.books.rows[1].confirmed


@pytest.mark.parametrize("failure", [Unreachable("503"), Throttled(NOW + timedelta(hours=2))])
def test_coachview_that_is_away_is_tried_again_later(failure: OutsideFailure) -> None:
    room = room_with(1)
    room.source.confirmations = [failure]
    room.run()
    assert not room.books.rows[1].confirmed
    assert room.books.due[Step.CONFIRM] > NOW + timedelta(seconds=59)
    room.clock.moment = room.books.due[Step.CONFIRM]
    room.run()
    assert room.books.rows[1].confirmed
    assert "coachview" not in room.books.red


def test_one_that_coachview_stumbles_over_does_not_keep_the_others_waiting() -> None:
    room = room_with(1, 2, 3)
    for _ in range(4):
        room.source.confirmations = [OutcomeUnknown("500") if _first(room) == 1 else True for _ in range(3)]
        room.run()
        room.clock.moment = room.books.due.get(Step.CONFIRM, room.clock.now()) + timedelta(minutes=1)
    assert {number for number, row in room.books.rows.items() if row.confirmed} >= {2, 3}
    assert room.books.red == {}, "one refusal does not mean that Coachview is away"


def _first(room: Office) -> int:
    rows = room.books.unconfirmed(50)
    return rows[room.clock.now().minute % len(rows)].booking_id if rows else 0


def test_an_invoice_that_coachview_does_not_know_any_more_is_let_go_and_the_operator_told() -> None:
    room = room_with(1)
    room.source.confirmations = [Broken("Facturen/{id}", "404")]
    room.run()
    assert room.books.rows[1].confirmed
    assert "Facturen/{id}" in room.books.broken_endpoints


def test_without_the_right_to_write_the_koppeling_stays_green() -> None:
    room = room_with(1)
    room.source.confirmations = [NotAllowed("scope-missing", "Facturen.Schrijven")]
    room.run()
    assert room.books.red == {}
    assert room.books.due[Step.CONFIRM] == NOW + timedelta(hours=1)
    assert list(room.books.write_rights.values()) == ["Facturen.Schrijven"]


def test_a_login_that_coachview_refuses_shows_red() -> None:
    room = room_with(1)
    room.source.confirmations = [NotAllowed("coachview-credentials", "401")]
    room.run()
    assert room.books.red == {"coachview": "coachview-credentials"}
    assert not room.books.rows[1].confirmed


def test_a_right_that_came_is_not_missing_any_more() -> None:
    room = room_with(1)
    room.source.confirmations = [NotAllowed("scope-missing", "Facturen.Schrijven")]
    room.run()
    room.clock.moment = NOW + timedelta(hours=1)
    room.run()
    assert list(room.books.write_rights.values()) == [""]
    assert room.books.rows[1].confirmed
