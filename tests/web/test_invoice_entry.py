"""Koppelen aan bestaande boeking on the page: what is asked, what is told, and what never links."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.test import Client
from tests.domain import builders
from tests.sync.office import booking, office
from tests.sync.test_link_entry import beside, stored
from tests.web import making
from tests.web.deciding import member
from tests.web.reading_pages import text_of

from boekbrug.domain.problem import Subject, report
from boekbrug.store import models
from boekbrug.store.records import write_problems
from boekbrug.sync.link_entry import Beside
from boekbrug.web.pages.invoice.linking import shown


@pytest.fixture
def kant(db: None) -> making.Institute:
    return making.institute("Opleidingen Kant")


@pytest.fixture
def officer(kant: making.Institute) -> Client:
    return member(kant)


def held(kant: making.Institute) -> models.Booking:
    problem = report("entry-number-in-use", Subject(kind="entry", key="1"), number="1", journal="70")
    invoice = builders.invoice(id="cv-1", number="F20260001")
    return making.add(kant, invoice, "held", problems=write_problems([problem]))


def said(client: Client, row: models.Booking, **fields: str) -> str:
    answer = client.post(f"/facturen/{row.pk}", {"actie": "link-entry", **fields}, follow=True)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def test_the_number_of_the_invoice_stands_ready(kant: making.Institute, officer: Client) -> None:
    html = officer.get(f"/facturen/{held(kant).pk}").content.decode()
    assert 'name="boekstuk" value="20260001"' in html
    assert "Koppelen aan bestaande boeking…" in html


@pytest.mark.parametrize("number", ["", "12a", "-1", "١٢", "12345678901", "1 OR 1"])
def test_what_is_no_number_is_told(kant: making.Institute, officer: Client, number: str) -> None:
    row = held(kant)
    assert "Vul een boekstuknummer van alleen cijfers in." in said(officer, row, boekstuk=number)
    assert models.Booking.objects.get(pk=row.pk).state == "held"


def test_while_exact_cannot_be_asked_nothing_changes(kant: making.Institute, officer: Client) -> None:
    row = held(kant)
    assert "Exact kon de boeking nu niet laten zien." in said(officer, row, boekstuk="20260001", toch="guid-1")
    assert models.Booking.objects.get(pk=row.pk).state == "held"


def test_a_stale_page_links_nothing(kant: making.Institute, officer: Client) -> None:
    row = held(kant)
    models.Booking.objects.update(state="booked")
    assert "Deze factuur was al verder." in said(officer, row, boekstuk="20260001")
    assert 'name="boekstuk"' not in officer.get(f"/facturen/{row.pk}").content.decode()


def page_of(found: Beside) -> str:
    return text_of(render_to_string("invoice/entry.html", {"invoice": {"id": 1}, "entry": shown(found)}))


def test_a_difference_is_shown_on_both_sides_and_left_to_the_person() -> None:
    ours = office()
    ours.ledger.entries = [stored(customer_code="7")]
    page = page_of(beside(ours))
    assert "Boekstuk 20260001 lijkt op deze factuur, maar is niet gelijk. Er is nog niets gewijzigd." in page
    assert "16 maart 2026 · € 121,00" in page
    assert "Relatie 42 7" in page
    assert "Ja, dit is de boeking van deze factuur" in page


def test_another_account_names_its_line() -> None:
    ours = office()
    entry = stored()
    ours.ledger.entries = [replace(entry, lines=(replace(entry.lines[0], gl_account="8010"),))]
    assert "Grootboekrekening, regel 1 8000 8010" in page_of(beside(ours))


def test_another_total_can_never_be_linked() -> None:
    ours = office()
    ours.ledger.entries = [stored(total_incl=Decimal("122.00"))]
    page = page_of(beside(ours))
    assert "Boekstuk 20260001 heeft een ander totaal. Het is niet gekoppeld en er is niets gewijzigd." in page
    assert "Ja, dit is" not in page


def test_nothing_found_and_not_comparable_are_told() -> None:
    assert "In dagboek 70 staat geen verkoopboeking 20260001. Er is niets gewijzigd." in page_of(beside(office()))
    problem = report("vat-code-unknown", Subject(key="H"), code="H", percentage="21%", line=1)
    waiting = Beside(booking=booking(), number=1, journal="70", problems=(problem,))
    assert "Vergelijken kan pas als dit is opgelost: btw-code H is in Exact niet bekend." in page_of(waiting)
