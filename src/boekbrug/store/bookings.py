"""Bookings of one administration: what wants work, and the moves that a run makes.

The moves that every invoice makes are one statement each: an institute's night is made of them.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from boekbrug.domain.entry import Book, Decision, Hold, SalesEntry
from boekbrug.domain.forecast import calls_of
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import Actor, BookingState, PdfState
from boekbrug.store import models
from boekbrug.store.findings import note_change, note_differences, note_unreadable
from boekbrug.store.held import NOT_HELD, NOT_SKIPPED, because, held_values
from boekbrug.store.leases import HELD, Shift, change, demand, held
from boekbrug.store.moves import By, history, history_of, move, move_all, stay, write_history
from boekbrug.store.prepared import prepared
from boekbrug.store.records import read_problems, write, write_problems
from boekbrug.store.rows import READ, booking_of, invoice_of
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import Booking, Decided, MadeEntry

WANTS_CHECK = (BookingState.RECEIVED, BookingState.READY, BookingState.HELD, BookingState.SKIPPED)
IN_EXACT = (BookingState.BOOKED, BookingState.PROVEN, BookingState.DIFFERS)
PDF_AGAIN = timedelta(days=1)


def by_run(shift: Shift) -> By:
    """The run that works under this lease, for the history."""
    return By(kind=Actor.RUN, name=shift.lease.owner)


def _mine(shift: Shift) -> QuerySet[models.Booking]:
    return models.Booking.objects.select_related("invoice").filter(administration_id=shift.administration_id)


def _active(shift: Shift) -> QuerySet[models.Booking]:
    return _mine(shift).filter(integration__state=shift.koppelingen)


def to_check(shift: Shift, limit: int) -> tuple[Booking, ...]:
    """Bookings of active integrations that want a (new) check, oldest invoice date first."""
    rows = _active(shift).filter(needs_check=True, state__in=WANTS_CHECK)
    return tuple(booking_of(row) for row in rows.only(*READ).order_by("invoice_date", "number", "id")[:limit])


def _ready(shift: Shift) -> QuerySet[models.Booking]:
    return _active(shift).filter(state=BookingState.READY, needs_check=False)


def ready(shift: Shift, now: datetime, limit: int) -> tuple[Booking, ...]:
    """Bookings of active integrations in `ready` whose time has come, by invoice date and number."""
    rows = _ready(shift).filter(Q(retry_at__isnull=True) | Q(retry_at__lte=now))
    return tuple(booking_of(row) for row in rows.only(*READ).order_by("invoice_date", "number", "id")[:limit])


def next_ready(shift: Shift) -> datetime | None:
    """The earliest time of a booking in `ready` of an active integration; None when there is none."""
    values = {"administration": shift.administration_id, "state": str(shift.koppelingen)}
    with prepared(_READY_NOW, values) as cursor:
        if cursor.fetchone() is not None:
            return shift.now()
    return _ready(shift).order_by("retry_at").values_list("retry_at", flat=True).first()


_READY_NOW = """
    SELECT booking.id FROM store_booking AS booking
      JOIN store_integration AS integration ON integration.id = booking.integration_id
     WHERE booking.administration_id = %(administration)s AND booking.state = 'ready' AND NOT booking.needs_check
       AND booking.retry_at IS NULL AND integration.state = %(state)s
     LIMIT 1
"""


def release_ready(administration_id: int) -> int:
    """Let what waits for a night or for a next try be booked now, because a person asks; how many."""
    rows = models.Booking.objects.filter(administration_id=administration_id, state=BookingState.READY)
    return rows.exclude(retry_at=None).update(retry_at=None)


def to_preview(integration_id: int, number: str | None) -> tuple[Booking, ...]:
    """The invoices with this number, or all that are not booked yet, of one integration, oldest first."""
    rows = models.Booking.objects.filter(integration_id=integration_id).select_related("invoice")
    undecided = (BookingState.RECEIVED, BookingState.READY, BookingState.HELD)
    rows = rows.filter(number=number) if number else rows.filter(state__in=undecided)
    return tuple(booking_of(row) for row in rows.order_by("invoice_date", "number", "id"))


def decided(shift: Shift, outcomes: Sequence[Decided]) -> None:
    """Write down what the check decided; a record that changed during the check wants another one.

    A booking that somebody moved on meanwhile is left where it is.
    """
    with change(shift) as at:
        checked = {outcome.booking.id: outcome for outcome in outcomes}
        rows = _mine(shift).select_for_update(of=("self",)).filter(id__in=checked).order_by("id")
        there = [row for row in rows if row.state == checked[row.id].booking.state]
        written = [_checked(row, checked[row.id]) for row in there]
        with connection.cursor() as cursor:
            cursor.execute(_DECIDED, {"rows": json.dumps(written, default=str), "at": at})
        write_history([(row["id"], row["old"], row["new"], row["why"]) for row in written], by=by_run(shift), at=at)


def _checked(row: models.Booking, outcome: Decided) -> dict[str, Any]:
    """The columns after the check, under the names of _DECIDED."""
    new, why, values = _outcome(outcome.decision, outcome.not_before)
    return {
        "id": row.id,
        "old": row.state,
        "new": str(new),
        "why": why,
        "customer_changes": _customer_changes(outcome.decision),
        "calls": calls_of(outcome.decision),
        **values,
        "needs_check": invoice_of(row.invoice) != outcome.booking.invoice,
    }


_DECIDED = """
    UPDATE store_booking AS booking
       SET state = checked.new,
           state_since = CASE WHEN checked.new = checked.old THEN booking.state_since ELSE %(at)s END,
           needs_check = checked.needs_check, retry_at = checked.retry_at, problems = checked.problems,
           warnings = checked.warnings, causes = checked.causes, skip_reason = checked.skip_reason,
           skip_values = checked.skip_values, customer_changes = checked.customer_changes,
           calls = checked.calls,
           unconfirmed = booking.unconfirmed OR checked.new = 'held'
                         OR checked.new = 'skipped' AND booking.confirmed_as IS NOT NULL
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS checked(
               id bigint, old text, new text, needs_check boolean, retry_at timestamptz, problems jsonb,
               warnings jsonb, causes varchar[], skip_reason text, skip_values jsonb, customer_changes jsonb,
               calls smallint
           )
     WHERE booking.id = checked.id
"""


def _customer_changes(decision: Decision) -> list[Any]:
    """What booking would change at the customer, field by field."""
    return [write(one) for one in decision.customer_change.changes] if isinstance(decision, Book) else []


def _outcome(decision: Decision, not_before: datetime | None) -> tuple[BookingState, str, dict[str, object]]:
    if isinstance(decision, Book):
        values = {"retry_at": not_before, "warnings": write_problems(decision.warnings), **NOT_HELD, **NOT_SKIPPED}
        return BookingState.READY, "checked", values
    if isinstance(decision, Hold):
        return BookingState.HELD, because(decision.problems), held_values(decision.problems, decision.warnings)
    skipped = {
        "skip_reason": str(decision.reason),
        "skip_values": [list(pair) for pair in decision.values],
        "retry_at": None,
        "warnings": [],
        **NOT_HELD,
    }
    return BookingState.SKIPPED, str(decision.reason), skipped


def _locked(shift: Shift, booking: Booking) -> models.Booking:
    """The booking's row, locked, still in the state that the record says."""
    rows = _mine(shift).select_for_update(of=("self",)).filter(id=booking.id, state=booking.state)
    row = rows.first()
    if row is None:
        raise LeaseLost(f"booking {booking.id} is not in {booking.state} any more")
    return row


def claim(shift: Shift, booking: Booking, today: date) -> Booking | None:
    """Move `ready` to `booking`, freeze the export date and what the invoice looks like; None when it is not ready.

    A booking that wants a new check, or whose integration was paused meanwhile, is not ready.
    """
    at = shift.now()
    values = {**held(shift, at), **history(by_run(shift), "claimed"), "booking": booking.id, "today": today}
    with prepared(_CLAIM, values) as cursor:
        row = cursor.fetchone()
    if row is None:
        demand(shift)
        return None
    return booking_of(_claimed(row))


_CLAIM = f"""
    WITH {HELD}, claimed AS (
        UPDATE store_booking AS booking
           SET state = 'booking', state_since = %(at)s, exported_on = COALESCE(booking.exported_on, %(today)s),
               used_fingerprint = invoice.fingerprint, claimed_by = %(lease)s
          FROM store_invoice AS invoice, store_integration AS integration
         WHERE booking.id = %(booking)s AND booking.administration_id = %(administration)s
           AND booking.state = 'ready' AND NOT booking.needs_check AND invoice.id = booking.invoice_id
           AND integration.id = booking.integration_id AND integration.state = 'active' AND EXISTS (SELECT FROM lease)
        RETURNING booking.id, booking.integration_id, booking.organisation_id, booking.mark, booking.problems,
                  booking.pdf_state, booking.generation, booking.exported_on, booking.entry_id, booking.entry_number,
                  booking.look_first, booking.sent, invoice.record, invoice.unreadable
    ), {history_of("claimed", "ready", "booking")}
    SELECT * FROM claimed
"""  # noqa: S608 - made of constants


def _claimed(row: tuple[Any, ...]) -> models.Booking:
    *columns, sent, record, unreadable = row
    names = (
        *("id", "integration_id", "organisation_id", "mark", "problems", "pdf_state", "generation", "exported_on"),
        *("entry_id", "entry_number", "look_first"),
    )
    values = dict(zip(names, columns, strict=True))
    values["problems"] = json.loads(values["problems"])
    return models.Booking(
        **values,
        state=BookingState.BOOKING,
        sent=None if sent is None else json.loads(sent),
        invoice=models.Invoice(
            record=None if record is None else json.loads(record), unreadable=json.loads(unreadable)
        ),
    )


def hold(shift: Shift, booking: Booking, problems: tuple[Problem, ...], why: str) -> None:
    """Move to `held` with these problems; a record that changed meanwhile still wants its check."""
    with change(shift) as at:
        row = _locked(shift, booking)
        values = {**held_values(problems), "needs_check": row.needs_check}
        move(row.id, booking.state, BookingState.HELD, by=by_run(shift), at=at, why=why, **values)


def retry(shift: Shift, booking: Booking, at: datetime, why: str) -> None:
    """Move back to `ready`, not before `at`."""
    with change(shift) as now:
        _locked(shift, booking)
        move(booking.id, booking.state, BookingState.READY, by=by_run(shift), at=now, why=why, retry_at=at)


def postpone(shift: Shift, booking: Booking, at: datetime) -> None:
    """Leave it in `ready`, not before `at`; it was not begun, so the history has nothing to say."""
    with change(shift):
        _ready(shift).filter(id=booking.id).update(retry_at=at)


def unknown(shift: Shift, booking: Booking, why: str) -> None:
    """Move to `unknown`: an intent has no answer."""
    with change(shift) as at:
        _locked(shift, booking)
        move(booking.id, booking.state, BookingState.UNKNOWN, by=by_run(shift), at=at, why=why)


def booked(shift: Shift, booking: Booking, entry: SalesEntry, made: MadeEntry) -> None:
    """Move to `booked`; what was sent is what its intent carried, which may be older than `entry`.

    One statement when there is nothing to look at: the record is as it was claimed, and no other booking has the entry.
    """
    at = shift.now()
    values = {
        **held(shift, at),
        **history(by_run(shift), "booked"),
        "booking": booking.id,
        "state": str(booking.state),
        "sent": json.dumps(write(entry)),
        "entry_id": made.answer.exact_id,
        "entry_number": made.answer.entry_number,
        "customer_id": made.customer_id,
        "warnings": json.dumps(write_problems(made.warnings)),
        "pdf_state": str(made.pdf),
        "pdf_retry_at": _pdf_again(made, at),
        "document_id": made.document_id or "",
    }
    with prepared(_BOOKED, values) as cursor:
        if cursor.rowcount == 1:
            return
    with change(shift) as at:
        row = _locked(shift, booking)
        write_booked(row, entry, made, by=by_run(shift), at=at, why="booked")


_BOOKED = f"""
    WITH {HELD}, booked AS (
        UPDATE store_booking AS booking
           SET state = 'booked', state_since = %(at)s, booked_at = %(at)s,
               sent = COALESCE(booking.sent, %(sent)s::jsonb), entry_id = %(entry_id)s,
               entry_number = COALESCE(
                   %(entry_number)s::bigint, (COALESCE(booking.sent, %(sent)s::jsonb) ->> 'entry_number')::bigint
               ),
               journal = COALESCE(booking.sent, %(sent)s::jsonb) ->> 'journal',
               year = (COALESCE(booking.sent, %(sent)s::jsonb) ->> 'reporting_year')::int,
               period = (COALESCE(booking.sent, %(sent)s::jsonb) ->> 'reporting_period')::int,
               exact_customer_id = %(customer_id)s, warnings = %(warnings)s::jsonb, pdf_state = %(pdf_state)s,
               pdf_retry_at = %(pdf_retry_at)s::timestamptz, document_id = %(document_id)s,
               needs_check = FALSE, retry_at = NULL, unconfirmed = TRUE, problems = '[]'::jsonb, causes = '{{}}',
               skip_reason = '', skip_values = '[]'::jsonb
          FROM store_invoice AS invoice
         WHERE booking.id = %(booking)s AND booking.administration_id = %(administration)s
           AND booking.state = %(state)s AND booking.generation = 0 AND invoice.id = booking.invoice_id
           AND invoice.record IS NOT NULL AND invoice.fingerprint = booking.used_fingerprint
           AND NOT EXISTS (SELECT FROM store_booking AS other WHERE other.administration_id = %(administration)s
                              AND other.entry_id = %(entry_id)s AND other.id <> %(booking)s)
           AND EXISTS (SELECT FROM lease)
        RETURNING booking.id
    ), {history_of("booked", "booking", "booked")}
    SELECT id FROM booked
"""  # noqa: S608 - made of constants


def _pdf_again(made: MadeEntry, at: datetime) -> datetime | None:
    return (made.pdf_retry_at or at + PDF_AGAIN) if made.pdf is PdfState.MISSING else None


def write_booked(
    row: models.Booking, entry: SalesEntry | None, made: MadeEntry, *, by: By, at: datetime, why: str
) -> BookingState:
    """Move a locked row to `booked` with the entry's identity, inside the caller's transaction; the new state.

    An entry that another booking has cannot be this one's too: then it is held.
    """
    sent = row.sent if row.sent is not None else write(entry)
    if entry_taken(row, made.answer.exact_id):
        problems = (number_in_use(row, made.answer.entry_number),)
        values = {**held_values(problems), "needs_check": row.needs_check}
        move(row.id, BookingState(row.state), BookingState.HELD, by=by, at=at, why=because(problems), **values)
        return BookingState.HELD
    move(
        row.id,
        BookingState(row.state),
        BookingState.BOOKED,
        by=by,
        at=at,
        why=why,
        sent=sent,
        entry_id=made.answer.exact_id,
        entry_number=made.answer.entry_number if made.answer.entry_number is not None else sent["entry_number"],
        journal=sent["journal"],
        year=sent["reporting_year"],
        period=sent["reporting_period"],
        exact_customer_id=made.customer_id,
        booked_at=at,
        warnings=write_problems(made.warnings),
        pdf_state=str(made.pdf),
        pdf_retry_at=_pdf_again(made, at),
        document_id=made.document_id or "",
        needs_check=False,
        retry_at=None,
        unconfirmed=True,
        **NOT_HELD,
        **NOT_SKIPPED,
    )
    if row.invoice.record is None:
        note_unreadable(row, row.invoice.unreadable, at)
    elif row.used_fingerprint is not None:
        note_change(row, row.invoice.fingerprint, at)
    return BookingState.BOOKED


def entry_taken(row: models.Booking, entry_id: str) -> bool:
    """Whether another booking of the administration has this entry."""
    others = models.Booking.objects.filter(administration=row.administration, entry_id=entry_id)
    return others.exclude(id=row.id).exists()


def number_in_use(row: models.Booking, entry_number: int | None) -> Problem:
    """The problem that the booking's number leads to an entry of another booking."""
    sent = row.sent or {}
    number = str(entry_number if entry_number is not None else sent.get("entry_number", ""))
    subject = Subject(kind="entry_number", key=number)
    return report("entry-number-in-use", subject, number=number, journal=sent.get("journal", ""))


def waiting_for_proof(shift: Shift) -> int:
    """How many bookings are in `booked`."""
    with prepared(_WAITING_FOR_PROOF, {"administration": shift.administration_id}) as cursor:
        (count,) = cursor.fetchone() or (0,)
    return int(count)


_WAITING_FOR_PROOF = """
    SELECT count(*) FROM store_booking WHERE administration_id = %(administration)s AND state = 'booked'
"""


def unproven(shift: Shift, limit: int) -> tuple[Booking, ...]:
    """Bookings in `booked`, by journal and entry number."""
    rows = _mine(shift).filter(state=BookingState.BOOKED, sent__isnull=False)
    return tuple(booking_of(row) for row in rows.only(*READ).order_by("journal", "entry_number", "id")[:limit])


def proven(shift: Shift, bookings: Sequence[Booking]) -> None:
    """Move these to `proven`, all or none."""
    with change(shift) as at:
        ids = [booking.id for booking in bookings]
        move_all(ids, BookingState.BOOKED, BookingState.PROVEN, by=by_run(shift), at=at, why="proven")


def differs(shift: Shift, booking: Booking, differences: tuple[Difference, ...]) -> None:
    """Move to `differs`, with a finding that holds both sides."""
    with change(shift) as at:
        _locked(shift, booking)
        why = ", ".join(dict.fromkeys(difference.field for difference in differences))
        move(booking.id, booking.state, BookingState.DIFFERS, by=by_run(shift), at=at, why=why)
        note_differences(booking.id, differences, at)


def pdf_due(shift: Shift, now: datetime, limit: int) -> tuple[Booking, ...]:
    """Booked, proven or differing invoices whose PDF is still to be put and whose time to try has come."""
    rows = _pdf_wanted(shift).filter(Q(pdf_retry_at__isnull=True) | Q(pdf_retry_at__lte=now))
    return tuple(booking_of(row) for row in rows.order_by("pdf_retry_at", "id")[:limit])


def next_pdf(shift: Shift) -> datetime | None:
    """When the next missing PDF is to be tried."""
    if _pdf_wanted(shift).filter(pdf_retry_at__isnull=True).exists():
        return shift.now()
    return _pdf_wanted(shift).order_by("pdf_retry_at").values_list("pdf_retry_at", flat=True).first()


def _pdf_wanted(shift: Shift) -> QuerySet[models.Booking]:
    """A PDF that is missing without a time is not tried again."""
    wanted = Q(pdf_state=PdfState.DUE) | Q(pdf_state=PdfState.MISSING, pdf_retry_at__isnull=False)
    return _active(shift).filter(wanted, state__in=IN_EXACT, invoice__record__isnull=False)


def customer_id_of(shift: Shift, booking: Booking) -> str:
    """The Exact id of the customer that the entry was booked on."""
    return _mine(shift).values_list("exact_customer_id", flat=True).get(id=booking.id)


def pdf_state(
    shift: Shift, booking: Booking, state: PdfState, problems: tuple[Problem, ...], retry_at: datetime | None
) -> None:
    """Write down where the PDF stands; a PDF that was put takes its warnings away."""
    with change(shift):
        row = _locked(shift, booking)
        kept = read_problems(row.warnings)
        if state is not PdfState.MISSING or problems:
            kept = tuple(warning for warning in kept if not warning.code.startswith("pdf-"))
        warnings = tuple(dict.fromkeys((*kept, *problems)))
        stay(
            row.id,
            booking.state,
            pdf_state=str(state),
            pdf_retry_at=retry_at,
            warnings=write_problems(warnings),
        )
