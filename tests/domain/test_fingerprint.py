"""A change after booking is named by the field that changed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.domain.builders import address, debtor, invoice, line

from boekbrug.domain.debtor import ExternalId
from boekbrug.domain.fingerprint import Changed, changes, fingerprint
from boekbrug.domain.invoice import Course, Invoice, InvoiceStatus

BOOKED = invoice(line(), line("50.00", number=2, request=None, course=None))


def _changed(now: Invoice) -> list[str]:
    return [change.field for change in changes(fingerprint(BOOKED), fingerprint(now))]


def test_the_same_invoice_has_the_same_fingerprint_whatever_its_decimals_look_like() -> None:
    longer = replace(BOOKED, total_incl=Decimal("181.5000"), rate=None)
    assert fingerprint(BOOKED) == fingerprint(longer)
    assert fingerprint(BOOKED)["total_incl"] == "181.5"
    assert fingerprint(invoice(line("0.00")))["total_vat"] == "0"


@pytest.mark.parametrize(
    ("now", "fields"),
    [
        (replace(BOOKED, total_incl=Decimal(1)), ["total_incl"]),
        (replace(BOOKED, invoice_date=date(2026, 3, 17), due_date=None), ["invoice_date", "due_date"]),
        (replace(BOOKED, status=InvoiceStatus.DRAFT), ["status"]),
        (replace(BOOKED, vat=None), ["vat 2.base", "vat 2.amount"]),
        (replace(BOOKED, lines=BOOKED.lines[:1]), [f"line 2.{name}" for name in ("description", "quantity")]),
        (replace(BOOKED, debtor=debtor(number="43")), ["debtor.number"]),
        (replace(BOOKED, debtor=debtor(company=(ExternalId(id="7", source="Exact"),))), ["debtor.company"]),
        (
            replace(
                BOOKED, lines=(line(course=Course(code="BHV-26", kind="BHV", end=date(2026, 6, 1))), BOOKED.lines[1])
            ),
            ["line 1.course.end"],
        ),
    ],
)
def test_a_field_that_counts_is_named(now: Invoice, fields: list[str]) -> None:
    assert _changed(now)[: len(fields)] == fields


@pytest.mark.parametrize(
    "now",
    [
        replace(BOOKED, already_paid=True),
        replace(BOOKED, changed_at=datetime(2027, 1, 1, tzinfo=UTC)),
        replace(BOOKED, text="Met dank"),
        replace(BOOKED, debtor=debtor(invoice_address=address(city="Ede"), phone="030")),
    ],
)
def test_a_field_that_does_not_count_is_no_change(now: Invoice) -> None:
    assert _changed(now) == []


def test_a_change_has_both_sides() -> None:
    before = {"a": "1", "b": "2"}
    assert changes(before, {"b": "3", "c": "4"}) == (
        Changed(field="a", before="1", after=""),
        Changed(field="b", before="2", after="3"),
        Changed(field="c", before="", after="4"),
    )
