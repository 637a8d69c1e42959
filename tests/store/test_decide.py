"""What people decide: by name, in the history, and only while the invoice is where they saw it."""

from datetime import timedelta
from typing import Any

import pytest
from tests.domain import builders
from tests.store.world import NOW, World, checked

from boekbrug.domain.entry import Hold
from boekbrug.domain.problem import Problem
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import Actor, BookingState
from boekbrug.store import bookings, debtors, decide, models, steps
from boekbrug.store.moves import By, MovedOn
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
    assert world.books.to_reread(world.organisation_id, 9) == ("i-1", "i-2")
    assert {Step.FETCH, Step.CHECK} <= set(world.books.due_steps(NOW))
    assert last(world) == ("person", "els", "retried")


@pytest.mark.parametrize(
    ("code", "asks"), [("journal-blocked", True), ("period-closed", True), ("vat-difference", False)]
)
def test_trying_again_has_exact_read_when_it_may_have_been_put_right_there(world: World, code: str, asks: bool) -> None:
    """At most once in 5 minutes, and only for what a reading can solve (exactly-once.md, "Reference data")."""
    world.ready()
    world.books.hold(world.claimed(), (Problem(code=code),), "refused by Exact")
    world.books.keep_reference(builders.reference(), NOW - timedelta(minutes=2), 9)
    models.DueStep.objects.all().delete()
    decide.retry([world.row().id], by=ELS, now=NOW)
    due = models.DueStep.objects.filter(step=Step.REFERENCE).values_list("due_at", flat=True)
    assert list(due) == ([NOW + timedelta(minutes=3)] if asks else [])


def test_a_rereading_is_not_lost_with_the_worker_that_began_it(world: World) -> None:
    decide.retry([held(world)], by=ELS, now=NOW)
    assert world.books.to_reread(world.organisation_id, 9) == ("i-1",)
    second = world.taken_over()
    assert second.to_reread(world.organisation_id, 9) == ("i-1",)
    second.reread_done(world.organisation_id, ["i-1"])
    assert second.to_reread(world.organisation_id, 9) == ()


def test_an_invoice_of_no_koppeling_is_read_by_any_and_finds_its_own(world: World) -> None:
    booking_id = held(world)
    models.Booking.objects.update(integration=None, administration=None)
    assert decide.retry([booking_id], by=ELS, now=NOW) == 1
    assert {Step.FETCH, Step.CHECK} <= set(world.books.due_steps(NOW))
    assert world.row().integration_id == world.integration_id
    assert world.books.to_reread(world.organisation_id, 9) == ("i-1",)


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
    decide.link_customer(*where, "d-42", "c-42", who="els", now=NOW)
    assert world.row().needs_check
    decide.link_customer(*where, "d-1", "c-1", who="els", now=NOW)
    decide.create_anyway(*where, "d-2", who="els", now=NOW)
    decide.make_customer(*where, "d-3", "c-3", who="els", now=NOW)
    invoices = [builders.invoice(debtor=builders.debtor(id=f"d-{number}")) for number in (1, 2, 3)]
    links = world.books.links(world.integration_id, invoices)
    assert (links.customer_of_debtor, links.met) == ({"d-1": "c-1", "d-3": "c-3"}, frozenset())
    assert links.create_anyway == {"d-2"}
    assert links.make_customer == {"c-3"}
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
    world.books.step_done(Step.PROVE, NOW)
    assert steps.prove_now(world.administration_id, NOW)
    world.books.step_failed(Step.PROVE, NOW + timedelta(hours=9), "Throttled")
    assert not steps.prove_now(world.administration_id, NOW), "its budget is used up until then"


def test_a_refusal_by_exact_holds_and_keeps_a_check_that_was_asked_for(world: World) -> None:
    claimed = world.claimed()
    models.Booking.objects.update(needs_check=True)
    world.books.hold(claimed, (Problem(code="period-closed"),), "refused by Exact")
    assert (world.row().state, world.row().causes, world.row().needs_check) == ("held", ["period-closed:"], True)


def test_a_step_that_is_not_there_yet_is_due_when_it_is_said(world: World) -> None:
    models.DueStep.objects.all().delete()
    world.books.step_done(Step.FETCH, NOW)
    assert world.books.due_steps(NOW) == (Step.FETCH,)


def test_many_are_skipped_or_booked_anyway_at_once_and_what_moved_on_is_left(world: World) -> None:
    ids = [held(world, "i-1"), held(world, "i-2")]
    ready = world.ready("i-3")
    assert decide.skip_many([*ids, ready.id, 999_999], "paid in cash", by=ELS, now=NOW) == 2
    assert [world.row(f"i-{number}").state for number in (1, 2, 3)] == ["skipped", "skipped", "ready"]
    assert (world.row().skip_values, last(world)) == ([["reason", "paid in cash"]], ("person", "els", "paid in cash"))
    assert decide.skip_many(ids, "again", by=ELS, now=NOW) == 0
    more = [held(world, "i-4"), held(world, "i-5")]
    assert decide.book_many_anyway([*more, ready.id], by=ELS, now=NOW) == 2
    assert {world.row(f"i-{number}").book_anyway for number in (4, 5)} == {True}
    assert Step.CHECK in world.books.due_steps(NOW)


def customer(world: World, **fields: Any) -> None:
    world.books.keep_customer(builders.customer(**fields))


def test_a_debtor_is_linked_at_its_invoice_and_all_its_held_invoices_say_by_whom(world: World) -> None:
    customer(world, exact_id="c-7", code="7", name="Bakkerij De Jong")
    first, second = held(world, "i-1"), held(world, "i-2")
    debtors.choose_customer(first, "c-7", make_customer=False, by=ELS, now=NOW)
    rows = models.BookingHistory.objects.filter(booking_id=second).order_by("-id")
    assert (rows[0].who_name, rows[0].why) == ("els", "linked-customer: 7 · Bakkerij De Jong")
    assert world.books.links(world.integration_id, [builders.invoice()]).customer_of_debtor == {"d-42": "c-7"}
    assert world.row("i-2").needs_check


def test_a_supplier_is_made_a_customer_only_when_somebody_says_so(world: World) -> None:
    customer(world, exact_id="c-8", status="S", supplier=True)
    booking_id = held(world)
    with pytest.raises(debtors.NotYetCustomer):
        debtors.choose_customer(booking_id, "c-8", make_customer=False, by=ELS, now=NOW)
    debtors.choose_customer(booking_id, "c-8", make_customer=True, by=ELS, now=NOW)
    assert world.books.links(world.integration_id, [builders.invoice()]).make_customer == {"c-8"}


def test_a_later_choice_takes_the_place_of_the_earlier_one(world: World) -> None:
    customer(world, exact_id="c-7", code="7")
    booking_id = held(world)
    debtors.want_new_customer(booking_id, by=ELS, now=NOW)
    assert last(world) == ("person", "els", "new-customer")
    debtors.choose_customer(booking_id, "c-7", make_customer=True, by=ELS, now=NOW)
    links = world.books.links(world.integration_id, [builders.invoice()])
    assert (links.create_anyway, links.make_customer) == (frozenset(), frozenset())
    debtors.want_new_customer(booking_id, by=ELS, now=NOW)
    assert world.books.links(world.integration_id, [builders.invoice()]).customer_of_debtor == {}


def test_nobody_decides_about_a_debtor_at_an_invoice_that_moved_on(world: World) -> None:
    booking = world.ready()
    with pytest.raises(MovedOn):
        debtors.want_new_customer(booking.id, by=ELS, now=NOW)
    with pytest.raises(NotFound):
        debtors.want_new_customer(999_999, by=ELS, now=NOW)
    with pytest.raises(debtors.RelationGone):
        debtors.choose_customer(held(world, "i-2"), "c-of-nobody", make_customer=False, by=ELS, now=NOW)


def test_relations_are_found_by_number_and_by_name(world: World) -> None:
    for number, name in ((42, "Bakkerij Jansen"), (7, "Jansen & Zonen"), (9, "Smederij Smit")):
        customer(world, exact_id=f"c-{number}", code=str(number), name=name)
    administration = world.administration_id
    assert [one.code for one in debtors.find_customers(administration, "0042")] == ["42"]
    assert [one.code for one in debtors.find_customers(administration, " jansen ")] == ["42", "7"]
    assert debtors.find_customers(administration, "\x00") == ()
    assert debtors.find_customers(administration, "  ") == ()
    assert debtors.find_customers(administration + 1, "jansen") == ()
