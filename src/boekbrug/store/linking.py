"""A held invoice and an entry that Exact has already: a person says that they belong together."""

from datetime import datetime

from django.db import transaction

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.states import BookingState
from boekbrug.store.bookings import entry_taken, write_booked
from boekbrug.store.decide import LINKED_ENTRY
from boekbrug.store.models import Booking, IntentState
from boekbrug.store.moves import By, MovedOn
from boekbrug.store.organisations import NotFound
from boekbrug.store.records import write
from boekbrug.store.rows import booking_of
from boekbrug.store.steps import make_due
from boekbrug.sync.ports import Booking as Seen
from boekbrug.sync.ports import MadeEntry, Step


class EntryTaken(Exception):
    """Another invoice has this entry already."""


def to_link(booking_id: int) -> tuple[Seen, int]:
    """The held invoice as the verbs see it, and its administration; raises NotFound or MovedOn."""
    row = Booking.objects.select_related("invoice").filter(id=booking_id).first()
    if row is None:
        raise NotFound("There is no invoice {id}.", id=booking_id)
    if row.state != BookingState.HELD or row.administration_id is None or row.integration_id is None:
        raise MovedOn(f"the invoice is {row.state} by now")
    return booking_of(row), row.administration_id


def link_entry(booking_id: int, entry: SalesEntry, made: MadeEntry, *, by: By, now: datetime) -> None:
    """The invoice is booked by that entry: it is proven like any other, and its PDF put when it is missing.

    Raises MovedOn when the invoice is not held any more or something of it is still on its way, and EntryTaken.
    """
    with transaction.atomic():
        rows = Booking.objects.select_for_update(of=("self",)).select_related("invoice")
        row = rows.filter(id=booking_id, state=BookingState.HELD).first()
        if row is None or row.administration_id is None:
            raise MovedOn(f"invoice {booking_id} is not held any more")
        if row.intents.filter(state=IntentState.OPEN).exists():
            raise MovedOn(f"invoice {booking_id} has something on its way")
        if entry_taken(row, made.answer.exact_id):
            raise EntryTaken(made.answer.exact_id)
        # What a refused attempt carried is not what Exact has: the entry that was found is.
        row.sent, row.used_fingerprint = write(entry), row.invoice.fingerprint
        row.save(update_fields=["sent", "used_fingerprint"])
        why = f"{LINKED_ENTRY}: {made.answer.entry_number}"
        write_booked(row, entry, made, by=by, at=now, why=why)
        make_due(row.administration_id, Step.PROVE, now)
        make_due(row.administration_id, Step.PDF, now)
