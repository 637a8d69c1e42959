"""`/facturen`: state and cause, filters, order, pages, and the same as CSV."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from tests.web import making
from tests.web.reading_pages import read

from boekbrug.domain.states import BookingState
from boekbrug.store import models, reading
from boekbrug.store.reading import Cursor, InvoiceFilters, InvoicePage, Order, StateCounts
from boekbrug.store.reading.invoices import PAGE_ROWS
from boekbrug.web.pages.invoices.export import safe
from boekbrug.web.pages.invoices.forms import read_question
from boekbrug.web.pages.invoices.show import show

QUERIES = 12
"""What a page may ask of the database at most (benchmark P7)."""


def numbers(client: Client, question: str = "") -> list[str]:
    """The invoice numbers of the list, in order."""
    page = client.get(f"/facturen{question}").content.decode()
    return re.findall(r'class="is-number"><a href="[^"]+">([^<]+)<', page)


def test_every_invoice_is_there_with_its_state(reader: Client) -> None:
    page = read(reader, "/facturen")
    for word in (
        "Klaar om te boeken",
        "Nieuwe poging om",
        "Wacht op u",
        "Niet geboekt",
        "Wordt nagegaan bij Exact",
        "Geboekt, PDF ontbreekt",
        "Geboekt en gecontroleerd",
        "Geboekt, wijkt af",
        "Overgeslagen",
    ):
        assert word in page
    assert len(numbers(reader)) == 12


def test_an_invoice_that_waits_says_why_in_one_line(reader: Client) -> None:
    assert "Btw-code 2H" in read(reader, "/facturen?zoek=20260312")


def test_amounts_and_dates_are_the_readers(reader: Client) -> None:
    page = read(reader, "/facturen?zoek=20260332")
    assert "€\N{NO-BREAK SPACE}16.487,50" in unescape(reader.get("/facturen?zoek=20260332").content.decode())
    assert "23-11-2026" in page


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("?staat=actie", ["20260338", "20260335", "20260318", "20260317", "20260312"]),
        ("?staat=overgeslagen", ["20250981"]),
        ("?staat=geboekt", ["20260334", "20260333", "20260332"]),
        ("?zoek=heuvel", ["20260317"]),
        ("?zoek=2025", ["20250981"]),
        ("?zoek=zorg+LIND", ["20260312"]),
        ("?zoek=noord-neder", ["20260332"]),
        ("?zoek='':*+%26+!", []),
        ("?zoek=b2", []),
        ("?zoek=%25", []),
        ("?tot=2026-03-02", ["20250981"]),
        ("?van=2026-11-23&staat=actie", ["20260338", "20260335"]),
        ("?volgorde=bedrag&staat=actie", ["20260317", "20260312", "20260335", "20260338", "20260318"]),
        ("?volgorde=debiteur&staat=geboekt", ["20260333", "20260334", "20260332"]),
        ("?volgorde=nummer&staat=geboekt", ["20260332", "20260333", "20260334"]),
        ("?koppeling=999999", []),
    ],
)
def test_the_list_is_what_was_asked(reader: Client, question: str, found: list[str]) -> None:
    assert numbers(reader, question) == found


@pytest.mark.parametrize(
    "question",
    [
        "?staat=onzin",
        "?van=gisteren",
        "?tot=2026-02-31",
        "?volgorde=x",
        "?koppeling=abc",
        "?koppeling=²",
        "?koppeling=99999999999999999999",
        "?na=x&voor=y",
        "?na=-1",
        "?na=99999999999999999999",
        "?zoek=%00",
    ],
)
def test_what_cannot_be_read_is_not_asked(reader: Client, question: str) -> None:
    assert len(numbers(reader, question)) == 12


def test_tabs_count_what_the_other_filters_leave(reader: Client) -> None:
    page = read(reader, "/facturen?van=2026-11-23&staat=geboekt")
    assert "Alle 8" in page
    assert "Actie nodig 2" in page
    assert "Geboekt 3" in page


def test_what_was_typed_comes_back_escaped(reader: Client) -> None:
    page = reader.get("/facturen", {"zoek": '"><b>'}).content.decode()
    assert '"><b>' not in page
    assert 'value="&quot;&gt;&lt;b&gt;"' in page


def test_nothing_found_and_nothing_there_are_told_apart(reader: Client) -> None:
    assert "Geen facturen gevonden" in read(reader, "/facturen?zoek=bestaatniet")
    leeg = making.institute("Leeg", division=7)
    client = Client()
    client.force_login(making.person("leeg@example.test", leeg))
    assert "Nog geen facturen" in read(client, "/facturen")


@pytest.fixture
def many(noord: making.Institute) -> making.Institute:
    """More invoices than go on two pages: several a day, some without a date."""
    first = models.Booking.objects.get(pk=noord.made["20260337"].pk)
    received = models.Invoice.objects.get(pk=first.invoice_id)
    for place in range(2 * PAGE_ROWS + 7):
        day = None if place % 20 == 0 else date(2026, 10, 1) + timedelta(days=place // 3)
        received.pk, received.source_id = None, f"many-{place}"
        received.invoice_date, received.total_incl = day, Decimal(place % 7) if place % 11 else None
        received.save()
        first.pk, first.invoice, first.mark = None, received, f"m{place}"
        first.invoice_date, first.number = day, f"{5000 + place}"
        first.save()
    return noord


@pytest.mark.parametrize("order", Order)
def test_pages_give_each_invoice_once_in_both_directions(many: making.Institute, order: Order) -> None:
    organisation, filters = many.organisation.pk, InvoiceFilters()
    whole = [row.id for row in reading.every_invoice(organisation, filters, order)]
    forward, page = [], reading.invoices(organisation, filters, order)
    pages = [page]
    while page.later:
        page = reading.invoices(organisation, filters, order, Cursor(id=page.rows[-1].id))
        pages.append(page)
    forward = [row.id for page in pages for row in page.rows]
    assert forward == whole
    assert len(pages) == 3
    before = reading.invoices(organisation, filters, order, Cursor(id=pages[2].rows[0].id, backwards=True))
    assert before == pages[1]
    assert not reading.invoices(organisation, filters, order, Cursor(id=pages[1].rows[0].id, backwards=True)).earlier


def test_the_buttons_lead_on_and_back(many: making.Institute, reader: Client) -> None:
    first = reader.get("/facturen").content.decode()
    assert 'rel="prev"' not in first
    onward = unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0])
    second = reader.get(onward).content.decode()
    back = unescape(re.findall(r'rel="prev" href="([^"]+)"', second)[0])
    assert numbers(reader, back.removeprefix("/facturen")) == numbers(reader)


@pytest.mark.parametrize("address", ["/", "/facturen", "/facturen?zoek=a&staat=geboekt", "/service-center/integraties"])
def test_a_page_asks_little_of_the_database(many: making.Institute, reader: Client, address: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        reader.get(address)
    assert len(asked) <= QUERIES


def test_two_koppelingen_can_be_told_apart(noord: making.Institute, reader: Client) -> None:
    assert "Tweede" not in read(reader, "/facturen")
    second = models.Integration.objects.create(organisation=noord.organisation, name="Tweede")
    models.Booking.objects.filter(number="20260312").update(integration=second)
    assert numbers(reader, f"?koppeling={second.pk}") == ["20260312"]


def csv_of(client: Client, question: str = "") -> list[str]:
    answer = client.get(f"/facturen.csv{question}")
    assert answer.streaming
    return b"".join(answer).decode("utf-8-sig").split("\r\n")


def test_the_csv_has_the_invoices_that_were_asked(reader: Client) -> None:
    heads, *lines = csv_of(reader, "?staat=overgeslagen")
    assert heads == "Status;Nummer;Factuurdatum;Debiteur;Bedrag;Valuta;Koppeling;Oorzaak"
    assert len(lines) == 2
    assert lines[0].startswith("Overgeslagen;20250981;2026-03-02;Oude Rekening B.V.;1055,20;EUR;Exact Online;")


def test_the_english_csv_is_read_by_english_spreadsheets(reader: Client) -> None:
    reader.cookies["django_language"] = "en"
    heads, line, _end = csv_of(reader, "?staat=overgeslagen")
    assert heads.startswith("Status,Number,Invoice date")
    assert ",1055.20,EUR," in line


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_is_never_a_formula(start: str) -> None:
    assert safe(f"{start}1+1") == f"'{start}1+1"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert safe("Bakkerij Jansen - Zn") == "Bakkerij Jansen - Zn"


def test_a_debtor_that_looks_like_a_formula_is_made_harmless(noord: making.Institute, reader: Client) -> None:
    models.Invoice.objects.filter(number="20250981").update(debtor_name='=HYPERLINK("http://kwaad.example")')
    assert "'=HYPERLINK" in "".join(csv_of(reader, "?staat=overgeslagen"))


def test_a_search_is_counted_no_further_than_needed(noord: making.Institute) -> None:
    found = InvoiceFilters(text="2026")
    exact = reading.counts(noord.organisation.pk, found)
    counted = reading.counts(noord.organisation.pk, found, most=2)
    held = exact.of(BookingState.HELD)
    assert held > 2
    assert (counted.of(BookingState.HELD), counted.is_more(BookingState.HELD)) == (2, True)
    assert counted.of(BookingState.UNKNOWN) == exact.of(BookingState.UNKNOWN) == 1
    assert not counted.is_more(BookingState.UNKNOWN)
    assert (counted.of(), counted.is_more(), exact.is_more()) == (2, True, False)


@pytest.mark.parametrize("text", ["2026", "zorg", "rabo 2026", "bestaat niet"])
def test_a_search_counts_what_its_list_has(many: making.Institute, text: str) -> None:
    found = InvoiceFilters(text=text)
    rows = list(reading.every_invoice(many.organisation.pk, found, Order.NEWEST))
    counts = reading.counts(many.organisation.pk, found)
    assert {state: sum(row.state is state for row in rows) for state in BookingState} == dict(counts.by_state)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ("Meer dan 1.000 facturen. 51 vragen uw aandacht.", "Meer dan 1.000 facturen")),
        ("en", ("More than 1,000 invoices. 51 need your attention.", "More than 1,000 invoices")),
    ],
)
def test_more_matches_than_were_counted_are_called_more(language: str, words: tuple[str, str]) -> None:
    counts = StateCounts(
        by_state={BookingState.HELD: 51, BookingState.PROVEN: 1001}, more=frozenset({BookingState.PROVEN})
    )
    page = InvoicePage(rows=(), earlier=False, later=False)
    question = read_question(QueryDict("zoek=linde&staat=geboekt"))
    with override(language):
        shown = show(question, found=page, counts=counts, integrations=(), language=language)
    assert (shown["sentence"], shown["shown"]) == words
    assert [(tab.count, tab.more) for tab in shown["tabs"]] == [
        (1000, True),
        (51, False),
        (0, False),
        (1000, True),
        (0, False),
    ]


def test_counts_are_by_state(noord: making.Institute) -> None:
    counts = reading.counts(noord.organisation.pk, InvoiceFilters())
    assert counts.of(BookingState.HELD) == 4
    assert counts.of() == 12
    assert reading.waiting(noord.organisation.pk) == 5
