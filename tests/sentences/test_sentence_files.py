"""The translation files are whole: both languages, every code, equal places, compiled as written."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import boekbrug
from boekbrug import coachview, domain, exact, sentences
from boekbrug.coachview import profile
from boekbrug.coachview import values as coachview_values
from boekbrug.coachview.fields import DEBTOR_FIELDS, EXTERNAL_FIELDS, INVOICE_FIELDS, LINE_FIELDS, VAT_FIELDS
from boekbrug.domain.catalogue import CATALOGUE, Severity, Who
from boekbrug.domain.entry import SkipReason
from boekbrug.domain.options import DateSource, NumberSource
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState, PaymentState
from boekbrug.sentences.fill import places
from boekbrug.sentences.tell import DOMAIN, LANGUAGES, LOCALE, connection, tell

PARTS = ("title", "sentence", "action")
WARNING_PARTS = ("warning", "warning-action")
# Exact took the invoice, though not as it was asked: saying that nothing was booked would be untrue.
BOOKED_ALL_THE_SAME = {"entry-number-ignored", "type-ignored"}
# Exact may accept the next one at once: its sentence says what of this invoice was (not) booked in other words.
NOTHING_BOOKED = {"nl": re.compile(r"\bniets geboekt\b"), "en": re.compile(r"\b[Nn]othing was booked\b")}


BLAMES = re.compile(
    r"\b(?:je|jij|jou|jouw|uw schuld|your fault|please|helaas|sorry|ongeldige invoer|you (?:have )?(?:failed|forgot)|"
    r"u (?:bent vergeten|hebt verzuimd))\b",
    re.IGNORECASE,
)


def file_of(language: str, ending: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def written(language: str) -> Catalog:
    with file_of(language, "po").open("rb") as file:
        return read_po(file)


def messages(catalogue: Catalog) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogue if message.id}


MESSAGES = {language: messages(written(language)) for language in LANGUAGES}
EVERY_MESSAGE = [(language, key) for language in LANGUAGES for key in sorted(MESSAGES[language])]


def sources(package: object) -> str:
    folder = Path(str(getattr(package, "__file__", ""))).parent
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_has_no_missing_fuzzy_obsolete_or_double_message(language: str) -> None:
    catalogue = written(language)
    assert str(catalogue.locale) == language
    assert [message.id for message in catalogue if message.id and (message.fuzzy or not message.string)] == []
    assert list(catalogue.obsolete) == []
    ids = re.findall(r'(?m)^msgid "(.+)"$', file_of(language, "po").read_text(encoding="utf-8"))
    assert len(ids) == len(set(ids)) == len(MESSAGES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_says_what_the_written_one_says(language: str) -> None:
    with file_of(language, "mo").open("rb") as file:
        assert messages(read_mo(file)) == MESSAGES[language]


def test_both_languages_have_the_same_messages_with_the_same_places() -> None:
    dutch, english = MESSAGES["nl"], MESSAGES["en"]
    assert dutch.keys() == english.keys()
    assert [key for key in dutch if places(dutch[key]) != places(english[key])] == []


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_has_all_its_sentences_in_both_languages(code: str) -> None:
    kind = CATALOGUE[code]
    wanted = [*PARTS, *(WARNING_PARTS if kind.holds and kind.warns else [])]
    for language in LANGUAGES:
        assert [part for part in wanted if f"{code}.{part}" not in MESSAGES[language]] == []


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_place_of_a_sentence_is_a_value_of_the_catalogue(code: str) -> None:
    known = {*CATALOGUE[code].values, "line"}
    used = {name for part in (*PARTS, *WARNING_PARTS) for name in places(MESSAGES["nl"].get(f"{code}.{part}", ""))}
    assert used <= known


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_what_holds_says_that_nothing_was_booked_and_what_warns_does_not(code: str) -> None:
    kind = CATALOGUE[code]
    for language in LANGUAGES:
        if kind.holds and code not in BOOKED_ALL_THE_SAME:
            told = tell(Problem(code=code), language)
            assert NOTHING_BOOKED[language].search(told.sentence)
        if kind.warns or not kind.holds or code in BOOKED_ALL_THE_SAME:
            severity = Severity.HOLDS if code in BOOKED_ALL_THE_SAME else Severity.WARNS
            told = tell(Problem(code=code, severity=severity), language)
            assert not re.search(r"niets geboekt|[Nn]othing was booked", f"{told.title} {told.sentence}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(CATALOGUE))
@pytest.mark.parametrize("severity", Severity)
def test_a_sentence_reads_well_when_no_value_is_known(code: str, language: str, severity: Severity) -> None:
    told = tell(Problem(code=code, severity=severity), language)
    for text in (told.title, told.sentence, told.action):
        assert not re.search(r"[{}\[\]]|  | [.,;:)]|\( |^\s|\s$|\.\.|[,;:(]\.", text), text
        assert text[0].isupper()
        assert code not in text
    assert not told.title.endswith(".")
    assert told.sentence.endswith(".")
    assert told.action.endswith(".")


@pytest.mark.parametrize(("language", "key"), EVERY_MESSAGE)
def test_the_tone_is_that_of_the_house(language: str, key: str) -> None:
    text = MESSAGES[language][key]
    assert "BTW" not in text
    assert "Btw" not in text[1:].replace(". Btw", "").replace("Btw-verschil", "")
    assert not re.search(
        r"\b(?:je|jij|jou|jouw|uw schuld|your fault|please|helaas|sorry|ongeldige invoer)\b", text, re.IGNORECASE
    )
    assert not re.search(
        r"\b(?:you (?:have )?(?:failed|forgot)|u (?:bent vergeten|hebt verzuimd))\b", text, re.IGNORECASE
    )
    assert "!" not in text
    brackets = re.sub(r"\[[^\[\]]*\]", "", text)
    assert "[" not in brackets
    assert "]" not in brackets


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_place_in_a_problems_sentence_stands_in_brackets(code: str) -> None:
    for language in LANGUAGES:
        for part in (*PARTS, *WARNING_PARTS):
            text = MESSAGES[language].get(f"{code}.{part}", "")
            assert not places(re.sub(r"\[[^\[\]]*\]", "", text)), text


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_title_may_stand_behind_a_comma_with_a_small_letter(code: str) -> None:
    for language in LANGUAGES:
        first, second = MESSAGES[language][f"{code}.title"].split()[0], MESSAGES[language][f"{code}.title"][1:2]
        assert first not in {"Exact", "Coachview", "Boekbrug"}
        # An abbreviation would lose its first capital only; English "VAT code" is the one that is let through.
        assert second.islower() or second == " " or first == "VAT" or first.startswith("G/L")


def test_every_word_of_the_domain_has_a_message() -> None:
    wanted = {
        *(f"state.{state.value}" for state in BookingState),
        *(f"state.{state.value}" for state in PaymentState),
        *(f"skip.{reason.value}" for reason in SkipReason),
        *(f"who.{who.value}" for who in Who),
        *(f"source.{source.value}" for source in (*NumberSource, *DateSource)),
    }
    assert wanted - MESSAGES["nl"].keys() == set()


def test_every_field_and_every_fault_of_an_unreadable_invoice_has_a_word() -> None:
    fields = [
        *INVOICE_FIELDS,
        *(f"line.{field}" for field in LINE_FIELDS),
        *(f"vat.{field}" for field in VAT_FIELDS),
        *(f"debtor.{field}" for field in DEBTOR_FIELDS),
        *(f"external.{field}" for field in EXTERNAL_FIELDS),
        "record",
        "line",
    ]
    faults = [
        coachview_values.MISSING,
        coachview_values.WRONG_KIND,
        coachview_values.NO_AMOUNT,
        coachview_values.NO_DATE,
        coachview_values.DATE_ABSURD,
        coachview_values.OUT_OF_RANGE,
        coachview_values.TOO_LONG,
        coachview_values.NO_ID,
        coachview_values.UNKNOWN_VALUE,
    ]
    wanted = {*(f"field.{field}" for field in fields), *(f"fault.{fault}" for fault in faults)}
    assert wanted - MESSAGES["nl"].keys() == set()


@pytest.mark.parametrize(("party", "package"), [("coachview", coachview), ("exact", exact)])
def test_every_reason_why_a_party_refuses_us_has_a_sentence_of_its_own(party: str, package: object) -> None:
    wiring = Path(str(boekbrug.__file__)).with_name("wiring.py").read_text(encoding="utf-8")
    reasons = set(re.findall(r'NotAllowed\(\s*"([^"]+)"', sources(package) + wiring))
    reasons |= {"BlockedUser", "InactiveUser", "BlockedCustomer", "LicenseExpired", "NoDivisionAccess"}
    assert len(reasons) > 5
    others = {connection(party, "no such reason", language) for language in LANGUAGES}
    assert {reason for reason in reasons if connection(party, reason, "nl") in others} == set()


def test_every_refusal_of_an_option_has_a_sentence() -> None:
    folder = Path(str(domain.__file__)).parent
    text = "".join((folder / name).read_text(encoding="utf-8") for name in ("option_rules.py", "option_values.py"))
    codes = set(re.findall(r'code="([^"]+)"|_NotTakenError\("([^"]+)"', text))
    wanted = {f"option.{one or other}" for one, other in codes}
    assert len(wanted) > 30
    assert wanted - MESSAGES["nl"].keys() == set()


def test_every_fault_of_a_profile_has_a_sentence() -> None:
    text = Path(str(profile.__file__)).read_text(encoding="utf-8")
    codes = set(re.findall(r'(?:wrong|append|ProfileError)\((?:name, )?\(?"([a-z-]+)"', text))
    assert len(codes) == 16
    for language in LANGUAGES:
        told = {key for key in MESSAGES[language] if key.startswith("profile.")}
        assert told == {f"profile.{code}" for code in codes}


def test_the_files_lie_in_the_package() -> None:
    assert LOCALE.parent == Path(str(sentences.__file__)).parent
