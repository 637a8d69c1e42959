"""Booking: customer, PDF, entry, in this order; every failure leaves the booking where it belongs."""

from datetime import timedelta

import pytest
from tests.domain import builders
from tests.sync.office import NOW, Office, booking, office

from boekbrug.domain.debtor import ContactPerson
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.sync.failures import (
    Broken,
    LeaseLost,
    NotAllowed,
    OutcomeUnknown,
    OutsideFailure,
    Refused,
    Throttled,
    Unreachable,
)
from boekbrug.sync.ports import Answer, IntentKind, Pdf, Step


def booking_due(room: Office, *numbers: int) -> Office:
    for number in numbers:
        room.books.add(booking(number))
    room.books.due[Step.BOOK] = room.clock.now()
    return room


def pdf(room: Office) -> PdfState:
    return room.books.rows[1].booking.pdf_state


def kinds(room: Office) -> list[str]:
    return [str(intent.kind) for intent in room.ledger.sent]


def test_a_known_customer_costs_one_call() -> None:
    room = booking_due(office(), 1)
    room.run()
    assert kinds(room) == ["entry"]
    assert room.books.state(1) is BookingState.BOOKED
    assert room.books.rows[1].booking.exported_on == NOW.date()


def test_with_its_pdf_it_costs_three_in_the_official_order() -> None:
    room = booking_due(office(send_pdf=True), 1)
    room.run()
    assert kinds(room) == ["document", "attachment", "entry"]
    assert room.ledger.sent[2].body["Document"] == "document-1"
    assert room.ledger.sent[0].body["Subject"] == "Factuur 20260001 (BB-00000001)"
    assert pdf(room) is PdfState.DONE


def test_two_invoices_of_a_new_debtor_create_one_customer() -> None:
    room = booking_due(office(reference=builders.reference(customers=())), 1, 2)
    room.run()
    assert [kind for kind in kinds(room) if kind in {"customer", "entry"}] == ["customer", "entry", "entry"]
    assert room.books.met == {"d-42": "customer-1"}
    assert {intent.body["Customer"] for intent in room.ledger.sent if intent.kind is IntentKind.ENTRY} == {"customer-1"}


def test_a_customer_whose_outcome_is_unknown_lets_its_invoices_wait_in_ready() -> None:
    room = booking_due(office(reference=builders.reference(customers=())), 1)
    room.ledger.replies["customer"] = [OutcomeUnknown("time-out")]
    room.run()
    assert room.books.state(1) is BookingState.READY
    assert room.books.rows[1].ready_at == room.books.next_settlement()
    assert Step.SETTLE in room.books.due


def test_a_contact_that_exact_refuses_does_not_hold_the_entry() -> None:
    room = booking_due(office(reference=builders.reference(customers=())), 1)
    room.books.rows.clear()
    person = ContactPerson(id="p-1", last_name="Jansen")
    room.books.add(booking(invoice=builders.invoice(debtor=builders.debtor(contact=person))))
    room.ledger.replies["contact"] = [Refused((Problem(code="refused-by-exact", values=(("text", "nee"),)),))]
    room.run()
    assert room.books.state(1) is BookingState.BOOKED
    (warning,) = room.books.rows[1].warnings
    assert (warning.code, dict(warning.values)["text"]) == ("customer-part-refused", "nee")


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (Refused((Problem(code="vat-code-unknown"),)), BookingState.HELD),
        (OutcomeUnknown("reset"), BookingState.UNKNOWN),
        (Broken("salesentry/SalesEntries", "400"), BookingState.HELD),
        (Unreachable("DNS"), BookingState.READY),
        (Throttled(NOW + timedelta(minutes=1)), BookingState.READY),
        (NotAllowed("rights-missing"), BookingState.READY),
    ],
)
def test_each_failure_class_has_its_state(failure: OutsideFailure, state: BookingState) -> None:
    room = booking_due(office(), 1)
    room.ledger.replies["entry"] = [failure]
    room.run()
    assert room.books.state(1) is state
    assert len(room.ledger.sent) == 1


def test_three_calls_in_a_row_without_an_answer_stop_the_sending_for_a_minute() -> None:
    room = booking_due(office(), *range(1, 9))
    room.ledger.replies["entry"] = [OutcomeUnknown("reset") for _ in range(8)]
    room.run()
    assert len(room.ledger.sent) == 3
    assert room.books.state(4) is BookingState.READY
    assert room.books.due[Step.BOOK] >= NOW + timedelta(minutes=1)
    assert room.books.step_failures(Step.BOOK) == 1


def test_an_answer_in_between_lets_the_sending_go_on() -> None:
    room = booking_due(office(), *range(1, 7))
    lost = OutcomeUnknown("reset")
    room.ledger.replies["entry"] = [lost, lost, Answer(exact_id="e-3"), lost, lost, Answer(exact_id="e-6")]
    room.run()
    assert len(room.ledger.sent) == 6
    assert room.books.failed == {}


def test_one_refused_invoice_lets_the_others_go_on() -> None:
    room = booking_due(office(), 1, 2, 3)
    room.ledger.replies["entry"] = [Refused((Problem(code="vat-code-unknown"),))]
    room.run()
    assert [room.books.state(n) for n in (1, 2, 3)] == [BookingState.HELD, BookingState.BOOKED, BookingState.BOOKED]


def test_what_exact_refuses_because_it_changed_asks_for_a_fresh_copy() -> None:
    """A month that the accountant closed after our last reading: read anew, but not sooner than 5 minutes after it."""
    room = booking_due(office(), 1)
    room.books.read_at = NOW - timedelta(minutes=2)
    room.ledger.replies["entry"] = [Refused((Problem(code="period-closed"),))]
    room.run()
    assert room.books.state(1) is BookingState.HELD
    assert room.books.due[Step.REFERENCE] == NOW + timedelta(minutes=3)


def test_a_refusal_that_no_reading_can_solve_asks_for_none() -> None:
    room = booking_due(office(), 1)
    room.ledger.replies["entry"] = [Refused((Problem(code="vat-difference"),))]
    room.run()
    assert Step.REFERENCE not in room.books.due


def test_our_own_question_that_exact_does_not_understand_is_told_to_the_operator() -> None:
    room = booking_due(office(), 1, 2)
    room.ledger.replies["entry"] = [Broken("salesentry/SalesEntries", "400 property name")]
    room.run()
    assert room.books.broken_endpoints == ["salesentry/SalesEntries"]
    assert [problem.code for problem in room.books.rows[1].booking.problems] == ["internal-error"]
    assert room.books.state(2) is BookingState.BOOKED


def test_throttled_ends_the_step_until_the_reset_and_sends_nothing_more() -> None:
    room = booking_due(office(), 1, 2)
    room.ledger.replies["entry"] = [Throttled(NOW + timedelta(minutes=7))]
    room.run()
    assert room.books.due[Step.BOOK] == NOW + timedelta(minutes=7)
    assert len(room.ledger.sent) == 1


def test_not_allowed_shows_red_and_everything_waits() -> None:
    room = booking_due(office(), 1, 2)
    room.ledger.replies["entry"] = [NotAllowed("DivisionBlocked")]
    room.run()
    assert room.books.red == {"exact": "DivisionBlocked"}
    assert room.books.due[Step.BOOK] > NOW
    assert len(room.ledger.sent) == 1


def test_without_room_for_all_its_calls_an_invoice_does_not_start() -> None:
    room = booking_due(office(send_pdf=True), 1)
    room.ledger.free_at = NOW + timedelta(seconds=30)
    room.run()
    assert room.ledger.sent == []
    assert room.books.state(1) is BookingState.READY
    assert room.books.due[Step.BOOK] == NOW + timedelta(seconds=30)


def test_a_missing_pdf_does_not_hold_the_entry_and_is_put_later() -> None:
    room = booking_due(office(send_pdf=True), 1)
    room.source.pdfs = [Pdf(file_name="", content=b"", problem=Problem(code="pdf-missing"))]
    room.run()
    assert room.books.state(1) is BookingState.BOOKED
    assert pdf(room) is PdfState.MISSING
    room.clock.advance(days=1)
    room.books.due[Step.PDF] = room.clock.now()
    room.run()
    assert kinds(room)[:3] == ["entry", "document", "attachment"]
    assert room.ledger.sent[1].body["FinancialTransactionEntryID"] == "entry-1"
    assert pdf(room) is PdfState.DONE


def test_a_pdf_that_exact_refuses_does_not_hold_the_entry() -> None:
    room = booking_due(office(send_pdf=True), 1)
    room.ledger.replies["attachment"] = [Refused((Problem(code="pdf-too-large"),))]
    room.run()
    assert room.books.state(1) is BookingState.BOOKED
    assert pdf(room) is PdfState.MISSING


def test_a_silent_coachview_is_asked_once_a_slice_and_the_invoices_wait() -> None:
    room = booking_due(office(send_pdf=True), 1, 2, 3)
    room.source.pdfs = [Unreachable("connect"), Unreachable("connect"), Unreachable("connect")]
    room.run()
    assert room.source.pdf_calls == 1
    assert [room.books.state(n) for n in (1, 2, 3)] == [BookingState.READY] * 3
    assert [room.books.rows[n].ready_at for n in (1, 2, 3)] == [NOW + timedelta(minutes=wait) for wait in (5, 1, 1)]
    assert len(room.books.rows[2].history) == 0


def test_one_pdf_that_never_comes_holds_up_no_other_invoice() -> None:
    room = booking_due(office(send_pdf=True), 1, 2, 3)
    room.source.pdfs = [Unreachable("time-out")]
    room.run()
    room.clock.advance(minutes=1)
    room.run()
    assert [room.books.state(n) for n in (1, 2, 3)] == [BookingState.READY, BookingState.BOOKED, BookingState.BOOKED]
    assert room.books.due[Step.BOOK] == NOW + timedelta(minutes=5)


def test_a_pdf_that_may_not_be_read_shows_red_at_coachview() -> None:
    room = booking_due(office(send_pdf=True), 1)
    room.source.pdfs = [NotAllowed("scope-missing")]
    room.run()
    assert room.books.red == {"coachview": "scope-missing"}
    assert room.books.state(1) is BookingState.READY


def test_a_pdf_that_is_asked_wrongly_is_told_to_the_operator() -> None:
    room = booking_due(office(send_pdf=True), 1)
    room.source.pdfs = [Broken("Facturen/{id}/Pdf", "405")]
    room.run()
    assert room.books.broken_endpoints == ["Facturen/{id}/Pdf"]
    assert room.books.state(1) is BookingState.READY


def test_another_number_than_asked_stops_the_integration() -> None:
    room = booking_due(office(), 1, 2)
    room.ledger.replies["entry"] = [Answer(exact_id="e-1", entry_number=26700001)]
    with pytest.raises(LeaseLost):
        room.run()
    assert len(room.ledger.sent) == 1
    assert room.books.state(1) is BookingState.BOOKED
    assert [problem.code for problem in room.books.stopped] == ["entry-number-ignored"]


def test_another_type_than_asked_stops_the_integration() -> None:
    room = booking_due(office(), 1)
    room.ledger.replies["entry"] = [Answer(exact_id="e-1", entry_number=20260001, entry_kind=21)]
    room.run()
    assert [problem.code for problem in room.books.stopped] == ["type-ignored"]


def test_our_own_fault_after_sending_leaves_the_outcome_unknown() -> None:
    room = booking_due(office(), 1)

    def fall(_intent: object) -> None:
        raise KeyError("d")

    room.ledger.on_send = fall
    room.run()
    assert room.books.state(1) is BookingState.UNKNOWN


def test_our_own_fault_before_sending_holds_that_invoice_only() -> None:
    room = booking_due(office(), 1, 2)
    bodies = [ValueError("wire")]
    wire = room.ledger.entry_body

    def body(*args: object, **fields: object) -> object:
        if bodies:
            raise bodies.pop()
        return wire(*args, **fields)  # type: ignore[arg-type]

    room.ledger.entry_body = body  # type: ignore[method-assign, assignment]
    room.run()
    assert [problem.code for problem in room.books.rows[1].booking.problems] == ["internal-error"]
    assert room.books.state(2) is BookingState.BOOKED


def test_a_dead_workers_booking_is_settled_and_not_booked_again() -> None:
    room = office()
    room.books.add(booking(state=BookingState.BOOKING))
    room.books.commit_intent(IntentKind.ENTRY, "00000001:0", {"EntryNumber": 20260001}, booking=booking())
    room.run()
    assert room.books.state(1) is BookingState.UNKNOWN
    assert room.ledger.sent == []


def test_a_dead_workers_booking_that_sent_nothing_is_booked() -> None:
    room = office()
    room.books.add(booking(state=BookingState.BOOKING))
    room.run()
    assert room.books.state(1) is BookingState.BOOKED


def test_proof_waits_a_quarter_of_an_hour_in_realtime() -> None:
    room = booking_due(office(), 1)
    room.run()
    assert room.books.due[Step.PROVE] == NOW + timedelta(minutes=15)
