"""A served house whose Coachview tells it of every change: one invoice is booked, the next comes by the webhook."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx2
from tests.journeys.house import House, house, until
from tests.sim.coachview.practice_coachview import Coachview

from boekbrug.cli.practice import DIVISION_NL

FIRST, LATER = "30000001", "30000777"
SECRET = "een-gedeeld-geheim"
SECONDS = 30
"""Far less than the five minutes after which we look ourselves; it takes a second or two."""


@dataclass(frozen=True, kw_only=True)
class ToldHouse:
    """The house, its Coachview, and the secret address by which that wakes it."""

    ours: House
    coachview: Coachview
    hook: str


def numbers(ours: House) -> list[str]:
    """The numbers of the entries in Exact."""
    return sorted(str(entry["entry_number"]) for entry in ours.entries())


@contextmanager
def told_house(folder: Path) -> Iterator[ToldHouse]:
    """Serve a house with a realtime koppeling; when it is given, the first invoice is in the books."""
    with house(folder, scenario="load", invoices=1) as ours:
        options = {"name": "Exact", "site": "practice", "division": DIVISION_NL, "send_pdf": False}
        options["book_from"] = (date.today() - timedelta(days=70)).isoformat()  # noqa: DTZ011
        address = ours.serve()
        ours.script("settle_one.py", ours.book.coachview.address, json.dumps(options))
        until(lambda: numbers(ours) == [FIRST], seconds=SECONDS)
        hook = address + ours.script("webhook_of.py", SECRET)
        ours.book.coachview.control("webhooks", {"url": hook, "secret": SECRET})
        with httpx2.Client(base_url=ours.book.coachview.address, timeout=20) as http:
            coachview = Coachview(http=http)
            coachview.login()
            yield ToldHouse(ours=ours, coachview=coachview, hook=hook)
