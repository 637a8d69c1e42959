"""Every item of the checklist has its words in both languages: how it stands, why, and the fix."""

import re

import pytest
from tests.domain.test_checklist import CASES, Case, name, of

from boekbrug.domain.checklist import ASKED, Colour
from boekbrug.sentences import Telling, tell_item

LANGUAGES = ("nl", "en")


def told(one: Case, language: str) -> Telling:
    item = next(item for item in of(one.key, one.facts) if (item.colour, item.code) == (one.colour, one.code))
    return tell_item(item, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", CASES, ids=name)
def test_an_item_says_how_it_stands_why_and_what_to_do(one: Case, language: str) -> None:
    telling = told(one, language)
    assert telling.title
    assert not re.search(r"[{}\[\]]", telling.title + telling.sentence + telling.action)
    assert telling.sentence.endswith(".")
    assert telling.action.endswith(".") == (one.colour is not Colour.GREEN)


@pytest.mark.parametrize("one", [one for one in CASES if one.code == "scopes-missing"], ids=name)
def test_lists_of_exact_have_names_for_people(one: Case) -> None:
    assert "/" not in told(one, "nl").title


def test_a_month_is_written_as_people_do() -> None:
    shut = next(one for one in CASES if one.code == "period-shut" and one.colour is Colour.RED)
    assert told(shut, "nl").title == "De periode maart 2026 is voor dagboek 70 afgesloten"
    assert told(shut, "en").title == "The period March 2026 is closed for journal 70"


@pytest.mark.parametrize("key", ASKED)
def test_a_question_is_one_until_it_is_answered(key: str) -> None:
    asked = next(one for one in CASES if one.code == f"{key}-open")
    assert told(asked, "nl").title.endswith("?")
