"""Linking a held invoice to an entry that exists: booked by a person, once, and only while it is held."""

import pytest
from tests.store.world import NOW, World, entry_of, made

from boekbrug.domain.problem import Problem
from boekbrug.domain.states import Actor
from boekbrug.store import models
from boekbrug.store.linking import EntryTaken, link_entry, to_link
from boekbrug.store.moves import By, MovedOn
from boekbrug.store.organisations import NotFound
from boekbrug.sync.ports import Step

ELS = By(kind=Actor.PERSON, name="els")
IN_USE = Problem(code="entry-number-in-use", values=(("number", "20260001"), ("journal", "70")))


def held(world: World, source_id: str = "i-1") -> int:
    claimed = world.claimed(source_id)
    world.books.hold(claimed, (IN_USE,), "refused by Exact")
    models.DueStep.objects.all().delete()
    return world.row(source_id).id


def test_a_linked_invoice_is_booked_by_that_entry_and_proven_like_any_other(world: World) -> None:
    booking_id = held(world)
    assert to_link(booking_id) == (world.booking(), world.administration_id)
    link_entry(booking_id, entry_of(), made("guid-9"), by=ELS, now=NOW)
    row = world.row()
    assert (row.state, row.entry_id, row.entry_number, row.causes) == ("booked", "guid-9", 20260001, [])
    last = models.BookingHistory.objects.latest("id")
    assert (last.who_kind, last.who_name, last.why) == ("person", "els", "linked-entry: 20260001")
    assert {Step.PROVE, Step.PDF} <= set(world.books.due_steps(NOW))


def test_what_a_refused_attempt_carried_gives_way_to_what_was_found(world: World) -> None:
    booking_id = held(world)
    models.Booking.objects.update(sent={"journal": "70", "entry_number": 1})
    link_entry(booking_id, entry_of(), made("guid-9"), by=ELS, now=NOW)
    assert world.booking().sent == entry_of()


def test_one_entry_is_linked_to_one_invoice_only(world: World) -> None:
    world.booked("i-2", "guid-9")
    booking_id = held(world)
    with pytest.raises(EntryTaken):
        link_entry(booking_id, entry_of(), made("guid-9"), by=ELS, now=NOW)
    assert world.row().state == "held"


def test_an_invoice_that_moved_on_is_not_linked(world: World) -> None:
    ready = world.ready()
    for try_it in (lambda: to_link(ready.id), lambda: link_entry(ready.id, entry_of(), made(), by=ELS, now=NOW)):
        with pytest.raises(MovedOn):
            try_it()
    with pytest.raises(NotFound):
        to_link(999_999)


def test_an_invoice_with_something_on_its_way_is_not_linked(world: World) -> None:
    claimed = world.claimed()
    world.committed(claimed)
    models.Booking.objects.update(state="held")
    with pytest.raises(MovedOn):
        link_entry(claimed.id, entry_of(), made(), by=ELS, now=NOW)


def test_an_invoice_of_no_koppeling_is_not_linked(world: World) -> None:
    booking_id = held(world)
    models.Booking.objects.update(integration=None, administration=None)
    with pytest.raises(MovedOn):
        to_link(booking_id)
