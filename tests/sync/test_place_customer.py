"""The customer and what hangs on it: each once, brought up to date by differences, and only where it may be."""

from dataclasses import replace
from typing import Any

import pytest
from tests.domain import builders
from tests.sync.office import Office, booking, office

from boekbrug.domain.debtor import ContactPerson
from boekbrug.domain.entry import BankAccount, Belongings, CustomerAction
from boekbrug.domain.problem import Problem, Severity
from boekbrug.domain.states import BookingState
from boekbrug.sync.failures import OutcomeUnknown, OutsideFailure, Refused, Unreachable
from boekbrug.sync.ports import Answer, Found, IntentKind, Step

IBAN = "NL91ABNA0417164300"
ANNA = ContactPerson(id="p-9", sex="V", first_name="Anna", last_name="Jansen")
VISIT = builders.address(city="Ede")
EVERYTHING: dict[str, Any] = {"contact": ANNA, "visit_address": VISIT, "iban": IBAN}
ALL_OF_IT = Belongings(
    contact=ANNA,
    invoice_address=builders.address(),
    bank_account=BankAccount(iban=IBAN, bic="", holder_name=""),
)
BELONGINGS = ["contact", "address", "bank_account"]


def empty_books(**options: Any) -> Office:
    return office(reference=builders.reference(customers=()), **options)


def known(**options: Any) -> Office:
    """The customer is there already, put there by somebody else; nothing is protected."""
    theirs = builders.customer(address=VISIT)
    values = {"overwrite_customer": True, "protected_fields": ()} | options
    return office(reference=builders.reference(customers=(theirs,)), **values)


def book(room: Office, number: int = 1, **debtor: Any) -> Office:
    """Book one more invoice of the debtor as it is now."""
    fields = EVERYTHING | debtor
    invoice = builders.invoice(id=f"i-{number}", number=str(20260000 + number), debtor=builders.debtor(**fields))
    room.books.add(booking(number, invoice=invoice))
    room.books.due[Step.BOOK] = room.clock.now()
    room.run()
    return room


def kinds(room: Office) -> list[str]:
    return [str(intent.kind) for intent in room.ledger.sent]


class TestNew:
    def test_everything_is_made_once_and_a_second_export_makes_nothing(self) -> None:
        room = book(book(empty_books()), 2)
        assert kinds(room) == ["customer", *BELONGINGS, "entry", "entry"]
        assert room.books.belongings == {"d-42": ALL_OF_IT}
        assert room.ledger.belongings_updated == []
        (customer,) = room.books.kept_reference.customers
        assert (customer.exact_id, customer.ibans) == ("customer-1", (IBAN,))

    def test_with_overwriting_a_second_export_makes_nothing_either(self) -> None:
        room = book(book(empty_books(overwrite_customer=True, protected_fields=())), 2)
        assert kinds(room) == ["customer", *BELONGINGS, "entry", "entry"]
        assert (room.ledger.belongings_updated, room.ledger.updated) == ([], [])

    @pytest.mark.parametrize("kind", BELONGINGS)
    def test_a_creation_that_was_cut_off_is_finished_with_the_next_try(self, kind: str) -> None:
        room = empty_books()
        room.ledger.replies[kind] = [Unreachable("connect")]
        book(room)
        assert room.books.state(1) is BookingState.READY
        assert room.books.unfinished == {"d-42"}
        room.clock.advance(hours=2)
        room.run()
        assert room.books.state(1) is BookingState.BOOKED
        made = [str(kept.intent.kind) for kept in room.books.intents.values() if kept.state == "done"]
        assert sorted(made) == sorted(["customer", *BELONGINGS, "entry"])
        assert room.books.unfinished == set()

    def test_an_unknown_contact_is_looked_up_and_the_rest_follows(self) -> None:
        room = empty_books()
        room.ledger.replies["contact"] = [OutcomeUnknown("reset")]
        book(room)
        assert room.books.state(1) is BookingState.UNKNOWN
        room.ledger.look_ups = [Found(answer=Answer(exact_id="contact-9"))]
        room.clock.advance(hours=2)
        room.run()
        assert room.books.state(1) is BookingState.BOOKED
        assert kinds(room) == ["customer", *BELONGINGS, "entry"]

    @pytest.mark.parametrize(
        ("kind", "problem", "code"),
        [
            ("contact", Problem(code="refused-by-exact", values=(("text", "nee"),)), "customer-part-refused"),
            ("address", Problem(code="customer-blocked"), "customer-part-refused"),
            ("bank_account", Problem(code="iban-invalid"), "iban-invalid"),
        ],
    )
    def test_a_part_that_exact_refuses_warns_and_is_not_tried_at_each_invoice(
        self, kind: str, problem: Problem, code: str
    ) -> None:
        room = empty_books()
        room.ledger.replies[kind] = [Refused((problem,))]
        book(book(room), 2)
        assert kinds(room) == ["customer", *BELONGINGS, "entry", "entry"]
        (warning,) = room.books.rows[1].warnings
        assert (warning.code, warning.severity) == (code, Severity.WARNS)
        assert room.books.rows[2].warnings == ()

    @pytest.mark.parametrize(
        ("code", "codes"), [("     00042", []), ("42", []), ("", []), ("7", ["customer-code-ignored"])]
    )
    def test_the_code_is_read_back(self, code: str, codes: list[str]) -> None:
        room = empty_books()
        room.ledger.replies["customer"] = [Answer(exact_id="c-9", code=code.strip())]
        book(room)
        assert [warning.code for warning in room.books.rows[1].warnings] == codes
        assert room.books.kept_reference.customers[0].code == (code.strip() or "00042")

    def test_a_bank_account_that_was_refused_is_not_taken_for_one_that_is_there(self) -> None:
        room = empty_books()
        room.ledger.replies["bank_account"] = [Refused((Problem(code="iban-invalid"),))]
        book(room)
        assert room.books.kept_reference.customers[0].ibans == ()


class TestKnown:
    def test_without_overwriting_nothing_is_read_or_written(self) -> None:
        room = book(known(overwrite_customer=False))
        assert kinds(room) == ["entry"]
        assert (room.ledger.updated, room.ledger.belongings_updated, room.ledger.looked_up) == ([], [], [])

    def test_what_somebody_else_made_is_found_and_not_made_again(self) -> None:
        room = known()
        room.ledger.look_ups = [Found(answer=Answer(exact_id=f"theirs-{kind}")) for kind in BELONGINGS]
        book(book(room), 2)
        assert kinds(room) == ["entry", "entry"]
        assert [(kind, exact_id) for kind, exact_id, _ in room.ledger.belongings_updated] == [
            (kind, f"theirs-{kind}") for kind in BELONGINGS
        ]
        assert room.books.belongings == {"d-42": ALL_OF_IT}

    def test_what_is_not_there_is_made_once(self) -> None:
        room = book(book(known()), 2)
        assert kinds(room) == [*BELONGINGS, "entry", "entry"]

    def test_a_look_up_that_fails_sends_nothing(self) -> None:
        room = known()
        room.ledger.look_ups = [Unreachable("504")]
        book(room)
        assert (kinds(room), room.books.state(1)) == ([], BookingState.READY)
        room.clock.advance(hours=2)
        room.run()
        assert kinds(room) == [*BELONGINGS, "entry"]

    @pytest.mark.parametrize(
        ("now", "kind", "key"),
        [
            ({"contact": replace(ANNA, first_name="An")}, IntentKind.CONTACT, "contact"),
            ({"invoice_address": builders.address(line_1="Postbus 1")}, IntentKind.ADDRESS, "address"),
            ({"bic": "ABNANL2A"}, IntentKind.BANK_ACCOUNT, "bank"),
        ],
    )
    def test_what_changed_in_coachview_is_brought_up_to_date(
        self, now: dict[str, Any], kind: IntentKind, key: str
    ) -> None:
        room = book(known())
        room.ledger.belongings_updated.clear()
        book(room, 2, **now)
        ((updated, exact_id, body),) = room.ledger.belongings_updated
        assert (updated, kinds(room)) == (kind, [*BELONGINGS, "entry", "entry"])
        assert (exact_id.split("-")[0], key in body) == (kind, True)
        room.ledger.belongings_updated.clear()
        book(room, 3, **now)
        assert room.ledger.belongings_updated == []

    def test_another_contact_and_another_account_are_records_of_their_own(self) -> None:
        room = book(known())
        book(room, 2, contact=replace(ANNA, id="p-10", first_name="Bo"), iban="NL20INGB0001234567")
        assert kinds(room) == [*BELONGINGS, "entry", "contact", "bank_account", "entry"]

    def test_a_contact_that_was_deleted_in_exact_is_made_again_when_it_changes(self) -> None:
        room = book(known())
        room.ledger.gone = {"contact-1"}
        book(room, 2, contact=replace(ANNA, first_name="An"))
        assert kinds(room) == [*BELONGINGS, "entry", "contact", "entry"]
        assert room.books.state(2) is BookingState.BOOKED

    def test_protected_accounts_stay_as_they_are(self) -> None:
        room = book(known(protected_fields=("iban", "payment_term")))
        assert kinds(room) == ["contact", "address", "entry"]

    def test_only_the_field_that_differs_is_sent_and_once(self) -> None:
        room = known()
        book(room, contact=None, iban="", invoice_address=VISIT, phone="030-1234567")
        book(room, 2, contact=None, iban="", invoice_address=VISIT, phone="030-1234567")
        (change,) = room.ledger.updated
        assert (change.action, change.fields) == (CustomerAction.UPDATE, ("phone",))
        assert [(one.field, one.before, one.after) for one in change.changes] == [("phone", "", "030-1234567")]
        assert kinds(room) == ["entry", "entry"]

    def test_a_supplier_too_is_used_and_warned_about(self) -> None:
        theirs = builders.customer(address=VISIT, supplier=True)
        room = office(reference=builders.reference(customers=(theirs,)), overwrite_customer=True, protected_fields=())
        book(room, phone="030-1234567")
        assert (kinds(room), room.ledger.updated) == (["entry"], [])
        assert [warning.code for warning in room.books.rows[1].warnings] == ["customer-also-supplier"]


@pytest.mark.parametrize("failure", [Unreachable("504"), OutcomeUnknown("reset")])
def test_a_customer_that_could_not_be_made_lets_its_invoice_wait(failure: OutsideFailure) -> None:
    room = empty_books()
    room.ledger.replies["customer"] = [failure]
    book(room)
    assert (kinds(room), room.books.state(1)) == (["customer"], BookingState.READY)
    assert room.books.belongings == {}
