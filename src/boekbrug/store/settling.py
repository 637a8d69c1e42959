"""What a look-up found: the intent is closed and its booking moves on, both or neither (exactly-once.md, "Intents")."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store import models
from boekbrug.store.bookings import by_run, entry_taken, number_in_use, write_booked
from boekbrug.store.held import because, held_values
from boekbrug.store.intents import answer_values, close, without_file
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import IntentState
from boekbrug.store.moves import By, move
from boekbrug.store.options import options_of
from boekbrug.store.prepared import prepared
from boekbrug.store.records import write_problems
from boekbrug.store.rows import answer_of
from boekbrug.store.steps import PROOF_WAIT, make_due
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import Answer, Found, Intent, IntentKind, MadeEntry, NotThere, SomethingElse, Step

ON_ITS_WAY = (BookingState.BOOKING, BookingState.UNKNOWN)


def settled(shift: Shift, intent: Intent, outcome: Found | NotThere | SomethingElse) -> BookingState | None:
    """Close the intent and move its booking (if any) on; the new state.

    Found of an entry -> booked; Found of another kind, or NotThere -> ready; SomethingElse -> held. A booking that
    is not on its way (a late PDF) stays where it is, and so does one that has another unanswered intent.
    """
    with change(shift, durable=True) as at:
        row = _open(shift, intent)
        outcome = _unless_adopted(row, outcome)
        _close(row, outcome, at)
        if row.booking_id is None:
            return None
        booking = (
            models.Booking.objects.select_for_update(of=("self",)).select_related("invoice").get(id=row.booking_id)
        )
        state = BookingState(booking.state)
        if state not in ON_ITS_WAY or _open_intents(booking.id):
            return state
        return _move_on(shift, booking, row, outcome, at)


def _open(shift: Shift, intent: Intent) -> models.Intent:
    rows = models.Intent.objects.select_for_update(of=("self",))
    row = rows.filter(id=intent.id, administration_id=shift.administration_id, state=IntentState.OPEN).first()
    if row is None:
        raise LeaseLost(f"intent {intent.id} is not open any more")
    return row


def _unless_adopted(row: models.Intent, outcome: Found | NotThere | SomethingElse) -> Found | NotThere | SomethingElse:
    """An entry that another booking has cannot be this one's too."""
    booking = row.booking
    if booking is None or row.kind != IntentKind.ENTRY or not isinstance(outcome, Found):
        return outcome
    if entry_taken(booking, outcome.answer.exact_id):
        return SomethingElse(problem=number_in_use(booking, outcome.answer.entry_number))
    return outcome


def _close(row: models.Intent, outcome: Found | NotThere | SomethingElse, at: datetime) -> None:
    kind = IntentKind(row.kind)
    if isinstance(outcome, Found):
        close(row.id, IntentState.DONE, at, **answer_values(kind, outcome.answer))
    elif isinstance(outcome, SomethingElse):
        close(row.id, IntentState.REFUSED, at, problems=write_problems([outcome.problem]), **without_file(kind))
    elif kind.guarded_by_exact or row.absent_since is not None:
        close(row.id, IntentState.ABSENT, at, why="not there", **without_file(kind))
    else:
        raise ValueError(f"intent {row.id}: a {kind} must be looked up twice before it is not there")


def _open_intents(booking_id: int) -> bool:
    return models.Intent.objects.filter(booking_id=booking_id, state=IntentState.OPEN).exists()


def _move_on(
    shift: Shift, booking: models.Booking, row: models.Intent, outcome: Found | NotThere | SomethingElse, at: datetime
) -> BookingState:
    by, old = by_run(shift), BookingState(booking.state)
    if isinstance(outcome, SomethingElse):
        problems = (outcome.problem,)
        values = {**held_values(problems), "needs_check": booking.needs_check}
        move(booking.id, old, BookingState.HELD, by=by, at=at, why=because(problems), **values)
        return BookingState.HELD
    if isinstance(outcome, Found) and row.kind == IntentKind.ENTRY:
        new = _adopt(booking, row.body, outcome.answer, by=by, at=at, why="found in Exact")
        make_due(shift.administration_id, Step.PROVE, at + PROOF_WAIT)
        make_due(shift.administration_id, Step.PDF, at)
        return new
    why = "found in Exact" if isinstance(outcome, Found) else "certainly not in Exact"
    move(booking.id, old, BookingState.READY, by=by, at=at, why=f"{row.kind}: {why}", retry_at=None)
    make_due(shift.administration_id, Step.BOOK, at)
    return BookingState.READY


def _adopt(
    booking: models.Booking, body: dict[str, object], answer: Answer, *, by: By, at: datetime, why: str
) -> BookingState:
    """Write a found entry down; customer and PDF are those that the body carried."""
    document_id = _document_in(booking, body)
    made = MadeEntry(
        answer=answer,
        customer_id=_customer_in(booking, body),
        pdf=PdfState.DONE if document_id else _pdf_wanted(booking),
        warnings=(),
        document_id=document_id,
    )
    return write_booked(booking, None, made, by=by, at=at, why=why)


def _customer_in(booking: models.Booking, body: dict[str, object]) -> str:
    """The customer whose id stands in the body: linked to the debtor before the entry was sent."""
    links = models.DebtorLink.objects.filter(
        administration=booking.administration,
        organisation_id=booking.organisation_id,
        debtor_id=booking.invoice.debtor_id,
        customer_id__in=_texts(body),
    )
    return links.values_list("customer_id", flat=True).first() or ""


def _document_in(booking: models.Booking, body: dict[str, object]) -> str | None:
    """The document of ours that the body carries, when there is one."""
    documents = models.Intent.objects.filter(
        booking_id=booking.id, kind=str(IntentKind.DOCUMENT), state=IntentState.DONE, exact_id__in=_texts(body)
    )
    return documents.values_list("exact_id", flat=True).first()


def _pdf_wanted(booking: models.Booking) -> PdfState:
    """Still to be put, when PDFs go along."""
    wanted = booking.integration_id is not None and options_of(booking.integration_id).options.send_pdf
    return PdfState.DUE if wanted else PdfState.NONE


def _texts(body: dict[str, object]) -> list[str]:
    return [value for value in body.values() if isinstance(value, str)]


def orphans_to_unknown(shift: Shift) -> int:
    """Rows in `booking` that are not ours: with an unanswered intent to `unknown`, else to `ready`; how many.

    An answer that was committed before its worker died is not forgotten: such a booking is booked. A row in
    `unknown` whose intents all have an outcome (the worker died between the two) moves on likewise.
    """
    with prepared(_IN_FLIGHT, {"administration": shift.administration_id}) as cursor:
        if cursor.fetchone() is None:
            return 0
    with change(shift) as at:
        unanswered = models.Intent.objects.filter(booking_id=OuterRef("id"), state=IntentState.OPEN)
        rows = (
            models.Booking.objects.select_for_update(of=("self",))
            .select_related("invoice")
            .filter(administration_id=shift.administration_id)
        )
        claimed = rows.filter(state=BookingState.BOOKING).exclude(claimed_by=shift.lease.number)
        decided = rows.filter(~Exists(unanswered), state=BookingState.UNKNOWN)
        orphans = [*claimed.order_by("id"), *decided.order_by("id")]
        for row in orphans:
            _rescue(row, by=by_run(shift), at=at)
        return len(orphans)


_IN_FLIGHT = """
    SELECT id FROM store_booking
     WHERE administration_id = %(administration)s AND state IN ('booking', 'unknown') LIMIT 1
"""


def _rescue(row: models.Booking, *, by: By, at: datetime) -> None:
    why = "its worker is gone"
    entry = row.intents.filter(kind=str(IntentKind.ENTRY), state=IntentState.DONE).first()
    old = BookingState(row.state)
    if _open_intents(row.id):
        move(row.id, old, BookingState.UNKNOWN, by=by, at=at, why=why)
    elif entry is not None and row.sent is not None:
        _adopt(row, entry.body, answer_of(entry), by=by, at=at, why=f"{why}; the answer was there")
    else:
        move(row.id, old, BookingState.READY, by=by, at=at, why=why, retry_at=None)
