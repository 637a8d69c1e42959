"""Rule 5: the customer number by three options in order, with the prefix only on Coachview's own number."""

from typing import Any

import pytest
from tests.domain.builders import debtor, options

from boekbrug.domain.debtor import ExternalId
from boekbrug.domain.identity import customer_number
from boekbrug.domain.options import NumberSource
from boekbrug.domain.problem import Problem

NUMBER, EXTERNAL, PAIR = NumberSource.NUMBER, NumberSource.EXTERNAL_NUMBER, NumberSource.EXTERNAL_ID


def _pair(number: str, source: str = "Exact") -> ExternalId:
    return ExternalId(id=number, source=source)


def _number(*sources: NumberSource, prefix: str = "", **fields: Any) -> str:
    names = ("debtor_number_1", "debtor_number_2", "debtor_number_3")
    own = options(external_source="Exact", debtor_prefix=prefix, **dict(zip(names, sources, strict=False)))
    found = customer_number(debtor(**fields), own)
    return found.code if isinstance(found, Problem) else found


@pytest.mark.parametrize(
    ("sources", "fields", "number"),
    [
        ((NUMBER,), {"number": "00042"}, "900042"),
        ((NUMBER,), {"number": " 00042 "}, "900042"),
        ((EXTERNAL,), {"external_number": " 1234 "}, "1234"),
        ((EXTERNAL, NUMBER), {"external_number": "1234"}, "1234"),
        ((EXTERNAL, NUMBER), {}, "900042"),
        ((NUMBER, EXTERNAL), {"number": "", "external_number": "1234"}, "1234"),
        ((PAIR, EXTERNAL, NUMBER), {}, "900042"),
        ((PAIR, NUMBER), {"company": (_pair("77"),)}, "77"),
        ((PAIR, NUMBER), {"company": (_pair(" 77 "), _pair("88", "Twinfield"))}, "77"),
        ((PAIR, NUMBER), {"company": (_pair("77", "exact"),)}, "900042"),
        ((PAIR, NUMBER), {"company": (), "person": (_pair("66"),)}, "900042"),
        ((PAIR, NUMBER), {"company": (_pair("77"),), "person": (_pair("66"),)}, "77"),
        ((PAIR, NUMBER), {"company": None, "person": (_pair("66"),)}, "66"),
        ((PAIR, NUMBER), {"company": None, "person": None}, "900042"),
        ((PAIR, NUMBER), {"company": (_pair(""),)}, "900042"),
        ((PAIR, NUMBER), {"company": (_pair("77"), _pair("77"))}, "77"),
        ((PAIR, NUMBER), {"company": (_pair("77"), _pair("78"))}, "debtor-number-ambiguous"),
        ((EXTERNAL, PAIR), {}, "debtor-number-missing"),
        ((EXTERNAL,), {"external_number": "1" * 18}, "1" * 18),
        ((EXTERNAL,), {"external_number": "1" * 19}, "debtor-number-too-long"),
        ((NUMBER,), {"number": "1" * 17}, "9" + "1" * 17),
        ((NUMBER,), {"number": "1" * 18}, "debtor-number-too-long"),
    ],
)
def test_the_first_source_with_a_number_gives_it(
    sources: tuple[NumberSource, ...], fields: dict[str, Any], number: str
) -> None:
    assert _number(*sources, prefix="9", **fields) == number
