"""A slice does what is due in the fixed order; a failure of one step does not stop the others."""

from datetime import timedelta

import pytest
from tests.domain import builders
from tests.sync.office import NOW, booking, office

from boekbrug.domain.options import ExportMode
from boekbrug.domain.states import BookingState
from boekbrug.sync.backoff import wait_after
from boekbrug.sync.failures import LeaseLost, NotAllowed, OutcomeUnknown, Unreachable
from boekbrug.sync.ports import Received, Step


def test_nothing_due_does_nothing() -> None:
    room = office()
    room.books.add(booking())
    room.run()
    assert room.ledger.calls == 0


def test_a_page_from_coachview_is_stored_and_checked_in_one_slice() -> None:
    room = office()
    room.books.due[Step.FETCH] = NOW
    room.source.pages = [([Received(reading=builders.invoice(), raw="{}")], NOW)]
    room.run()
    assert [received.raw for received in room.books.received] == ["{}"]
    assert room.books.fetched_until == NOW
    assert Step.CHECK not in room.books.due
    assert room.books.due[Step.FETCH] == NOW + timedelta(minutes=5)


def test_a_window_that_fails_is_given_back_and_tried_again() -> None:
    room = office()
    room.books.due[Step.FETCH] = NOW
    room.source.failure = Unreachable("502")
    room.run()
    assert room.books.window is not None
    assert room.books.due[Step.FETCH] > NOW + timedelta(seconds=59)


def test_a_missing_scope_shows_red_at_coachview() -> None:
    room = office()
    room.books.due[Step.FETCH] = NOW
    room.source.failure = NotAllowed("scope-missing", "Facturen.Lezen")
    room.run()
    assert room.books.red == {"coachview": "scope-missing"}


@pytest.mark.parametrize(
    ("until", "waits"),
    [(None, 60), (timedelta(minutes=9), 9), (timedelta(hours=3), 60), (timedelta(minutes=-1), 60)],
)
def test_what_is_not_allowed_is_tried_in_an_hour_or_when_the_token_may_be_refreshed(
    until: timedelta | None, waits: int
) -> None:
    room = office()
    room.books.due[Step.FETCH] = NOW
    room.source.failure = NotAllowed("login-refused")
    room.source.failure.until = None if until is None else NOW + until
    room.run()
    assert room.books.due[Step.FETCH] - NOW == timedelta(minutes=waits)


def test_while_somebody_else_fetches_nothing_is_fetched() -> None:
    room = office()
    room.books.due[Step.FETCH] = NOW
    room.books.window = None
    room.source.failure = Unreachable("must not be asked")
    room.run()
    assert room.books.failed == {}


def test_a_checked_invoice_is_ready_and_booked() -> None:
    room = office()
    room.books.add(booking(state=BookingState.RECEIVED), needs_check=True)
    room.books.due[Step.CHECK] = NOW
    room.run()
    assert room.books.state(1) is BookingState.BOOKED


def test_a_bulk_invoice_waits_for_its_night() -> None:
    room = office(export_mode=ExportMode.BULK)
    room.books.add(booking(state=BookingState.RECEIVED), needs_check=True)
    room.books.due[Step.CHECK] = NOW
    room.run()
    assert room.books.state(1) is BookingState.READY
    night = room.books.due[Step.BOOK]
    assert night == room.books.rows[1].ready_at
    assert night.hour == 0
    room.clock.moment = night
    room.run()
    assert [intent.kind for intent in room.ledger.sent] == ["entry"]
    assert room.ledger.asked == [("70", (20260001, 20260001))], "a bulk run proves at its end"


def test_a_check_that_wants_something_reads_exact_anew_and_decides_again() -> None:
    room = office(reference=builders.reference(vat_codes={}))
    room.books.read_at = NOW - timedelta(minutes=6)
    room.ledger.fresh_reference = builders.reference()
    room.books.add(booking(state=BookingState.RECEIVED), needs_check=True)
    room.books.due[Step.CHECK] = NOW
    room.run()
    assert room.books.state(1) is BookingState.BOOKED
    assert room.books.read_at == NOW


def test_a_copy_of_five_minutes_is_not_read_again() -> None:
    room = office(reference=builders.reference(vat_codes={}))
    room.books.read_at = NOW - timedelta(minutes=4)
    room.books.add(booking(state=BookingState.RECEIVED), needs_check=True)
    room.books.due[Step.CHECK] = NOW
    room.run()
    assert room.books.state(1) is BookingState.HELD
    assert [problem.code for problem in room.books.rows[1].booking.problems] == ["vat-code-unknown"]
    assert room.books.due[Step.REFERENCE] == NOW + timedelta(minutes=1), "but as soon as that is allowed again"


def test_what_a_reading_did_not_solve_does_not_ask_for_the_next_one() -> None:
    room = office(reference=builders.reference(vat_codes={}))
    room.books.read_at = NOW - timedelta(minutes=4)
    room.books.add(booking(state=BookingState.RECEIVED), needs_check=True)
    room.books.due[Step.CHECK] = NOW
    room.run()
    del room.books.due[Step.REFERENCE]
    room.books.rows[1].needs_check = True
    room.books.due[Step.CHECK] = NOW
    room.run()
    assert room.books.state(1) is BookingState.HELD
    assert Step.REFERENCE not in room.books.due


def test_the_reference_step_reads_everything_and_is_due_tomorrow() -> None:
    room = office()
    room.books.read_at = NOW - timedelta(days=1)
    room.ledger.fresh_reference = builders.reference()
    room.books.red["exact"] = "unreachable"
    room.books.due[Step.REFERENCE] = NOW
    room.run()
    assert room.books.due[Step.REFERENCE] == NOW + timedelta(days=1)
    assert room.books.red == {}


def test_a_fresh_copy_is_not_paid_for_again() -> None:
    room = office()
    room.books.read_at = NOW - timedelta(minutes=4)
    room.books.due[Step.REFERENCE] = NOW
    room.run()
    assert room.ledger.calls == 0
    assert room.books.due[Step.REFERENCE] == NOW - timedelta(minutes=4) + timedelta(days=1)


def test_a_failed_step_does_not_stop_the_next() -> None:
    room = office()
    room.books.read_at = None
    room.ledger.fresh_reference = Unreachable("503")
    room.books.due[Step.REFERENCE] = NOW
    room.books.due[Step.BOOK] = NOW
    room.books.add(booking())
    room.run()
    assert room.books.failed == {Step.REFERENCE: ["Unreachable"]}
    assert room.books.state(1) is BookingState.BOOKED


def test_a_slice_ends_after_twenty_calls() -> None:
    room = office()
    for number in range(1, 31):
        room.books.add(booking(number))
    room.books.due[Step.BOOK] = NOW
    room.run()
    assert len(room.ledger.sent) == 20
    assert room.books.due[Step.BOOK] <= NOW


def test_a_lost_lease_ends_the_slice() -> None:
    room = office()
    room.books.add(booking())
    room.books.due[Step.BOOK] = NOW
    room.books.lease_held = False
    with pytest.raises(LeaseLost):
        room.run()
    assert room.ledger.sent == []


@pytest.mark.parametrize(("failures", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 5), (4, 15), (5, 60), (500, 60)])
def test_the_wait_grows_to_an_hour_and_never_ends(failures: int, minutes: int) -> None:
    assert wait_after(failures, 0.0) == timedelta(minutes=minutes)
    assert wait_after(failures, 0.999) < timedelta(minutes=minutes * 1.2)


def test_an_unknown_outcome_makes_the_settle_step_due() -> None:
    room = office()
    room.books.add(booking())
    room.books.due[Step.BOOK] = NOW
    room.ledger.replies["entry"] = [OutcomeUnknown("reset")]
    room.run()
    assert room.books.due[Step.SETTLE] == NOW + timedelta(seconds=85)
