"""What POSTs made and what became of it: documents that were taken away or left, belongings that were put."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain import builders
from tests.store.world import NOW, World, checked, decision, entry_of, made, sending

from boekbrug.domain.debtor import ContactPerson
from boekbrug.domain.entry import BankAccount, Belongings, Book, FieldChange, Hold
from boekbrug.domain.problem import Problem
from boekbrug.domain.reference import Project
from boekbrug.domain.states import Actor, BookingState, PdfState
from boekbrug.store import debtors, decide, models, reading
from boekbrug.store.late_pdfs import retry_pdfs
from boekbrug.store.moves import By
from boekbrug.sync.ports import Answer, Booking, Found, IntentKind, Made, Step

ELS = By(kind=Actor.PERSON, name="els")
ANNA = ContactPerson(id="p-9", first_name="Anna", last_name="Jansen")
ACCOUNT = BankAccount(iban="NL91ABNA0417164300", bic="", holder_name="")


def posted(world: World, booking: Booking, kind: IntentKind, key: str, exact_id: str) -> None:
    intent = world.books.commit_intent(kind, key, {"Attachment": "JVBERi0="}, booking=booking)
    world.books.answered(intent, Answer(exact_id=exact_id))


class TestDocuments:
    def test_what_was_made_for_a_booking_is_known_in_order(self, world: World) -> None:
        first, other = world.claimed("i-1"), world.claimed("i-2")
        posted(world, first, IntentKind.DOCUMENT, "a", "d-1")
        posted(world, first, IntentKind.ATTACHMENT, "b", "a-1")
        posted(world, other, IntentKind.DOCUMENT, "c", "d-2")
        posted(world, first, IntentKind.DOCUMENT, "d", "d-3")
        world.books.refused(world.books.commit_intent(IntentKind.DOCUMENT, "e", {}, booking=first), ())
        assert world.books.made(first, IntentKind.DOCUMENT) == (
            Made(natural_key="a", exact_id="d-1", made_at=NOW),
            Made(natural_key="d", exact_id="d-3", made_at=NOW),
        )

    def test_what_was_taken_away_frees_its_key(self, world: World) -> None:
        claimed = world.claimed()
        posted(world, claimed, IntentKind.DOCUMENT, "key", "d-1")
        world.books.removed(IntentKind.DOCUMENT, "d-1")
        assert world.books.made(claimed, IntentKind.DOCUMENT) == ()
        assert world.books.earlier(IntentKind.DOCUMENT, "key") is None
        posted(world, claimed, IntentKind.DOCUMENT, "key", "d-2")
        states = models.Intent.objects.order_by("id").values_list("state", flat=True)
        assert list(states) == ["removed", "done"]

    def test_a_customer_that_is_gone_is_forgotten_by_copy_links_and_intents(self, world: World) -> None:
        claimed = world.claimed()
        assert claimed.invoice is not None
        debtor_id, organisation_id = claimed.invoice.debtor.id, claimed.organisation_id
        gone, other = builders.customer(exact_id="c-1", code="77"), builders.customer(exact_id="c-2", code="78")
        for customer in (gone, other):
            world.books.keep_customer(customer)
        world.books.link_debtor(organisation_id, debtor_id, "c-1")
        world.books.link_debtor(organisation_id, "d-other", "c-2")
        intent = world.books.commit_intent(IntentKind.CUSTOMER, "77", {}, booking=None)
        world.books.answered(intent, Answer(exact_id="c-1"))
        world.books.removed(IntentKind.CUSTOMER, "c-1")
        assert list(models.CustomerCopy.objects.values_list("exact_id", flat=True)) == ["c-2"]
        assert world.books.links(claimed.integration_id, [claimed.invoice]).customer_of_debtor == {}
        assert models.DebtorLink.objects.filter(customer_id="c-2").exists()
        assert world.books.earlier(IntentKind.CUSTOMER, "77") is None

    def chosen(self, world: World) -> Booking:
        """The debtor's customer, which a person chose under another number, is gone in Exact."""
        claimed = world.claimed()
        world.books.keep_customer(builders.customer(exact_id="c-7", code="900", name="Jansen Groep"))
        decide.link_customer(world.organisation_id, world.administration_id, "d-42", "c-7", who="els", now=NOW)
        world.books.removed(IntentKind.CUSTOMER, "c-7")
        return claimed

    def test_a_customer_that_a_person_chose_and_that_is_gone_is_asked_about_again(self, world: World) -> None:
        invoice = self.chosen(world).invoice
        assert invoice is not None
        kept, links = world.books.reference([invoice]), world.books.links(world.integration_id, [invoice])
        known = builders.reference(customers=kept.customers)
        outcome = builders.decide(invoice, known=known, links=links)
        assert isinstance(outcome, Hold)
        (problem,) = outcome.problems
        assert (problem.code, dict(problem.values)["name"]) == ("customer-gone", "Jansen Groep")

    def test_what_is_kept_of_it_is_nobody_to_choose_and_is_no_look_alike(self, world: World) -> None:
        self.chosen(world)
        assert debtors.find_customers(world.administration_id, "Jansen") == ()
        other = builders.invoice(id="i-9", debtor=builders.debtor(id="d-9", number="900"))
        links = world.books.links(world.integration_id, [other])
        known = builders.reference(customers=world.books.reference([other]).customers)
        outcome = builders.decide(other, known=known, links=links)
        assert isinstance(outcome, Book)
        assert outcome.customer_change.exact_id is None

    def test_one_that_was_made_because_a_person_wanted_a_new_one_is_made_once_more(self, world: World) -> None:
        claimed = world.claimed()
        assert claimed.invoice is not None
        decide.create_anyway(world.organisation_id, world.administration_id, "d-42", who="els", now=NOW)
        world.books.link_debtor(world.organisation_id, "d-42", "c-7")
        world.books.removed(IntentKind.CUSTOMER, "c-7")
        links = world.books.links(world.integration_id, [claimed.invoice])
        assert (dict(links.customer_of_debtor), set(links.create_anyway)) == ({}, {"d-42"})

    def test_a_project_that_is_gone_is_forgotten(self, world: World) -> None:
        world.claimed()
        for exact_id in ("p-1", "p-2"):
            world.books.keep_project(Project(exact_id=exact_id, code=exact_id, description=""))
        world.books.removed(IntentKind.PROJECT, "p-1")
        assert list(models.ProjectCopy.objects.values_list("exact_id", flat=True)) == ["p-2"]

    def test_what_exact_kept_is_known_as_left(self, world: World) -> None:
        claimed = world.claimed()
        posted(world, claimed, IntentKind.DOCUMENT, "key", "d-1")
        world.books.left(IntentKind.DOCUMENT, "d-1", "")
        assert world.books.made(claimed, IntentKind.DOCUMENT) == (
            Made(natural_key="key", exact_id="d-1", made_at=NOW, left=True),
        )

    @pytest.mark.parametrize("outcome", ["answered", "refused", "unsent"])
    def test_no_file_is_kept_once_it_is_certain_what_became_of_it(self, world: World, outcome: str) -> None:
        body = {"Attachment": "JVBERi0="}
        intent = world.books.commit_intent(IntentKind.ATTACHMENT, "key", body, booking=world.claimed())
        answers = {"answered": Answer(exact_id="a-1"), "refused": (), "unsent": "too late"}
        getattr(world.books, outcome)(intent, answers[outcome])
        assert models.Intent.objects.get(id=intent.id).body == {}

    def test_the_document_that_went_along_is_remembered_for_the_proof(self, world: World) -> None:
        claimed = world.claimed()
        world.books.answered(world.committed(claimed), made("guid-1").answer)
        world.books.booked(claimed, entry_of(), replace(made("guid-1", PdfState.DONE), document_id="d-1"))
        (booking,) = world.books.unproven(10)
        assert booking.document_id == "d-1"

    @pytest.mark.parametrize(("document", "known"), [("d-1", "d-1"), ("d-2", None)])
    def test_so_is_that_of_an_entry_that_was_found(self, world: World, document: str, known: str | None) -> None:
        claimed = world.claimed()
        posted(world, claimed, IntentKind.DOCUMENT, "d", "d-1")
        intent = world.books.commit_intent(IntentKind.ENTRY, "e", {"Document": document}, booking=sending(claimed))
        world.books.unknown(claimed, "time-out")
        world.books.settled(intent, Found(answer=made("guid-1").answer))
        assert world.booking().document_id == known


class TestLatePdfs:
    def missing(self, world: World, source_id: str = "i-1", entry_id: str = "guid-1") -> int:
        claimed = world.claimed(source_id)
        world.books.answered(world.committed(claimed), made(entry_id).answer)
        world.books.booked(claimed, entry_of(), made(entry_id, PdfState.MISSING))
        return claimed.id

    def test_a_person_has_the_pdf_tried_at_once(self, world: World) -> None:
        booking_id = self.missing(world)
        world.advance(hours=1)
        assert world.books.pdf_due(world.now, 10) == ()
        assert retry_pdfs([booking_id], by=ELS, now=world.now) == 1
        assert [booking.id for booking in world.books.pdf_due(world.now, 10)] == [booking_id]
        assert Step.PDF in world.books.due_steps(world.now)
        step = models.BookingHistory.objects.filter(booking_id=booking_id).latest("id")
        assert (step.who_name, step.from_state, step.to_state) == ("els", "booked", "booked")

    def test_trying_again_takes_both_what_is_held_and_what_lacks_its_pdf(self, world: World) -> None:
        booking_id = self.missing(world)
        ready = world.ready("i-2")
        hold = Hold(problems=(Problem(code="vat-code-unknown"),), warnings=())
        world.books.decided(checked(ready, hold))
        assert decide.retry([booking_id, ready.id], by=ELS, now=world.now) == 2
        assert world.row("i-1").state == "booked"

    @pytest.mark.parametrize("pdf", [PdfState.NONE, PdfState.DONE])
    def test_one_that_is_there_or_not_wanted_is_not_tried(self, world: World, pdf: PdfState) -> None:
        booking_id = self.missing(world)
        models.Booking.objects.update(pdf_state=pdf)
        assert retry_pdfs([booking_id], by=ELS, now=world.now) == 0


class TestBelongings:
    def test_what_was_put_is_remembered_and_the_rest_stays(self, world: World) -> None:
        world.books.link_debtor(world.organisation_id, "d-42", "c-1")
        world.books.keep_belongings(world.organisation_id, "d-42", Belongings(contact=ANNA))
        world.books.keep_belongings(world.organisation_id, "d-42", Belongings(bank_account=ACCOUNT))
        links = world.books.links(world.integration_id, [builders.invoice()])
        assert links.belongings == {"d-42": Belongings(contact=ANNA, bank_account=ACCOUNT)}

    def test_a_creation_is_unfinished_until_its_belongings_are_kept(self, world: World) -> None:
        world.books.making_customer(world.organisation_id, "d-42")
        assert world.books.links(world.integration_id, [builders.invoice()]).unfinished == {"d-42"}
        world.books.link_debtor(world.organisation_id, "d-42", "c-1")
        links = world.books.links(world.integration_id, [builders.invoice()])
        assert links.unfinished == {"d-42"}
        assert links.customer_of_debtor == {"d-42": "c-1"}
        world.books.keep_belongings(world.organisation_id, "d-42", Belongings())
        assert world.books.links(world.integration_id, [builders.invoice()]).unfinished == frozenset()

    def test_nothing_of_ours_hangs_on_another_customer_yet(self, world: World) -> None:
        world.books.link_debtor(world.organisation_id, "d-42", "c-1")
        world.books.keep_belongings(world.organisation_id, "d-42", Belongings(contact=ANNA))
        world.books.link_debtor(world.organisation_id, "d-42", "c-1")
        assert world.books.links(world.integration_id, [builders.invoice()]).belongings
        world.books.link_debtor(world.organisation_id, "d-42", "c-2")
        assert world.books.links(world.integration_id, [builders.invoice()]).belongings == {}

    def test_a_customer_that_a_person_chose_is_not_one_that_we_were_making(self, world: World) -> None:
        world.books.making_customer(world.organisation_id, "d-42")
        decide.link_customer(world.organisation_id, world.administration_id, "d-42", "c-7", who="els", now=NOW)
        links = world.books.links(world.integration_id, [builders.invoice()])
        assert (len(links.unfinished), len(links.belongings), len(links.met)) == (0, 0, 0)


def test_the_check_keeps_what_booking_would_change_at_the_customer(world: World) -> None:
    ready = world.ready()
    change = FieldChange(field="email", before="a@b.example", after="c@d.example")
    wanted = decision()
    assert isinstance(wanted, Book)
    wanted = replace(wanted, customer_change=replace(wanted.customer_change, changes=(change,)))
    world.books.decided(checked(ready, wanted))
    found = reading.invoice(world.organisation_id, world.row().id)
    assert found is not None
    assert found.customer_changes == (change,)
    world.books.decided(checked(world.booking(), Hold(problems=(Problem(code="vat-code-unknown"),), warnings=())))
    assert world.row().customer_changes == []


def test_what_was_not_begun_waits_without_a_word(world: World) -> None:
    ready = world.ready()
    before = world.history()
    world.books.postpone(ready, NOW + timedelta(minutes=1))
    assert world.books.ready(NOW, 10) == ()
    assert (world.history(), world.books.next_ready()) == (before, NOW + timedelta(minutes=1))
    assert world.row().state == BookingState.READY
