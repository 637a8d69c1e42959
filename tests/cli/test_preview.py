"""`boekbrug preview`: what booking changes at the customer is said field by field, in the reader's words."""

from dataclasses import replace

import pytest
from tests.domain import builders

from boekbrug.cli.preview import customer_changes
from boekbrug.domain.customer_record import ADDRESS, COMPARED, IN_WORDS
from boekbrug.domain.entry import FieldChange
from boekbrug.sentences.tell import LANGUAGES
from boekbrug.web.pages.invoice.customer import FIELDS

EVERY_FIELD = (*COMPARED, *ADDRESS, *IN_WORDS)


def test_both_sides_of_a_field_stand_in_one_line() -> None:
    theirs = builders.customer(phone="010")
    ours = builders.invoice(debtor=builders.debtor(phone="030-1234567", email=""))
    known = builders.reference(customers=(theirs,))
    decision = builders.booked(ours, builders.options(overwrite_customer=True), known)
    assert customer_changes(decision, "nl") == "het telefoonnummer: 010 → 030-1234567"
    assert customer_changes(decision, "en") == "the phone number: 010 → 030-1234567"


def test_where_nothing_changes_nothing_is_said() -> None:
    assert customer_changes(builders.booked(), "nl") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", EVERY_FIELD)
def test_every_field_that_may_change_has_words(field: str, language: str) -> None:
    decision = builders.booked()
    change = FieldChange(field=field, before="", after="x")
    decision = replace(decision, customer_change=replace(decision.customer_change, changes=(change,)))
    said = customer_changes(decision, language)
    assert said is not None
    assert said.endswith(": – → x")
    assert field in FIELDS
