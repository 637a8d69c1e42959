"""The document that carries an invoice PDF, and its attachment, in Exact's words (exact-rest.md 4.5)."""

from base64 import b64encode
from typing import Any

from boekbrug.exact.wire.values import day, filled
from boekbrug.sync.ports import Document

SALES_INVOICE = 10


def document_body(document: Document) -> dict[str, Any]:
    """The body of a document of type 10; with an entry it is linked from this side (booking.md, "PDF")."""
    fields = {
        "Subject": document.subject,
        "Type": SALES_INVOICE,
        "Account": document.customer_id,
        "DocumentDate": day(document.invoice_date),
        "FinancialTransactionEntryID": document.entry_id,
    }
    return filled(fields)


def attachment_body(document_id: str, file_name: str, content: bytes) -> dict[str, Any]:
    """The body of an attachment; it cannot be nested in its document (3.9)."""
    return {"Document": document_id, "FileName": file_name, "Attachment": b64encode(content).decode("ascii")}
