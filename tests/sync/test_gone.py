"""A customer or project that somebody deleted in Exact after we read it: forgotten, and asked or made anew."""

import pytest
from tests.domain import builders
from tests.sync.office import NOW, Office, booking, office
from tests.sync.test_attach_pdfs import unknown_here

from boekbrug.domain.options import ProjectMissing, ProjectSource
from boekbrug.domain.reference import Project
from boekbrug.domain.states import BookingState
from boekbrug.sync.failures import NotAllowed, OutsideFailure, Throttled, Unreachable
from boekbrug.sync.ports import Step

CUSTOMER = builders.reference().customers[0].exact_id


def with_one(room: Office) -> Office:
    room.books.add(booking(1))
    room.books.due[Step.BOOK] = NOW
    return room


@pytest.mark.parametrize("thing", ["account", "crm/Accounts"])
def test_a_customer_that_is_gone_is_made_anew_and_the_invoice_booked_on_it(thing: str) -> None:
    room = with_one(office())
    room.ledger.gone = {CUSTOMER}
    room.ledger.replies["entry"] = [unknown_here(thing)]
    room.run()
    room.run()
    assert [str(intent.kind) for intent in room.ledger.sent] == ["entry", "customer", "entry"]
    assert room.ledger.sent[-1].body["Customer"] == "customer-2"
    assert room.books.state(1) is BookingState.BOOKED


def test_the_other_invoices_of_a_customer_that_is_gone_are_not_tried_on_it() -> None:
    room = office()
    for number in range(1, 6):
        room.books.add(booking(number))
    room.books.due[Step.BOOK] = NOW
    room.ledger.gone = {CUSTOMER}
    room.ledger.replies["entry"] = [unknown_here("account")]
    room.run()
    assert [str(intent.kind) for intent in room.ledger.sent] == ["entry", "customer", *["entry"] * 5]
    assert room.ledger.looked_for == [("customer", CUSTOMER)]
    assert {intent.body["Customer"] for intent in room.ledger.sent[2:]} == {"customer-3"}
    assert {room.books.state(number) for number in range(1, 6)} == {BookingState.BOOKED}
    assert len(room.ledger.dropped) == 1, "the call that was reserved for the second one is over"


def test_nor_when_its_document_showed_that_it_is_gone() -> None:
    room = office(send_pdf=True)
    for number in (1, 2):
        room.books.add(booking(number))
    room.books.due[Step.BOOK] = NOW
    room.ledger.gone = {CUSTOMER}
    room.ledger.replies["document"] = [unknown_here("account")]
    room.run()
    assert [str(intent.kind) for intent in room.ledger.sent[:3]] == ["document", "customer", "document"]
    assert room.ledger.looked_for == [("customer", CUSTOMER)]


def test_a_customer_that_we_made_and_that_is_gone_is_made_once_more() -> None:
    room = with_one(office(reference=builders.reference(customers=())))
    room.ledger.gone = {"customer-1"}
    room.ledger.replies["entry"] = [unknown_here("account")]
    room.run()
    room.run()
    assert [str(intent.kind) for intent in room.ledger.sent] == ["customer", "entry", "customer", "entry"]
    assert room.books.state(1) is BookingState.BOOKED


def test_a_customer_of_ours_that_is_gone_before_its_project_is_made_once_more() -> None:
    """The POST before the entry's shows it as well, within the same turn in which we made the customer."""
    room = office(
        reference=builders.reference(customers=()),
        project_source=ProjectSource.INVOICE_REFERENCE,
        project_missing=ProjectMissing.CREATE,
    )
    room.books.add(booking(1, invoice=builders.invoice(reference="A-1")))
    room.books.due[Step.BOOK] = NOW
    room.ledger.gone = {"customer-1"}
    room.ledger.replies["project"] = [unknown_here("account")]
    room.run()
    room.run()
    assert [str(intent.kind) for intent in room.ledger.sent] == ["customer", "project", "customer", "project", "entry"]
    assert room.books.state(1) is BookingState.BOOKED


def test_a_customer_that_is_there_and_yet_refused_is_for_a_person() -> None:
    room = with_one(office())
    room.ledger.replies["entry"] = [unknown_here("account")]
    room.run()
    assert (room.books.state(1), len(room.ledger.sent)) == (BookingState.HELD, 1)
    assert room.ledger.looked_for == [("customer", CUSTOMER)]


def test_a_document_refused_for_its_customer_is_not_taken_for_a_refused_file() -> None:
    room = with_one(office(send_pdf=True))
    room.ledger.gone = {CUSTOMER}
    room.ledger.replies["document"] = [unknown_here("account")]
    room.run()
    assert [str(intent.kind) for intent in room.ledger.sent] == [
        "document", "customer", "document", "attachment", "entry"
    ]  # fmt: skip
    assert room.books.rows[1].warnings == ()


def test_a_project_that_is_gone_holds_the_invoice_as_unknown() -> None:
    project = Project(exact_id="p-1", code="A-1", description="")
    invoice = builders.invoice(reference="A-1")
    room = office(
        reference=builders.reference(projects={"A-1": project}),
        project_source=ProjectSource.INVOICE_REFERENCE,
    )
    room.books.add(booking(1, invoice=invoice))
    room.books.due[Step.BOOK] = NOW
    room.ledger.gone = {"p-1"}
    room.ledger.replies["entry"] = [unknown_here("project")]
    room.run()
    room.run()
    assert [problem.code for problem in room.books.rows[1].booking.problems] == ["project-unknown"]
    assert room.books.kept_reference.projects == {}


@pytest.mark.parametrize("failure", [Unreachable("reset"), Throttled(NOW), NotAllowed("BlockedUser")])
def test_a_look_up_that_fails_forgets_nothing(failure: OutsideFailure) -> None:
    room = with_one(office())
    room.ledger.gone = {CUSTOMER}
    room.ledger.replies["entry"] = [unknown_here("account")]
    room.ledger.replies["is_there"] = [failure]
    room.run()
    assert room.books.state(1) is BookingState.READY
    assert room.books.kept_reference.customers[0].exact_id == CUSTOMER
