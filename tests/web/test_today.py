"""Vandaag: the worst first, and never "all fine" when nothing ran."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.web import making
from tests.web.reading_pages import heading, read

from boekbrug.store import models, reading
from boekbrug.web.pages.today.sentence import sentence_of


@pytest.fixture
def calm(db: None) -> making.Institute:
    """An institute of which everything is booked."""
    made = making.institute()
    making.add(made, making.training("20260332", "Bakkerij Jansen"), "proven")
    return made


@pytest.fixture
def visitor(calm: making.Institute) -> Client:
    client = Client()
    client.force_login(making.person("f@noord.example", calm, "meekijker"))
    return client


def change(institute: making.Institute, **fields: Any) -> None:
    models.Integration.objects.filter(pk=institute.integration.pk).update(**fields)


def test_all_is_booked(visitor: Client) -> None:
    assert heading(visitor, "/") == "Alles is geboekt."
    assert "1 factuur geboekt, € 1.055,20" in read(visitor, "/")


def test_what_needs_somebody_comes_before_what_is_under_way(noord: making.Institute, reader: Client) -> None:
    assert heading(reader, "/") == "5 facturen vragen uw aandacht."


def test_one_invoice_is_one(calm: making.Institute, visitor: Client) -> None:
    making.add(calm, making.training("20260001", "Jansen"), "held", problems=[])
    assert heading(visitor, "/") == "1 factuur vraagt uw aandacht."


def test_what_is_under_way_is_said(calm: making.Institute, visitor: Client) -> None:
    making.add(calm, making.training("20260001", "Jansen"), "unknown")
    assert heading(visitor, "/") == "1 factuur wordt geboekt."


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"exact_state": "red"}, "Exact Online is niet verbonden met Exact. Er wordt niets geboekt."),
        ({"state": "paused"}, "De koppeling is gepauzeerd. Er wordt niets geboekt."),
        ({"state": "enabled"}, "De koppeling wacht op verbinding met Exact. Er wordt niets geboekt."),
        ({"state": "draft"}, "De koppeling is nog niet ingeschakeld. Er wordt niets geboekt."),
        ({"state": "deleted"}, "Er is nog geen koppeling met Exact."),
    ],
)
def test_a_hindrance_comes_first(
    calm: making.Institute, visitor: Client, fields: dict[str, str], sentence: str
) -> None:
    change(calm, **fields)
    assert heading(visitor, "/") == sentence


def test_a_run_that_did_not_start_is_said(calm: making.Institute, visitor: Client) -> None:
    due = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
    models.DueStep.objects.create(administration=calm.administration, step="fetch", due_at=due)
    assert heading(visitor, "/").startswith("De verwerking van 5 januari")
    assert heading(visitor, "/").endswith("is niet gestart.")


def test_a_run_that_is_due_soon_is_no_trouble(calm: making.Institute, visitor: Client) -> None:
    soon = timezone.now() + timedelta(minutes=3)
    models.DueStep.objects.create(administration=calm.administration, step="fetch", due_at=soon)
    assert heading(visitor, "/") == "Alles is geboekt."
    assert "Volgende verwerking" in read(visitor, "/")


def test_nothing_fetched_is_not_all_fine(db: None) -> None:
    made = making.institute()
    client = Client()
    client.force_login(making.person("f@noord.example", made))
    assert heading(client, "/") == "Er zijn nog geen facturen om te boeken."
    models.Organisation.objects.update(fetched_until=None)
    assert heading(client, "/") == "Er is nog niets opgehaald uit Coachview."


def test_the_tiles_count_invoices_and_euros(noord: making.Institute, reader: Client) -> None:
    page = read(reader, "/")
    for words in (
        "Geboekt 4 € 19.442,06",
        "Actie nodig 5 € 5.803,60",
        "Wordt geboekt 2 € 2.110,40",
        "Wordt nagegaan bij Exact 1 € 1.055,20",
    ):
        assert words in page


def test_a_tile_leads_to_its_invoices(noord: making.Institute, reader: Client) -> None:
    html = reader.get("/").content.decode()
    assert 'href="/facturen?staat=geboekt"' in html
    assert 'class="card tile" href="/actie"' in html


def test_the_card_shows_the_connection_and_the_calls(noord: making.Institute, reader: Client) -> None:
    page = read(reader, "/")
    assert "Administratie 2187645 · Opleidingen Noord B.V. · ingelogd als J. de Wit" in page
    assert "Exact-aanroepen vandaag: 311 van 5.000" in page


def test_a_day_that_has_ended_used_no_calls(calm: making.Institute, visitor: Client) -> None:
    models.Administration.objects.update(day_resets_at=making.NIGHT - timedelta(days=400))
    assert "Exact-aanroepen vandaag: 0 van 5.000" in read(visitor, "/")


def test_trouble_with_coachview_is_on_the_card(calm: making.Institute, visitor: Client) -> None:
    change(calm, coachview_state="red", coachview_reason="unreachable")
    assert "Coachview is op dit moment niet bereikbaar" in read(visitor, "/")


def test_the_menu_counts_what_waits(noord: making.Institute, reader: Client) -> None:
    assert "Actie nodig 5 vragen uw aandacht" in read(reader, "/service-center/integraties")


def test_the_page_is_complete_in_english(noord: making.Institute, reader: Client) -> None:
    reader.cookies["django_language"] = "en"
    assert heading(reader, "/") == "5 invoices need your attention."
    assert "€19,442.06" in read(reader, "/")


def test_exact_that_is_away_is_said_with_since_when(calm: making.Institute, visitor: Client) -> None:
    since = timezone.localtime().replace(hour=0, minute=0)
    change(calm, exact_state="red", exact_reason="unreachable", exact_since=since)
    said = "Exact is niet bereikbaar sinds vandaag 00:00. Boeken gaat vanzelf verder."
    assert heading(visitor, "/") == said
    visitor.cookies["django_language"] = "en"
    assert heading(visitor, "/") == "Exact has been out of reach since today 00:00. Booking goes on by itself."


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("unreachable", "Coachview is niet bereikbaar sinds vandaag 00:00. Ophalen gaat vanzelf verder."),
        ("scope-missing", "Er wordt niets opgehaald uit Coachview sinds vandaag 00:00."),
        ("not-connected", "Alles is geboekt."),
    ],
)
def test_nothing_fetched_lately_is_not_all_fine(
    calm: making.Institute, visitor: Client, reason: str, sentence: str
) -> None:
    since = timezone.localtime().replace(hour=0, minute=0)
    change(calm, coachview_state="red", coachview_reason=reason, coachview_since=since)
    assert heading(visitor, "/") == sentence


@pytest.mark.parametrize(
    ("due", "sentence"),
    [
        ("2026-11-24T00:30", "De verwerking van vannacht is niet gestart."),
        ("2026-11-24T06:30", "De verwerking van vandaag 07:30 is niet gestart."),
        ("2026-11-23T00:30", "De verwerking van gisteren 01:30 is niet gestart."),
        ("2026-11-24T08:50", "Alles is geboekt."),
    ],
)
def test_a_night_that_did_not_start_is_said_by_morning(calm: making.Institute, due: str, sentence: str) -> None:
    due_at = datetime.fromisoformat(due).replace(tzinfo=UTC)
    models.DueStep.objects.create(administration=calm.administration, step="fetch", due_at=due_at)
    morning = timezone.localtime(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    rows = reading.integrations(calm.organisation.pk)
    assert sentence_of(reading.today(calm.organisation.pk), rows, morning, "nl") == sentence
