"""What Coachview was told of an invoice, and what it does not know yet (exactly-once.md, "Coachview's side")."""

import json

from django.db.models import F, Q

from boekbrug.domain.states import BookingState
from boekbrug.store.leases import HELD, Shift, change, held
from boekbrug.store.models import Booking, IntegrationState, Organisation
from boekbrug.store.prepared import prepared
from boekbrug.store.records import read_problems, write_problems
from boekbrug.sync.ports import Said, Unconfirmed

TOLD = (
    BookingState.HELD,
    BookingState.BOOKED,
    BookingState.PROVEN,
    BookingState.DIFFERS,
    BookingState.SKIPPED,
)
"""The states of which Coachview is told."""


def unconfirmed(shift: Shift, limit: int) -> tuple[Unconfirmed, ...]:
    """Invoices whose outcome Coachview does not know yet.

    None of an organisation that has used four fifths of the day's calls: the rest is for fetching.
    """
    running = Q(organisation__coachview_calls_resets_at__gt=shift.now())
    scarce = Q(organisation__coachview_calls_used__gte=F("organisation__coachview_calls_limit") * 4 / 5)
    rows = Booking.objects.select_related("invoice").filter(
        administration_id=shift.administration_id,
        integration__state=IntegrationState.ACTIVE,
        unconfirmed=True,
        state__in=TOLD,
    )
    return tuple(_unconfirmed(row) for row in rows.exclude(running & scarce).order_by("id")[:limit])


def confirmed(shift: Shift, row: Unconfirmed, said: Said | None) -> None:
    """Write down what Coachview was told; the row is done, unless it became something else meanwhile.

    One statement when it is what it was.
    """
    told = {"confirmed": said.confirmed, "text": said.text} if said else None
    was = {"confirmed": row.said.confirmed, "text": row.said.text} if row.said else None
    values = {
        **held(shift, shift.now()),
        "booking": row.booking_id,
        "integration": row.integration_id,
        "state": str(row.state),
        "entry_number": row.entry_number,
        "journal": row.journal,
        "problems": json.dumps(write_problems(row.problems)),
        "was": None if was is None else json.dumps(was),
        "told": None if told is None else json.dumps(told),
    }
    with prepared(_CONFIRMED, values) as cursor:
        if cursor.rowcount == 1:
            return
    with change(shift):
        now = Booking.objects.select_for_update(of=("self",)).select_related("invoice").get(id=row.booking_id)
        now.unconfirmed = now.integration_id is None or _unconfirmed(now) != row
        now.confirmed_as = told
        now.save(update_fields=["unconfirmed", "confirmed_as"])


_CONFIRMED = f"""
    WITH {HELD}
    UPDATE store_booking SET unconfirmed = FALSE, confirmed_as = %(told)s::jsonb
     WHERE id = %(booking)s AND integration_id = %(integration)s AND state = %(state)s
       AND entry_number IS NOT DISTINCT FROM %(entry_number)s::bigint AND journal = %(journal)s
       AND problems = %(problems)s::jsonb AND confirmed_as IS NOT DISTINCT FROM %(was)s::jsonb
       AND EXISTS (SELECT FROM lease)
"""  # noqa: S608 - made of constants


def write_right(shift: Shift, organisation_id: int, missing: str) -> None:
    """Keep which right Coachview wanted when we wrote back, where it differs from what is known."""
    rows = Organisation.objects.filter(id=organisation_id).exclude(write_scope_missing=missing[:200])
    if rows.exists():
        with change(shift):
            rows.update(write_scope_missing=missing[:200])


def _unconfirmed(row: Booking) -> Unconfirmed:
    return Unconfirmed(
        booking_id=row.id,
        integration_id=row.integration_id or 0,
        organisation_id=row.organisation_id,
        source_id=row.invoice.source_id,
        state=BookingState(row.state),
        problems=read_problems(row.problems),
        entry_number=row.entry_number,
        journal=row.journal,
        said=Said(**row.confirmed_as) if row.confirmed_as else None,
    )
