"""Opnieuw boeken: a booked invoice whose entry is gone from Exact goes back to ready, by name (exactly-once.md)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store.bookings import IN_EXACT
from boekbrug.store.models import Booking, Finding, FindingState, IntegrationState, IntentState
from boekbrug.store.moves import By, MovedOn, move
from boekbrug.store.organisations import NotFound
from boekbrug.store.records import read
from boekbrug.store.steps import make_due
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import IntentKind, Step

BOOKED_AGAIN = "booked-again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """What is looked for in Exact before a booking may be made again."""

    booking_id: int
    administration_id: int
    entry_id: str
    sent: SalesEntry


def to_book_again(booking_id: int) -> Gone:
    """The booked invoice's entry; raises NotFound, and MovedOn when it is not booked or its koppeling is not active."""
    row = Booking.objects.select_related("integration").filter(id=booking_id).first()
    if row is None:
        raise NotFound("There is no invoice {id}.", id=booking_id)
    active = row.integration is not None and row.integration.state == IntegrationState.ACTIVE
    if row.state not in IN_EXACT or not active or row.sent is None or row.administration_id is None:
        raise MovedOn(f"the invoice is {row.state} by now")
    sent: SalesEntry = read(SalesEntry, row.sent)
    return Gone(booking_id=row.id, administration_id=row.administration_id, entry_id=row.entry_id, sent=sent)


def book_again(gone: Gone, *, by: By, now: datetime) -> None:
    """Its entry is certainly not in Exact any more: forget it, and let the invoice be checked and booked anew.

    The next POST looks first, in case somebody put the entry back. Raises MovedOn when the invoice is not where it
    was, or when something of it is still on its way.
    """
    with transaction.atomic():
        rows = Booking.objects.select_for_update(of=("self",))
        row = rows.filter(id=gone.booking_id, state__in=IN_EXACT, entry_id=gone.entry_id).first()
        if row is None or row.intents.filter(state=IntentState.OPEN).exists():
            raise MovedOn(f"invoice {gone.booking_id} is not where it was")
        entries = row.intents.filter(kind=str(IntentKind.ENTRY), state=IntentState.DONE)
        entries.update(state=IntentState.REMOVED, closed_at=now)
        Finding.objects.filter(booking=row, state=FindingState.OPEN).update(state=FindingState.GONE, decided_at=now)
        _back_to_ready(row, f"{BOOKED_AGAIN}: {row.entry_number}", by, now)
        make_due(gone.administration_id, Step.FETCH, now)
        make_due(gone.administration_id, Step.CHECK, now)


def _back_to_ready(row: Booking, why: str, by: By, now: datetime) -> None:
    try:
        move(
            row.id,
            BookingState(row.state),
            BookingState.READY,
            by=by,
            at=now,
            why=why,
            generation=row.generation + 1,
            look_first=True,
            needs_check=True,
            reread=True,
            retry_at=None,
            exported_on=None,
            used_fingerprint=None,
            sent=None,
            entry_id="",
            entry_number=None,
            journal="",
            year=None,
            period=None,
            booked_at=None,
            pdf_state=str(PdfState.NONE),
            pdf_retry_at=None,
            document_id="",
        )
    except LeaseLost as lost:
        raise MovedOn(str(lost)) from lost
