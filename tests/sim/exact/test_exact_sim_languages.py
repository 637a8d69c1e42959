"""Texts in the language of the user, descriptions in the one that a call asks for: exact-rest.md 3.2, 3.4."""

from typing import Any

import pytest
from tests.sim.exact.practice_office import BE, USER, Office


def speaks(office: Office, language: str) -> None:
    office.control("login", {"user": USER, "language": language})


def shown(office: Office, path: str, field: str, language: str | None = None, **options: str) -> Any:
    headers = {} if language is None else {"CustomDescriptionLanguage": language}
    params = {f"${name}": text for name, text in options.items()}
    answer = office.http.get(f"/api/v1/100001/{path}", params=params | {"$top": "1"}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["d"][0][field]


@pytest.mark.parametrize(
    ("change", "texts"),
    [
        ({"Customer": None}, ["Obligatoire: Relation"]),
        ({"Journal": "??"}, ["Référence non valide: Journals"]),
        ({"EntryDate": "1999-01-01"}, ["Obligatoire: Exercice comptable"]),
        ({"Customer": None, "Journal": None}, ["Obligatoire: Relation", "Obligatoire: Journal"]),
    ],
)
def test_3_4_a_french_user_is_told_in_french(office: Office, change: dict[str, Any], texts: list[str]) -> None:
    speaks(office, "fr")
    body = office.entry_body(**change)
    assert office.refusal(office.post("salesentry/SalesEntries", body)) == texts


def test_3_4_a_closed_period_and_a_relation_in_use_are_told_in_french(office: Office) -> None:
    speaks(office, "fr")
    key = office.book(Customer=office.customer(Code="58"))["Customer"]
    place = {"division": 100001, "journal": "70", "year": 2026, "period": 6}
    office.control("periods", place | {"status": "closed"})
    answer = office.post("salesentry/SalesEntries", office.entry_body())
    assert office.refusal(answer) == ["La période est clôturée: 2026 - 6"]
    answer = office.delete("crm/Accounts", key)
    assert office.refusal(answer) == ["Suppression impossible: Relation 58 - Utilisé dans: Écritures"]


def test_3_4_a_language_that_is_not_here_is_english(office: Office) -> None:
    speaks(office, "de")
    answer = office.post("salesentry/SalesEntries", office.entry_body(Customer=None))
    assert office.refusal(answer) == ["Mandatory: Relationship"]


@pytest.mark.parametrize(
    ("language", "word"), [("nl", "Verkoopboeking"), ("en", "Sales entry"), ("fr", "Écriture de vente")]
)
def test_3_2_what_the_service_names_follows_the_user(office: Office, language: str, word: str) -> None:
    speaks(office, language)
    office.book(Description="Verkoop")
    assert shown(office, "salesentry/SalesEntries", "TypeDescription") == word
    assert shown(office, "financialtransaction/Transactions", "TypeDescription") == word
    assert shown(office, "salesentry/SalesEntries", "JournalDescription") == "Verkoop"


@pytest.mark.parametrize(
    ("header", "word", "journal"),
    [("EN", "Sales entry", "Sales"), ("fr-BE", "Écriture de vente", "Ventes"), ("nl-NL", "Verkoopboeking", "Verkoop")],
)
def test_3_2_a_header_chooses_the_language_of_descriptions(
    office: Office, header: str, word: str, journal: str
) -> None:
    office.book(Description="Verkoop")
    assert shown(office, "salesentry/SalesEntries", "TypeDescription", header) == word
    assert shown(office, "salesentry/SalesEntries", "JournalDescription", header) == journal
    assert shown(office, "financial/Journals", "Description", header, filter="Code eq '70'") == journal
    assert shown(office, "salesentry/SalesEntries", "Description", header) == "Verkoop"


def test_3_2_what_a_company_named_in_french_can_be_asked_for_in_dutch(office: Office) -> None:
    path = f"/api/v1/{BE}/financial/Journals?$filter=Code eq '70'&$select=Description"
    french = office.http.get(path).json()["d"]["results"]
    dutch = office.http.get(path, headers={"CustomDescriptionLanguage": "nl"}).json()["d"]["results"]
    assert [french[0]["Description"], dutch[0]["Description"]] == ["Ventes", "Verkoop"]


def test_3_2_a_description_without_a_translation_stays_as_it_is(office: Office) -> None:
    office.post("hrm/Costcenters", {"Code": "X", "Description": "Zolder"})
    assert shown(office, "hrm/Costcenters", "Description", "en", filter="Code eq 'X'") == "Zolder"
