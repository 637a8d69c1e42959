"""`/facturen/<id>`: what changes at the customer in Exact, and a missing PDF that a person has tried again."""

from typing import Any

import pytest
from django.test import Client
from tests.web import making
from tests.web.reading_pages import read

from boekbrug.domain.entry import FieldChange
from boekbrug.store import models
from boekbrug.store.records import write
from boekbrug.web.pages.invoice.customer import FIELDS

CHANGES = (
    FieldChange(field="email", before="oud@jansen.example", after="nieuw@jansen.example"),
    FieldChange(field="contact", before="", after="Anna Jansen"),
)


def address(noord: making.Institute, number: str) -> str:
    return f"/facturen/{noord.made[number].pk}"


def with_changes(noord: making.Institute, number: str, *changes: FieldChange) -> str:
    values: dict[str, Any] = {"customer_changes": [write(change) for change in changes]}
    models.Booking.objects.filter(id=noord.made[number].pk).update(**values)
    return address(noord, number)


def test_before_booking_both_sides_of_each_field_are_shown(noord: making.Institute, reader: Client) -> None:
    page = read(reader, with_changes(noord, "20260336", *CHANGES))
    assert "Wijzigt bij de relatie in Exact" in page
    assert "E-mailadres oud@jansen.example nieuw@jansen.example" in page
    assert "Contactpersoon – Anna Jansen" in page


def test_afterwards_it_says_that_it_was_changed(noord: making.Institute, reader: Client) -> None:
    assert "Bij de relatie in Exact gewijzigd" in read(reader, with_changes(noord, "20260332", *CHANGES))


def test_where_nothing_changes_nothing_is_said(noord: making.Institute, reader: Client) -> None:
    assert "relatie in Exact" not in read(reader, address(noord, "20260332"))


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_has_a_word(noord: making.Institute, reader: Client, field: str) -> None:
    page = read(reader, with_changes(noord, "20260336", FieldChange(field=field, before="a", after="b")))
    assert f"{FIELDS[field]} a b" in page


def test_a_missing_pdf_can_be_tried_again(noord: making.Institute, reader: Client) -> None:
    page = address(noord, "20260333")
    assert "Opnieuw proberen" in read(reader, page)
    answer = reader.post(page, {"actie": "retry"}, follow=True)
    said = answer.content.decode()
    assert "De PDF wordt opnieuw opgehaald en naar Exact gestuurd." in said
    assert "PDF opnieuw proberen gekozen" in said
    booking = models.Booking.objects.get(id=noord.made["20260333"].pk)
    assert (booking.state, booking.pdf_state) == ("booked", "missing")
    assert booking.pdf_retry_at is not None
    assert models.DueStep.objects.filter(administration=noord.administration, step="pdf").exists()


def test_an_invoice_whose_pdf_is_there_offers_nothing(noord: making.Institute, reader: Client) -> None:
    assert "Opnieuw proberen" not in read(reader, address(noord, "20260332"))
