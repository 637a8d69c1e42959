"""Rows of the tables as the records that the verbs know."""

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store import models
from boekbrug.store.records import read, read_problems
from boekbrug.sync.ports import Answer, Booking, Intent, IntentKind, Unreadable

READ = (
    *("state", "integration_id", "organisation_id", "mark", "problems", "pdf_state", "generation", "exported_on"),
    *(
        "entry_id",
        "entry_number",
        "sent",
        "document_id",
        "look_first",
        "booked_at",
        "invoice__record",
        "invoice__unreadable",
    ),
)
"""The columns that `booking_of` reads: the others hold JSON that would be read for nothing."""


def booking_of(row: models.Booking) -> Booking:
    """A booking with its invoice; the problems of a record that cannot be read are the booking's."""
    if row.integration_id is None:
        raise ValueError(f"booking {row.id} belongs to no integration")
    invoice = invoice_of(row.invoice)
    return Booking(
        id=row.id,
        state=BookingState(row.state),
        integration_id=row.integration_id,
        organisation_id=row.organisation_id,
        mark=row.mark,
        invoice=invoice,
        problems=read_problems(row.problems if invoice is not None else row.invoice.unreadable),
        pdf_state=PdfState(row.pdf_state),
        generation=row.generation,
        exported_on=row.exported_on,
        entry_id=row.entry_id or None,
        entry_number=row.entry_number,
        sent=read(SalesEntry, row.sent) if row.sent is not None else None,
        document_id=row.document_id or None,
        look_first=row.look_first,
        booked_at=row.booked_at,
    )


def invoice_of(row: models.Invoice) -> Invoice | None:
    """The invoice, or None when its record cannot be read."""
    return read(Invoice, row.record) if row.record is not None else None


def reading_of(row: models.Invoice) -> Invoice | Unreadable:
    """Our reading of a stored record."""
    return invoice_of(row) or Unreadable(
        id=row.source_id, number=row.number, changed_at=row.changed_at, problems=read_problems(row.unreadable)
    )


def intent_of(row: models.Intent) -> Intent:
    """An intent with the body as it is stored: what is sent and looked up is what was committed."""
    return Intent(
        id=row.id,
        kind=IntentKind(row.kind),
        booking_id=row.booking_id,
        natural_key=row.natural_key,
        body=row.body,
        created_at=row.created_at,
        send_by=row.send_by,
        absent_since=row.absent_since,
    )


def answer_of(row: models.Intent) -> Answer:
    """The answer of an intent that is done."""
    return Answer(exact_id=row.exact_id, entry_number=row.entry_number, entry_kind=row.entry_kind)
