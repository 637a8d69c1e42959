"""What people read: whole sentences, with amounts, dates and words in the reader's form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boekbrug.domain.problem import CATALOGUE, Problem, Severity, Subject
from boekbrug.sentences import Telling, connection, say, tell
from boekbrug.sentences.fill import fill

NBSP = "\N{NO-BREAK SPACE}"


def problem(code: str, /, *, line: int | None = None, severity: Severity = Severity.HOLDS, **values: str) -> Problem:
    return Problem(code=code, subject=Subject(line=line), severity=severity, values=tuple(values.items()))


def sentence(told: Telling) -> str:
    return told.sentence.replace(NBSP, " ")


def test_a_closed_period_names_itself_and_what_one_can_choose() -> None:
    assert tell(problem("period-closed", journal="70", year="2026", period="6"), "nl") == Telling(
        title="De boekingsperiode is in Exact afgesloten: periode 6 van 2026",
        sentence="De boekingsperiode van deze factuur is in Exact afgesloten: periode 6 van 2026, dagboek 70. "
        "Er is niets geboekt.",
        action="Kies: wachten, boeken in de eerste open periode (de factuurdatum blijft), of uw accountant vragen de "
        "periode te openen. Na het opslaan van Gesloten periode gaat het vanzelf verder. Een wijziging in Exact wordt "
        "vanzelf opgemerkt, dagelijks of bij de volgende verwerking; met Opnieuw proberen gaat het meteen.",
    )


@pytest.mark.parametrize(("language", "tables", "by_itself", "button"), [
    ("nl", "koppeltabellen", "gaat het vanzelf verder", "kies Opnieuw proberen"),
    ("en", "mapping tables", "it goes on by itself", "choose Try again"),
])  # fmt: skip
def test_what_is_solved_in_the_mapping_tables_asks_for_no_second_click(
    language: str, tables: str, by_itself: str, button: str
) -> None:
    actions = [tell(problem(code), language).action for code, row in CATALOGUE.items() if row.holds]
    solved_there = [action for action in actions if tables in action]
    assert len(solved_there) > 10
    assert [action for action in solved_there if by_itself not in action] == []
    assert [action for action in solved_there if button in action] == []


def test_a_refusal_by_exact_knows_fewer_values_and_still_reads_well() -> None:
    told = tell(problem("vat-code-unknown"), "nl")
    assert told.title == "Btw-code is in Exact niet bekend"
    assert told.sentence == "De factuur gebruikt btw-code. Die code staat niet in Exact. Er is niets geboekt."


def test_a_check_of_our_own_names_code_percentage_and_line() -> None:
    told = tell(problem("vat-code-unknown", code="4", percentage="21%"), "nl")
    assert told.title == "Btw-code 4 is in Exact niet bekend"
    told = tell(problem("vat-code-unknown", line=3, code="4", percentage="5.5%"), "nl")
    assert told.sentence.startswith("De factuur gebruikt btw-code 4 (5,5%) op regel 3.")
    english = tell(problem("vat-code-unknown", line=3, code="4", percentage="5.5%"), "en")
    assert english.sentence.startswith("The invoice uses VAT code 4 (5.5%) on line 3.")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "nl",
            (
                "Bij btw-code 4 staat op de factuur een ander btw-bedrag (€ 260,00) dan berekend (€ 259,24) over "
                "€ 1.234,50: het verschil is € 0,76 en hoogstens € 0,02 is toegestaan. Er is niets geboekt."
            ),
        ),
        (
            "en",
            (
                "For VAT code 4 the invoice has another VAT amount (€260.00) than calculated (€259.24) over "
                "€1,234.50: the difference is €0.76 and at most €0.02 is allowed. Nothing was booked."
            ),
        ),
    ],
)
def test_amounts_stand_in_the_readers_form(language: str, expected: str) -> None:
    told = tell(
        problem(
            "vat-difference",
            code="4",
            base="1234.50",
            invoiced="260.00",
            calculated="259.24",
            difference="0.76",
            allowed="0.025",
        ),
        language,
    )
    assert sentence(told) == expected


def test_dates_and_months_are_written_out() -> None:
    told = tell(problem("dated-before-start", date="2026-10-31", start="2026-11-01", definitive="2026-11-24"), "nl")
    assert told.title == "De factuurdatum ligt vóór de startdatum 1 november 2026"
    assert "(factuurdatum 31 oktober 2026)" in told.sentence
    assert "op 24 november 2026" in told.sentence
    absent = tell(problem("deferral-period-absent", line=2, month="2027-07"), "nl")
    assert absent.title == "Een periode voor uitgestelde omzet ontbreekt: juli 2027"
    assert "31 December 2026" in tell(problem("period-absent", date="2026-12-31"), "en").sentence


def test_an_unreadable_field_is_named_in_the_institutes_words() -> None:
    told = tell(problem("invoice-unreadable", line=3, field="line.amount", fault="no-amount", value="12,5,5"), "nl")
    assert told.title == "Een gegeven op de factuur is niet te lezen: het bedrag exclusief btw"
    assert told.sentence == (
        "De factuur uit Coachview is niet te lezen: het bedrag exclusief btw is geen bedrag in hele centen (regel 3). "
        "Er staat: 12,5,5. Er is niets geboekt."
    )


def test_our_own_keys_become_words() -> None:
    told = tell(
        problem("debtor-number-missing", debtor="De Brug", sources="debiteurnummer_extern, debiteurnummer"), "nl"
    )
    assert "(extern debiteurnummer, debiteurnummer)" in told.sentence
    alike = tell(problem("customer-maybe-exists", debtor="De Brug", code="12", name="Brug", agrees="iban"), "en")
    assert "has the same details: IBAN." in alike.sentence


@pytest.mark.parametrize(("part", "words"), [("total_incl", "bij het totaal inclusief btw"), ("4", "bij btw-code 4")])
def test_a_part_of_the_invoice_is_a_total_or_a_vat_code(part: str, words: str) -> None:
    told = tell(problem("total-differs", part=part, invoiced="1", calculated="2", difference="-1"), "nl")
    assert words in told.sentence


def test_a_number_that_may_hold_or_warn_says_nothing_of_booking_when_it_warns() -> None:
    holds = tell(problem("vat-number-invalid", debtor="De Brug", vat_number="NL1"), "nl")
    warns = tell(problem("vat-number-invalid", severity=Severity.WARNS, debtor="De Brug", vat_number="NL1"), "nl")
    assert holds.sentence.endswith("Er is niets geboekt.")
    assert warns.sentence == "Het btw-nummer NL1 van de debiteur De Brug is ongeldig en gaat niet mee naar Exact."
    assert "Opnieuw proberen" in holds.action
    assert "Opnieuw proberen" not in warns.action


def test_a_value_that_is_not_of_its_form_stands_as_it_came() -> None:
    assert "(factuurdatum ooit)" in tell(problem("dated-before-start", date="ooit"), "nl").sentence
    assert "(veel)" in tell(problem("vat-code-unknown", code="4", percentage="veel"), "nl").sentence


def test_a_very_long_value_is_cut_for_the_eye() -> None:
    told = tell(problem("refused-by-exact", text="x" * 5000), "nl")
    assert len(told.sentence) < 300
    assert "…" in told.sentence


@settings(max_examples=60)
@given(text=st.text(max_size=30))
def test_what_is_filled_in_is_never_read_as_a_message(text: str) -> None:
    assert fill("a[ {one}]b {two}", {"one": text, "two": text}) == f"a{' ' + text if text else ''}b {text}"


def test_brackets_and_places_in_a_value_stay_as_they_are() -> None:
    told = tell(problem("refused-by-exact", text="Ongeldig: [GLTransactions] {code}"), "nl")
    assert "“Ongeldig: [GLTransactions] {code}”" in told.sentence


def test_a_code_that_nobody_knows_is_told_in_general_words() -> None:
    told = tell(Problem(code="no-such-code"), "nl")
    assert told.title == "Bij deze factuur is iets niet in orde"
    assert "no-such-code" not in f"{told.title} {told.sentence} {told.action}"


@pytest.mark.parametrize(("language", "word"), [("nl", "Geboekt"), ("nl-be", "Geboekt"), ("en_GB", "Booked")])
def test_a_state_is_one_of_the_status_words(language: str, word: str) -> None:
    assert say("state.booked", language) == word


def test_a_language_that_we_do_not_speak_is_dutch() -> None:
    assert say("state.booked", "fr") == "Geboekt"


def test_a_next_try_names_its_time() -> None:
    assert say("state.retry", "nl", time="14:05") == "Nieuwe poging om 14:05"


def test_a_key_without_words_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        say("state.no-such-state", "nl")


def test_a_connection_names_the_party_and_what_one_can_do() -> None:
    assert connection("coachview", "scope-missing", "nl", detail="Facturen.Lezen") == (
        "Coachview geeft geen toegang tot een deel van de gegevens: Facturen.Lezen. Er worden geen facturen opgehaald. "
        "Voeg deze scope in Coachview toe aan de client en kies Verbinding testen."
    )
    assert connection("exact", "scope-missing", "nl", detail="403 ...").startswith(
        "De Exact-app heeft geen toestemming"
    )


def test_a_limit_names_the_moment_in_the_readers_time() -> None:
    told = connection("exact", "throttled", "nl", until="2026-11-24T23:00:00+00:00")
    assert "na 25-11-2026 - 00:00;" in told
    assert "; u hoeft niets te doen" in connection("coachview", "throttled", "nl")


@pytest.mark.parametrize(("party", "name"), [("exact", "Exact"), ("coachview", "Coachview")])
def test_a_reason_that_is_new_is_told_in_general_words(party: str, name: str) -> None:
    assert connection(party, "Onbekend", "nl").startswith(f"{name} geeft geen toegang.")
    assert "Onbekend" not in connection(party, "Onbekend", "nl")


def test_an_option_says_what_to_fill_in() -> None:
    assert say("option.bulk-day-weekday", "nl", days="monday, sunday") == "Kies een dag van de week: maandag, zondag."


def test_an_empty_value_is_as_good_as_none() -> None:
    told = tell(problem("invoice-unreadable", field="number", fault="missing", value=""), "en")
    assert told.sentence == (
        "The invoice from Coachview cannot be read: the invoice number is not filled in. Nothing was booked."
    )
