"""What people decide: by name, in the history, and only while the invoice is where they saw it."""

from datetime import timedelta

import pytest
from tests.domain import builders
from tests.store.world import NOW, World, checked

from boekbrug.domain.entry import Hold
from boekbrug.domain.problem import Problem
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import Actor, BookingState
from boekbrug.store import bookings, decide, models, steps
from boekbrug.store.decide import MovedOn
from boekbrug.store.moves import By
from boekbrug.store.organisations import NotFound
from boekbrug.sync.ports import Step

ELS = By(kind=Actor.PERSON, name="els")


def held(world: World, source_id: str = "i-1") -> int:
    world.receive(builders.invoice(id=source_id))
    problem = Problem(code="dated-before-start")
    world.books.decided(checked(world.booking(source_id), Hold(problems=(problem,), warnings=())))
    models.DueStep.objects.all().delete()
    return world.row(source_id).id


def last(world: World) -> tuple[str, str, str]:
    row = models.BookingHistory.objects.filter(booking=world.row()).latest("id")
    return row.who_kind, row.who_name, row.why


def test_a_skip_says_who_and_why_and_can_be_taken_back(world: World) -> None:
    booking_id = held(world)
    decide.skip(booking_id, "paid in cash", by=ELS, now=NOW)
    assert (world.row().state, world.row().skip_reason, world.row().causes) == ("skipped", "by-person", [])
    assert last(world) == ("person", "els", "paid in cash")
    decide.unskip(booking_id, by=ELS, now=NOW)
    assert (world.row().state, world.row().skip_reason, world.row().needs_check) == ("ready", "", True)
    assert world.books.due_steps(NOW) == (Step.CHECK,)


def test_booking_anyway_is_remembered_for_the_check(world: World) -> None:
    decide.book_anyway(held(world), by=ELS, now=NOW)
    assert (world.row().state, world.row().book_anyway) == ("ready", True)
    assert world.books.to_check(10) == (world.booking(),)


def test_trying_again_reads_invoice_and_debtor_anew(world: World) -> None:
    ids = [held(world, "i-1"), held(world, "i-2")]
    world.ready("i-3")
    assert decide.retry([*ids, world.row("i-3").id], by=ELS, now=NOW) == 2
    assert world.books.to_reread(world.organisation_id, 1) == ("i-1",)
    assert world.books.to_reread(world.organisation_id, 9) == ("i-2",)
    assert world.books.to_reread(world.organisation_id, 9) == ()
    assert {Step.FETCH, Step.CHECK} <= set(world.books.due_steps(NOW))


def test_a_difference_is_accepted_by_name_and_reason(world: World) -> None:
    world.books.differs(world.booked(), (Difference(field="amount", line=1, sent="1", stored="2"),))
    decide.accept_difference(world.row().id, "rounded by hand", by=ELS, now=NOW)
    finding = models.Finding.objects.get()
    assert (world.row().state, finding.state, finding.who, finding.reason) == (
        "proven",
        "accepted",
        "els",
        "rounded by hand",
    )


@pytest.mark.parametrize("state", [BookingState.BOOKING, BookingState.UNKNOWN, BookingState.BOOKED])
def test_nothing_is_decided_about_what_moved_on(world: World, state: BookingState) -> None:
    booking_id = world.in_state(state).id
    with pytest.raises(MovedOn):
        decide.skip(booking_id, "late", by=ELS, now=NOW)
    with pytest.raises(MovedOn):
        decide.unskip(booking_id, by=ELS, now=NOW)
    with pytest.raises(MovedOn):
        decide.book_anyway(booking_id, by=ELS, now=NOW)
    with pytest.raises(MovedOn):
        decide.accept_difference(booking_id, "late", by=ELS, now=NOW)
    assert world.row().state == state
    with pytest.raises(NotFound):
        decide.skip(999_999, "nobody's", by=ELS, now=NOW)


def test_choices_about_a_debtor_are_kept_with_the_name(world: World) -> None:
    held(world)
    where = (world.organisation_id, world.administration_id)
    decide.link_customer(*where, "d-1", "c-1", who="els", now=NOW)
    decide.create_anyway(*where, "d-2", who="els", now=NOW)
    decide.make_customer(*where, "d-3", "c-3", who="els", now=NOW)
    invoices = [builders.invoice(debtor=builders.debtor(id=f"d-{number}")) for number in (1, 2, 3)]
    links = world.books.links(world.integration_id, invoices)
    assert (links.customer_of_debtor, links.met) == ({"d-1": "c-1", "d-3": "c-3"}, frozenset())
    assert links.create_anyway == {"d-2"}
    assert links.make_customer == {"c-3"}
    assert world.row().needs_check
    assert Step.CHECK in world.books.due_steps(NOW)


def test_a_mapping_is_set_and_taken_away(world: World) -> None:
    decide.set_mapping(world.integration_id, "vat_code", " H ", "2", who="els", now=NOW)
    decide.set_mapping(world.integration_id, "vat_code", "H", "3", who="els", now=NOW)
    assert world.books.links(world.integration_id, []).vat_codes == {"H": "3"}
    decide.set_mapping(world.integration_id, "vat_code", "H", "", who="els", now=NOW)
    assert world.books.links(world.integration_id, []).vat_codes == {}
    with pytest.raises(ValueError, match="no such mapping"):
        decide.set_mapping(world.integration_id, "colour", "H", "2", who="els", now=NOW)
    with pytest.raises(NotFound):
        decide.set_mapping(999_999, "vat_code", "H", "2", who="els", now=NOW)


def test_what_waits_for_a_night_goes_when_a_person_asks(world: World) -> None:
    world.ready()
    models.Booking.objects.update(retry_at=NOW + timedelta(hours=9))
    assert world.books.ready(NOW, 10) == ()
    assert bookings.release_ready(world.administration_id) == 1
    assert len(world.books.ready(NOW, 10)) == 1


def test_a_preview_shows_one_number_or_all_that_is_not_booked(world: World) -> None:
    world.ready("i-1")
    world.booked("i-2", number="20260002")
    assert [one.id for one in bookings.to_preview(world.integration_id, None)] == [world.row("i-1").id]
    assert [one.id for one in bookings.to_preview(world.integration_id, "20260002")] == [world.row("i-2").id]


def test_proof_is_asked_for_only_while_something_waits_and_it_works(world: World) -> None:
    assert not steps.prove_now(world.administration_id, NOW)
    world.booked()
    assert steps.prove_now(world.administration_id, NOW)
    world.books.step_failed(Step.PROVE, NOW, "Unreachable")
    assert not steps.prove_now(world.administration_id, NOW)


def test_a_refusal_by_exact_holds_and_keeps_a_check_that_was_asked_for(world: World) -> None:
    claimed = world.claimed()
    models.Booking.objects.update(needs_check=True)
    world.books.hold(claimed, (Problem(code="period-closed"),), "refused by Exact")
    assert (world.row().state, world.row().causes, world.row().needs_check) == ("held", ["period-closed:"], True)


def test_a_step_that_is_not_there_yet_is_due_when_it_is_said(world: World) -> None:
    models.DueStep.objects.all().delete()
    world.books.step_done(Step.FETCH, NOW)
    assert world.books.due_steps(NOW) == (Step.FETCH,)
