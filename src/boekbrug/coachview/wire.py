"""Coachview's words become ours: a record and the names of a profile become an Invoice, or the problems why not.

Nothing here raises for what a record holds: absurd values are problems (booking.md, "Problems",
`invoice-unreadable`), and what is merely absent is absent. A draft is never booked, so one that cannot be read
is a draft without lines instead of a problem for somebody.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from boekbrug.coachview.answers import Record
from boekbrug.coachview.debtors import read_debtor
from boekbrug.coachview.profile import Profile
from boekbrug.coachview.values import (
    MISSING,
    UNKNOWN_VALUE,
    WRONG_KIND,
    Context,
    Fault,
    Reader,
    shown,
)
from boekbrug.domain.debtor import Address, Debtor
from boekbrug.domain.invoice import Course, Invoice, InvoiceLine, InvoiceStatus, Request, VatTotal
from boekbrug.domain.money import ZERO
from boekbrug.domain.problem import Problem, Subject
from boekbrug.sync.ports import Received, Unreadable

# More faults than this in one record say nothing new to the one who must repair it.
MOST_FAULTS = 20
HOME_CURRENCY = "EUR"


def read_invoice(record: Record, debtor: Record | None, profile: Profile, *, now: datetime) -> Received:
    """One record of the invoices as an Invoice or Unreadable, with its raw text.

    `debtor` is the debtor's own record when the invoice does not carry it. `now` bounds what dates are believed
    and stands in for a changed-at that cannot be read.
    """
    context = Context(formats=profile.formats, today=now.astimezone(profile.formats.time_zone).date())
    raw = f'{{"invoice": {record.text}, "debtor": {debtor.text if debtor else "null"}}}'
    return Received(reading=_reading(record, debtor, profile, context, now), raw=raw)


def _reading(
    record: Record, debtor: Record | None, profile: Profile, context: Context, now: datetime
) -> Invoice | Unreadable:
    reader = Reader(record=record.value, paths=profile.invoices.fields, context=context)
    if not isinstance(record.value, Mapping):
        fault = Fault(field="record", what=WRONG_KIND, found=shown(record.value))
        return _unreadable(record, "", "", now, (fault,))
    invoice_id, number = reader.id("id"), reader.text("number", longest=50)
    status = _status(reader, profile)
    changed_at = reader.moment("changed_at")
    if not invoice_id or status is None or changed_at is None:
        return _unreadable(record, invoice_id, number, changed_at or now, reader.faults)
    if status is InvoiceStatus.DEFINITIVE and not number:
        reader.fault("number", MISSING, None)
    names = (invoice_id, number)
    invoice = _invoice(reader, debtor, profile, names=names, status=status, changed_at=changed_at)
    if invoice is not None and not reader.faults:
        return invoice
    if status is InvoiceStatus.DRAFT:
        return _bare_draft(invoice_id, number, changed_at)
    return _unreadable(record, invoice_id, number, changed_at, reader.faults)


def _status(reader: Reader, profile: Profile) -> InvoiceStatus | None:
    text = reader.text("status", needed=True)
    if text == profile.invoices.definitive_status:
        return InvoiceStatus.DEFINITIVE
    if text == profile.invoices.draft_status:
        return InvoiceStatus.DRAFT
    if text:
        reader.fault("status", UNKNOWN_VALUE, text)
    return None


def _invoice(
    reader: Reader,
    debtor: Record | None,
    profile: Profile,
    *,
    names: tuple[str, str],
    status: InvoiceStatus,
    changed_at: datetime,
) -> Invoice | None:
    invoice_date = reader.day("invoice_date", needed=True)
    who = read_debtor(reader, debtor, profile)
    payment_method = reader.text("payment_method_type")
    lines = tuple(_line(row, number, reader, profile) for number, row in enumerate(reader.rows("lines"), start=1))
    if not lines:
        reader.fault("lines", MISSING, None)
    values: dict[str, Any] = {
        "definitive_on": reader.day("definitive_on"),
        "due_date": reader.day("due_date"),
        "payment_term_days": reader.days("payment_term_days"),
        "currency": _currency(reader),
        "rate": reader.rate("rate"),
        "total_excl": reader.money("total_excl"),
        "total_vat": reader.money("total_vat"),
        "total_incl": reader.money("total_incl"),
        "vat": _vat(reader, profile),
        "reference": reader.text("reference"),
        "payment_reference": reader.text("payment_reference"),
        "text": reader.text("text"),
        "direct_debit": bool(payment_method) and payment_method == profile.invoices.direct_debit,
        "already_paid": reader.flag("already_paid"),
    }
    if invoice_date is None or who is None:
        return None
    return Invoice(
        id=names[0],
        number=names[1],
        status=status,
        invoice_date=invoice_date,
        changed_at=changed_at,
        debtor=who,
        lines=tuple(line for line in lines if line is not None),
        **values,
    )


def _currency(reader: Reader) -> str:
    """An ISO 4217 code; the euro when the environment or the invoice names none."""
    text = reader.text("currency").upper()
    if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
        reader.fault("currency", UNKNOWN_VALUE, text)
    return text or HOME_CURRENCY


def _vat(reader: Reader, profile: Profile) -> tuple[VatTotal, ...] | None:
    """VAT per code as printed; None when the environment or the invoice has none."""
    rows = reader.rows("vat")
    totals: list[VatTotal] = []
    for row in rows:
        inner = reader.inner(row, profile.invoices.vat_fields, "vat")
        totals.append(
            VatTotal(code=inner.text("code", needed=True), base=inner.money("base"), amount=inner.money("amount"))
        )
    return tuple(totals) or None


def _line(row: Any, number: int, outer: Reader, profile: Profile) -> InvoiceLine | None:
    reader = outer.inner(row, profile.invoices.line_fields, "line", number)
    if not isinstance(row, Mapping):
        outer.faults.append(Fault(field="line", what=WRONG_KIND, found=shown(row), line=number))
        return None
    amount = reader.money("amount")
    return InvoiceLine(
        id=reader.text("id", longest=100),
        number=number,
        description=reader.text("description"),
        quantity=reader.number("quantity", default=Decimal(1)),
        unit_price=reader.number("unit_price", default=amount),
        amount=amount,
        vat_code=reader.text("vat_code", needed=True),
        vat_percentage=reader.fraction("vat_percentage"),
        vat_amount=reader.money("vat_amount"),
        gl_account=reader.text("gl_account", needed=True),
        cost_centre=reader.text("cost_centre"),
        request=_request(reader),
        course=_course(reader),
    )


def _request(reader: Reader) -> Request | None:
    request = Request(
        number=reader.text("request_number"),
        reference=reader.text("request_reference"),
        start=reader.day("request_start"),
        end=reader.day("request_end"),
    )
    return None if request == Request() else request


def _course(reader: Reader) -> Course | None:
    course = Course(
        code=reader.text("course_code"),
        kind=reader.text("course_kind"),
        start=reader.day("course_start"),
        end=reader.day("course_end"),
        first_lesson=reader.day("course_first_lesson"),
        last_lesson=reader.day("course_last_lesson"),
    )
    return None if course == Course() else course


def _bare_draft(invoice_id: str, number: str, changed_at: datetime) -> Invoice:
    """A draft without anything that could be booked: only rule 1 looks at it."""
    nobody = Debtor(
        id="",
        number="",
        external_number="",
        name="",
        company=None,
        person=None,
        invoice_address=Address(),
        visit_address=None,
    )
    return Invoice(
        id=invoice_id,
        number=number,
        status=InvoiceStatus.DRAFT,
        definitive_on=None,
        invoice_date=changed_at.date(),
        due_date=None,
        payment_term_days=None,
        currency=HOME_CURRENCY,
        rate=None,
        total_excl=ZERO,
        total_vat=ZERO,
        total_incl=ZERO,
        vat=None,
        reference="",
        payment_reference="",
        text="",
        direct_debit=False,
        already_paid=False,
        changed_at=changed_at,
        debtor=nobody,
        lines=(),
    )


def _unreadable(
    record: Record, invoice_id: str, number: str, changed_at: datetime, faults: Iterable[Fault]
) -> Unreadable:
    """The problems of a record; one without a usable id is known by what it holds, so that it is not lost."""
    known_as = invoice_id or "unreadable-" + hashlib.sha256(record.text.encode("utf-8", "replace")).hexdigest()[:24]
    problems = tuple(dict.fromkeys(_problem(fault) for fault in faults))[:MOST_FAULTS]
    return Unreadable(id=known_as, number=number, changed_at=changed_at, problems=problems)


def _problem(fault: Fault) -> Problem:
    return Problem(
        code="invoice-unreadable",
        subject=Subject(line=fault.line, kind="field", key=fault.field),
        values=(("field", fault.field), ("value", fault.found), ("fault", fault.what)),
    )
