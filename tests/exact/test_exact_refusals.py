"""Every text of exact-rest.md 6.1 and 3.4, and of coachview.md 3.3, in Dutch and English."""

import pytest

from boekbrug.domain.problem import CATALOGUE, Severity
from boekbrug.exact.refusals import ACCOUNTS, CODES, KINDS, SALES_ENTRIES, THINGS, problems_of

SEEN = {
    "Verplicht: Relatie": ("refused-by-exact", "account"),
    "Mandatory: Relationship": ("refused-by-exact", "account"),
    "Verplicht: Dagboek": ("journal-unknown", "journal"),
    "Mandatory: Diary": ("journal-unknown", "journal"),
    "Mandatory: Journal": ("journal-unknown", "journal"),
    "Verplicht: Betalingsconditie": ("payment-condition-missing", "payment_condition"),
    "Mandatory: Payment condition": ("payment-condition-missing", "payment_condition"),
    "Verplicht: Boekjaar": ("period-absent", "financial_year"),
    "Mandatory: Financial year": ("period-absent", "financial_year"),
    "Ongeldig: Klant (Type)": ("customer-is-prospect", "customer_type"),
    "Invalid: Customer (Type)": ("customer-is-prospect", "customer_type"),
    "Ongeldig: Leverancier (Type)": ("refused-by-exact", "supplier_type"),
    "Invalid: Supplier (Type)": ("refused-by-exact", "supplier_type"),
    "Ongeldig: Grootboekrekeningtype": ("gl-account-type", "gl_account_type"),
    "Invalid: G/L account type": ("gl-account-type", "gl_account_type"),
    "Geblokkeerd: Grootboekrekening": ("gl-account-blocked", "gl_account"),
    "Blocked: G/L account": ("gl-account-blocked", "gl_account"),
    "Ongeldige referentie: Relatie": ("refused-by-exact", "account"),
    "Invalid reference: Account": ("refused-by-exact", "account"),
    "Ongeldige referentie: Document": ("refused-by-exact", "document"),
    "Invalid reference: Document": ("refused-by-exact", "document"),
    "Ongeldige referentie: Project": ("project-unknown", "project"),
    "Ongeldige referentie: Btw-code": ("vat-code-unknown", "vat_code"),
    "Invalid reference: VAT code": ("vat-code-unknown", "vat_code"),
    "Ongeldige referentie: Betalingsconditie": ("payment-condition-missing", "payment_condition"),
    "Invalid reference: Payment condition": ("payment-condition-missing", "payment_condition"),
    "Ongeldige referentie: Journals": ("journal-unknown", "journal"),
    "Invalid reference: Journals": ("journal-unknown", "journal"),
    "Invalid reference: Cost unit": ("refused-by-exact", "cost_unit"),
    "Ongeldige referentie: Kostendrager": ("refused-by-exact", "cost_unit"),
    "Ongeldige referentie: Kostenplaats": ("cost-centre-unknown", "cost_centre"),
    "Invalid reference: Cost center": ("cost-centre-unknown", "cost_centre"),
    "Ongeldig: Btw-percentage []": ("vat-percentage-differs", "vat_percentage"),
    "Invalid: VAT percentage []": ("vat-percentage-differs", "vat_percentage"),
    "Periode is afgesloten: 2025 - 12": ("period-closed", "journal"),
    "Period is closed: 2025 - 12": ("period-closed", "journal"),
    "In gebruik: Boekstuknummer": ("entry-number-in-use", "entry_number"),
    "In use: Entry number": ("entry-number-in-use", "entry_number"),
    "Reeds verwerkt": ("refused-by-exact", ""),
    "Already processed": ("refused-by-exact", ""),
    "Gegeven bestaat reeds": ("entry-number-in-use", "entry_number"),
    "Data already exists": ("entry-number-in-use", "entry_number"),
    "The financial year cannot be changed": ("refused-by-exact", ""),
    "Kan niet verwijderen: Relatie - Gebruikt in: Documenten": ("refused-by-exact", "account"),
    "Can't delete: Account 58 - Used in: Administrations": ("refused-by-exact", "account"),
    "Not allowed: VAT-code": ("refused-by-exact", "vat_code"),
    "Niet toegestaan: Btw-code": ("refused-by-exact", "vat_code"),
    "[GLTransactions] Verplicht: Betalingsconditie": ("payment-condition-missing", "payment_condition"),
    "[GLTransactions] Verplicht: Dagboek": ("journal-unknown", "journal"),
    "[GLTransactions] Ongeldig: Klant (Type)": ("customer-is-prospect", "customer_type"),
    "[GLTransactions] Invoer 17": ("vat-code-inclusive", "vat_code"),
    "Invoer 17: Het bedrag van de BTW regel met BTW code 4 komt niet overeen": ("vat-code-inclusive", "vat_code"),
}
GUESSED = {
    "Verplicht: Kostenplaats": ("cost-centre-mandatory", "cost_centre"),
    "Mandatory: Cost center": ("cost-centre-mandatory", "cost_centre"),
    "Niet toegestaan: Kostenplaats": ("cost-centre-not-allowed", "cost_centre"),
    "Not allowed: Cost center": ("cost-centre-not-allowed", "cost_centre"),
    "Geblokkeerd: Dagboek": ("journal-blocked", "journal"),
    "Blocked: Diary": ("journal-blocked", "journal"),
    "Geblokkeerd: Btw-code": ("vat-code-blocked", "vat_code"),
    "Blocked: VAT code": ("vat-code-blocked", "vat_code"),
    "Geblokkeerd: Relatie": ("customer-blocked", "account"),
    "Blocked: Relationship": ("customer-blocked", "account"),
    "Ongeldig: Btw-code": ("vat-code-purchase-only", "vat_code"),
    "Ongeldig: Valuta": ("currency-not-allowed", "currency"),
    "Invalid: Currency": ("currency-not-allowed", "currency"),
    "Ongeldig: Datum: Tot": ("order-dates-reversed", "deferral"),
    "Invalid: Date: To": ("order-dates-reversed", "deferral"),
    "Ongeldig: Btw-nummer": ("vat-number-invalid", "vat_number"),
    "Ongeldig: Bankrekening": ("iban-invalid", "bank_account"),
    "Bijlage is te groot": ("pdf-too-large", "attachment"),
    "Attachment is too large": ("pdf-too-large", "attachment"),
    "Ongeldig:": ("refused-by-exact", ""),
    "Iets heel anders": ("refused-by-exact", ""),
}


@pytest.mark.parametrize(("text", "wanted"), [*SEEN.items(), *GUESSED.items()])
def test_every_text_becomes_a_code_and_its_object(text: str, wanted: tuple[str, str]) -> None:
    (problem,) = problems_of(text, SALES_ENTRIES)
    assert (problem.code, problem.subject.kind) == wanted
    if problem.code == "refused-by-exact":
        assert problem.values == (("text", text),)


@pytest.mark.parametrize("text", list(SEEN))
def test_capitals_blanks_and_a_full_stop_do_not_matter(text: str) -> None:
    (problem,) = problems_of(f"  {text.upper()}  ", SALES_ENTRIES)
    assert problem.code == SEEN[text][0]


def test_several_refusals_come_one_per_line_and_equal_ones_count_once() -> None:
    text = "Mandatory: Relationship\nInvalid reference: Cost unit\r\nMandatory: Diary\n\nMandatory: Diary\n"
    problems = problems_of(text, SALES_ENTRIES)
    assert [problem.code for problem in problems] == ["refused-by-exact", "refused-by-exact", "journal-unknown"]
    assert len({problem.cause for problem in problems}) == 3


def test_the_same_words_about_a_relation_mean_its_code_is_taken() -> None:
    (problem,) = problems_of("Gegeven bestaat reeds", ACCOUNTS, {"code": "10042", "name": "De Brug"})
    assert problem.code == "customer-code-in-use"
    assert problem.subject.key == "10042"


def test_the_same_words_about_anything_else_stay_exacts_own() -> None:
    (problem,) = problems_of("Data already exists", "crm/Contacts")
    assert problem.code == "refused-by-exact"


def test_a_closed_period_is_named() -> None:
    for text in ("Periode is afgesloten: 2025 - 12", "Periode is afgesloten: [2025] - [12]"):
        (problem,) = problems_of(text, SALES_ENTRIES, {"journal": "70", "year": "2024"})
        assert dict(problem.values) == {"journal": "70", "year": "2025", "period": "12"}
        assert problem.subject.key == "2025-12"


def test_an_inclusive_code_is_named_when_exact_names_it() -> None:
    (problem,) = problems_of("Invoer 17: Het bedrag van de BTW regel met BTW code 4 komt niet overeen", SALES_ENTRIES)
    assert problem.subject.key == "4"
    assert dict(problem.values)["code"] == "4"


def test_a_thing_with_a_code_behind_it_is_one_cause_per_code() -> None:
    (problem,) = problems_of("Ongeldige referentie: Kostenplaats 0400", SALES_ENTRIES)
    assert (problem.code, problem.subject.key) == ("cost-centre-unknown", "0400")


def test_what_we_know_of_the_request_fills_the_sentence() -> None:
    (problem,) = problems_of("In gebruik: Boekstuknummer", SALES_ENTRIES, {"number": "20260001", "journal": "70"})
    assert dict(problem.values) == {"number": "20260001", "journal": "70"}
    assert problem.subject.key == "20260001"


def test_a_vat_number_holds_and_a_large_pdf_only_warns() -> None:
    assert problems_of("Ongeldig: Btw-nummer", ACCOUNTS)[0].severity is Severity.HOLDS
    assert problems_of("Bijlage is te groot", "documents/DocumentAttachments")[0].severity is Severity.WARNS


def test_a_text_of_a_thousand_lines_is_not_a_thousand_problems() -> None:
    assert len(problems_of("\n".join(f"regel {number}" for number in range(1000)), SALES_ENTRIES)) == 50


def test_every_code_of_the_table_is_in_the_catalogue_and_every_word_is_used() -> None:
    assert set(CODES.values()) <= set(CATALOGUE)
    assert {kind for kind, _ in CODES} <= set(KINDS.values())
    assert {thing for _, thing in CODES} <= set(THINGS.values())
