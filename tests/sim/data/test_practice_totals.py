"""The totals that a scenario prints, worked out anew from nothing but the rows that the API gives."""

import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from tests.sim.coachview.practice_coachview import RELATIONS, Coachview, practice_coachview

from boekbrug_sim.data.__main__ import main

EVENING = "2026-11-24T22:59:59+00:00"  # in Amsterdam the last second of the day
CENT = Decimal("0.01")
Cells = dict[tuple[str, str], tuple[int, Decimal, Decimal]]


def rows(coachview: Coachview) -> list[dict[str, Any]]:
    """Every definitive invoice of the list, amounts as the text of the answer says them."""
    found: list[dict[str, Any]] = []
    while True:
        parameters = {**RELATIONS, "where": "factuurStatusId=Definitief", "skip": str(len(found)), "take": "100"}
        page = json.loads(coachview.get("Facturen", **parameters).text, parse_float=Decimal, parse_int=Decimal)
        found += page
        if len(page) < 100:
            return found


def printed(name: str, count: int) -> Cells:
    """The table of the command, read as somebody would who knows nothing of the program."""
    done = CliRunner().invoke(main, [name, "--seed", "1", "--invoices", str(count), "--today", "2026-11-24"])
    assert done.exit_code == 0, done.output
    cells: Cells = {}
    for line in done.output.splitlines()[1:-1]:
        month, code, number, base, vat = line.split()
        cells[month, code] = (int(number), Decimal(base.replace(",", "")), Decimal(vat.replace(",", "")))
    return cells


def summed(found: list[dict[str, Any]]) -> Cells:
    """Base per month and VAT code from the lines alone; VAT from base and rate, rounded once for each invoice."""
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in found:
        bases: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
        for line in row["factuurregels"]:
            bases[line["btw"]["code"], line["btw"]["percentage"]] += line["bedragExclBtw"]
        for (code, rate), base in bases.items():
            cell = sums[row["factuurdatum"][:7], code]
            cell[0] += base
            cell[1] += (base * rate).quantize(CENT, ROUND_HALF_UP)
        for code in {code for code, _ in bases}:
            numbers[row["factuurdatum"][:7], code] += 1
    return {key: (numbers[key], base, vat) for key, (base, vat) in sums.items()}


@pytest.mark.parametrize(
    ("name", "count"),
    [("load", 260), ("belgium", 130), ("first-day", 300), ("month-end", 120), ("broken-master-data", 120)],
)
def test_what_is_printed_is_what_the_lines_of_the_api_come_to(name: str, count: int) -> None:
    with practice_coachview(scenario=name, invoices=count, now=EVENING) as coachview:
        coachview.control("limits", {"day": 0})
        found = rows(coachview)
    assert summed(found) == printed(name, count)
    assert len(found) > count * 0.9
    for row in found:
        assert sum(part["btwBedrag"] for part in row["btwSpecificatie"]) == row["totaalBtw"]
        assert sum(line["bedragExclBtw"] for line in row["factuurregels"]) == row["totaalExclBtw"]
        assert row["totaalExclBtw"] + row["totaalBtw"] == row["totaalInclBtw"]
