"""What Coachview does not know yet is found, and forgotten only for what it was told."""

from datetime import timedelta

import pytest
from tests.store.world import NOW, World

from boekbrug.domain.entry import Hold, Skip, SkipReason
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import Actor, BookingState
from boekbrug.store import decide, models, steps
from boekbrug.store.moves import By
from boekbrug.sync.ports import Decided, Said, Step, Unconfirmed

BOOKED = Said(confirmed=True, text="Geboekt")
ELS = By(kind=Actor.PERSON, name="els")


def only(world: World) -> Unconfirmed:
    [row] = world.books.unconfirmed(10)
    return row


def test_a_booked_invoice_is_to_be_told_with_its_entry(world: World) -> None:
    world.booked()
    row = only(world)
    assert (row.source_id, row.state, row.entry_number, row.journal) == ("i-1", BookingState.BOOKED, 20260001, "70")
    assert row.said is None


def test_what_was_told_is_remembered_and_done(world: World) -> None:
    world.booked()
    world.books.confirmed(only(world), BOOKED)
    assert world.books.unconfirmed(10) == ()
    assert world.row().confirmed_as == {"confirmed": True, "text": "Geboekt"}


def test_a_held_invoice_is_told_and_told_again_when_it_is_booked(world: World) -> None:
    world.books.hold(world.claimed(), (Problem(code="period-closed"),), "period-closed")
    held = only(world)
    assert held.problems == (Problem(code="period-closed"),)
    world.books.confirmed(held, Said(confirmed=False, text="Niet geboekt"))
    models.Booking.objects.update(state="booked", unconfirmed=True)
    assert only(world).said == Said(confirmed=False, text="Niet geboekt")


def test_what_became_something_else_meanwhile_is_told_once_more(world: World) -> None:
    world.books.hold(world.claimed(), (Problem(code="period-closed"),), "period-closed")
    row = only(world)
    decide.skip(world.row().id, "dubbel", by=ELS, now=NOW)
    world.books.confirmed(row, Said(confirmed=False, text="Niet geboekt"))
    assert only(world).state is BookingState.SKIPPED


def check(world: World, decision: Hold | Skip) -> None:
    world.books.decided([Decided(booking=world.booking(), decision=decision, not_before=None)])


def test_what_the_check_holds_is_told_and_its_skip_only_when_something_was_told_before(world: World) -> None:
    world.ready()
    check(world, Skip(reason=SkipReason.ZERO))
    assert world.books.unconfirmed(10) == ()
    check(world, Hold(problems=(Problem(code="period-closed"),), warnings=()))
    world.books.confirmed(only(world), Said(confirmed=False, text="Niet geboekt"))
    check(world, Skip(reason=SkipReason.ZERO))
    assert only(world).state is BookingState.SKIPPED


@pytest.mark.parametrize("state", ["received", "ready", "booking", "unknown"])
def test_what_is_on_its_way_is_not_told(world: World, state: str) -> None:
    world.booked()
    models.Booking.objects.update(state=state)
    assert world.books.unconfirmed(10) == ()


def test_a_paused_koppeling_tells_nothing(world: World) -> None:
    world.booked()
    models.Integration.objects.update(state="paused")
    assert world.books.unconfirmed(10) == ()
    models.DueStep.objects.all().delete()
    assert not steps.sweep(NOW)


def test_scarce_calls_are_left_for_fetching(world: World) -> None:
    world.booked()
    models.DueStep.objects.all().delete()
    models.Organisation.objects.update(coachview_calls_used=4000, coachview_calls_resets_at=NOW + timedelta(hours=1))
    assert world.books.unconfirmed(10) == ()
    assert not steps.sweep(NOW)
    world.advance(hours=1)
    assert len(world.books.unconfirmed(10)) == 1


def test_the_sweep_finds_what_coachview_does_not_know(world: World) -> None:
    world.booked()
    models.DueStep.objects.all().delete()
    assert steps.sweep(NOW) == 1
    assert models.DueStep.objects.get().step == Step.CONFIRM
    world.books.confirmed(only(world), BOOKED)
    models.DueStep.objects.all().delete()
    assert steps.sweep(NOW) == 0
