"""Law 4: every problem code has its sentences in both languages, somebody who acts, and a test."""

import pytest
from tests.laws.source import files

from boekbrug.domain.catalogue import CATALOGUE
from boekbrug.sentences import say
from boekbrug.sentences.tell import LANGUAGES


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_problem_has_words_and_somebody_who_acts(code: str) -> None:
    kind = CATALOGUE[code]
    assert kind.who
    places = dict.fromkeys(kind.values, "")
    for language in LANGUAGES:
        for part in ("title", "sentence", "action"):
            assert say(f"{code}.{part}", language, **places).strip()


def test_every_problem_code_has_a_test() -> None:
    tests = "\n".join(path.read_text() for path in files("tests"))
    assert [code for code in CATALOGUE if f'"{code}"' not in tests and f"'{code}'" not in tests] == []
