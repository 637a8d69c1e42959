"""`/facturen/<id>`: the sentence first, then what is the matter, the entry as a journal, and the history."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from tests.domain import builders
from tests.web import making
from tests.web.reading_pages import heading, read

from boekbrug import domain
from boekbrug.domain.entry import CREDIT_NOTE
from boekbrug.domain.options import DeferralSplit
from boekbrug.domain.problem import Subject, report
from boekbrug.store import models, reading
from boekbrug.store.records import write, write_problems
from boekbrug.web import words
from boekbrug.web.option_labels import LABELS
from boekbrug.web.pages.invoice.chart import chart_of, revenue_by_month
from boekbrug.web.pages.invoice.journal import JournalTable, journal_of


def address(noord: making.Institute, number: str) -> str:
    return f"/facturen/{noord.made[number].pk}"


def detail(noord: making.Institute, number: str) -> reading.InvoiceDetail:
    found = reading.invoice(noord.organisation.pk, noord.made[number].pk)
    assert found is not None
    return found


def journal(noord: making.Institute, number: str) -> JournalTable:
    table = journal_of(detail(noord, number), "nl")
    assert table is not None
    return table


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("20260312", r"Factuur 20260312 wacht op u: btw-code 2H .+\."),
        ("20260338", r"Factuur 20260338 is niet geboekt: .+\."),
        ("20260331", r"Exact antwoordde niet op tijd\. .*20260331.* u hoeft niets te doen\."),
        ("20260332", r"Factuur 20260332 is geboekt onder boekstuknummer 20260332 en gecontroleerd\."),
        ("20260334", r"Factuur 20260334 is geboekt onder boekstuknummer 20260334\."),
        ("20260335", r"Factuur 20260335 is geboekt, maar Exact heeft iets anders dan wij stuurden\."),
        ("20260336", r"Factuur 20260336 wordt .+ geboekt\."),
        ("20260337", r"Factuur 20260337 is ontvangen en wordt gecontroleerd\."),
        ("20250981", r"Factuur 20250981 is overgeslagen\."),
    ],
)
def test_the_first_sentence_says_how_things_stand(
    noord: making.Institute, reader: Client, number: str, sentence: str
) -> None:
    assert re.fullmatch(sentence, heading(reader, address(noord, number)))


def test_a_problem_is_told_with_who_acts_and_what_to_do(noord: making.Institute, reader: Client) -> None:
    page = read(reader, address(noord, "20260312"))
    assert "Beheerder" in page
    assert "Er is niets geboekt" in page
    assert "koppeltabellen" in page


def test_no_code_of_ours_is_shown(noord: making.Institute, reader: Client) -> None:
    for number in noord.made:
        page = read(reader, address(noord, number))
        assert not re.search(r"vat-code-unknown|period-closed|before-start|internal-error|gl_account|vat_code", page)


def test_an_invoice_without_an_entry_shows_its_own_lines(noord: making.Institute, reader: Client) -> None:
    page = read(reader, address(noord, "20260312"))
    assert "Regels van de factuur" in page
    assert "Lean Green Belt, najaar 2026" in page
    assert "Verkoopboeking" not in page


def test_the_entry_balances_and_shows_each_account(noord: making.Institute) -> None:
    table = journal(noord, "20260332")
    assert table.debit == table.credit == Decimal("16487.50")
    assert [(row.account, row.account_name, row.debit, row.credit) for row in table.rows] == [
        ("1300", "Debiteuren", Decimal("16487.50"), None),
        ("8000", "Omzet trainingen", None, Decimal("12500.00")),
        ("8010", "Omzet lesmateriaal", None, Decimal("1250.00")),
        ("", "Btw", None, Decimal("2625.00")),
        ("", "Btw", None, Decimal("112.50")),
    ]


def test_a_credit_note_stands_on_the_other_side(noord: making.Institute) -> None:
    invoice = making.training("20260400", "Bakkerij Jansen", "-800.00")
    sent = builders.booked(invoice, making.options(credit_notes=True), making.reference()).entry
    assert sent.kind == CREDIT_NOTE
    making.add(noord, invoice, "booked", sent=write(sent))
    table = journal(noord, "20260400")
    assert table.title == "Creditfactuur"
    assert table.rows[0].credit == Decimal("1055.20")
    assert table.debit == table.credit


def test_each_line_carries_its_codes_and_its_reasons(noord: making.Institute, reader: Client) -> None:
    page = read(reader, address(noord, "20260332"))
    assert "Kostenplaats UTR Utrecht" in page
    assert "Uitgesteld 23-11-2026 – 31-03-2027" in page
    assert "Waarom" in page
    assert "Start- en einddatum van de opleiding · optie Registreer uitgestelde omzet" in page


def test_deferred_revenue_is_drawn_month_by_month(noord: making.Institute) -> None:
    found = detail(noord, "20260332")
    chart = chart_of(found, "nl")
    assert chart is not None
    assert [(bar.word, bar.amount) for bar in chart.bars] == [
        (word, "2.500,00") for word in ("nov", "dec", "jan", "feb", "mrt")
    ]
    assert "november 2026 tot en met maart 2027" in chart.sentence
    assert all(0 < bar.height <= 88 for bar in chart.bars)


@pytest.mark.parametrize("split", DeferralSplit)
def test_the_bars_add_up_to_what_is_deferred(split: DeferralSplit) -> None:
    entry = making.entry(making.training("20260500", "Bakkerij Jansen", "1000.01"))
    deferred = sum(line.amount for line in entry.lines if line.deferral)
    assert sum(revenue_by_month(entry, split).values()) == deferred


def test_an_invoice_without_deferral_has_no_chart(noord: making.Institute) -> None:
    assert chart_of(detail(noord, "20260312"), "nl") is None


def test_what_exact_stored_otherwise_is_shown_on_both_sides(noord: making.Institute, reader: Client) -> None:
    assert re.search(r"Kostenplaats\s+1\s+UTR\s+–", read(reader, address(noord, "20260335")))


def test_what_changed_in_coachview_is_shown_too(noord: making.Institute, reader: Client) -> None:
    models.Finding.objects.create(
        booking=noord.made["20260334"],
        kind="changed-in-coachview",
        ours={"lines.2.amount": "80.00", "due_date": "2026-12-23"},
        theirs={"lines.2.amount": "90.00"},
        found_at=making.NIGHT,
    )
    page = read(reader, address(noord, "20260334"))
    assert re.search(r"Bedrag\s+2\s+80\.00\s+90\.00", page)
    assert re.search(r"Vervaldatum\s+2026-12-23\s+–", page)


def test_the_history_names_who_and_when_newest_first(noord: making.Institute, reader: Client) -> None:
    models.BookingHistory.objects.create(
        booking=noord.made["20260312"],
        at=making.NIGHT,
        who_kind="person",
        who_name="F. de Jong",
        from_state="held",
        to_state="skipped",
        why="dubbel verstuurd",
    )
    page = read(reader, address(noord, "20260312"))
    history = page[page.index("Verloop") :]
    assert re.search(r"Overgeslagen 24-11-2026 - 02:14:09 · F\. de Jong dubbel verstuurd", history)
    assert history.index("Overgeslagen") < history.index("Ontvangen uit Coachview")


def test_an_invoice_that_cannot_be_read_still_has_a_page(noord: making.Institute, reader: Client) -> None:
    unreadable = report("invoice-unreadable", Subject(), field="due_date", value="x", fault="format")
    booking = noord.made["20260337"]
    models.Invoice.objects.filter(pk=booking.invoice_id).update(
        record=None, number="", invoice_date=None, due_date=None, debtor_name="", total_incl=None, total_vat=None
    )
    models.Booking.objects.filter(pk=booking.pk).update(
        state="held", number="", invoice_date=None, problems=write_problems([unreadable])
    )
    assert "zonder nummer" in heading(reader, address(noord, "20260337"))
    assert reader.get("/facturen").status_code == 200


def test_a_booking_outlives_its_koppeling(noord: making.Institute, reader: Client) -> None:
    models.Booking.objects.filter(number="20260332").update(integration=None, administration=None)
    assert "12.500,00" in read(reader, address(noord, "20260332"))


def test_text_of_others_is_only_text(noord: making.Institute, reader: Client) -> None:
    models.Invoice.objects.filter(number="20260332").update(debtor_name="<script>alert(1)</script>")
    for page in ("/facturen", address(noord, "20260332")):
        assert b"<script>alert" not in reader.get(page).content


def test_every_reason_of_the_rules_has_words() -> None:
    rules = "\n".join(path.read_text("utf-8") for path in Path(*domain.__path__).rglob("*.py"))
    given = re.findall(r'because\(\s*"(\w+)", \d+, f?"?([\w.]+)', rules)
    assert {field for field, _ in given} <= words.FIELDS.keys()
    sources = {source for _, source in given if source.startswith(("line.", "invoice.")) and source != "line."}
    assert sources <= words.SOURCES.keys()
    options = set(re.findall(r'because\([^)]*, "(\w+)"\)', rules))
    assert options <= LABELS.keys()


def test_every_difference_has_words() -> None:
    compared = (Path(*domain.__path__) / "statement.py").read_text("utf-8")
    fields = set(re.findall(r'^        \("(\w+)",', compared, re.MULTILINE))
    assert fields
    assert fields <= words.FIELDS.keys()
