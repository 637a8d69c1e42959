"""A round: the bulk run at its hour, made up when nothing ran, and the daily rereading of what is held."""

from datetime import timedelta

from tests.domain import builders
from tests.sync.office import NOW, Office, booking, office

from boekbrug.domain.options import ClosedPeriod, ExportMode
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.sync.failures import NotAllowed, Refused, Unreachable
from boekbrug.sync.fetch_invoices import POLL, SOMEBODY_ELSE
from boekbrug.sync.ports import Received, Step

YESTERDAY = NOW - timedelta(days=1)


def bulk(**fields: object) -> Office:
    """An office whose next bulk run was yesterday."""
    room = office(export_mode=ExportMode.BULK, **fields)
    room.books.plan_round(room.books.koppelingen()[0], YESTERDAY)
    room.books.read_at = NOW
    room.books.due[Step.FETCH] = NOW
    return room


def test_a_koppeling_without_a_plan_gets_one_and_nothing_runs() -> None:
    room = office(export_mode=ExportMode.BULK)
    room.books.due[Step.FETCH] = NOW
    room.run()
    [koppeling] = room.books.koppelingen()
    assert koppeling.round_at == NOW.replace(hour=0) + timedelta(days=1)
    assert room.books.rounds == []
    assert room.books.due[Step.FETCH] == koppeling.round_at


def test_a_late_run_begins_at_once_and_ends_when_all_is_booked() -> None:
    room = bulk()
    room.books.add(booking(state=BookingState.RECEIVED), needs_check=True)
    room.run()
    assert room.books.rounds == [NOW]
    assert room.books.rows[1].booking.entry_id
    assert room.ledger.asked, "it proves at its end"
    [koppeling] = room.books.koppelingen()
    assert koppeling.round_at is not None
    assert koppeling.round_at > NOW
    assert not koppeling.bulk_running


def test_a_run_reads_the_reference_data_before_it_books() -> None:
    room = bulk()
    room.books.read_at = NOW - timedelta(hours=2)
    room.ledger.fresh_reference = builders.reference()
    room.run()
    assert room.books.read_at == NOW


def test_a_run_goes_on_while_coachview_is_away() -> None:
    room = bulk()
    room.source.failure = Unreachable("down")
    room.run()
    assert room.books.koppelingen()[0].bulk_running
    room.source.failure = None
    room.source.pages = [([Received(reading=builders.invoice(), raw="{}")], NOW)]
    room.clock.moment = room.books.due[Step.FETCH]
    room.run()
    assert room.books.rounds == [NOW], "it does not begin twice"
    assert not room.books.koppelingen()[0].bulk_running


def test_a_run_goes_on_while_exact_is_away() -> None:
    room = bulk()
    room.books.add(booking(state=BookingState.RECEIVED), needs_check=True)
    room.ledger.replies["entry"] = [Unreachable("down")]
    room.run()
    assert room.books.koppelingen()[0].bulk_running
    room.clock.moment = room.books.due[Step.BOOK]
    room.run()
    assert room.books.rows[1].booking.entry_id
    assert room.ledger.asked, "it proves at its end"
    assert not room.books.koppelingen()[0].bulk_running


def test_a_run_in_which_exact_refuses_a_closed_month_goes_on_after_a_new_reading() -> None:
    room = bulk(closed_period=ClosedPeriod.FIRST_OPEN)
    room.books.add(booking(state=BookingState.RECEIVED), needs_check=True)
    room.ledger.replies["entry"] = [Refused((Problem(code="period-closed"),))]
    room.run()
    assert (room.books.state(1), room.books.koppelingen()[0].bulk_running) == (BookingState.HELD, True)
    room.ledger.fresh_reference = builders.reference()
    room.clock.moment = room.books.due[Step.REFERENCE]
    assert room.clock.moment == NOW + timedelta(minutes=5), "no more often than that"
    room.run()
    assert not room.books.koppelingen()[0].bulk_running, "nothing more to book: the run is over"


def test_while_somebody_else_fetches_the_run_waits_a_little_and_does_not_end() -> None:
    room = bulk()
    room.books.window = None
    room.run()
    assert room.books.due[Step.FETCH] == NOW + SOMEBODY_ELSE
    assert not room.books.fetched


def test_realtime_reads_what_is_held_once_a_day_and_polls_in_between() -> None:
    room = office()
    room.books.plan_round(room.books.koppelingen()[0], YESTERDAY)
    room.books.due[Step.FETCH] = NOW
    room.run()
    assert room.books.rounds == [NOW]
    assert room.books.due[Step.FETCH] == NOW + POLL
    room.clock.moment = NOW + POLL
    room.run()
    assert room.books.rounds == [NOW]
    assert not room.books.koppelingen()[0].bulk_running


def test_what_could_not_be_read_anew_stays_on_the_list() -> None:
    room = office()
    room.books.reread = ["i-1", "i-2"]
    room.source.reread_failure = NotAllowed("scope-missing", "Facturen.Lezen")
    room.books.due[Step.FETCH] = NOW
    room.run()
    assert room.books.reread == ["i-1", "i-2"]
    room.source.reread_failure = None
    room.clock.moment = room.books.due[Step.FETCH]
    room.run()
    assert room.books.reread == []
