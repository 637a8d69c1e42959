"""Refusals: 500 with the text of exact-rest.md 6.1, in the language of the user, one line per broken rule."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.sim.exact.practice_office import NL, USER, Office, message

from boekbrug_sim.exact.switches import KNOWN

NOBODY = "11111111-1111-1111-1111-111111111111"
Json = dict[str, Any]
Change = Callable[[Office, Json], None]


def header(**values: Any) -> Change:
    def change(_office: Office, body: Json) -> None:
        body.update(values)

    return change


def first_line(**values: Any) -> Change:
    def change(_office: Office, body: Json) -> None:
        body["SalesEntryLines"][0].update(values)

    return change


def customer(**values: Any) -> Change:
    def change(office: Office, body: Json) -> None:
        body["Customer"] = office.customer(**values)

    return change


def account(condition: str) -> Change:
    def change(office: Office, body: Json) -> None:
        found = office.rows("financial/GLAccounts", filter=condition, select="ID")
        body["SalesEntryLines"][0]["GLAccount"] = found[0]["ID"]

    return change


def vat_code(condition: str) -> Change:
    def change(office: Office, body: Json) -> None:
        found = office.rows("vat/VATCodes", filter=condition, select="Code")
        body["SalesEntryLines"][0]["VATCode"] = found[0]["Code"]

    return change


def journal(condition: str) -> Change:
    def change(office: Office, body: Json) -> None:
        body["Journal"] = office.rows("financial/Journals", filter=condition, select="Code")[0]["Code"]

    return change


def closed(office: Office, _body: Json) -> None:
    office.control("periods", {"division": NL, "journal": "70", "year": 2026, "period": 6, "status": "closed"})


def closed_in_august(office: Office, body: Json) -> None:
    office.control("periods", {"division": NL, "journal": "70", "year": 2026, "period": 8, "status": "closed"})
    body["SalesEntryLines"][0].update({"From": "2026-06-01", "To": "2026-09-30"})


def ended_cost_centre(office: Office, body: Json) -> None:
    made = office.post("hrm/Costcenters", {"Code": "OP", "Description": "x", "EndDate": "2026-01-01"})
    assert made.status_code == 201
    body["SalesEntryLines"][0]["CostCenter"] = "OP"


def forbidden_cost_centre(office: Office, body: Json) -> None:
    office.put("financial/GLAccounts", office.account(), {"UseCostcenter": 2})
    office.post("hrm/Costcenters", {"Code": "VB", "Description": "x"})
    body["SalesEntryLines"][0]["CostCenter"] = "VB"


def other_receivables(office: Office, body: Json) -> None:
    body["Customer"] = office.customer(GLAR=office.account("1310"))


CASES: list[tuple[str, Change, list[str], list[str]]] = [
    ("no customer", header(Customer=None), ["Verplicht: Relatie"], ["Mandatory: Relationship"]),
    ("no journal", header(Journal=None), ["Verplicht: Dagboek"], ["Mandatory: Diary"]),
    ("unknown journal", header(Journal="??"), ["Ongeldige referentie: Journals"], ["Invalid reference: Journals"]),
    ("journal by guid", header(Journal=NOBODY), ["Ongeldige referentie: Journals"], ["Invalid reference: Journals"]),
    ("purchase journal", journal("Type eq 22"), ["Ongeldig: Dagboek"], ["Invalid: Diary"]),
    ("blocked journal", journal("IsBlocked eq true and Type eq 20"), ["Geblokkeerd: Dagboek"], ["Blocked: Diary"]),
    ("no lines", header(SalesEntryLines=[]), ["Verplicht: Boekingsregels"], ["Mandatory: Entry lines"]),
    ("not a customer", customer(Status="A"), ["Ongeldig: Klant (Type)"], ["Invalid: Customer (Type)"]),
    ("suspect", customer(Status="S"), ["Ongeldig: Klant (Type)"], ["Invalid: Customer (Type)"]),
    ("blocked customer", customer(Blocked=True), ["Geblokkeerd: Relatie"], ["Blocked: Relationship"]),
    (
        "unknown customer",
        header(Customer=NOBODY),
        ["Ongeldige referentie: Relatie"],
        ["Invalid reference: Relationship"],
    ),
    (
        "unknown condition",
        header(PaymentCondition="??"),
        ["Ongeldige referentie: Betalingsconditie"],
        ["Invalid reference: Payment condition"],
    ),
    ("before the books", header(EntryDate="1999-01-01"), ["Verplicht: Boekjaar"], ["Mandatory: Financial year"]),
    (
        "period that is not there",
        header(ReportingYear=2026, ReportingPeriod=14),
        ["Verplicht: Boekjaar"],
        ["Mandatory: Financial year"],
    ),
    ("closed period", closed, ["Periode is afgesloten: 2026 - 6"], ["Period is closed: 2026 - 6"]),
    (
        "deferral into a closed period",
        closed_in_august,
        ["Periode is afgesloten: 2026 - 8"],
        ["Period is closed: 2026 - 8"],
    ),
    (
        "deferral beyond the books",
        first_line(From="2026-06-01", To="2126-06-01"),
        ["Verplicht: Boekjaar"],
        ["Mandatory: Financial year"],
    ),
    ("debtors account", account("Code eq '1300'"), ["Ongeldig: Grootboekrekeningtype"], ["Invalid: G/L account type"]),
    ("VAT account", account("Code eq '1500'"), ["Ongeldig: Grootboekrekeningtype"], ["Invalid: G/L account type"]),
    (
        "blocked account",
        account("IsBlocked eq true and Type eq 110"),
        ["Geblokkeerd: Grootboekrekening"],
        ["Blocked: G/L account"],
    ),
    ("no account", first_line(GLAccount=None), ["Verplicht: Grootboekrekening"], ["Mandatory: G/L account"]),
    (
        "unknown account",
        first_line(GLAccount=NOBODY),
        ["Ongeldige referentie: Grootboekrekening"],
        ["Invalid reference: G/L account"],
    ),
    ("no amount", first_line(AmountFC=None), ["Verplicht: Bedrag"], ["Mandatory: Amount"]),
    ("unknown VAT code", first_line(VATCode="??"), ["Ongeldige referentie: Btw-code"], ["Invalid reference: VAT code"]),
    ("blocked VAT code", vat_code("IsBlocked eq true"), ["Geblokkeerd: Btw-code"], ["Blocked: VAT code"]),
    (
        "purchase VAT code",
        vat_code("VATTransactionType eq 'P' and IsBlocked eq false"),
        ["Ongeldig: Btw-code"],
        ["Invalid: VAT code"],
    ),
    (
        "unknown cost centre",
        first_line(CostCenter="??"),
        ["Ongeldige referentie: Kostenplaats"],
        ["Invalid reference: Cost center"],
    ),
    (
        "unknown cost unit",
        first_line(CostUnit="??"),
        ["Ongeldige referentie: Kostendrager"],
        ["Invalid reference: Cost unit"],
    ),
    ("ended cost centre", ended_cost_centre, ["Geblokkeerd: Kostenplaats"], ["Blocked: Cost center"]),
    ("forbidden cost centre", forbidden_cost_centre, ["Niet toegestaan: Kostenplaats"], ["Not allowed: Cost center"]),
    (
        "mandatory cost centre",
        account("UseCostcenter eq 1 and IsBlocked eq false"),
        ["Verplicht: Kostenplaats"],
        ["Mandatory: Cost center"],
    ),
    ("unknown project", first_line(Project=NOBODY), ["Ongeldige referentie: Project"], ["Invalid reference: Project"]),
    ("From alone", first_line(From="2026-06-01"), ["Verplicht: Datum: Tot"], ["Mandatory: Date: To"]),
    ("To before From", first_line(From="2026-08-01", To="2026-07-01"), ["Ongeldig: Datum: Tot"], ["Invalid: Date: To"]),
    ("unknown document", header(Document=NOBODY), ["Ongeldige referentie: Document"], ["Invalid reference: Document"]),
    ("other receivables account", other_receivables, ["Ongeldig: Grootboekrekening"], ["Invalid: G/L account"]),
    (
        "several at once",
        header(Customer=None, Journal=None, SalesEntryLines=[{"CostUnit": "??"}]),
        [
            *("Verplicht: Relatie", "Verplicht: Bedrag", "Verplicht: Grootboekrekening"),
            *("Ongeldige referentie: Kostendrager", "Verplicht: Dagboek"),
        ],
        [
            *("Mandatory: Relationship", "Mandatory: Amount", "Mandatory: G/L account"),
            *("Invalid reference: Cost unit", "Mandatory: Diary"),
        ],
    ),
]


@pytest.mark.parametrize(("change", "dutch", "english"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_6_1_what_is_broken_is_said_in_the_language_of_the_user(
    office: Office, change: Change, dutch: list[str], english: list[str]
) -> None:
    body = office.entry_body()
    change(office, body)
    answers = []
    for language in ("nl", "en"):
        office.control("login", {"user": USER, "language": language})
        answers.append(office.refusal(office.post("salesentry/SalesEntries", body)))
    assert answers[0][: len(dutch)] == dutch
    assert answers[1][: len(english)] == english
    assert office.ledger() == []


def test_3_4_one_message_stands_once(office: Office) -> None:
    body = office.entry_body()
    body["SalesEntryLines"] = [{"AmountFC": 1, "GLAccount": office.account(), "VATCode": "??"}] * 3
    answer = office.post("salesentry/SalesEntries", body)
    assert message(answer) == "Ongeldige referentie: Btw-code"


def test_3_4_the_word_for_a_journal_is_a_switch(office: Office) -> None:
    office.control("login", {"user": USER, "language": "en"})
    office.control("switches", {"english_journal": "Journal"})
    answer = office.post("salesentry/SalesEntries", office.entry_body(Journal=None))
    assert office.refusal(answer) == ["Mandatory: Journal"]


def test_4_1_a_condition_is_mandatory_when_nobody_has_one(office: Office) -> None:
    office.control("switches", {"payment_condition": "none"})
    nobody = office.customer(PaymentConditionSales=None)
    answer = office.post("salesentry/SalesEntries", office.entry_body(Customer=nobody))
    assert office.refusal(answer) == ["Verplicht: Betalingsconditie"]


def test_a_refused_entry_uses_no_number_up(office: Office) -> None:
    office.post("salesentry/SalesEntries", office.entry_body(Journal="??"))
    assert office.book()["EntryNumber"] == 26700001


def test_every_switch_names_its_section_and_meaning() -> None:
    for switch in KNOWN:
        assert switch.section, switch.name
        assert switch.meaning, switch.name
        assert not switch.allowed or switch.default in switch.allowed, switch.name
