"""The Ledger port: what is sent for each kind of intent, what comes back, and what an answer without an id means."""

from datetime import date
from typing import Any

import httpx2
import pytest
from tests.exact.answers_of_exact import CUSTOMER, DOCUMENT, ENTRY, NOW, OTHER, World, by_path, listed, made, refused
from tests.exact.entries_of_ours import change, entry, intent, reference

from boekbrug.domain.entry import CustomerAction
from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.limits import Priority
from boekbrug.sync.failures import OutcomeUnknown, Refused, Unreachable
from boekbrug.sync.ports import Answer, Body, Document, IntentKind, Ledger


def bodies() -> dict[IntentKind, tuple[str, Body]]:
    ledger: Ledger = ExactLedger(World(lambda _: made()).client)
    document = Document(subject="Factuur 1 (BB-0a1b2c3d)", invoice_date=date(2026, 11, 3), customer_id=CUSTOMER)
    return {
        IntentKind.ENTRY: (
            "salesentry/SalesEntries",
            ledger.entry_body(entry(), customer_id=CUSTOMER, document_id=DOCUMENT, reference=reference()),
        ),
        IntentKind.CUSTOMER: ("crm/Accounts", ledger.customer_body(change(), reference())),
        IntentKind.DOCUMENT: ("documents/Documents", ledger.document_body(document)),
        IntentKind.ATTACHMENT: (
            "documents/DocumentAttachments",
            ledger.attachment_body(DOCUMENT, "Factuur 1.pdf", b"%PDF"),
        ),
        IntentKind.CONTACT: ("crm/Contacts", ledger.contact_body(change(), CUSTOMER)),
        IntentKind.ADDRESS: ("crm/Addresses", ledger.address_body(change(), CUSTOMER)),
        IntentKind.BANK_ACCOUNT: ("crm/BankAccounts", ledger.bank_account_body(change(), CUSTOMER)),
        IntentKind.PROJECT: ("project/Projects", ledger.project_body("P1", "Traject", CUSTOMER)),
    }


BODIES = bodies()


@pytest.mark.parametrize("kind", IntentKind)
def test_every_kind_is_sent_once_to_its_own_list(kind: IntentKind) -> None:
    path, body = BODIES[kind]
    world = World(lambda _: made(ID=OTHER.upper(), EntryID=ENTRY, EntryNumber=20260001, Type=20))
    ledger = ExactLedger(world.client)
    answer = ledger.send(intent(kind, body))
    assert world.paths == [f"POST /api/v1/100001/{path}"]
    assert world.body() == body
    assert ledger.calls == 1
    if kind is IntentKind.ENTRY:
        assert answer == Answer(exact_id=ENTRY, entry_number=20260001, entry_kind=20)
    else:
        assert answer == Answer(exact_id=OTHER)


@pytest.mark.parametrize("booking", [Priority.REALTIME, Priority.BULK])
def test_the_priority_is_that_of_the_run(booking: Priority) -> None:
    world = World(lambda _: made(EntryID=ENTRY))
    ExactLedger(world.client, booking=booking).send(intent(IntentKind.ENTRY, BODIES[IntentKind.ENTRY][1]))
    assert world.budget.reserved == [(booking.value, "salesentry/SalesEntries")]


def test_a_document_for_an_entry_that_is_booked_already_can_wait() -> None:
    world = World(lambda _: made(ID=DOCUMENT))
    late = dict(BODIES[IntentKind.DOCUMENT][1]) | {"FinancialTransactionEntryID": ENTRY}
    ExactLedger(world.client, booking=Priority.REALTIME).send(intent(IntentKind.DOCUMENT, late))
    assert world.budget.reserved == [("late_pdf", "documents/Documents")]


def test_an_answer_that_does_not_name_number_and_type_leaves_them_open() -> None:
    world = World(lambda _: made(EntryID=ENTRY, EntryNumber=None))
    answer = ExactLedger(world.client).send(intent(IntentKind.ENTRY, BODIES[IntentKind.ENTRY][1]))
    assert answer == Answer(exact_id=ENTRY)


def test_the_code_of_a_new_customer_is_read_back() -> None:
    world = World(lambda _: made(ID=OTHER, Code="             10042"))
    answer = ExactLedger(world.client).send(intent(IntentKind.CUSTOMER, BODIES[IntentKind.CUSTOMER][1]))
    assert answer == Answer(exact_id=OTHER, code="10042")


@pytest.mark.parametrize(
    "fields", [{}, {"EntryID": None}, {"EntryID": "00000000-0000-0000-0000-000000000000"},
               {"EntryID": ENTRY, "EntryNumber": "x"}],
)  # fmt: skip
def test_a_good_answer_without_an_id_is_unknown(fields: dict[str, Any]) -> None:
    world = World(lambda _: made(**fields))
    with pytest.raises(OutcomeUnknown):
        ExactLedger(world.client).send(intent(IntentKind.ENTRY, BODIES[IntentKind.ENTRY][1]))


def test_a_refusal_knows_number_journal_and_period_of_what_was_sent() -> None:
    text = "In gebruik: Boekstuknummer\nPeriode is afgesloten: 2026 - 11\nVerplicht: Dagboek"
    world = World(lambda _: refused(text))
    with pytest.raises(Refused) as refusal:
        ExactLedger(world.client).send(intent(IntentKind.ENTRY, BODIES[IntentKind.ENTRY][1]))
    assert [dict(problem.values) for problem in refusal.value.problems] == [
        {"number": "20260001", "journal": "70"},
        {"journal": "70", "year": "2026", "period": "11"},
        {"journal": "70"},
    ]


def test_a_code_that_is_taken_names_the_debtor() -> None:
    world = World(lambda _: refused("Data already exists"))
    with pytest.raises(Refused) as refusal:
        ExactLedger(world.client).send(intent(IntentKind.CUSTOMER, BODIES[IntentKind.CUSTOMER][1]))
    (problem,) = refusal.value.problems
    assert problem.code == "customer-code-in-use"
    assert dict(problem.values)["code"] == "10042"


def test_too_late_is_not_sent() -> None:
    world = World(lambda _: made(EntryID=ENTRY))
    world.clock.pass_by(11)
    with pytest.raises(Unreachable):
        ExactLedger(world.client).send(intent(IntentKind.ENTRY, BODIES[IntentKind.ENTRY][1]))
    assert world.requests == []


def test_an_update_goes_to_the_customer_and_an_empty_one_nowhere() -> None:
    world = World(lambda _: httpx2.Response(204))
    ledger = ExactLedger(world.client)
    ledger.update_customer(change(CustomerAction.UPDATE, fields=("email",)))
    ledger.update_customer(change(CustomerAction.UPDATE))
    assert world.paths == [f"PUT /api/v1/100001/crm/Accounts(guid'{CUSTOMER}')"]
    with pytest.raises(ValueError, match="not in Exact"):
        ledger.update_customer(change())


@pytest.mark.parametrize("kind", [IntentKind.CUSTOMER, IntentKind.DOCUMENT, IntentKind.ATTACHMENT, IntentKind.PROJECT])
@pytest.mark.parametrize("there", [True, False])
def test_whether_a_record_is_there_is_one_question_by_its_id(kind: IntentKind, there: bool) -> None:
    world = World(lambda _: listed(*([{"ID": OTHER}] if there else [])))
    assert ExactLedger(world.client).is_there(kind, OTHER) is there
    assert world.paths == [f"GET /api/v1/100001/{BODIES[kind][0]}"]


PERSON = {"ID": OTHER, "FirstName": "Anna", "MiddleName": "de", "LastName": "Wit", "Gender": "V"}
PLACE = {"ID": OTHER, "AddressLine1": "Postbus 9", "Postcode": "3500 AA", "City": "Utrecht", "Country": "NL "}
BANK = {"ID": OTHER, "BICCode": "ABNANL2A", "BankAccountHolderName": "De Brug"}


@pytest.mark.parametrize(
    ("kind", "row", "sent"),
    [
        (IntentKind.CONTACT, PERSON, None),
        (IntentKind.CONTACT, PERSON | {"FirstName": "An", "Gender": None}, {"FirstName": "Anna", "Gender": "V"}),
        (IntentKind.ADDRESS, PLACE | {"AddressLine2": "t.a.v. de crediteuren"}, None),
        (IntentKind.ADDRESS, PLACE | {"City": "Ede"}, {"City": "Utrecht"}),
        (IntentKind.BANK_ACCOUNT, BANK, None),
        (IntentKind.BANK_ACCOUNT, BANK | {"BICCode": "RABONL2U"}, {"BICCode": "ABNANL2A"}),
    ],
)
def test_what_hangs_on_a_customer_is_read_and_only_what_differs_is_sent(
    kind: IntentKind, row: dict[str, Any], sent: dict[str, Any] | None
) -> None:
    path, body = BODIES[kind]
    world = World(lambda request: listed(row) if request.method == "GET" else httpx2.Response(204))
    assert ExactLedger(world.client).update_belonging(kind, OTHER, body) is True
    assert world.query(0).endswith(f"$filter=ID eq guid'{OTHER}'")
    if sent is None:
        assert world.paths == [f"GET /api/v1/100001/{path}"]
    else:
        assert world.paths[1:] == [f"PUT /api/v1/100001/{path}(guid'{OTHER}')"]
        assert world.body() == sent


def test_what_hung_on_a_customer_and_is_gone_is_said() -> None:
    world = World(lambda _: listed())
    assert ExactLedger(world.client).update_belonging(IntentKind.CONTACT, OTHER, BODIES[IntentKind.CONTACT][1]) is False
    assert len(world.requests) == 1


def test_a_document_is_deleted_by_its_key_and_need_not_be_there() -> None:
    world = World(by_path({"": [httpx2.Response(204), refused("Resource not found for the segment.", 404)]}))
    ledger = ExactLedger(world.client)
    ledger.delete_document(DOCUMENT)
    ledger.delete_document(DOCUMENT)
    assert world.paths == [f"DELETE /api/v1/100001/documents/Documents(guid'{DOCUMENT}')"] * 2


def test_a_document_that_exact_keeps_is_refused_in_its_words() -> None:
    world = World(lambda _: refused("Kan niet verwijderen: Document - Gebruikt in: Boekingen"))
    with pytest.raises(Refused) as refusal:
        ExactLedger(world.client).delete_document(DOCUMENT)
    assert [problem.code for problem in refusal.value.problems] == ["refused-by-exact"]


def test_room_is_the_budgets() -> None:
    ledger = ExactLedger(World(lambda _: made()).client, booking=Priority.REALTIME)
    assert (ledger.room_at(2) - NOW).total_seconds() == 2
    assert ledger.calls == 0
