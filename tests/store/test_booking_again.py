"""Opnieuw boeken in the tables: what is forgotten, what is kept, and when it is refused."""

from datetime import date

import pytest
from tests.store.world import NOW, World, entry_of, made, sending

from boekbrug.domain.statement import Difference
from boekbrug.domain.states import Actor, BookingState
from boekbrug.store import models
from boekbrug.store.booking_again import book_again, to_book_again
from boekbrug.store.moves import By, MovedOn
from boekbrug.store.organisations import NotFound
from boekbrug.sync.ports import Answer, IntentKind, Step

ELS = By(kind=Actor.PERSON, name="els")


def again(world: World) -> None:
    book_again(to_book_again(world.row().id), by=ELS, now=NOW)


@pytest.mark.parametrize("state", ["booked", "proven", "differs"])
def test_the_invoice_is_checked_and_booked_anew_under_a_key_of_its_own(world: World, state: str) -> None:
    world.booked()
    models.Booking.objects.update(state=state, exported_on=date(2026, 3, 1))
    again(world)
    row = world.row()
    assert (row.state, row.generation, row.needs_check, row.look_first) == ("ready", 1, True, True)
    assert (row.entry_id, row.entry_number, row.sent, row.booked_at, row.exported_on) == ("", None, None, None, None)
    assert {Step.FETCH, Step.CHECK} <= set(world.books.due_steps(NOW))
    said = models.BookingHistory.objects.filter(booking=row).latest("id")
    assert (said.from_state, said.to_state, said.who_name, said.why) == (
        state,
        "ready",
        "els",
        "booked-again: 20260001",
    )


def test_the_next_entry_is_another_one(world: World) -> None:
    world.booked()
    again(world)
    models.Booking.objects.update(needs_check=False)
    claimed = world.books.claim(world.booking(), date(2026, 3, 20))
    assert claimed is not None
    key = f"{claimed.mark}:{claimed.generation}"
    assert world.books.earlier(IntentKind.ENTRY, key) is None
    intent = world.books.commit_intent(IntentKind.ENTRY, key, {"EntryNumber": 1}, booking=sending(claimed))
    world.books.answered(intent, Answer(exact_id="guid-2", entry_number=20260001, entry_kind=20))
    world.books.booked(claimed, entry_of(), made("guid-2"))
    assert (world.row().state, world.row().entry_id) == ("booked", "guid-2")
    states = models.Intent.objects.filter(kind="entry").order_by("id").values_list("state", flat=True)
    assert list(states) == ["removed", "done"]


def test_what_was_found_about_the_entry_that_is_gone_is_over(world: World) -> None:
    booked = world.booked()
    world.books.differs(booked, (Difference(field="entry_number", line=None, sent="20260001", stored=""),))
    again(world)
    assert list(models.Finding.objects.values_list("state", flat=True)) == ["gone"]


@pytest.mark.parametrize("state", sorted(set(BookingState) - {"booked", "proven", "differs"}))
def test_what_is_not_booked_cannot_be_booked_again(world: World, state: BookingState) -> None:
    world.in_state(state)
    with pytest.raises(MovedOn):
        to_book_again(world.row().id)


def test_nothing_happens_while_something_of_it_is_on_its_way_or_when_it_moved_on(world: World) -> None:
    booked = world.booked()
    gone = to_book_again(world.row().id)
    intent = world.books.commit_intent(IntentKind.DOCUMENT, "late", {}, booking=booked)
    with pytest.raises(MovedOn):
        book_again(gone, by=ELS, now=NOW)
    world.books.unsent(intent, "nothing was sent")
    book_again(gone, by=ELS, now=NOW)
    with pytest.raises(MovedOn):
        book_again(gone, by=ELS, now=NOW)
    assert world.row().generation == 1


def test_a_paused_koppeling_and_a_strange_invoice_are_refused(world: World) -> None:
    world.booked()
    models.Integration.objects.update(state="paused")
    with pytest.raises(MovedOn):
        to_book_again(world.row().id)
    with pytest.raises(NotFound):
        to_book_again(0)
