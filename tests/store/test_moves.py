"""A booking moves by one guarded UPDATE, only where the table of moves allows it, and never without a history row."""

from itertools import product

import pytest
from tests.domain import builders
from tests.store.world import NOW, World, at_once, checked, decision, entry_of, made

from boekbrug.domain.entry import Hold, Skip, SkipReason
from boekbrug.domain.problem import Subject, report
from boekbrug.domain.states import Actor, BookingState, may_move
from boekbrug.store import models
from boekbrug.store.books import Books
from boekbrug.store.moves import VIA_READY, By, move
from boekbrug.sync.failures import LeaseLost

BY = By(kind=Actor.RUN, name="test")
PAIRS = list(product(BookingState, BookingState))
ALLOWED = [(old, new) for old, new in PAIRS if may_move(old, new)]
FORBIDDEN = [pair for pair in PAIRS if not may_move(*pair) and pair not in VIA_READY]
PROBLEM = report("vat-code-unknown", Subject(kind="VATCode", key="7"), code="7")


@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_every_allowed_move_is_made_once_and_leaves_a_history_row(
    world: World, old: BookingState, new: BookingState
) -> None:
    booking = world.in_state(old)
    move(booking.id, old, new, by=BY, at=NOW, why="because")
    assert world.row().state == new
    assert world.history()[-1] == (old, new)
    with pytest.raises(LeaseLost):
        move(booking.id, old, new, by=BY, at=NOW, why="again")


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_every_other_move_is_refused_and_changes_nothing(world: World, old: BookingState, new: BookingState) -> None:
    booking = world.in_state(old)
    before = world.history()
    with pytest.raises(ValueError, match="does not move"):
        move(booking.id, old, new, by=BY, at=NOW, why="because")
    assert (world.row().state, world.history()) == (old, before)


@pytest.mark.parametrize(("old", "new"), sorted(VIA_READY))
def test_the_check_goes_by_way_of_ready_where_the_table_does(
    world: World, old: BookingState, new: BookingState
) -> None:
    move(world.in_state(old).id, old, new, by=BY, at=NOW, why="checked")
    assert world.history()[-2:] == [(old, "ready"), ("ready", new)]


def test_of_two_connections_that_make_one_move_one_wins(shared_world: World) -> None:
    booking = shared_world.ready()

    def claim() -> object:
        return Books(shared_world.lease, shared_world.clock).claim(booking, builders.TODAY)

    results = at_once(claim, claim, claim)
    assert sum(result is not None for result in results) == 1
    assert shared_world.history().count(("ready", "booking")) == 1


def test_a_check_writes_down_what_it_decided(world: World) -> None:
    world.receive(builders.invoice())
    world.books.decided(checked(world.booking(), Hold(problems=(PROBLEM,), warnings=())))
    row = world.row()
    assert (row.state, row.causes, row.needs_check) == ("held", ["vat-code-unknown:7"], False)
    world.books.decided(checked(world.booking(), decision(), NOW))
    row = world.row()
    assert (row.state, row.causes, row.problems, row.retry_at) == ("ready", [], [], NOW)
    world.books.decided(checked(world.booking(), Skip(reason=SkipReason.ZERO)))
    assert (world.row().state, world.row().skip_reason) == ("skipped", "zero")


def test_a_check_of_a_record_that_changed_meanwhile_asks_for_another(world: World) -> None:
    world.receive(builders.invoice())
    read_before = world.booking()
    world.receive(builders.invoice(reference="new", changed_at=world.now))
    world.books.decided(checked(read_before, decision()))
    assert world.row().needs_check
    assert world.books.ready(world.now, 10) == ()


def test_a_check_just_before_sending_may_hold_or_skip(world: World) -> None:
    world.books.decided(checked(world.claimed("i-1"), Hold(problems=(PROBLEM,), warnings=())))
    world.books.decided(checked(world.claimed("i-2"), Skip(reason=SkipReason.NOT_DEFINITIVE)))
    assert (world.row("i-1").state, world.row("i-2").state) == ("held", "skipped")


def test_claiming_freezes_the_export_date_once(world: World) -> None:
    claimed = world.claimed()
    world.books.retry(claimed, world.now, "the line was down")
    again = world.books.claim(world.booking(), builders.TODAY.replace(day=25))
    assert again is not None
    assert again.exported_on == claimed.exported_on == builders.TODAY


def test_what_wants_a_check_or_is_paused_is_not_ready(world: World) -> None:
    booking = world.ready()
    models.Booking.objects.update(needs_check=True)
    assert world.books.claim(booking, builders.TODAY) is None
    models.Booking.objects.update(needs_check=False)
    models.Integration.objects.update(state="paused")
    assert world.books.claim(booking, builders.TODAY) is None
    assert world.books.ready(world.now, 10) == ()
    assert world.books.next_ready() is None


def test_ready_comes_by_date_and_number_when_its_time_has_come(world: World) -> None:
    first, second = world.ready("i-2", number="20260002"), world.ready("i-1", number="20260003")
    assert [booking.id for booking in world.books.ready(world.now, 10)] == [first.id, second.id]
    later = world.now.replace(hour=18)
    world.books.decided(checked(first, decision(), later))
    assert [booking.id for booking in world.books.ready(world.now, 10)] == [second.id]
    assert world.books.next_ready() == world.now
    world.books.decided(checked(second, decision(), later))
    assert world.books.next_ready() == later


def test_a_booked_invoice_keeps_what_was_sent_and_where_it_is(world: World) -> None:
    world.booked()
    row = world.row()
    assert (row.state, row.entry_id, row.entry_number, row.journal) == ("booked", "guid-1", 20260001, "70")
    assert (row.exact_customer_id, row.year, row.period) == ("customer-1", 2026, 3)
    assert world.booking().sent == entry_of()
    assert world.books.customer_id_of(world.booking()) == "customer-1"
    assert world.books.waiting_for_proof() == 1


def test_one_entry_is_never_two_invoices(world: World) -> None:
    world.booked("i-1", entry_id="guid-1")
    claimed = world.claimed("i-2")
    world.books.answered(world.committed(claimed), made("guid-1").answer)
    world.books.booked(claimed, entry_of(), made("guid-1"))
    assert (world.row("i-2").state, world.row("i-2").causes) == ("held", ["entry-number-in-use:20260001"])


def test_bookings_are_proven_all_or_none(world: World) -> None:
    first, second = world.booked("i-1", "guid-1"), world.booked("i-2", "guid-2")
    models.Booking.objects.filter(id=second.id).update(state="differs")
    with pytest.raises(LeaseLost):
        world.books.proven([first, second])
    assert world.row("i-1").state == "booked"
    world.books.proven([first])
    assert world.row("i-1").state == "proven"
