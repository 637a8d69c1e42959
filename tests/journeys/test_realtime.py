"""Realtime: a new invoice is booked because Coachview tells us, and without a webhook because we look ourselves."""

from pathlib import Path

import pytest
from tests.journeys.hand_clock import aware, clock_house
from tests.journeys.house import until
from tests.journeys.told_house import FIRST, LATER, SECONDS, numbers, told_house

from boekbrug.cli.practice import practice_book

pytestmark = pytest.mark.journey


def test_a_webhook_brings_a_new_invoice_into_the_books_at_once(tmp_path: Path) -> None:
    with told_house(tmp_path) as told:
        ours, coachview = told.ours, told.coachview
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
