"""An entry that somebody took out of Exact is booked again by a person's click, once, and only when it is gone."""

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.contract.company import Company
from tests.journeys.hand_clock import ClockHouse, aware, clock_house
from tests.journeys.test_customers_and_pdfs import company
from tests.web.reading_pages import text_of

from boekbrug.cli.practice import PracticeBook, practice_book
from boekbrug.domain.states import Actor
from boekbrug.store import models
from boekbrug.store.moves import By
from boekbrug.web.pages.invoice.again import look_first
from boekbrug.wiring import WallClock

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ELS = By(kind=Actor.PERSON, name="els")
MORNING, LATER, EVENING = "2027-03-16 09:00", "2027-03-16 09:20", "2027-03-16 09:50"


@pytest.fixture(scope="module")
def book() -> Iterator[PracticeBook]:
    """Both simulators."""
    with practice_book(state=None, scenario="load", invoices=0) as ours:
        yield ours


@pytest.fixture
def house(book: PracticeBook) -> Iterator[ClockHouse]:
    """An institute whose invoices are booked, with their PDFs, and proven."""
    with clock_house(book, aware(MORNING)) as ours:
        ours.open(send_pdf=True)
        ours.work()
        ours.live_until(aware(LATER))
        assert set(ours.states()) == {"proven", "skipped"}
        yield ours


def press(house: ClockHouse, booking: models.Booking) -> str:
    """What the finance officer reads after Opnieuw boeken."""
    return look_first(booking.pk, ELS, WallClock(now=house.clock))[1]


def take_out(exact: Company, booking: models.Booking) -> None:
    """Somebody deletes the entry in Exact."""
    answer = exact.http.delete(f"/api/v1/{exact.division}/salesentry/SalesEntries(guid'{booking.entry_id}')")
    assert answer.status_code == 204


def test_only_an_entry_that_is_gone_is_booked_again_and_once(house: ClockHouse) -> None:
    one, other = models.Booking.objects.filter(state="proven").order_by("number")[:2]
    before = house.numbers()
    assert f"Boekstuk {one.entry_number} staat nog in Exact. Er is niets gewijzigd." in press(house, one)
    house.work()
    assert house.numbers() == before

    with company(house.book.exact.address) as exact:
        take_out(exact, one)
    assert one.entry_number not in house.numbers()
    assert f"Boekstuk {one.entry_number} staat niet meer in Exact." in press(house, one)
    house.live_until(aware(EVENING))
    assert house.numbers() == before, "once, under its own number"
    assert set(house.states()) == {"proven", "skipped"}
    anew = models.Booking.objects.get(pk=one.pk)
    assert anew.entry_id not in {"", one.entry_id}
    with company(house.book.exact.address) as exact:
        found = exact.rows("documents/Documents", filter=f"substringof('BB-{anew.mark}',Subject) eq true")
    assert [row["ID"] for row in found] == [anew.document_id], "with one PDF, its own"
    assert models.Booking.objects.get(pk=other.pk).entry_id == other.entry_id


def test_the_invoice_is_had_as_coachview_printed_it_and_told_when_it_cannot_be(house: ClockHouse) -> None:
    one = models.Booking.objects.filter(state="proven").first()
    assert one is not None
    els = models.User.objects.create(email="els@nacht.example")
    models.Membership.objects.create(organisation_id=house.organisation_id, user=els, role="meekijker")
    client = Client()
    client.force_login(els)
    answer = client.get(f"/facturen/{one.pk}/factuur.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="Factuur {one.number}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.startswith(b"%PDF-")

    house.book.coachview.control("switches", {"pdf_missing": one.number})
    assert "PDF" in text_of(client.get(f"/facturen/{one.pk}/factuur.pdf").content.decode())
    fault = {"method": "GET", "path": "/api/v1/*", "probability": 1, "kind": "status_503", "count": 100}
    house.book.coachview.control("faults", [fault])
    page = text_of(client.get(f"/facturen/{one.pk}/factuur.pdf").content.decode())
    assert "Coachview kon de factuur nu niet geven. Probeer het later opnieuw." in page
    house.book.coachview.control("faults", [])


def test_while_exact_cannot_say_it_nothing_changes(house: ClockHouse) -> None:
    one = models.Booking.objects.filter(state="proven").first()
    assert one is not None
    fault = {"method": "GET", "path": "/api/v1/*", "probability": 1, "kind": "status_503", "count": 100}
    house.book.exact.control("faults", [fault])
    assert "Exact kon niet laten zien of de boeking er nog is. Er is niets gewijzigd." in press(house, one)
    house.book.exact.control("faults", [])
    assert models.Booking.objects.get(pk=one.pk).state == "proven"
