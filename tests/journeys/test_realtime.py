"""Realtime: a new invoice is booked because Coachview tells us, and without a webhook because we look ourselves."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx2
import pytest
from tests.journeys.hand_clock import aware, clock_house
from tests.journeys.house import House, house, until
from tests.sim.coachview.practice_coachview import Coachview

from boekbrug.cli.practice import DIVISION_NL, practice_book

pytestmark = pytest.mark.journey

FIRST, LATER = "30000001", "30000777"
SECRET = "een-gedeeld-geheim"
SECONDS = 30
"""Far less than the five minutes after which we look ourselves; it takes a second or two."""


@contextmanager
def coachview_of(ours: House) -> Iterator[Coachview]:
    with httpx2.Client(base_url=ours.book.coachview.address, timeout=20) as http:
        coachview = Coachview(http=http)
        coachview.login()
        yield coachview


def numbers(ours: House) -> list[str]:
    return sorted(str(entry["entry_number"]) for entry in ours.entries())


def test_a_webhook_brings_a_new_invoice_into_the_books_at_once(tmp_path: Path) -> None:
    with house(tmp_path, scenario="load", invoices=1) as ours:
        options = {"name": "Exact", "site": "practice", "division": DIVISION_NL, "send_pdf": False}
        options["book_from"] = (date.today() - timedelta(days=70)).isoformat()  # noqa: DTZ011
        address = ours.serve()
        ours.script("settle_one.py", ours.book.coachview.address, json.dumps(options))
        until(lambda: numbers(ours) == [FIRST], seconds=SECONDS)
        hook = address + ours.script("webhook_of.py", SECRET)
        ours.book.coachview.control("webhooks", {"url": hook, "secret": SECRET})
        with coachview_of(ours) as coachview:
            coachview.add_like(FIRST, LATER)
            until(lambda: numbers(ours) == [FIRST, LATER], seconds=SECONDS)
            until(lambda: coachview.invoice(LATER)["bevestigd"], seconds=SECONDS)
            assert coachview.invoice(LATER)["bevestigdOmschrijving"].startswith("Geboekt in Exact: boekstuk 30000777")
            assert coachview.invoice(FIRST)["bevestigd"]
        written = [call for call in ours.book.coachview.read("calls") if call["method"] == "PUT"]
        assert len(written) == 2, "what is written wakes us again, and is not written again"
        assert numbers(ours) == [FIRST, LATER]


@pytest.mark.django_db(transaction=True)
def test_without_a_webhook_polling_finds_it_within_five_minutes() -> None:
    with (
        practice_book(state=None, scenario="load", invoices=0) as book,
        clock_house(book, aware("2027-03-16 23:30")) as ours,
    ):
        ours.open()
        ours.live_until(aware("2027-03-16 23:59"))
        before = ours.expected(aware("2027-03-16 23:59"))
        assert ours.numbers() == before
        ours.live_until(aware("2027-03-17 00:05"))
        assert ours.numbers() == ours.expected(aware("2027-03-17 00:00"))
        assert len(ours.numbers()) == len(before) + 1
