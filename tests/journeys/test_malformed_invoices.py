"""Invoices that are wrong in any field: each is seen and held or booked as it stands; none stops the others."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.journeys.hand_clock import ClockHouse, aware, clock_house
from tests.malformed import JSON, TIMES, cases
from tests.tried import tried

from boekbrug.cli.practice import PracticeBook, practice_book
from boekbrug.store import models, organisations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MAIL, PASSWORD = "els@noord.example", "een lang wachtwoord"
NOON = "2027-03-16 12:00"
BATCH = 150
MOST_PAGES = 50
FIELDS = (
    *("factuurnummer", "factuurStatusId", "definitiefDatum", "factuurdatum", "vervaldatum", "betaaltermijn", "koers"),
    *("valutaCode", "totaalExclBtw", "totaalBtw", "totaalInclBtw", "referentienummer", "betalingskenmerk", "betaald"),
    *("opmerking", "betaalwijze", "betaalwijze.type", "debiteur", "debiteur.naam", "debiteur.debiteurnummer"),
    *(
        "debiteur.factuurAdres",
        "debiteur.factuurAdres.landCode",
        "debiteur.iban",
        "debiteur.btwNummer",
        "btwSpecificatie",
    ),
    *("factuurregels", "debiteur.betaaltermijn", "debiteur.particulier", "debiteur.contactpersoon", "debiteur.email1"),
)
CHANGE = st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=1, max_size=3)
LINE_CHANGE = st.dictionaries(
    st.sampled_from(
        ["omschrijving", "aantal", "stuksprijs", "bedragExclBtw", "btw", "btwBedrag", "opleiding", "aanvraag"]
    ),
    JSON,
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def book() -> Iterator[PracticeBook]:
    """Both simulators."""
    with practice_book(state=None, scenario="load", invoices=0) as ours:
        yield ours


@pytest.fixture
def house(book: PracticeBook) -> Iterator[ClockHouse]:
    """A koppeling in the middle of March, before anything was read."""
    with clock_house(book, aware(NOON)) as ours:
        yield ours


Change = tuple[dict[str, Any], dict[str, Any]]


@cache
def all_changes() -> list[Change]:
    """Generated changes to an invoice and to its first line, the same ones each time."""
    found: list[Change] = []

    @cases(BATCH)
    @given(change=CHANGE, line=st.one_of(st.just({}), LINE_CHANGE))
    def draw(change: dict[str, Any], line: dict[str, Any]) -> None:
        found.append((change, line))

    draw()
    return found


def garble(house: ClockHouse, drawn: list[Change]) -> set[str]:
    """Change as many invoices of Coachview; the ids of those that were changed."""
    ids = set()
    house.book_from = aware(NOON).date() - timedelta(days=25)
    house.book.coachview.control("scenario", {"name": "load", "invoices": 2 * len(drawn)})
    for place, (change, line) in enumerate(drawn):
        invoice_id = f"1f0ad000-0000-4000-8000-{place + len(drawn):012x}"
        values = dict(change)
        if line and "factuurregels" not in values:
            values["factuurregels"] = [{"id": f"regel-{place}", "bedragExclBtw": 10, **line}]
        body = json.dumps({"entity": "Facturen", "id": invoice_id, "values": values})  # half characters as \\ud800
        assert httpx2.post(f"{house.book.coachview.address}/_sim/records", content=body).status_code == 200, body
        ids.add(invoice_id)
    return ids


@pytest.mark.parametrize("turn", range(TIMES))
def test_every_invoice_that_is_wrong_in_any_way_is_seen_and_none_stops_the_others(house: ClockHouse, turn: int) -> None:
    drawn = all_changes()[turn * BATCH : (turn + 1) * BATCH]
    ids = garble(house, drawn)
    assert len(ids) == len(drawn) == BATCH
    tried("invoices", len(ids))
    house.open()
    house.work()
    rows = {row.invoice.source_id: row for row in models.Booking.objects.filter(invoice__source_id__in=ids)}
    states = Counter(row.state for row in rows.values())
    assert set(rows) == ids
    assert set(states) <= {"held", "skipped", "booked", "proven"}, states
    assert states["held"] > len(ids) / 2
    assert all(row.problems for row in rows.values() if row.state == "held")
    assert all(row.skip_reason for row in rows.values() if row.state == "skipped")
    others = models.Booking.objects.exclude(invoice__source_id__in=ids).filter(invoice_date__gte=house.book_from)
    assert others.count() > 10
    assert set(others.values_list("state", flat=True)) <= {"booked", "proven"}
    look_at(house, [row.pk for row in rows.values()][:MOST_PAGES])


def look_at(house: ClockHouse, bookings: list[int]) -> None:
    """Somebody opens the page of each, and the lists."""
    made = organisations.create_user(MAIL, PASSWORD, role="financieel", organisation_id=house.organisation_id)
    client = Client()
    client.force_login(models.User.objects.get(id=made))
    pages = [reverse("invoice", args=[key]) for key in bookings]
    for page in (*pages, reverse("causes"), reverse("invoices"), reverse("invoices_csv"), reverse("today")):
        assert client.get(page).status_code == HTTPStatus.OK, page
