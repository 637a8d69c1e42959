"""Book what is ready: customer, project and PDF first, then the entry, each POST behind its own intent."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from boekbrug import trail
from boekbrug.domain.entry import Book, CustomerAction, Decision, SalesEntry
from boekbrug.domain.options import ExportMode
from boekbrug.domain.problem import Problem, Subject
from boekbrug.domain.reference import Project, Reference
from boekbrug.domain.states import PdfState
from boekbrug.sync.attach_pdfs import NOT_ASKED, PdfUnavailable, PutPdf, document_with_pdf
from boekbrug.sync.decide import Desk, decide, internal_error, lay_out
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, Refused, Throttled, Unreachable
from boekbrug.sync.once import once
from boekbrug.sync.place_customer import place_customer
from boekbrug.sync.ports import (
    NOT_UNDERSTOOD,
    OUR_OWN_FAULT,
    REFUSED_BY_EXACT,
    Answer,
    Booking,
    Decided,
    IntentKind,
    Koppeling,
    MadeEntry,
    Step,
)
from boekbrug.sync.refresh_reference import ask_for_refresh, wanting
from boekbrug.sync.tools import Tools

log = structlog.get_logger()

BATCH = 20
PROOF_WAIT = timedelta(minutes=15)
PROOF_AT_ONCE = 200
MOST_UNANSWERED = 3
"""So many POSTs in a row without an answer: Exact is away, and each further one would cost a look-up as well."""

OUR_BUGS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def book_invoices(tools: Tools) -> datetime | None:
    """Book as many ready invoices as fit in this slice; when to go on (None: when something becomes ready)."""
    while not tools.slice_over() and (bookings := tools.books.ready(tools.clock.now(), BATCH)):
        room_at = _book_batch(tools, bookings)
        if room_at is not None:
            return room_at
    _wake_proof(tools)
    tools.books.step_due(Step.CONFIRM, tools.clock.now())
    tools.books.end_bulk_runs()
    return tools.books.next_ready()


def _book_batch(tools: Tools, bookings: tuple[Booking, ...]) -> datetime | None:
    """Book these until the slice, the budget or the desk's freshness ends; when there is budget again."""
    desk = lay_out(tools.books, bookings, tools.checks)
    for booking in bookings:
        if tools.slice_over():
            return None
        if _source_silent(tools, desk.koppelingen[booking.integration_id]):
            tools.books.postpone(booking, tools.clock.now() + NOT_ASKED)
            continue
        decision = decide(desk, booking, tools.clock.today())
        room_at = tools.ledger.room_at(_calls_of(decision, desk.koppelingen[booking.integration_id]))
        if room_at > tools.clock.now():
            return room_at
        claimed = tools.books.claim(booking, tools.clock.today())
        if claimed is not None:
            with trail.following(booking=claimed.id, invoice=_number_of(claimed)):
                _book_one(tools, desk, claimed)
        if _changes_reference(decision):
            return None
    return None


def _number_of(booking: Booking) -> str:
    return booking.invoice.number if booking.invoice else ""


def _source_silent(tools: Tools, koppeling: Koppeling) -> bool:
    """Whether the PDF cannot be asked for in this slice: then the invoice need not start."""
    return koppeling.options.send_pdf and koppeling.organisation_id in tools.slice.silent_sources


def _calls_of(decision: Decision, koppeling: Koppeling) -> int:
    """How many calls this decision costs: the entry, its PDF, its customer with what hangs on it, its projects."""
    if not isinstance(decision, Book):
        return 0
    change = decision.customer_change
    belongings = (change.contact, change.invoice_address, change.bank_account)
    customer = 0 if change.action is CustomerAction.USE else 1 + sum(part is not None for part in belongings)
    return 1 + (2 if koppeling.options.send_pdf else 0) + customer + len(decision.projects)


def _changes_reference(decision: Decision) -> bool:
    """Whether carrying it out makes our copy of Exact stale for the next invoice."""
    return isinstance(decision, Book) and (
        decision.customer_change.action is not CustomerAction.USE or bool(decision.projects)
    )


def _book_one(tools: Tools, desk: Desk, claimed: Booking) -> None:
    """Carry out one decision; every failure class leaves the booking in the state that fits it."""
    decision = decide(desk, claimed, tools.clock.today())
    if not isinstance(decision, Book):
        tools.books.decided((Decided(booking=claimed, decision=decision),))
        return
    try:
        _send(tools, desk, claimed, decision)
    except Refused as refusal:
        tools.books.hold(claimed, refusal.problems, REFUSED_BY_EXACT)
        if wanting(refusal.problems):
            ask_for_refresh(tools)
    except PdfUnavailable as unavailable:
        tools.books.retry(claimed, unavailable.retry_at, "Coachview could not give the PDF")
    except OutcomeUnknown as unknown:
        _leave_unknown(tools, claimed, unknown)
    except Broken as broken:
        tools.books.broken(broken.endpoint, broken.detail)
        tools.books.hold(claimed, (internal_error(claimed),), NOT_UNDERSTOOD)
    except (Throttled, Unreachable, NotAllowed) as failure:
        tools.books.retry(claimed, tools.clock.now(), failure.detail)
        raise
    except OUR_BUGS:
        log.exception("booking an invoice failed", action="internal-error", booking=claimed.id)
        if tools.books.has_open_intent(claimed):
            tools.books.unknown(claimed, "our own fault after sending")
        else:
            tools.books.hold(claimed, (internal_error(claimed),), OUR_OWN_FAULT)


def _leave_unknown(tools: Tools, claimed: Booking, unknown: OutcomeUnknown) -> None:
    """A customer's or project's unknown outcome is not the booking's: its invoices wait in `ready`.

    Raises Unreachable when so many in a row got no answer that Exact must be away.
    """
    settle_at = tools.books.next_settlement() or tools.clock.now()
    if tools.books.has_open_intent(claimed):
        tools.books.unknown(claimed, unknown.detail)
        tools.slice.unanswered.add(claimed.id)
    else:
        tools.books.retry(claimed, settle_at, unknown.detail)
    tools.books.step_due(Step.SETTLE, settle_at)
    if len(tools.slice.unanswered) >= MOST_UNANSWERED:
        raise Unreachable(f"{MOST_UNANSWERED} calls in a row got no answer; the last: {unknown.detail}")


def _send(tools: Tools, desk: Desk, claimed: Booking, decision: Book) -> None:
    koppeling = desk.koppelingen[claimed.integration_id]
    links = desk.links[claimed.integration_id]
    customer_id, warnings = place_customer(tools, claimed, decision.customer_change, desk.reference, links)
    reference = _place_projects(tools, decision, customer_id, desk.reference)
    pdf = _place_pdf(tools, claimed, koppeling, customer_id)
    body = tools.ledger.entry_body(
        decision.entry, customer_id=customer_id, document_id=pdf.document_id, reference=reference
    )
    key = f"{claimed.mark}:{claimed.generation}"
    answer = once(tools.books, tools.ledger, IntentKind.ENTRY, key, body, booking=replace(claimed, sent=decision.entry))
    all_warnings = (*decision.warnings, *warnings, *pdf.problems)
    made = MadeEntry(
        answer=answer,
        customer_id=customer_id,
        pdf=pdf.state,
        warnings=all_warnings,
        document_id=pdf.document_id,
    )
    tools.books.booked(claimed, decision.entry, made)
    tools.slice.unanswered.clear()
    log.info("an invoice was booked", action="booked", entry=answer.exact_id, entry_number=answer.entry_number)
    _stop_when_ignored(tools, claimed, decision.entry, answer)


def _place_pdf(tools: Tools, claimed: Booking, koppeling: Koppeling, customer_id: str) -> PutPdf:
    if not koppeling.options.send_pdf:
        return PutPdf(document_id=None, state=PdfState.NONE)
    return document_with_pdf(tools, claimed, customer_id)


def _place_projects(tools: Tools, decision: Book, customer_id: str, reference: Reference) -> Reference:
    """Make the projects that the user wants made; the reference with them in it."""
    projects = dict(reference.projects)
    for wanted in decision.projects:
        body = tools.ledger.project_body(wanted.code, wanted.description, customer_id)
        made = once(tools.books, tools.ledger, IntentKind.PROJECT, wanted.code, body, booking=None)
        project = Project(exact_id=made.exact_id, code=wanted.code, description=wanted.description)
        tools.books.keep_project(project)
        projects[wanted.code] = project
    return replace(reference, projects=projects)


def _stop_when_ignored(tools: Tools, claimed: Booking, entry: SalesEntry, answer: Answer) -> None:
    """Exact gave another number or type than was asked: going on would do the same to every invoice.

    The store refuses the next intent of a stopped integration (LeaseLost), which ends the slice.
    """
    subject = Subject(kind="entry", key=str(answer.entry_number or ""))
    if answer.entry_number is not None and answer.entry_number != entry.entry_number:
        values = (("asked", str(entry.entry_number)), ("got", str(answer.entry_number)))
        tools.books.stop(claimed.integration_id, Problem(code="entry-number-ignored", subject=subject, values=values))
    if answer.entry_kind is not None and answer.entry_kind != entry.kind:
        values = (("asked", str(entry.kind)), ("got", str(answer.entry_kind)))
        tools.books.stop(claimed.integration_id, Problem(code="type-ignored", subject=subject, values=values))


def _wake_proof(tools: Tools) -> None:
    """Prove at the end of a bulk run, or when 200 wait; in realtime within 15 minutes."""
    waiting = tools.books.waiting_for_proof()
    if not waiting:
        return
    realtime = any(k.options.export_mode is ExportMode.REALTIME for k in tools.books.koppelingen())
    at_once = waiting >= PROOF_AT_ONCE or not realtime
    tools.books.step_due(Step.PROVE, tools.clock.now() + (timedelta(0) if at_once else PROOF_WAIT))
