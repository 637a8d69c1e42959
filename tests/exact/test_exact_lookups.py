"""Look-ups of what may or may not have been made: ours, not there, something else, or no answer at all."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from tests.exact.answers_of_exact import (
    CUSTOMER,
    DOCUMENT,
    ENTRY,
    GL_8000,
    NOW,
    OTHER,
    PROJECT,
    World,
    by_path,
    listed,
    ms,
    refused,
)  # fmt: skip
from tests.exact.entries_of_ours import change, entry, intent, line, reference

from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.wire.customer import address_body, bank_account_body, contact_body, customer_body, project_body
from boekbrug.exact.wire.document import attachment_body
from boekbrug.exact.wire.entry import entry_body
from boekbrug.sync.failures import Broken, NotAllowed, OutsideFailure, Unreachable
from boekbrug.sync.ports import Answer, Body, Found, IntentKind, LookUp, NotThere, SomethingElse

BODY = entry_body(entry(line(1), line(2)), customer_id=CUSTOMER, document_id=None, reference=reference())
THERE = {
    "EntryID": ENTRY,
    "EntryNumber": 20260001,
    "Type": 20,
    "Customer": CUSTOMER,
    "CustomerName": "Academie De Brug B.V.",
    "AmountFC": 242.24,
    "EntryDate": ms(datetime(2026, 11, 3, tzinfo=UTC)),
    "Description": "Factuur 20260001 De Brug",
    "ReportingYear": 2026,
    "Created": ms(NOW),
}
LINE = {"ID": OTHER, "GLAccount": GL_8000, "AmountFC": 100.1, "VATCode": "4  ", "VATAmountFC": 21.02}
OURS = Found(answer=Answer(exact_id=ENTRY, entry_number=20260001, entry_kind=20))


def exact(entries: httpx2.Response | list[httpx2.Response], lines: httpx2.Response | None = None) -> World:
    return World(
        by_path({"salesentry/SalesEntries": entries, "salesentry/SalesEntryLines": lines or listed(LINE, LINE)})
    )


def look_up(world: World, kind: IntentKind, body: Body) -> LookUp:
    return ExactLedger(world.client).look_up(intent(kind, body))


def entry_there(**changes: Any) -> Mapping[str, Any]:
    return THERE | changes


class TestEntry:
    def test_ours_is_found_by_journal_and_number_over_all_years(self) -> None:
        world = exact(listed(THERE))
        assert look_up(world, IntentKind.ENTRY, BODY) == OURS
        assert world.query(0).endswith("$filter=Journal eq '70' and EntryNumber eq 20260001")
        assert world.query(1).endswith(f"$filter=EntryID eq guid'{ENTRY}'")
        assert {priority for priority, _ in world.budget.reserved} == {"settle"}

    def test_the_order_of_its_lines_does_not_matter(self) -> None:
        body = entry_body(
            entry(line(1), line(2, amount="50.00", vat="10.50")), customer_id=CUSTOMER, document_id=None,
            reference=reference(),
        )  # fmt: skip
        other = LINE | {"AmountFC": 50.0, "VATAmountFC": 10.5}
        world = exact(listed(entry_there(AmountFC=181.62)), listed(other, LINE))
        assert look_up(world, IntentKind.ENTRY, body) == OURS

    @pytest.mark.parametrize(
        "changes",
        [
            {"Customer": OTHER},
            {"AmountFC": 242.25},
            {"EntryDate": ms(datetime(2026, 11, 4, tzinfo=UTC))},
            {"Description": "Verkoop met de hand"},
        ],
    )
    def test_one_that_differs_is_somebody_elses(self, changes: Mapping[str, Any]) -> None:
        found = look_up(exact(listed(entry_there(**changes))), IntentKind.ENTRY, BODY)
        assert isinstance(found, SomethingElse)
        assert (found.problem.code, found.problem.subject.key) == ("entry-number-in-use", "20260001")
        said = dict(found.problem.values)
        assert (said["number"], said["journal"], said["there_customer"]) == ("20260001", "70", "Academie De Brug B.V.")
        assert said["there_entry_id"] == ENTRY

    @pytest.mark.parametrize("lines", [(LINE,), (LINE, LINE, LINE), (LINE, LINE | {"AmountFC": 100.11})])
    def test_one_with_other_lines_is_somebody_elses(self, lines: tuple[Mapping[str, Any], ...]) -> None:
        assert isinstance(look_up(exact(listed(THERE), listed(*lines)), IntentKind.ENTRY, BODY), SomethingElse)

    def test_ours_among_others_is_found(self) -> None:
        other = entry_there(EntryID=OTHER, Customer=OTHER, ReportingYear=2025)
        assert look_up(exact(listed(other, THERE)), IntentKind.ENTRY, BODY) == OURS

    def test_an_older_entry_of_another_year_is_not_in_the_way(self) -> None:
        older = entry_there(Customer=OTHER, ReportingYear=2025, Created=ms(NOW - timedelta(days=300)))
        assert look_up(exact([listed(older), listed()]), IntentKind.ENTRY, BODY) == NotThere()

    def test_an_older_entry_of_the_same_year_is(self) -> None:
        older = entry_there(Customer=OTHER, Created=ms(NOW - timedelta(days=30)))
        assert isinstance(look_up(exact(listed(older)), IntentKind.ENTRY, BODY), SomethingElse)

    def test_a_new_entry_of_another_year_is(self) -> None:
        newer = entry_there(Customer=OTHER, ReportingYear=2025)
        assert isinstance(look_up(exact(listed(newer)), IntentKind.ENTRY, BODY), SomethingElse)

    def test_ours_under_another_number_is_found_by_customer_invoice_number_and_amount(self) -> None:
        world = exact([listed(), listed(entry_there(EntryNumber=26700001, Description="FACTUUR 20260001 X"))])
        found = look_up(world, IntentKind.ENTRY, BODY)
        assert found == Found(answer=Answer(exact_id=ENTRY, entry_number=26700001, entry_kind=20))
        assert world.query(1).endswith(
            f"$filter=Customer eq guid'{CUSTOMER}' and Created ge datetime'2026-11-24T11:50:00'"
        )

    def test_an_invoice_of_the_same_number_in_another_year_is_not_ours(self) -> None:
        earlier = ms(datetime(2025, 12, 16, tzinfo=UTC))
        other = entry_there(EntryNumber=25700001, ReportingYear=2025, EntryDate=earlier)
        assert look_up(exact([listed(), listed(other)]), IntentKind.ENTRY, BODY) == NotThere()

    @pytest.mark.parametrize("changes", [{"ReportingYear": 2025}, {"EntryDate": ms(datetime(2026, 11, 4, tzinfo=UTC))}])
    def test_ours_whose_year_or_date_alone_is_another_one_is_found(self, changes: Mapping[str, Any]) -> None:
        world = exact([listed(), listed(entry_there(EntryNumber=26700001, **changes))])
        assert isinstance(look_up(world, IntentKind.ENTRY, BODY), Found)

    @pytest.mark.parametrize("changes", [{"Description": "Factuur 202600012 X"}, {"AmountFC": 242.23}])
    def test_another_invoice_of_the_customer_is_not_ours(self, changes: Mapping[str, Any]) -> None:
        world = exact([listed(), listed(entry_there(**changes))])
        assert look_up(world, IntentKind.ENTRY, BODY) == NotThere()

    def test_nothing_there_is_certain_only_after_both_questions(self) -> None:
        world = exact(listed())
        assert look_up(world, IntentKind.ENTRY, BODY) == NotThere()
        assert len(world.requests) == 2

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [
            (httpx2.Response(503), Unreachable),
            (httpx2.Response(200, text="<html>"), Unreachable),
            (refused("Verplicht: iets"), Unreachable),
            (httpx2.Response(403), NotAllowed),
            (httpx2.Response(400), Broken),
            (listed(entry_there(EntryDate="gisteren")), Unreachable),
        ],
    )
    def test_a_failed_look_up_is_never_a_not_there(
        self, answer: httpx2.Response, failure: type[OutsideFailure]
    ) -> None:
        with pytest.raises(failure):
            look_up(exact(answer), IntentKind.ENTRY, BODY)

    def test_a_second_question_that_fails_is_no_not_there_either(self) -> None:
        world = World(lambda request: listed() if b"EntryNumber%20eq" in request.url.query else httpx2.Response(503))
        with pytest.raises(Unreachable):
            look_up(world, IntentKind.ENTRY, BODY)


class TestCustomer:
    BODY = customer_body(change(), reference())

    def test_ours_is_found_by_its_code_padded_and_trimmed(self) -> None:
        row = {"ID": CUSTOMER, "Code": "             10042", "Name": "ACADEMIE DE BRUG BV."}
        world = World(by_path({"crm/Accounts": listed(row | {"Name": "Academie De Brug, B.V."})}))
        assert look_up(world, IntentKind.CUSTOMER, self.BODY) == Found(answer=Answer(exact_id=CUSTOMER))
        assert world.query().endswith("$filter=Code eq '             10042' or trim(Code) eq '10042'")

    def test_leading_zeros_are_looked_for_without_them_too(self) -> None:
        world = World(by_path({"crm/Accounts": listed()}))
        assert look_up(world, IntentKind.CUSTOMER, dict(self.BODY) | {"Code": "00042"}) == NotThere()
        assert world.query().endswith("or trim(Code) eq '00042' or trim(Code) eq '42'")

    def test_the_code_of_another_relation_is_for_a_person(self) -> None:
        row = {"ID": OTHER, "Code": "             10042", "Name": "Bakker Jansen"}
        found = look_up(World(by_path({"crm/Accounts": listed(row)})), IntentKind.CUSTOMER, self.BODY)
        assert isinstance(found, SomethingElse)
        assert found.problem.code == "customer-looks-different"
        assert dict(found.problem.values) == {
            "debtor": "Academie De Brug B.V.", "code": "10042", "name": "Bakker Jansen",
        }  # fmt: skip


class TestDocument:
    BODY: Mapping[str, Any] = {"Subject": "Factuur 1 (BB-0a1b2c3d)", "Type": 10, "Account": CUSTOMER}

    def test_ours_is_found_by_its_mark(self) -> None:
        row = {"ID": DOCUMENT, "Subject": "Factuur 1 (BB-0a1b2c3d)", "Account": CUSTOMER}
        world = World(by_path({"documents/Documents": listed(row)}))
        assert look_up(world, IntentKind.DOCUMENT, self.BODY) == Found(answer=Answer(exact_id=DOCUMENT))
        assert world.query().endswith("$filter=Type eq 10 and substringof('(BB-0a1b2c3d)',Subject) eq true")

    @pytest.mark.parametrize("minutes", [(1, 2), (2, 1), (None, 1)])
    def test_the_last_of_several_is_this_one(self, minutes: tuple[int | None, int | None]) -> None:
        made = [None if one is None else ms(NOW + timedelta(minutes=one)) for one in minutes]
        rows = [
            {"ID": key, "Subject": self.BODY["Subject"], "Account": CUSTOMER, "Created": created}
            for key, created in zip((OTHER, DOCUMENT), made, strict=True)
        ]
        world = World(by_path({"documents/Documents": listed(*rows)}))
        last = DOCUMENT if minutes[0] is None or minutes[0] == 1 else OTHER
        assert look_up(world, IntentKind.DOCUMENT, self.BODY) == Found(answer=Answer(exact_id=last))

    @pytest.mark.parametrize(
        "changes", [{"Account": OTHER}, {"Account": CUSTOMER, "FinancialTransactionEntryID": ENTRY}]
    )
    def test_one_of_another_customer_or_entry_is_not_this_one(self, changes: Mapping[str, Any]) -> None:
        row = {"ID": DOCUMENT, "Subject": "Factuur 1 (BB-0a1b2c3d)", **changes}
        world = World(by_path({"documents/Documents": listed(row)}))
        assert look_up(world, IntentKind.DOCUMENT, self.BODY) == NotThere()


class TestAttachment:
    BODY = attachment_body(DOCUMENT, "Factuur 1's.pdf", b"%PDF-1.7 1234")

    def test_ours_is_found_by_document_name_and_size(self) -> None:
        row = {"ID": OTHER, "FileName": "Factuur 1's.pdf", "FileSize": 13.0}
        world = World(by_path({"documents/DocumentAttachments": listed(row)}))
        assert look_up(world, IntentKind.ATTACHMENT, self.BODY) == Found(answer=Answer(exact_id=OTHER))
        assert world.query().endswith(f"$filter=Document eq guid'{DOCUMENT}' and FileName eq 'Factuur 1''s.pdf'")

    @pytest.mark.parametrize("size", [12, None])
    def test_one_of_another_size_is_not_this_one(self, size: int | None) -> None:
        row = {"ID": OTHER, "FileName": "Factuur 1's.pdf", "FileSize": size}
        world = World(by_path({"documents/DocumentAttachments": listed(row)}))
        assert look_up(world, IntentKind.ATTACHMENT, self.BODY) == NotThere()


CONTACT = {"ID": OTHER, "FirstName": "Anna", "LastName": "WIT ", "Email": "facturen@debrug.example"}
PLACE = {"ID": OTHER, "AddressLine1": "Postbus 9", "Postcode": "3500 AA", "City": "Utrecht"}
ACCOUNT = {"ID": OTHER, "BankAccount": "NL91 ABNA 0417 1643 00", "IBAN": None}


@pytest.mark.parametrize(
    ("kind", "path", "body", "row", "found"),
    [
        (IntentKind.CONTACT, "crm/Contacts", contact_body(change(), CUSTOMER), CONTACT, True),
        (IntentKind.CONTACT, "crm/Contacts", contact_body(change(), CUSTOMER), CONTACT | {"Email": "x@y.z"}, False),
        (IntentKind.CONTACT, "crm/Contacts", contact_body(change(), CUSTOMER), CONTACT | {"LastName": None}, False),
        (IntentKind.ADDRESS, "crm/Addresses", address_body(change(), CUSTOMER), PLACE, True),
        (IntentKind.ADDRESS, "crm/Addresses", address_body(change(), CUSTOMER), PLACE | {"City": "Elders"}, True),
        (IntentKind.BANK_ACCOUNT, "crm/BankAccounts", bank_account_body(change(), CUSTOMER), ACCOUNT, True),
        (IntentKind.BANK_ACCOUNT, "crm/BankAccounts", bank_account_body(change(), CUSTOMER),
         ACCOUNT | {"BankAccount": "1", "IBAN": "NL91ABNA0417164300"}, True),
        (IntentKind.BANK_ACCOUNT, "crm/BankAccounts", bank_account_body(change(), CUSTOMER),
         ACCOUNT | {"BankAccount": "BE68539007547034"}, False),
        (IntentKind.PROJECT, "project/Projects", project_body("P1", "x", CUSTOMER), {"ID": OTHER, "Code": "P1 "}, True),
        (IntentKind.PROJECT, "project/Projects", project_body("P1", "x", CUSTOMER), {"ID": OTHER, "Code": "P2"}, False),
    ],
)  # fmt: skip
def test_the_other_kinds(kind: IntentKind, path: str, body: Body, row: Mapping[str, Any], *, found: bool) -> None:
    answer = look_up(World(by_path({path: listed(row)})), kind, body)
    assert answer == (Found(answer=Answer(exact_id=OTHER)) if found else NotThere())


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        (IntentKind.CONTACT, "crm/Contacts", contact_body(change(), CUSTOMER)),
        (IntentKind.ADDRESS, "crm/Addresses", address_body(change(), CUSTOMER)),
        (IntentKind.BANK_ACCOUNT, "crm/BankAccounts", bank_account_body(change(), CUSTOMER)),
        (IntentKind.PROJECT, "project/Projects", project_body("P1", "x", PROJECT)),
    ],
)
def test_an_empty_list_is_a_not_there(kind: IntentKind, path: str, body: Body) -> None:
    assert look_up(World(by_path({path: listed()})), kind, body) == NotThere()


def test_every_kind_has_a_look_up() -> None:
    bodies: dict[IntentKind, Body] = {
        IntentKind.ENTRY: BODY,
        IntentKind.CUSTOMER: TestCustomer.BODY,
        IntentKind.DOCUMENT: TestDocument.BODY,
        IntentKind.ATTACHMENT: TestAttachment.BODY,
        IntentKind.CONTACT: contact_body(change(), CUSTOMER),
        IntentKind.ADDRESS: address_body(change(), CUSTOMER),
        IntentKind.BANK_ACCOUNT: bank_account_body(change(), CUSTOMER),
        IntentKind.PROJECT: project_body("P1", "x", CUSTOMER),
    }
    for kind in IntentKind:
        assert look_up(World(lambda _: listed()), kind, bodies[kind]) == NotThere()


class TestABookedEntry:
    """Before an invoice is booked again: certainly gone only after both questions."""

    def left(self, world: World) -> LookUp:
        return ExactLedger(world.client).left_of(ENTRY, entry(line(1)))

    def test_it_is_there_by_its_id_whatever_has_become_of_it(self) -> None:
        assert self.left(exact(listed(entry_there(EntryNumber=7, AmountFC=1)))) == Found(
            answer=Answer(exact_id=ENTRY, entry_number=7, entry_kind=20)
        )

    def test_its_number_may_be_another_entrys_by_now(self) -> None:
        left = self.left(exact([listed(), listed(entry_there(EntryID=OTHER))]))
        assert isinstance(left, SomethingElse)
        assert left.problem.code == "entry-number-in-use"
        assert dict(left.problem.values)["there_entry_id"] == OTHER

    def test_the_same_number_of_another_year_is_not_in_the_way(self) -> None:
        assert isinstance(
            self.left(exact([listed(), listed(entry_there(EntryID=OTHER, ReportingYear=2025))])), NotThere
        )

    def test_it_is_gone_when_both_questions_find_nothing(self) -> None:
        world = exact([listed(), listed()])
        assert isinstance(self.left(world), NotThere)
        assert len(world.requests) == 2

    @pytest.mark.parametrize("place", [0, 1])
    def test_a_question_that_fails_is_never_gone(self, place: int) -> None:
        answers = [*[listed()] * place, *[httpx2.Response(503)] * 5]
        with pytest.raises(OutsideFailure):
            self.left(exact(answers))
