"""Section 6: rules that are enforced, numbers, VAT, credit notes, deferral."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from tests.contract.company import Company, Json, message, today

NOBODY = "11111111-1111-1111-1111-111111111111"
Change = Callable[[Company, Json], None]


def header(**values: object) -> Change:
    return lambda _company, body: body.update(values)


def line(**values: object) -> Change:
    return lambda _company, body: body["SalesEntryLines"][0].update(values)


def not_a_customer(company: Company, body: Json) -> None:
    body["Customer"] = company.customer(Status="A")


def account(condition: str) -> Change:
    def change(company: Company, body: Json) -> None:
        body["SalesEntryLines"][0]["GLAccount"] = company.row("financial/GLAccounts", filter=condition)["ID"]

    return change


SEEN: list[tuple[str, Change, set[str]]] = [
    ("no customer", header(Customer=None), {"Verplicht: Relatie", "Mandatory: Relationship"}),
    ("no journal", header(Journal=None), {"Verplicht: Dagboek", "Mandatory: Diary", "Mandatory: Journal"}),
    ("a date outside the books", header(EntryDate="1901-01-01"), {"Verplicht: Boekjaar", "Mandatory: Financial year"}),
    ("not a customer", not_a_customer, {"Ongeldig: Klant (Type)", "Invalid: Customer (Type)"}),
    (
        "the debtors account on a line",
        account("Type eq 20"),
        {"Ongeldig: Grootboekrekeningtype", "Invalid: G/L account type"},
    ),
    ("an unknown VAT code", line(VATCode="???"), {"Ongeldige referentie: Btw-code", "Invalid reference: VAT code"}),
    (
        "an unknown condition",
        header(PaymentCondition="??"),
        {"Ongeldige referentie: Betalingsconditie", "Invalid reference: Payment condition"},
    ),
    (
        "an unknown cost unit",
        line(CostUnit="??"),
        {"Ongeldige referentie: Kostendrager", "Invalid reference: Cost unit"},
    ),
    (
        "a percentage that the code never had",
        line(VATPercentage=0.5),
        {"Ongeldig: Btw-percentage []", "Invalid: VAT percentage []"},
    ),
]


@pytest.mark.parametrize(("change", "texts"), [case[1:] for case in SEEN], ids=[case[0] for case in SEEN])
def test_6_1_a_broken_rule_is_a_500_with_its_text(company: Company, change: Change, texts: set[str]) -> None:
    body = company.entry_body(YourRef="Contract geweigerd")
    change(company, body)
    answer = company.post("salesentry/SalesEntries", body)
    assert answer.status_code == 500
    assert texts & set(message(answer).split("\n")), message(answer)
    assert company.rows("salesentry/SalesEntries", filter="YourRef eq 'Contract geweigerd'") == []


def test_6_1_a_closed_period_is_refused_and_seen_beforehand(practice: Company) -> None:
    place = {"division": practice.division, "journal": "70", "year": today().year, "period": today().month}
    practice.steer("periods", place | {"status": "closed"})
    where = f"Journal eq '70' and Year eq {today().year} and Period eq {today().month}"
    assert [row["Status"] for row in practice.rows("read/financial/JournalStatusList", filter=where)] == [1]
    answer = practice.post("salesentry/SalesEntries", practice.entry_body())
    assert message(answer) == f"Periode is afgesloten: {today().year} - {today().month}"


def test_6_1_a_number_that_was_used_is_refused_and_a_gap_is_not(company: Company) -> None:
    number = company.book()["EntryNumber"]
    answer = company.post("salesentry/SalesEntries", company.entry_body(EntryNumber=number))
    assert answer.status_code == 500
    assert message(answer) in {"In gebruik: Boekstuknummer", "In use: Entry number"}


def test_6_2_numbers_follow_one_another(company: Company) -> None:
    first, second = (company.book()["EntryNumber"] for _ in range(2))
    assert second == first + 1


def test_6_3_vat_is_rounded_per_line(company: Company) -> None:
    part = Decimal("0.13")
    entry = company.book(SalesEntryLines=[company.line(AmountFC=float(part))] * 5)
    per_line = (part * company.percentage).quantize(Decimal("0.01"))
    assert Decimal(str(entry["VATAmountFC"])) == 5 * per_line


def test_6_3_an_older_percentage_of_the_code_is_taken(company: Company) -> None:
    code = company.row("vat/VATCodes", filter=f"trim(Code) eq '{company.vat_code}'")
    rows = company.rows("vat/VatPercentages", filter=f"VATCodeID eq guid'{code['ID']}' and Type eq 0")
    for percentage in {row["Percentage"] for row in rows}:
        entry = company.book(SalesEntryLines=[company.line(VATPercentage=percentage)])
        assert entry["VATAmountFC"] == pytest.approx(100 * percentage)


def test_6_4_a_credit_note_keeps_its_sign(company: Company) -> None:
    entry = company.book(Type=21, SalesEntryLines=[company.line(AmountFC=-100)])
    assert entry["Type"] == 21
    assert entry["AmountFC"] == pytest.approx(float(-100 * (1 + company.percentage)))
    assert sum(Decimal(str(each["AmountDC"])) for each in company.lines_of(entry["EntryID"])) == 0


def test_6_5_the_receivables_account_of_customer_and_journal_must_be_the_same(company: Company) -> None:
    journal = company.row("financial/Journals", filter=f"Code eq '{company.journal}'")
    where = f"Type eq 20 and ID ne guid'{journal['GLAccount']}' and IsBlocked eq false"
    for other in company.rows("financial/GLAccounts", filter=where, top="1"):
        customer = company.customer(GLAR=other["ID"])
        answer = company.post("salesentry/SalesEntries", company.entry_body(Customer=customer))
        assert answer.status_code == 500
    same = company.customer(GLAR=journal["GLAccount"])
    assert company.book(Customer=same)["Customer"] == same


def test_6_6_deferred_revenue_is_spread_in_lines_of_type_84(practice: Company) -> None:
    year = today().year
    spread = practice.line(From=f"{year + 1}-01-01", To=f"{year + 1}-03-31")
    entry = practice.book(SalesEntryLines=[spread])
    lines = practice.lines_of(entry["EntryID"])
    assert sum(Decimal(str(each["AmountDC"])) for each in lines) == 0
    deferred = [each for each in lines if each["Type"] == 84 and each["GLAccount"] == practice.account]
    later = {each["FinancialPeriod"]: each["AmountDC"] for each in deferred if each["FinancialYear"] == year + 1}
    assert later == {1: -33.33, 2: -33.33, 3: -33.34}


def test_6_7_duplicate_names_are_taken(company: Company) -> None:
    assert company.customer() != company.customer()


def test_6_1_a_relation_with_documents_stays_and_says_why(practice: Company) -> None:
    key = practice.customer()
    practice.make("documents/Documents", {"Subject": "Contract", "Type": 55, "Account": key})
    answer = practice.delete("crm/Accounts", key)
    assert message(answer) == "Kan niet verwijderen: Relatie - Gebruikt in: Documenten"


def test_6_1_the_year_of_an_entry_stays(practice: Company) -> None:
    practice.steer("login", {"user": "demo@sim.example", "language": "en"})
    entry = practice.book()
    answer = practice.put("salesentry/SalesEntries", entry["EntryID"], {"EntryDate": f"{today().year + 1}-01-15"})
    assert message(answer) == "The financial year cannot be changed"


def test_6_1_what_was_received_on_is_processed(practice: Company) -> None:
    entry = practice.book()
    place = {"division": practice.division, "journal": "70", "year": today().year}
    practice.steer("receipts", place | {"entry_numbers": [entry["EntryNumber"]]})
    assert message(practice.delete("salesentry/SalesEntries", entry["EntryID"])) == "Reeds verwerkt"


def test_6_1_a_blocked_account_is_refused(company: Company) -> None:
    for blocked in company.rows("financial/GLAccounts", filter="IsBlocked eq true and Type eq 110", top="1"):
        answer = company.post(
            "salesentry/SalesEntries", company.entry_body(SalesEntryLines=[company.line(GLAccount=blocked["ID"])])
        )
        assert message(answer) in {"Geblokkeerd: Grootboekrekening", "Blocked: G/L account"}


def test_6_2_a_double_reference_is_not_refused_and_can_be_found(company: Company) -> None:
    customer = company.customer()
    keys = {company.book(Customer=customer, YourRef="Contract dubbel")["EntryID"] for _ in range(2)}
    where = f"YourRef eq 'Contract dubbel' and Customer eq guid'{customer}'"
    assert {row["EntryID"] for row in company.rows("salesentry/SalesEntries", filter=where)} == keys


def test_6_3_a_vat_amount_per_line_makes_the_total_right(company: Company) -> None:
    parts = [company.line(AmountFC=0.13, VATAmountFC=vat) for vat in (0.03, 0.03, 0.02)]
    entry = company.book(SalesEntryLines=parts)
    assert entry["VATAmountFC"] == pytest.approx(0.08)
    assert entry["AmountFC"] == pytest.approx(0.47)


def test_6_7_a_supplier_becomes_a_customer_by_its_status(company: Company) -> None:
    supplier = company.customer(Status="A", IsSupplier=True)
    refused = company.post("salesentry/SalesEntries", company.entry_body(Customer=supplier))
    assert message(refused) in {"Ongeldig: Klant (Type)", "Invalid: Customer (Type)"}
    assert company.put("crm/Accounts", supplier, {"Status": "C"}).status_code == 204
    assert company.book(Customer=supplier)["Customer"] == supplier
