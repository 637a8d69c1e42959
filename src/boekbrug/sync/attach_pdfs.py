"""Put the invoice PDF into Exact: before the entry when it is there, later when it was missing (booking.md, "PDF")."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from boekbrug.domain.invoice import Invoice
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import PdfState
from boekbrug.sync.failures import OutcomeUnknown, OutsideFailure, Refused, Throttled
from boekbrug.sync.once import once
from boekbrug.sync.ports import Booking, Document, IntentKind, Pdf
from boekbrug.sync.tools import Tools, at_coachview

BATCH = 20
TRY_AGAIN = timedelta(days=1)
SOURCE_SILENT = timedelta(minutes=5)


class PdfUnavailable(Exception):
    """Coachview cannot give the PDF now; the invoice waits until `retry_at`."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("the PDF cannot be had now")
        self.retry_at = retry_at


@dataclass(frozen=True, kw_only=True)
class PutPdf:
    """Where the PDF ended up: the document to link to the entry, or why there is none."""

    document_id: str | None
    state: PdfState
    problems: tuple[Problem, ...] = ()


def attach_pdfs(tools: Tools) -> datetime | None:
    """Put the PDFs that were missing when their entries were booked; when to try the next."""
    for booking in tools.books.pdf_due(tools.clock.now(), BATCH):
        if tools.slice_over():
            return tools.clock.now()
        _attach_late(tools, booking)
    return tools.books.next_pdf()


def _attach_late(tools: Tools, booking: Booking) -> None:
    retry_at = tools.clock.now() + TRY_AGAIN
    try:
        put = document_with_pdf(tools, booking, tools.books.customer_id_of(booking), entry_id=booking.entry_id)
    except PdfUnavailable as unavailable:
        tools.books.pdf_state(booking, PdfState.MISSING, booking.problems, unavailable.retry_at)
    except OutcomeUnknown:
        tools.books.pdf_state(booking, PdfState.MISSING, booking.problems, tools.books.next_settlement() or retry_at)
    else:
        tools.books.pdf_state(booking, put.state, put.problems, None if put.document_id else retry_at)


def document_with_pdf(tools: Tools, booking: Booking, customer_id: str, *, entry_id: str | None = None) -> PutPdf:
    """The document in Exact that carries the invoice's PDF, made once, with its attachment.

    A document made for an entry that was then refused is used again when file and customer are the same. Raises
    PdfUnavailable when Coachview cannot answer now; OutcomeUnknown and the other failures as `once` does.
    """
    invoice = booking.invoice
    if invoice is None:
        raise ValueError(f"booking {booking.id} has no readable invoice")
    pdf = _fetch(tools, booking.organisation_id, invoice)
    if pdf.problem is not None:
        return PutPdf(document_id=None, state=PdfState.MISSING, problems=(pdf.problem,))
    try:
        document_id = _document(tools, booking, invoice, pdf, customer_id=customer_id, entry_id=entry_id)
    except Refused as refusal:
        return PutPdf(document_id=None, state=PdfState.MISSING, problems=refusal.problems)
    return PutPdf(document_id=document_id, state=PdfState.DONE)


def _fetch(tools: Tools, organisation_id: int, invoice: Invoice) -> Pdf:
    if organisation_id in tools.slice.silent_sources:
        raise PdfUnavailable(tools.clock.now() + SOURCE_SILENT)
    try:
        with at_coachview():
            return tools.source(organisation_id).pdf(invoice)
    except Throttled as throttled:
        tools.slice.silent_sources.add(organisation_id)
        raise PdfUnavailable(throttled.until) from throttled
    except OutsideFailure as failure:
        tools.slice.silent_sources.add(organisation_id)
        raise PdfUnavailable(tools.clock.now() + SOURCE_SILENT) from failure


def _document(
    tools: Tools, booking: Booking, invoice: Invoice, pdf: Pdf, *, customer_id: str, entry_id: str | None
) -> str:
    document = Document(
        subject=f"Factuur {invoice.number} (BB-{booking.mark})",
        invoice_date=invoice.invoice_date,
        customer_id=customer_id,
        entry_id=entry_id,
    )
    fingerprint = hashlib.sha256(pdf.content).hexdigest()[:16]
    made = once(
        tools.books, tools.ledger, IntentKind.DOCUMENT, f"{booking.mark}:{customer_id}:{fingerprint}",
        tools.ledger.document_body(document), booking=booking,
    )  # fmt: skip
    once(
        tools.books, tools.ledger, IntentKind.ATTACHMENT, f"{made.exact_id}:{fingerprint}",
        tools.ledger.attachment_body(made.exact_id, pdf.file_name, pdf.content), booking=booking,
    )  # fmt: skip
    return made.exact_id
