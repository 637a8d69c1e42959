"""What a test of both connections says, a line each."""

import pytest

from boekbrug.coachview.client import Check
from boekbrug.exact.connection import NEEDED, DivisionChoice, Missing
from boekbrug.starting import Trial
from boekbrug.sync.failures import NotAllowed, OutsideFailure, Unreachable
from boekbrug.web.pages.integration.tried import lines_of

SOURCE = Check(invoices=3, debtors=3, latest_number="20260312")


def division(*, usable: bool = True) -> DivisionChoice:
    return DivisionChoice(number=100001, name="Noord B.V.", country="NL", currency="EUR", usable=usable)


def trial(**fields: object) -> Trial:
    """A test in which everything works, but for what is given."""
    made = Trial(user="Demo", division=division(), rights=dict.fromkeys(NEEDED), calls_left=4000, source=SOURCE)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def said(given: Trial) -> dict[str, tuple[str, str]]:
    return {line.title: (line.colour, line.says) for line in lines_of(given, "nl")}


def failing(party: str, failure: OutsideFailure) -> dict[str, OutsideFailure]:
    failure.party = party
    return {party: failure}


def test_everything_that_works_is_green() -> None:
    lines = said(trial())
    assert list(lines) == ["Ingelogd bij Exact", "Administratie", "Rechten", "Aanroepen bij Exact", "Coachview"]
    assert {colour for colour, _ in lines.values()} == {"green"}
    assert "20260312" in lines["Coachview"][1]


def test_a_list_that_may_not_be_read_is_named() -> None:
    rights = dict.fromkeys(NEEDED) | {
        "crm/Accounts": Missing(endpoint="crm/Accounts", reason="scope-missing", detail="")
    }
    colour, words = said(trial(rights=rights))["Rechten"]
    assert (colour, words.partition(".")[0]) == ("red", "Niet te lezen: relaties")


@pytest.mark.parametrize(
    ("given", "words"),
    [(division(usable=False), "gearchiveerd of geblokkeerd"), (None, "bereikt de administratie niet")],
)
def test_an_administration_that_cannot_be_used_is_red(given: DivisionChoice | None, words: str) -> None:
    colour, says = said(trial(division=given))["Administratie"]
    assert colour == "red"
    assert words in says


def test_few_calls_are_amber_and_say_what_follows() -> None:
    colour, says = said(trial(calls_left=12))["Aanroepen bij Exact"]
    assert colour == "amber"
    assert "na middernacht" in says


def test_a_failure_is_a_red_line_with_its_sentence() -> None:
    lines = said(trial(user="", failures=failing("exact", NotAllowed("invalid-grant"))))
    assert list(lines) == ["Exact", "Coachview"]
    assert lines["Exact"][0] == "red"
    assert "De toestemming voor Exact is beëindigd." in lines["Exact"][1]
    lines = said(trial(source=None, failures=failing("coachview", Unreachable("away"))))
    assert lines["Coachview"] == (
        "red",
        "Coachview is op dit moment niet bereikbaar. De koppeling probeert het vanzelf opnieuw; u hoeft niets te doen.",
    )


def test_who_does_not_answer_in_time_is_red_and_who_is_slow_is_amber() -> None:
    late = frozenset({"exact", "coachview"})
    lines = said(trial(user="", source=None, late=late))
    assert {lines[party][0] for party in ("Exact", "Coachview")} == {"red"}
    slow = said(trial(rights={}, calls_left=None, late=frozenset({"exact"})))
    assert slow["Exact"][0] == "amber"
    assert "Rechten" not in slow


def test_a_coachview_without_invoices_works_all_the_same() -> None:
    colour, says = said(trial(source=Check(invoices=0, debtors=0, latest_number="")))["Coachview"]
    assert colour == "green"
    assert "Er zijn nog geen facturen." in says
