"""What a look-up found closes the intent and moves the booking, both or neither; orphans are found again."""

from datetime import timedelta

import pytest
from tests.domain import builders
from tests.store.world import World, entry_of, sending

from boekbrug.domain.problem import Subject, report
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store import models
from boekbrug.store.integrations import set_options
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import (
    Answer,
    Booking,
    Found,
    Intent,
    IntentKind,
    LookUp,
    NotThere,
    ReferencePage,
    SomethingElse,
    Step,
)

ANSWER = Answer(exact_id="guid-1", entry_number=20260001, entry_kind=20)
IN_USE = report("entry-number-in-use", Subject(kind="entry", key="20260001"), number="20260001", journal="70")


def unknown(world: World, kind: IntentKind = IntentKind.ENTRY) -> tuple[Booking, Intent]:
    """A booking whose POST has no answer."""
    claimed = world.claimed()
    intent = world.books.commit_intent(kind, "key", {"Customer": "c-1", "Document": "doc-1"}, booking=sending(claimed))
    world.books.unknown(claimed, "time-out")
    return world.booking(), intent


@pytest.mark.parametrize(
    ("kind", "outcome", "booking_state", "intent_state"),
    [
        (IntentKind.ENTRY, Found(answer=ANSWER), "booked", "done"),
        (IntentKind.ENTRY, NotThere(), "ready", "absent"),
        (IntentKind.ENTRY, SomethingElse(problem=IN_USE), "held", "refused"),
        (IntentKind.DOCUMENT, Found(answer=ANSWER), "ready", "done"),
        (IntentKind.DOCUMENT, SomethingElse(problem=IN_USE), "held", "refused"),
        (IntentKind.CONTACT, Found(answer=ANSWER), "ready", "done"),
    ],
)
def test_each_outcome_closes_the_intent_and_moves_the_booking(
    world: World, kind: IntentKind, outcome: LookUp, booking_state: str, intent_state: str
) -> None:
    _, intent = unknown(world, kind)
    assert world.books.settled(intent, outcome) == booking_state
    assert world.row().state == booking_state
    assert models.Intent.objects.get(id=intent.id).state == intent_state
    with pytest.raises(LeaseLost):
        world.books.settled(intent, outcome)


def test_a_found_entry_is_booked_as_it_was_sent(world: World) -> None:
    world.books.link_debtor(world.organisation_id, "d-42", "c-1")
    _, intent = unknown(world)
    world.books.settled(intent, Found(answer=ANSWER))
    row, booking = world.row(), world.booking()
    assert (booking.sent, booking.entry_id, booking.entry_number) == (entry_of(), "guid-1", 20260001)
    assert (row.exact_customer_id, row.pdf_state) == ("c-1", "none")
    assert Step.PROVE in world.books.due_steps(world.now + timedelta(minutes=15))


@pytest.mark.parametrize(("document", "pdf"), [("doc-1", PdfState.DONE), ("doc-2", PdfState.DUE)])
def test_a_found_entry_knows_whether_its_pdf_went_along(world: World, document: str, pdf: PdfState) -> None:
    set_options(world.integration_id, {"send_pdf": True}, who="els", now=world.now)
    claimed = world.claimed()
    made = world.books.commit_intent(IntentKind.DOCUMENT, "d", {}, booking=claimed)
    world.books.answered(made, Answer(exact_id=document))
    body = {"Customer": "c-1", "Document": "doc-1"}
    intent = world.books.commit_intent(IntentKind.ENTRY, "e", body, booking=sending(claimed))
    world.books.unknown(claimed, "time-out")
    world.books.settled(intent, Found(answer=ANSWER))
    assert world.row().pdf_state == pdf


def test_a_found_entry_of_another_booking_is_not_adopted(world: World) -> None:
    world.booked("i-2", entry_id="guid-1")
    _, intent = unknown(world)
    assert world.books.settled(intent, Found(answer=ANSWER)) is BookingState.HELD
    assert world.row().causes == ["entry-number-in-use:20260001"]


@pytest.mark.parametrize("kind", [kind for kind in IntentKind if not kind.guarded_by_exact])
def test_what_exact_does_not_guard_must_be_not_there_twice(world: World, kind: IntentKind) -> None:
    _, intent = unknown(world, kind)
    with pytest.raises(ValueError, match="twice"):
        world.books.settled(intent, NotThere())
    assert (world.row().state, models.Intent.objects.get(id=intent.id).state) == ("unknown", "open")
    world.books.absent(intent, world.now)
    assert world.books.settled(intent, NotThere()) is BookingState.READY


def test_an_intent_of_no_booking_moves_none(world: World) -> None:
    intent = world.books.commit_intent(IntentKind.CUSTOMER, "42", {}, booking=None)
    assert world.books.settled(intent, Found(answer=ANSWER)) is None
    assert world.books.earlier(IntentKind.CUSTOMER, "42") == ANSWER


def test_a_late_pdf_leaves_its_booking_where_it_is(world: World) -> None:
    booked = world.booked()
    intent = world.books.commit_intent(IntentKind.DOCUMENT, "late", {}, booking=booked)
    assert world.books.settled(intent, Found(answer=ANSWER)) is BookingState.BOOKED


def test_a_booking_with_a_second_unanswered_intent_stays_unknown(world: World) -> None:
    claimed = world.claimed()
    first = world.books.commit_intent(IntentKind.CONTACT, "a", {}, booking=claimed)
    second = world.books.commit_intent(IntentKind.ADDRESS, "b", {}, booking=claimed)
    world.books.unknown(claimed, "time-out")
    assert world.books.settled(first, Found(answer=ANSWER)) is BookingState.UNKNOWN
    assert world.books.settled(second, Found(answer=Answer(exact_id="guid-2"))) is BookingState.READY


def test_a_changed_record_is_checked_before_it_is_sent_again(world: World) -> None:
    _, intent = unknown(world)
    world.receive(builders.invoice(reference="new", changed_at=world.now))
    world.books.settled(intent, NotThere())
    assert world.books.ready(world.now, 10) == ()
    assert [booking.id for booking in world.books.to_check(10)] == [world.booking().id]


def test_orphans_with_an_unanswered_intent_are_unknown_and_others_ready(world: World) -> None:
    world.committed(world.claimed("i-1"))
    world.claimed("i-2")
    assert world.books.orphans_to_unknown() == 0
    second = world.taken_over()
    assert second.orphans_to_unknown() == 2
    assert (world.row("i-1").state, world.row("i-2").state) == ("unknown", "ready")
    assert second.orphans_to_unknown() == 0


def test_an_orphan_whose_answer_was_committed_is_booked(world: World) -> None:
    claimed = world.claimed()
    world.books.answered(world.committed(claimed), ANSWER)
    assert world.taken_over().orphans_to_unknown() == 1
    assert (world.row().state, world.row().entry_id) == ("booked", "guid-1")
    assert world.booking().sent == entry_of()


def test_an_unknown_booking_whose_intents_all_have_an_outcome_moves_on(world: World) -> None:
    claimed = world.claimed()
    intent = world.committed(claimed)
    world.books.unknown(claimed, "our own fault after sending")
    world.books.unsent(intent, "it was never written")
    assert world.books.orphans_to_unknown() == 1
    assert world.row().state == "ready"


def test_an_orphan_whose_entry_another_booking_has_is_held(world: World) -> None:
    world.booked("i-2", entry_id="guid-1")
    claimed = world.claimed("i-1")
    world.books.answered(world.committed(claimed), ANSWER)
    world.taken_over().orphans_to_unknown()
    assert world.row("i-1").state == "held"


def test_reference_pages_do_not_touch_what_is_on_its_way(world: World) -> None:
    booking, _ = unknown(world)
    world.books.keep_page("customers", ReferencePage(timestamp=1, customers=(builders.customer(),)))
    assert world.booking() == booking
