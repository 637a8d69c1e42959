"""Book what is ready: customer, project and PDF first, then the entry, each POST behind its own intent."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from boekbrug.domain.entry import Book, CustomerAction, Decision
from boekbrug.domain.forecast import PDF_CALLS, calls_of
from boekbrug.domain.options import ExportMode
from boekbrug.domain.reference import Project, Reference
from boekbrug.domain.states import PdfState
from boekbrug.sync.attach_pdfs import NOT_ASKED, PutPdf, document_with_pdf
from boekbrug.sync.decide import Desk, decide, lay_out
from boekbrug.sync.gone import noticing_gone
from boekbrug.sync.line import Line, Ready, fitting_state, following, write_up
from boekbrug.sync.once import begin, once
from boekbrug.sync.place_customer import place_customer
from boekbrug.sync.ports import Answer, Booking, Decided, Intent, IntentKind, Koppeling, Step
from boekbrug.sync.tools import Tools

BATCH = 20
PROOF_WAIT = timedelta(minutes=15)
PROOF_AT_ONCE = 200


def book_invoices(tools: Tools) -> datetime | None:
    """Book as many ready invoices as fit in this slice; when to go on (None: when something becomes ready)."""
    line = Line(tools)
    try:
        room_at = _book_ready(tools, line)
    finally:
        line.clear()
    if room_at is not None:
        return room_at
    _wake_proof(tools)
    tools.books.step_due(Step.CONFIRM, tools.clock.now())
    tools.books.end_bulk_runs()
    return tools.books.next_ready()


def _book_ready(tools: Tools, line: Line) -> datetime | None:
    """Book until the slice ends or nothing is ready; when there is budget again, if that is what ended it."""
    while not tools.slice_over() and (bookings := tools.books.ready(tools.clock.now(), BATCH)):
        room_at = _book_batch(tools, line, bookings)
        if room_at is not None:
            return room_at
    return None


def _book_batch(tools: Tools, line: Line, bookings: tuple[Booking, ...]) -> datetime | None:
    """Book these until the slice, the budget or the desk's freshness ends; when there is budget again."""
    tools.slice.gone.clear()
    desk = lay_out(tools.books, bookings, tools.checks)
    for booking in bookings:
        if tools.slice_over():
            return None
        if _source_silent(tools, desk.koppelingen[booking.integration_id]):
            tools.books.postpone(booking, tools.clock.now() + NOT_ASKED)
            continue
        today = tools.clock.today()
        decision = decide(desk, booking, today)
        room_at = tools.ledger.room_at(_calls_of(decision, desk.koppelingen[booking.integration_id]))
        if room_at > tools.clock.now():
            return room_at
        claimed = tools.books.claim(booking, today)
        if claimed is not None:
            with following(claimed):
                _book_one(tools, line, desk, claimed, decision if _as_decided(booking, claimed, today) else None)
        if _changes_reference(decision) or tools.slice.gone:
            return None
    return None


def _source_silent(tools: Tools, koppeling: Koppeling) -> bool:
    """Whether the PDF cannot be asked for in this slice: then the invoice need not start."""
    return koppeling.options.send_pdf and koppeling.organisation_id in tools.slice.silent_sources


def _calls_of(decision: Decision, koppeling: Koppeling) -> int:
    """How many calls this decision costs, those of its PDF among them."""
    calls = calls_of(decision)
    return calls + PDF_CALLS if calls and koppeling.options.send_pdf else calls


def _changes_reference(decision: Decision) -> bool:
    """Whether carrying it out makes our copy of Exact stale for the next invoice."""
    return isinstance(decision, Book) and (
        decision.customer_change.action is not CustomerAction.USE or bool(decision.projects)
    )


def _as_decided(read: Booking, claimed: Booking, today: date) -> bool:
    """Whether the claim froze what was decided about: then the decision holds, for `book()` is a pure function."""
    return (
        claimed.invoice == read.invoice
        and claimed.integration_id == read.integration_id
        and claimed.exported_on == (read.exported_on or today)
    )


def _book_one(tools: Tools, line: Line, desk: Desk, claimed: Booking, decision: Decision | None) -> None:
    """Carry out one decision, made anew where it is None; every failure class leaves a fitting state."""
    decision = decision or decide(desk, claimed, tools.clock.today())
    if not isinstance(decision, Book):
        tools.books.decided((Decided(booking=claimed, decision=decision),))
        return
    begun: tuple[Ready, Intent] | None = None
    with fitting_state(tools, claimed):
        begun = _begin(tools, line, desk, claimed, decision)
    if begun is not None:
        line.follow(*begun)


def _begin(tools: Tools, line: Line, desk: Desk, claimed: Booking, decision: Book) -> tuple[Ready, Intent] | None:
    """Put all but the entry into Exact and commit its intent; None when the entry turned out to be there already."""
    if _changes_reference(decision):
        line.clear_before_next()
    koppeling, links = desk.koppelingen[claimed.integration_id], desk.links[claimed.integration_id]
    with noticing_gone(tools, claimed, decision.customer_change.exact_id):
        customer_id, warnings = place_customer(tools, claimed, decision.customer_change, desk.reference, links)
    with noticing_gone(tools, claimed, customer_id):  # one that we made just now may be gone as well
        reference = _place_projects(tools, decision, customer_id, desk.reference)
        pdf = _place_pdf(tools, line, claimed, koppeling, customer_id)
        ready = Ready(
            booking=claimed,
            entry=decision.entry,
            customer_id=customer_id,
            pdf=pdf,
            warnings=(*decision.warnings, *warnings, *pdf.problems),
        )
        intent = _entry_intent(tools, line, ready, reference)
    if isinstance(intent, Answer):
        write_up(tools, ready, intent)
        return None
    return ready, intent


def _entry_intent(tools: Tools, line: Line, ready: Ready, reference: Reference) -> Intent | Answer:
    """The committed intent of the entry, or its answer where it was there already or had to be looked up before."""
    booking = replace(ready.booking, sent=ready.entry)
    body = tools.ledger.entry_body(
        ready.entry, customer_id=ready.customer_id, document_id=ready.pdf.document_id, reference=reference
    )
    key = f"{booking.mark}:{booking.generation}"
    if booking.look_first:
        line.clear_before_next()
        return once(tools.books, tools.ledger, IntentKind.ENTRY, key, body, booking=booking)
    return begin(tools.books, IntentKind.ENTRY, key, body, booking=booking)


def _place_pdf(tools: Tools, line: Line, claimed: Booking, koppeling: Koppeling, customer_id: str) -> PutPdf:
    """Coachview is asked for the file while Exact still answers the call before."""
    if not koppeling.options.send_pdf:
        return PutPdf(document_id=None, state=PdfState.NONE)
    return document_with_pdf(tools, claimed, customer_id, fetched=line.clear_before_next)


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


def _wake_proof(tools: Tools) -> None:
    """Prove at the end of a bulk run, or when 200 wait; in realtime within 15 minutes."""
    waiting = tools.books.waiting_for_proof()
    if not waiting:
        return
    realtime = any(k.options.export_mode is ExportMode.REALTIME for k in tools.books.koppelingen())
    at_once = waiting >= PROOF_AT_ONCE or not realtime
    tools.books.step_due(Step.PROVE, tools.clock.now() + (timedelta(0) if at_once else PROOF_WAIT))
