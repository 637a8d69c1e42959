"""PDFs: used again, replaced, put afterwards; no document is left behind, and none is sent twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain import builders
from tests.sync.office import NOW, Office, booking, office

from boekbrug.domain.problem import Problem, Severity, Subject
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.sync.failures import (
    Broken,
    NotAllowed,
    OutcomeUnknown,
    OutsideFailure,
    Refused,
    Throttled,
    Unreachable,
)
from boekbrug.sync.ports import Answer, Found, IntentKind, NotThere, Pdf, Step

MISSING = Pdf(file_name="", content=b"", problem=Problem(code="pdf-missing", severity=Severity.WARNS))
NO_PDF = replace(MISSING, passing=True)
OLD, NEW = Pdf(file_name="f.pdf", content=b"%PDF old"), Pdf(file_name="f.pdf", content=b"%PDF new")
NOT_BOOKED = Refused((Problem(code="vat-difference"),))


def unknown_here(thing: str) -> Refused:
    """What Exact answers to a body that names a record which is not there."""
    return Refused((Problem(code="refused-by-exact", subject=Subject(kind=thing, key="Ongeldige referentie")),))


def with_one(*pdfs: Pdf | OutsideFailure) -> Office:
    room = office(send_pdf=True)
    room.books.add(booking(1))
    room.books.due[Step.BOOK] = NOW
    room.source.pdfs = list(pdfs)
    return room


def kinds(room: Office) -> list[str]:
    return [str(intent.kind) for intent in room.ledger.sent]


def again(room: Office, step: Step = Step.BOOK) -> Office:
    """The invoice is ready once more, as after a person solved what held it; a day has gone by."""
    room.clock.advance(days=1)
    row = room.books.rows[1]
    if row.booking.state in {BookingState.HELD, BookingState.SKIPPED}:
        row.booking = replace(row.booking, state=BookingState.READY, problems=())
    room.books.due[step] = room.clock.now()
    room.run()
    return room


def standing(room: Office) -> list[str]:
    """The documents that are in Exact now."""
    made = [
        kept.answer.exact_id for kept in room.books.intents.values() if kept.intent.kind == "document" and kept.answer
    ]
    return [document for document in made if document not in room.ledger.deleted]


def warnings(room: Office) -> list[str]:
    return [warning.code for warning in room.books.rows[1].warnings]


class TestBeforeTheEntry:
    def test_the_document_of_a_refused_entry_is_used_again(self) -> None:
        room = with_one(OLD, OLD)
        room.ledger.replies["entry"] = [NOT_BOOKED]
        room.run()
        again(room)
        assert kinds(room) == ["document", "attachment", "entry", "entry"]
        assert room.ledger.sent[-1].body["Document"] == "document-1"
        assert (room.ledger.deleted, room.books.rows[1].booking.document_id) == ([], "document-1")

    def test_the_document_of_a_skipped_invoice_goes_along_when_it_is_taken_up_again(self) -> None:
        room = with_one(OLD, OLD)
        room.ledger.replies["entry"] = [NOT_BOOKED]
        room.run()
        room.books.rows[1].booking = replace(room.books.rows[1].booking, state=BookingState.SKIPPED)
        again(room)
        assert kinds(room) == ["document", "attachment", "entry", "entry"]
        assert room.ledger.deleted == []

    def test_another_file_replaces_the_document(self) -> None:
        room = with_one(OLD, NEW)
        room.ledger.replies["entry"] = [NOT_BOOKED]
        room.run()
        again(room)
        assert kinds(room) == ["document", "attachment", "entry"] * 2
        assert room.ledger.deleted == ["document-1"]
        assert standing(room) == [room.ledger.sent[-1].body["Document"]]
        assert warnings(room) == []

    def test_another_customer_replaces_the_document(self) -> None:
        room = with_one(OLD, OLD)
        room.ledger.replies["entry"] = [NOT_BOOKED]
        room.run()
        other = builders.customer(exact_id="c-43")
        room.books.kept_reference = builders.reference(customers=(other,))
        again(room)
        assert room.ledger.deleted == ["document-1"]
        assert room.ledger.sent[-1].body["Customer"] == "c-43"
        assert standing(room) == [room.ledger.sent[-1].body["Document"]]

    def test_a_document_without_its_file_takes_the_file_that_there_is_now(self) -> None:
        room = with_one(OLD, NEW)
        room.ledger.replies["attachment"] = [Unreachable("connect")]
        room.run()
        again(room)
        assert kinds(room) == ["document", "attachment", "attachment", "entry"]
        assert (room.ledger.deleted, room.ledger.sent[-1].body["Document"]) == ([], "document-1")

    @pytest.mark.parametrize(
        "failure",
        [Refused((Problem(code="refused-by-exact"),)), NotAllowed("rights-missing"), Broken("documents", "405")],
    )
    def test_a_document_that_exact_keeps_is_left_and_named_once(self, failure: OutsideFailure) -> None:
        room = with_one(OLD, NEW, NEW)
        room.ledger.replies = {"entry": [NOT_BOOKED, NOT_BOOKED], "delete": [failure]}
        room.run()
        again(room)
        again(room)
        assert room.books.state(1) is BookingState.BOOKED
        assert kinds(room).count("document") == 2
        assert room.ledger.deleted == []
        assert bool(room.books.broken_endpoints) is isinstance(failure, Broken)

    def test_what_is_left_is_named_at_the_invoice(self) -> None:
        room = with_one(OLD, NEW)
        room.ledger.replies = {"entry": [NOT_BOOKED], "delete": [Refused((Problem(code="refused-by-exact"),))]}
        room.run()
        again(room)
        (left,) = room.books.rows[1].warnings
        assert (left.code, dict(left.values)) == ("document-left", {"document": "Factuur 20260001 (BB-00000001)"})
        assert left.severity is Severity.WARNS

    @pytest.mark.parametrize("failure", [Unreachable("reset"), Throttled(NOW), NotAllowed("BlockedUser")])
    def test_a_deletion_that_may_work_later_lets_the_entry_wait(self, failure: OutsideFailure) -> None:
        room = with_one(OLD, NEW, NEW)
        room.ledger.replies = {"entry": [NOT_BOOKED], "delete": [failure]}
        room.run()
        again(room)
        assert room.books.state(1) is BookingState.READY
        assert kinds(room) == ["document", "attachment", "entry"]
        again(room)
        assert (room.ledger.deleted, room.books.state(1)) == (["document-1"], BookingState.BOOKED)

    def test_a_file_that_exact_refuses_leaves_no_empty_document(self) -> None:
        room = with_one(OLD)
        room.ledger.replies["attachment"] = [Refused((Problem(code="refused-by-exact", values=(("text", "nee"),)),))]
        room.run()
        assert (standing(room), room.books.state(1)) == ([], BookingState.BOOKED)
        assert room.ledger.sent[-1].body["Document"] is None
        (warning,) = room.books.rows[1].warnings
        assert (warning.code, warning.severity, dict(warning.values)) == (
            "pdf-refused",
            Severity.WARNS,
            {"text": "nee"},
        )

    def test_a_pdf_that_is_gone_takes_its_document_along(self) -> None:
        room = with_one(OLD, MISSING)
        room.ledger.replies["entry"] = [NOT_BOOKED]
        room.run()
        again(room)
        assert (standing(room), room.books.state(1)) == ([], BookingState.BOOKED)
        assert warnings(room) == ["pdf-missing"]

    def test_a_death_between_document_and_attachment_is_looked_up_and_leaves_one_of_each(self) -> None:
        room = with_one(OLD, OLD, OLD)
        room.ledger.replies["attachment"] = [OutcomeUnknown("killed")]
        room.run()
        assert room.books.state(1) is BookingState.UNKNOWN
        room.ledger.look_ups = [Found(answer=Answer(exact_id="a-1"))]
        again(room)
        assert kinds(room) == ["document", "attachment", "entry"]
        assert room.books.state(1) is BookingState.BOOKED

    def test_a_file_that_changed_while_its_outcome_was_unknown_is_replaced(self) -> None:
        room = with_one(OLD, NEW)
        room.ledger.replies["attachment"] = [OutcomeUnknown("killed")]
        room.run()
        room.ledger.look_ups = [Found(answer=Answer(exact_id="a-1"))]
        again(room)
        assert room.ledger.deleted == ["document-1"]
        assert kinds(room) == ["document", "attachment", "document", "attachment", "entry"]

    def test_an_attachment_that_is_certainly_not_there_is_sent_again(self) -> None:
        room = with_one(OLD, OLD)
        room.ledger.replies["attachment"] = [OutcomeUnknown("killed")]
        room.run()
        room.ledger.look_ups = [NotThere(), NotThere()]
        room.clock.advance(minutes=2)
        room.run()
        room.clock.advance(minutes=2)
        room.run()
        assert kinds(room) == ["document", "attachment", "attachment", "entry"]
        assert room.ledger.deleted == []


class TestDeletedByHand:
    def refused_once(self, *pdfs: Pdf | OutsideFailure) -> Office:
        """Document and file are in Exact, the entry was refused."""
        room = with_one(*pdfs)
        room.ledger.replies["entry"] = [NOT_BOOKED]
        room.run()
        return room

    def a_minute_later(self, room: Office, step: Step = Step.BOOK) -> Office:
        """What was made just now is not asked for; a minute later it is."""
        assert room.ledger.looked_for == []
        room.clock.advance(minutes=1)
        room.books.due[step] = room.clock.now()
        room.run()
        return room

    def test_a_document_that_is_gone_before_it_is_used_again_becomes_a_new_one(self) -> None:
        room = self.refused_once(OLD, OLD)
        room.ledger.gone = {"document-1", "attachment-2"}
        again(room)
        assert kinds(room) == ["document", "attachment", "entry"] * 2
        assert room.ledger.sent[-1].body["Document"] == "document-4"
        assert (room.ledger.deleted, room.books.state(1)) == ([], BookingState.BOOKED)

    def test_a_document_whose_file_alone_is_gone_gets_the_file_again(self) -> None:
        room = self.refused_once(OLD, OLD)
        room.ledger.gone = {"attachment-2"}
        room.ledger.replies["delete"] = [Refused((Problem(code="refused-by-exact"),))]
        again(room)
        assert kinds(room) == ["document", "attachment", "entry", "attachment", "entry"]
        assert room.ledger.sent[3].body["Document"] == room.ledger.sent[-1].body["Document"] == "document-1"
        assert (warnings(room), room.books.rows[1].booking.pdf_state) == ([], PdfState.DONE)

    def test_one_that_is_there_costs_one_question(self) -> None:
        room = self.refused_once(OLD, OLD)
        again(room)
        assert room.ledger.looked_for == [("attachment", "attachment-2")]

    def test_one_deleted_just_before_its_file_becomes_a_new_one_in_a_minute(self) -> None:
        room = with_one(OLD, OLD)
        room.ledger.gone = {"document-1"}
        room.ledger.replies["attachment"] = [unknown_here("document")]
        room.run()
        self.a_minute_later(room)
        assert kinds(room) == ["document", "attachment", "document", "attachment", "entry"]
        assert room.ledger.sent[-1].body["Document"] == "document-3"
        assert warnings(room) == []

    def test_one_deleted_just_before_the_entry_becomes_a_new_one_in_a_minute(self) -> None:
        room = with_one(OLD, OLD)
        room.ledger.gone = {"document-1", "attachment-2"}
        room.ledger.replies["entry"] = [unknown_here("document")]
        room.run()
        self.a_minute_later(room)
        assert kinds(room) == ["document", "attachment", "entry"] * 2
        assert room.books.state(1) is BookingState.BOOKED

    def test_a_document_that_is_there_and_yet_refused_is_for_a_person(self) -> None:
        room = with_one(OLD, OLD)
        room.ledger.replies["entry"] = [unknown_here("document")] * 2
        room.run()
        self.a_minute_later(room)
        assert (room.books.state(1), kinds(room)) == (BookingState.HELD, ["document", "attachment", "entry", "entry"])

    def test_a_late_one_that_is_gone_becomes_a_new_one(self) -> None:
        room = with_one(MISSING, OLD, OLD)
        room.run()
        room.ledger.replies["attachment"] = [Refused((Problem(code="pdf-too-large"),))]
        again(room, Step.PDF)
        room.ledger.gone = {"document-2"}
        again(room, Step.PDF)
        assert kinds(room) == ["entry", "document", "attachment", "document", "attachment"]
        assert room.books.rows[1].booking.pdf_state is PdfState.DONE

    def test_a_late_one_whose_file_alone_is_gone_gets_the_file_again(self) -> None:
        room = with_one(MISSING, OLD, NEW)
        room.run()
        again(room, Step.PDF)
        room.books.pdf_state(room.books.rows[1].booking, PdfState.MISSING, (), room.clock.now())
        room.ledger.gone = {"attachment-3"}
        again(room, Step.PDF)
        assert kinds(room) == ["entry", "document", "attachment", "attachment"]
        assert room.ledger.sent[-1].body["Document"] == "document-2"
        assert room.books.rows[1].booking.pdf_state is PdfState.DONE

    def test_a_late_one_deleted_just_before_its_file_is_made_anew_in_a_minute(self) -> None:
        room = with_one(MISSING, OLD, OLD)
        room.run()
        room.ledger.replies["attachment"] = [unknown_here("document")]
        room.ledger.gone = {"document-2"}
        again(room, Step.PDF)
        assert room.books.rows[1].pdf_at == room.clock.now() + timedelta(minutes=1)
        self.a_minute_later(room, Step.PDF)
        assert kinds(room) == ["entry", "document", "attachment", "document", "attachment"]
        assert room.books.rows[1].booking.pdf_state is PdfState.DONE


class TestAfterTheEntry:
    def late(self, *pdfs: Pdf | OutsideFailure) -> Office:
        """The entry is booked, its PDF was missing."""
        room = with_one(MISSING, *pdfs)
        room.run()
        assert room.books.state(1) is BookingState.BOOKED
        room.ledger.sent.clear()
        return room

    def test_it_is_put_with_the_entry_in_the_document(self) -> None:
        room = again(self.late(OLD), Step.PDF)
        assert kinds(room) == ["document", "attachment"]
        assert room.ledger.sent[0].body["FinancialTransactionEntryID"] == "entry-1"
        assert (room.books.rows[1].booking.pdf_state, warnings(room)) == (PdfState.DONE, [])

    def test_while_it_is_missing_it_is_tried_daily(self) -> None:
        room = again(self.late(MISSING), Step.PDF)
        assert (kinds(room), warnings(room)) == ([], ["pdf-missing"])
        assert room.books.rows[1].pdf_at == NOW + timedelta(days=2)

    def test_what_is_no_pdf_is_asked_again_within_minutes_then_daily(self) -> None:
        room = with_one(*[NO_PDF] * 8)
        room.run()
        waited = []
        for _ in range(7):
            at = room.books.rows[1].pdf_at
            assert at is not None
            waited.append((at - room.clock.now()) / timedelta(minutes=1))
            room.clock.moment = room.books.due[Step.PDF] = at
            room.run()
        assert waited == [1, 2, 5, 15, 60, 1440, 1440]
        assert (warnings(room), room.source.pdf_calls) == (["pdf-missing"], 8)

    def test_one_that_is_missing_for_a_day_does_not_make_one_that_comes_in_a_minute_wait(self) -> None:
        room = with_one(MISSING)
        room.books.due[Step.PDF] = NOW + timedelta(days=1)
        room.run()
        room.books.add(booking(2))
        room.books.due[Step.BOOK] = NOW
        room.source.pdfs = [NO_PDF, OLD]
        room.run()
        assert room.books.due[Step.PDF] == NOW + timedelta(minutes=1)
        room.clock.advance(minutes=1)
        room.run()
        assert [row.booking.pdf_state for row in room.books.rows.values()] == [PdfState.MISSING, PdfState.DONE]

    def test_while_coachview_gives_something_else_the_others_are_asked_one_at_a_time(self) -> None:
        room = office(send_pdf=True)
        for number in (1, 2, 3):
            room.books.add(booking(number))
        room.books.due[Step.BOOK] = NOW
        room.source.pdfs = [NO_PDF] * 3
        room.run()
        room.clock.advance(minutes=1)
        room.books.due[Step.PDF] = room.clock.now()
        room.source.pdfs = [NO_PDF]
        room.run()
        assert room.source.pdf_calls == 3 + 1
        waiting = [row.pdf_at - room.clock.now() for row in room.books.rows.values() if row.pdf_at]
        assert waiting == [timedelta(minutes=minutes) for minutes in (2, 1, 1)]
        room.clock.advance(minutes=1)
        room.books.due[Step.PDF] = room.clock.now()
        room.source.pdfs = []
        room.run()
        states = [row.booking.pdf_state for row in room.books.rows.values()]
        assert states == [PdfState.MISSING, PdfState.DONE, PdfState.DONE]

    def test_once_it_is_there_a_changed_one_is_not_sent_by_itself(self) -> None:
        room = again(self.late(OLD, NEW), Step.PDF)
        again(room, Step.PDF)
        assert kinds(room) == ["document", "attachment"]
        assert len(room.source.pdfs) == 1

    def test_a_silent_coachview_is_asked_again_soon(self) -> None:
        room = again(self.late(Unreachable("connect")), Step.PDF)
        assert room.books.rows[1].pdf_at == NOW + timedelta(days=1, minutes=5)
        assert room.books.rows[1].booking.pdf_state is PdfState.MISSING

    def test_a_refused_file_is_tried_again_in_the_same_document(self) -> None:
        room = self.late(OLD, NEW)
        room.ledger.replies["attachment"] = [Refused((Problem(code="pdf-too-large"),))]
        again(room, Step.PDF)
        assert (room.books.rows[1].booking.pdf_state, warnings(room)) == (PdfState.MISSING, ["pdf-too-large"])
        again(room, Step.PDF)
        assert kinds(room) == ["document", "attachment", "attachment"]
        assert (room.ledger.deleted, room.books.rows[1].booking.pdf_state) == ([], PdfState.DONE)

    def test_an_empty_document_from_before_the_entry_is_taken_away(self) -> None:
        room = with_one(OLD, OLD)
        room.ledger.replies = {
            "attachment": [Refused((Problem(code="pdf-too-large"),))],
            "delete": [Refused((Problem(code="refused-by-exact"),))],
        }
        room.run()
        assert warnings(room) == ["pdf-too-large", "document-left"]
        again(room, Step.PDF)
        assert kinds(room) == ["document", "attachment", "entry", "document", "attachment"]
        assert room.ledger.sent[3].body["FinancialTransactionEntryID"] == "entry-3"

    def test_an_unknown_outcome_is_settled_before_anything_is_sent(self) -> None:
        room = self.late(OLD, NEW, NEW)
        room.ledger.replies["document"] = [OutcomeUnknown("reset")]
        again(room, Step.PDF)
        assert room.books.due[Step.SETTLE] == room.books.next_settlement()
        room.books.due[Step.PDF] = room.clock.now()
        room.books.rows[1].pdf_at = None
        room.run()
        assert kinds(room) == ["document"]
        room.ledger.look_ups = [Found(answer=Answer(exact_id="d-1"))]
        again(room, Step.PDF)
        assert kinds(room) == ["document", "attachment"]
        assert room.ledger.sent[-1].body["Document"] == "d-1"

    def test_a_file_that_got_in_unseen_stays_although_it_changed_since(self) -> None:
        room = self.late(OLD, NEW)
        room.ledger.replies["attachment"] = [OutcomeUnknown("reset")]
        again(room, Step.PDF)
        room.ledger.look_ups = [Found(answer=Answer(exact_id="a-1"))]
        again(room, Step.PDF)
        assert kinds(room) == ["document", "attachment"]
        assert (room.ledger.deleted, room.books.rows[1].booking.pdf_state) == ([], PdfState.DONE)

    def test_our_wrong_question_about_one_lets_the_others_go_on(self) -> None:
        room = office(send_pdf=True)
        for number in (1, 2):
            room.books.add(booking(number))
        room.books.due[Step.BOOK] = NOW
        room.source.pdfs = [MISSING, MISSING, OLD, OLD]
        room.run()
        room.ledger.replies["document"] = [Broken("documents/Documents", "400")]
        again(room, Step.PDF)
        assert room.books.broken_endpoints == ["documents/Documents"]
        states = [room.books.rows[number].booking.pdf_state for number in (1, 2)]
        assert states == [PdfState.MISSING, PdfState.DONE]

    def test_one_without_a_readable_invoice_is_our_mistake(self) -> None:
        room = self.late(OLD)
        room.books.rows[1].booking = replace(room.books.rows[1].booking, invoice=None)
        with pytest.raises(ValueError, match="no readable invoice"):
            again(room, Step.PDF)


def test_documents_of_other_kinds_are_not_taken_for_ours() -> None:
    room = with_one(OLD)
    room.run()
    assert [made.exact_id for made in room.books.made(booking(1), IntentKind.DOCUMENT)] == ["document-1"]
    assert room.books.made(booking(2), IntentKind.DOCUMENT) == ()
