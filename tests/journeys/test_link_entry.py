"""An invoice whose entry we forgot is linked to it again by a person, against the simulator."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.house import House, house
from tests.journeys.test_customers_and_pdfs import FIRST, SECOND, start_of_last_month

from boekbrug.cli.practice import DIVISION_NL

pytestmark = pytest.mark.journey


@pytest.fixture
def noord(tmp_path: Path) -> Iterator[House]:
    """An institute with two invoices."""
    with house(tmp_path, scenario="load-new", invoices=2) as ours:
        options = {
            "name": "Exact Online", "site": "practice", "division": DIVISION_NL, "country": "NL",
            "book_from": start_of_last_month().isoformat(), "send_pdf": False,
        }  # fmt: skip
        ours.script("settle_one.py", ours.book.coachview.address, json.dumps(options))
        yield ours


def test_only_the_right_entry_is_linked_and_nothing_is_booked_again(noord: House) -> None:
    noord.run("sync", "--all", "--until-idle")
    assert noord.states() == {FIRST: "proven", SECOND: "proven"}
    before = noord.entries()
    other = next(row["entry_number"] for row in noord.json("invoices") if row["number"] == SECOND)
    wrong, none, right = noord.script("link_again.py", FIRST, str(other)).splitlines()
    assert "is nog niets gewijzigd" in wrong or "Het is niet gekoppeld" in wrong
    assert "staat geen verkoopboeking 99999999" in none
    assert f"gekoppeld aan boekstuk {FIRST} in Exact en geldt als geboekt" in right
    noord.run("sync", "--all", "--until-idle")
    assert noord.states() == {FIRST: "proven", SECOND: "proven"}
    assert noord.entries() == before
