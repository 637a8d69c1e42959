"""One entry on the line: while Exact answers, the next invoice is made ready, up to its committed intent.

Exact wants one call after the other (exact-rest.md 2), so the next POST begins when the answer before it is committed;
only then is that booking written up. docs/decisions/0014-one-call-on-the-line.md says why.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import structlog

from boekbrug import trail
from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.problem import Problem, Subject
from boekbrug.sync.attach_pdfs import PdfUnavailable, PutPdf
from boekbrug.sync.backoff import wait_after
from boekbrug.sync.decide import internal_error
from boekbrug.sync.failures import (
    Broken,
    LeaseLost,
    NotAllowed,
    OutcomeUnknown,
    OutsideFailure,
    Refused,
    Throttled,
    Unreachable,
)
from boekbrug.sync.gone import Gone, noticing_gone
from boekbrug.sync.ledger_port import Posting
from boekbrug.sync.once import hear
from boekbrug.sync.ports import (
    NOT_UNDERSTOOD,
    OUR_OWN_FAULT,
    REFUSED_BY_EXACT,
    Answer,
    Booking,
    Intent,
    MadeEntry,
    Step,
)
from boekbrug.sync.refresh_reference import ask_for_refresh, wanting
from boekbrug.sync.tools import Tools

log = structlog.get_logger()

MOST_UNANSWERED = 3
"""So many POSTs in a row without an answer: Exact is away, and each further one would cost a look-up as well."""

OUR_BUGS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
TOO_LATE = "the call before took too long"
STOPPED = "the call before stopped the integration"
PAUSED = "somebody paused the integration meanwhile"
GONE = "something was deleted in Exact, which this one may name as well"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A claimed booking of which all but the entry itself is in Exact: what its entry is sent and written up with."""

    booking: Booking
    entry: SalesEntry
    customer_id: str
    pdf: PutPdf
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class _Sent:
    ready: Ready
    intent: Intent
    waiting: Callable[[], Answer]


@dataclass(frozen=True, kw_only=True)
class _Heard:
    ready: Ready
    answer: Answer


class Line:
    """The line to Exact of one slice: at most one entry is on it, and its answer is heard before anything follows."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._sent: _Sent | None = None

    def follow(self, ready: Ready, intent: Intent) -> None:
        """Hear what is on the line, put this entry on it, and then write up the one that was heard.

        When the one before shows that everything has to wait, or that something is gone in Exact, this one is not
        sent, and goes back to `ready`. Raises LeaseLost when the one before stops its integration, or when somebody
        paused or deleted it meanwhile.
        """
        waited = self._sent is not None
        posting = _prepared(self._tools, intent)
        try:
            heard = self._hear()
        except (Throttled, Unreachable, NotAllowed) as failure:
            posting.drop()
            self._take_back(ready, intent, failure.detail)
            raise
        over = self._why_over(ready, heard) if waited else ""
        gone = GONE if self._tools.slice.gone else ""
        if over or gone or self._tools.clock.now() > intent.send_by:
            posting.drop()
            self._take_back(ready, intent, over or gone or TOO_LATE)
        else:
            self._sent = _Sent(ready=ready, intent=intent, waiting=_put(posting))
        if heard is not None:
            self._write_up(heard)
        if over:
            raise LeaseLost(over)

    def _why_over(self, ready: Ready, heard: _Heard | None) -> str:
        """Why the next one is not sent although its intent was committed while the one before was on the line."""
        if heard is not None and ignored(heard):
            return STOPPED
        return "" if self._tools.books.may_send(ready.booking) else PAUSED

    def clear(self) -> None:
        """Hear and write up what is on the line: nothing is, from now on."""
        heard = self._hear()
        if heard is not None:
            self._write_up(heard)

    def clear_before_next(self) -> None:
        """The same before a call for the next one; raises Gone when that one may name what is gone."""
        self.clear()
        if self._tools.slice.gone:
            raise Gone(GONE)

    def _hear(self) -> _Heard | None:
        sent, self._sent = self._sent, None
        if sent is None:
            return None
        ready, tools = sent.ready, self._tools
        with (
            following(ready.booking),
            fitting_state(tools, ready.booking),
            noticing_gone(tools, ready.booking, ready.customer_id),
        ):
            answer = hear(tools.books, tools.ledger, sent.intent, sent.waiting)
            return _Heard(ready=ready, answer=answer)
        return None

    def _write_up(self, heard: _Heard) -> None:
        with following(heard.ready.booking), fitting_state(self._tools, heard.ready.booking):
            write_up(self._tools, heard.ready, heard.answer)

    def _take_back(self, ready: Ready, intent: Intent, why: str) -> None:
        self._tools.books.unsent(intent, why)
        self._tools.books.retry(ready.booking, self._tools.clock.now(), why)


def _prepared(tools: Tools, intent: Intent) -> Posting[Answer]:
    """The POST made ready; one that cannot be says so to who waits for it."""
    try:
        return tools.ledger.prepare(intent)
    except (OutsideFailure, *OUR_BUGS) as failure:
        waiting = _raising(failure)
        return Posting(send=lambda: waiting, drop=lambda: None)


def _put(posting: Posting[Answer]) -> Callable[[], Answer]:
    try:
        return posting.send()
    except (OutsideFailure, *OUR_BUGS) as failure:
        return _raising(failure)


def _raising(failure: Exception) -> Callable[[], Answer]:
    def wait() -> Answer:
        raise failure

    return wait


def following(booking: Booking) -> AbstractContextManager[None]:
    """Log under this booking and its invoice."""
    return trail.following(booking=booking.id, invoice=booking.invoice.number if booking.invoice else "")


def write_up(tools: Tools, ready: Ready, answer: Answer) -> None:
    """Move the booking to `booked`, and stop its integration when Exact gave another number or type than was asked."""
    made = MadeEntry(
        answer=answer,
        customer_id=ready.customer_id,
        pdf=ready.pdf.state,
        warnings=ready.warnings,
        document_id=ready.pdf.document_id,
        pdf_retry_at=tools.clock.now() + wait_after(1, 0) if ready.pdf.passing else None,
    )
    tools.books.booked(ready.booking, ready.entry, made)
    if made.pdf_retry_at is not None:  # a step that is due in a day, for another PDF, would make this one wait for it
        tools.books.step_due(Step.PDF, made.pdf_retry_at)
    tools.slice.unanswered.clear()
    log.info("an invoice was booked", action="booked", entry=answer.exact_id, entry_number=answer.entry_number)
    for problem in ignored(_Heard(ready=ready, answer=answer)):
        tools.books.stop(ready.booking.integration_id, problem)


def ignored(heard: _Heard) -> tuple[Problem, ...]:
    """What Exact gave another value than was asked: going on would do the same to every invoice.

    The store refuses the next intent of a stopped integration (LeaseLost), which ends the slice.
    """
    asked, answer = heard.ready.entry, heard.answer
    subject = Subject(kind="entry", key=str(answer.entry_number or ""))
    found: list[Problem] = []
    if answer.entry_number is not None and answer.entry_number != asked.entry_number:
        values = (("asked", str(asked.entry_number)), ("got", str(answer.entry_number)))
        found.append(Problem(code="entry-number-ignored", subject=subject, values=values))
    if answer.entry_kind is not None and answer.entry_kind != asked.kind:
        values = (("asked", str(asked.kind)), ("got", str(answer.entry_kind)))
        found.append(Problem(code="type-ignored", subject=subject, values=values))
    return tuple(found)


@contextmanager
def fitting_state(tools: Tools, claimed: Booking) -> Iterator[None]:
    """Every failure class leaves the booking in the state that fits it; what makes everything wait is raised on."""
    try:
        yield
    except Refused as refusal:
        tools.books.hold(claimed, refusal.problems, REFUSED_BY_EXACT)
        if wanting(refusal.problems):
            ask_for_refresh(tools)
    except Gone as gone:
        tools.slice.gone.add(str(gone))
        tools.books.retry(claimed, gone.retry_at or tools.clock.now(), str(gone))
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
