"""An entry in Exact from its invoice: seen there by a link, and booked again when it is gone."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.web import making
from tests.web.deciding import member
from tests.web.reading_pages import text_of

from boekbrug.domain.problem import Subject, report
from boekbrug.exact.sites import entry_page
from boekbrug.settings import settings
from boekbrug.store import models
from boekbrug.store.records import write_problems


@pytest.fixture
def officer(noord: making.Institute) -> Client:
    return member(noord)


def html(client: Client, row: models.Booking) -> str:
    return client.get(f"/facturen/{row.pk}").content.decode()


def address(row: models.Booking) -> str:
    return entry_page("https://start.exactonline.nl", 2187645, row.entry_id).replace("&", "&amp;")


def test_a_booked_invoice_leads_to_its_entry_from_the_history_and_the_actions(
    officer: Client, noord: making.Institute
) -> None:
    row = noord.made["20260332"]
    page = html(officer, row)
    link = f'href="{address(row)}" rel="noreferrer"'
    assert page.count(link) == 2
    assert page.count("Openen in Exact") == 2


def test_who_only_looks_has_the_link_too(noord: making.Institute) -> None:
    row = noord.made["20260332"]
    page = html(member(noord, "meekijker"), row)
    assert page.count(address(row)) == 1
    assert "Opnieuw boeken" not in page


def test_an_invoice_that_is_not_booked_leads_nowhere(officer: Client, noord: making.Institute) -> None:
    assert "Openen in Exact" not in html(officer, noord.made["20260312"])


def test_the_entry_that_is_in_the_way_can_be_seen(officer: Client, noord: making.Institute) -> None:
    there = "5f6c0b1e-0000-4000-8000-000000000001"
    problem = report("entry-number-in-use", Subject(kind="entry_number", key="1"), number="1", journal="70")
    problem = problem.__class__(
        code=problem.code, subject=problem.subject, values=(*problem.values, ("there_entry_id", there))
    )
    row = making.add(noord, making.training("20260601", "Rabobank"), "held", problems=write_problems([problem]))
    wanted = entry_page("https://start.exactonline.nl", 2187645, there).replace("&", "&amp;")
    assert wanted in html(officer, row)
    assert wanted in officer.get("/actie", {"oorzaak": problem.cause}).content.decode()


def test_booking_again_is_offered_quietly_and_first_when_the_entry_was_not_found(
    officer: Client, noord: making.Institute
) -> None:
    quiet = html(officer, noord.made["20260334"])
    assert '<summary class="button">Opnieuw boeken…' in quiet
    row = noord.made["20260335"]
    models.Finding.objects.update(
        ours=[{"field": "entry_number", "line": None, "value": "20260335"}],
        theirs=[{"field": "entry_number", "line": None, "value": ""}],
    )
    page = html(officer, row)
    assert '<summary class="button primary">Opnieuw boeken…' in page
    assert page.index("Opnieuw boeken…") < page.index("Afwijking accepteren")


def test_a_missing_pdf_is_tried_again_before_the_entry_is_seen(officer: Client, noord: making.Institute) -> None:
    page = html(officer, noord.made["20260333"])
    assert page.index('value="retry"') < page.index('rel="noreferrer">Openen in Exact')
    assert '<button class="button primary" name="actie" value="retry"' in page


def test_while_exact_cannot_be_asked_nothing_is_booked_again(officer: Client, noord: making.Institute) -> None:
    row = noord.made["20260332"]
    said = text_of(officer.post(f"/facturen/{row.pk}", {"actie": "book-again"}, follow=True).content.decode())
    assert "Exact kon niet laten zien of de boeking er nog is. Er is niets gewijzigd." in said
    assert models.Booking.objects.get(pk=row.pk).state == "proven"


@pytest.mark.parametrize("number", ["20260312", "20260337"])
def test_what_is_not_booked_cannot_be_booked_again(officer: Client, noord: making.Institute, number: str) -> None:
    row = noord.made[number]
    said = text_of(officer.post(f"/facturen/{row.pk}", {"actie": "book-again"}, follow=True).content.decode())
    assert "Deze factuur kan nu niet opnieuw worden geboekt. Er is niets gewijzigd." in said
    assert models.Booking.objects.get(pk=row.pk).state == row.state


def test_the_site_that_is_not_set_up_has_no_link(officer: Client, noord: making.Institute) -> None:
    models.Administration.objects.update(site="practice")
    assert settings().exact_app("practice").url == ""
    assert "Openen in Exact" not in html(officer, noord.made["20260332"])


def test_a_document_that_stays_in_exact_is_told_where_the_invoice_was_skipped(
    officer: Client, noord: making.Institute
) -> None:
    """Made before Exact refused the entry; it is used again when the invoice is booked after all."""
    row = noord.made["20260312"]
    subject = f"Factuur 20260312 (BB-{row.mark})"
    models.Intent.objects.create(
        administration=noord.administration,
        booking=row,
        kind="document",
        natural_key="d",
        body={"Subject": subject},
        lease_number=1,
        created_at=making.NIGHT,
        send_by=making.NIGHT,
        closed_at=making.NIGHT,
        state="done",
        exact_id="d-1",
    )
    assert subject not in text_of(html(officer, row))
    officer.post(f"/facturen/{row.pk}", {"actie": "skip", "reden": "Contant betaald"})
    said = f"Het document “{subject}” staat nog in Exact. Wordt de factuur alsnog geboekt, dan gaat het mee."
    assert said in text_of(html(officer, row))
    models.Intent.objects.update(state="removed")
    assert subject not in text_of(html(officer, row))


def test_the_history_tells_the_customer_and_the_pdf_between_ready_and_booked(
    officer: Client, noord: making.Institute
) -> None:
    row = noord.made["20260332"]
    for place, (kind, key, whose) in enumerate((("customer", "900042", None), ("attachment", "a", row)), start=1):
        at = making.NIGHT + timedelta(seconds=30 + place)
        models.Intent.objects.create(
            administration=noord.administration,
            booking=whose,
            kind=kind,
            natural_key=key,
            body={},
            lease_number=1,
            created_at=at,
            send_by=at,
            closed_at=at,
            state="done",
        )
    models.Booking.objects.filter(pk=row.pk).update(booked_at=making.NIGHT + timedelta(seconds=42))
    text = text_of(html(officer, row))
    told = text[text.index("Verloop") :]
    wanted = ("Geboekt en gecontroleerd", "PDF in Exact gezet", "Klant 900042 gemaakt in Exact", "Klaar om te boeken")
    assert sorted(wanted, key=told.index) == list(wanted)
    models.Booking.objects.filter(pk=row.pk).update(booked_at=making.NIGHT)
    assert "Klant 900042 gemaakt" not in text_of(html(officer, row)), "it was made for another invoice"
