"""Put the invoice PDF into Exact: before the entry when it is there, later when it was missing (booking.md, "PDF")."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from boekbrug.domain.invoice import Invoice
from boekbrug.domain.problem import Problem, Severity, Subject, report
from boekbrug.domain.states import PdfState
from boekbrug.sync.backoff import wait_since
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, OutsideFailure, Refused, Throttled
from boekbrug.sync.gone import Gone, noticing_gone, still_there
from boekbrug.sync.once import once
from boekbrug.sync.ports import Booking, Document, IntentKind, Made, Pdf, Step
from boekbrug.sync.tools import Tools, at_coachview

log = structlog.get_logger()

BATCH = 20
TRY_AGAIN = timedelta(days=1)
SOURCE_SILENT = timedelta(minutes=5)
NOT_ASKED = timedelta(minutes=1)
NO_RIGHT = frozenset({"rights-missing", "scope-missing"})


class PdfUnavailable(Exception):
    """Coachview cannot give the PDF now; the invoice waits until `retry_at`."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("the PDF cannot be had now")
        self.retry_at = retry_at


@dataclass(frozen=True, kw_only=True)
class PutPdf:
    """Where the PDF ended up: the document to link to the entry, or why there is none (`passing`: for some minutes)."""

    document_id: str | None
    state: PdfState
    problems: tuple[Problem, ...] = ()
    passing: bool = False


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Whose document it is: the booking's, for one customer, and for the entry when that is booked already."""

    booking: Booking
    invoice: Invoice
    customer_id: str
    entry_id: str | None

    @property
    def key(self) -> str:
        """The beginning of its documents' natural keys; the fingerprint of the file follows.

        What is booked again after its entry was gone gets a document of its own: the earlier one may be gone too.
        """
        again = f".{self.booking.generation}" if self.booking.generation else ""
        return f"{self.booking.mark}{again}:{self.customer_id}:{self.entry_id or ''}:"

    @property
    def subject(self) -> str:
        """What the document is called in Exact, with the mark by which it is found again."""
        return f"Factuur {self.invoice.number} (BB-{self.booking.mark})"


def attach_pdfs(tools: Tools) -> datetime | None:
    """Put the PDFs that were missing when their entries were booked; when to try the next.

    A Coachview that gives something else than a PDF does so for others as well: they are asked for a minute later, one
    at a time, so that it costs few of the day's calls.
    """
    useless: set[int] = set()
    for booking in tools.books.pdf_due(tools.clock.now(), BATCH):
        if tools.slice_over():
            return tools.clock.now()
        if booking.organisation_id in useless:
            tools.books.pdf_state(booking, PdfState.MISSING, (), tools.clock.now() + NOT_ASKED)
        elif _attach_late(tools, booking):
            useless.add(booking.organisation_id)
    return tools.books.next_pdf()


def _attach_late(tools: Tools, booking: Booking) -> bool:
    """One that cannot be put now lets the others go on; whether Coachview gave something else than a PDF."""
    retry_at = tools.clock.now() + TRY_AGAIN
    try:
        put = document_with_pdf(tools, booking, tools.books.customer_id_of(booking), entry_id=booking.entry_id)
    except PdfUnavailable as unavailable:
        tools.books.pdf_state(booking, PdfState.MISSING, (), unavailable.retry_at)
    except Gone as gone:
        tools.books.pdf_state(booking, PdfState.MISSING, (), gone.retry_at or tools.clock.now())
    except OutcomeUnknown:
        settle_at = tools.books.next_settlement() or tools.clock.now()
        tools.books.step_due(Step.SETTLE, settle_at)
        tools.books.pdf_state(booking, PdfState.MISSING, (), settle_at)
    except Broken as broken:
        tools.books.broken(broken.endpoint, broken.detail)
        tools.books.pdf_state(booking, PdfState.MISSING, (), retry_at)
    else:
        if put.passing and booking.booked_at is not None:
            retry_at = tools.clock.now() + wait_since(booking.booked_at, tools.clock.now())
        tools.books.pdf_state(booking, put.state, put.problems, None if put.document_id else retry_at)
        return put.passing
    return False


def document_with_pdf(
    tools: Tools,
    booking: Booking,
    customer_id: str,
    *,
    entry_id: str | None = None,
    fetched: Callable[[], None] = lambda: None,
) -> PutPdf:
    """The document in Exact that carries the invoice's PDF, made once, with its attachment.

    `fetched` is called between Coachview, which gives the file, and the first call to Exact.

    A document made for an entry that was then refused is used again when file and customer are the same, else taken
    away first, so that a look-up by its mark cannot mistake it for the new one. Raises PdfUnavailable when Coachview
    cannot answer now; Gone when somebody deletes it meanwhile; OutcomeUnknown and the other failures as `once` does.
    """
    if booking.invoice is None:
        raise ValueError(f"booking {booking.id} has no readable invoice")
    if entry_id is not None and tools.books.has_open_intent(booking):
        raise OutcomeUnknown("an earlier POST of this booking is still being verified")
    place = _Place(booking=booking, invoice=booking.invoice, customer_id=customer_id, entry_id=entry_id)
    pdf = _fetch(tools, booking.organisation_id, booking.invoice)
    fetched()
    if pdf.problem is not None:
        left = _take_away(tools, place, tools.books.made(booking, IntentKind.DOCUMENT)) if entry_id is None else ()
        return PutPdf(document_id=None, state=PdfState.MISSING, problems=(pdf.problem, *left), passing=pdf.passing)
    return _put(tools, place, pdf)


def _fetch(tools: Tools, organisation_id: int, invoice: Invoice) -> Pdf:
    """The PDF; a source that was silent is not asked again in this slice.

    Who was not asked waits less long than who got no answer, so that one PDF that never comes holds up no others.
    """
    if organisation_id in tools.slice.silent_sources:
        raise PdfUnavailable(tools.clock.now() + NOT_ASKED)
    try:
        with at_coachview():
            return tools.source(organisation_id).pdf(invoice)
    except OutsideFailure as failure:
        tools.slice.silent_sources.add(organisation_id)
        _show(tools, failure)
        until = failure.until if isinstance(failure, Throttled) else tools.clock.now() + SOURCE_SILENT
        raise PdfUnavailable(until) from failure


def _show(tools: Tools, failure: OutsideFailure) -> None:
    """What a person must act on does not just wait."""
    if isinstance(failure, NotAllowed):
        tools.books.connection_failed(failure.party, failure.reason, failure.detail)
    if isinstance(failure, Broken):
        tools.books.broken(failure.endpoint, failure.detail)


def _put(tools: Tools, place: _Place, pdf: Pdf) -> PutPdf:
    fingerprint = hashlib.sha256(pdf.content).hexdigest()[:16]
    document, file, others = _still_there(tools, *_standing(tools, place, fingerprint))
    left = _take_away(tools, place, others)
    customer_id = None if place.entry_id else place.customer_id  # one with entries cannot be deleted
    try:
        with noticing_gone(tools, place.booking, customer_id):
            document_id = document.exact_id if document else _document(tools, place, fingerprint)
            if file is None:
                _attachment(tools, place, document_id, pdf, fingerprint)
    except Refused as refusal:
        if place.entry_id is None:
            left += _take_away(tools, place, tools.books.made(place.booking, IntentKind.DOCUMENT))
        return PutPdf(document_id=None, state=PdfState.MISSING, problems=(*_as_warnings(refusal), *left))
    return PutPdf(document_id=document_id, state=PdfState.DONE, problems=left)


_Standing = tuple[Made | None, Made | None, tuple[Made, ...]]


def _standing(tools: Tools, place: _Place, fingerprint: str) -> _Standing:
    """The document that serves and its file when that is in, and the others of this booking, which do not.

    One that belongs to a booked entry serves with whatever file it got: a PDF that changes afterwards is not sent
    again by itself.
    """
    documents = tools.books.made(place.booking, IntentKind.DOCUMENT)
    attached = _attached(tools.books.made(place.booking, IntentKind.ATTACHMENT)) if documents else {}
    serving: Made | None = None
    others: list[Made] = []
    for made in documents:
        file = attached.get(made.exact_id)
        fits = file is None or file.natural_key.endswith(f":{fingerprint}") or place.entry_id is not None
        if serving is None and fits and made.natural_key.startswith(place.key):
            serving = made
        else:
            others.append(made)
    return serving, attached.get(serving.exact_id) if serving else None, tuple(others)


def _still_there(tools: Tools, document: Made | None, file: Made | None, others: tuple[Made, ...]) -> _Standing:
    """The same, without what somebody deleted in Exact by hand; a document whose file alone is gone gets it again."""
    if document is None or (file and still_there(tools, IntentKind.ATTACHMENT, file)):
        return document, file, others
    if file:
        tools.books.removed(IntentKind.ATTACHMENT, file.exact_id)
    if still_there(tools, IntentKind.DOCUMENT, document):
        return document, None, others
    tools.books.removed(IntentKind.DOCUMENT, document.exact_id)
    return None, None, others


def _attached(attachments: Sequence[Made]) -> dict[str, Made]:
    """Document ids with the file that is in them."""
    return {made.natural_key.rpartition(":")[0]: made for made in attachments}


def _document(tools: Tools, place: _Place, fingerprint: str) -> str:
    document = Document(
        subject=place.subject,
        invoice_date=place.invoice.invoice_date,
        customer_id=place.customer_id,
        entry_id=place.entry_id,
    )
    body = tools.ledger.document_body(document)
    key = f"{place.key}{fingerprint}"
    return once(tools.books, tools.ledger, IntentKind.DOCUMENT, key, body, booking=place.booking).exact_id


def _attachment(tools: Tools, place: _Place, document_id: str, pdf: Pdf, fingerprint: str) -> None:
    body = tools.ledger.attachment_body(document_id, pdf.file_name, pdf.content)
    key = f"{document_id}:{fingerprint}"
    once(tools.books, tools.ledger, IntentKind.ATTACHMENT, key, body, booking=place.booking)


def _take_away(tools: Tools, place: _Place, documents: Sequence[Made]) -> tuple[Problem, ...]:
    """Delete documents that serve no more; one that Exact keeps is left and named, once."""
    named: list[Problem] = []
    for made in documents:
        if not made.left and not _deleted(tools, made.exact_id):
            subject = Subject(kind="document", key=made.exact_id)
            named.append(report("document-left", subject, document=place.subject))
    return tuple(named)


def _deleted(tools: Tools, document_id: str) -> bool:
    """Whether the document is gone; failures that pass are raised, so that it is tried again with its booking."""
    try:
        tools.ledger.delete_document(document_id)
    except (Refused, Broken, NotAllowed) as failure:
        if isinstance(failure, NotAllowed) and failure.reason not in NO_RIGHT:
            raise
        _show_broken(tools, failure)
        tools.books.left(IntentKind.DOCUMENT, document_id, failure.detail)
        log.info("Exact kept a document", action="document-left", document=document_id, detail=failure.detail)
        return False
    tools.books.removed(IntentKind.DOCUMENT, document_id)
    log.info("a document that served no more is deleted", action="document-deleted", document=document_id)
    return True


def _show_broken(tools: Tools, failure: OutsideFailure) -> None:
    if isinstance(failure, Broken):
        tools.books.broken(failure.endpoint, failure.detail)


def _as_warnings(refusal: Refused) -> tuple[Problem, ...]:
    """Exact's refusal of a file: the entry is booked all the same."""
    return tuple(
        replace(problem, severity=Severity.WARNS)
        if problem.code.startswith("pdf-")
        else report("pdf-refused", problem.subject, text=dict(problem.values).get("text", ""))
        for problem in refusal.problems
    )
