"""Rounds of a koppeling: the bulk run at its hour, and the daily rereading of what is held (exactly-once.md).

`round_at` stands in the database, so that a night that was missed is made up after a restart, once.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from boekbrug.domain.options import ExportMode, Options
from boekbrug.domain.schedule import next_round, same_rounds
from boekbrug.domain.states import BookingState
from boekbrug.store.bookings import WANTS_CHECK
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import Booking, BookingHistory, DueStep, Integration, IntegrationState, RoundState
from boekbrug.store.options import options_of
from boekbrug.store.prepared import prepared
from boekbrug.store.steps import make_due
from boekbrug.sync.ports import HELD_WHILE_SENDING, Koppeling, Step

ASKED_WITHIN = timedelta(minutes=5)
"""A reading that is due so soon was asked for, because Exact refused what our copy allows; the daily one is far off.

One that keeps failing is soon further off than this as well: a night does not last until somebody has mended it.
"""


def begin_round(shift: Shift, koppeling: Koppeling, next_at: datetime) -> None:
    """Ask for its held invoices to be read anew, and plan the next round; a bulk run is now under way.

    Ours are checked anew even when Coachview changed nothing, since Exact may have; but not what was held while it was
    sent: that is not tried again by itself until the invoice or an option changes (exactly-once.md, "Failures").
    """
    with change(shift):
        bulk = koppeling.options.export_mode is ExportMode.BULK
        state = RoundState.FETCHING if bulk else ""
        planned = _mine(shift).filter(id=koppeling.integration_id, round_at=koppeling.round_at)
        if not planned.update(round_at=next_at, round_state=state):
            return  # somebody moved it meanwhile
        held = Booking.objects.filter(organisation_id=koppeling.organisation_id, state=BookingState.HELD)
        held.filter(Q(integration_id=koppeling.integration_id) | Q(integration__isnull=True)).update(reread=True)
        ours = held.filter(integration_id=koppeling.integration_id, invoice__record__isnull=False)
        ours.filter(~_held_while_sending()).update(needs_check=True)


def _held_while_sending() -> Q:
    """The latest move says so; what a look-up found in its place was held from `unknown`."""
    moves = BookingHistory.objects.filter(booking=OuterRef("id")).order_by("-id")
    latest = moves.annotate(sending=Q(why__in=HELD_WHILE_SENDING) | Q(from_state=BookingState.UNKNOWN))
    return Q(Coalesce(Subquery(latest.values("sending")[:1]), False))


def plan_round(shift: Shift, koppeling: Koppeling, next_at: datetime) -> None:
    """Write down when the next round is."""
    with change(shift):
        _mine(shift).filter(id=koppeling.integration_id, round_at__isnull=True).update(round_at=next_at)


def bulk_fetched(shift: Shift) -> None:
    """Everything that the bulk runs under way are about has been fetched."""
    with change(shift):
        _mine(shift).filter(round_state=RoundState.FETCHING).update(round_state=RoundState.BOOKING)


def end_bulk_runs(shift: Shift) -> None:
    """End the bulk runs that have fetched, and have nothing left to check or to book now.

    A reading of Exact's reference data that was asked for meanwhile may let what is held be booked: they wait for it.
    """
    with prepared(_BOOKING, {"administration": shift.administration_id, "booking": str(RoundState.BOOKING)}) as cursor:
        if cursor.fetchone() is None:
            return
    with change(shift) as at:
        unchecked = Q(needs_check=True, state__in=WANTS_CHECK)
        unbooked = Q(state=BookingState.READY) & (Q(retry_at__isnull=True) | Q(retry_at__lte=at))
        left = Booking.objects.filter(unchecked | unbooked, integration=OuterRef("id"))
        asked = DueStep.objects.filter(administration_id=shift.administration_id, step=Step.REFERENCE)
        if asked.filter(due_at__lte=at + ASKED_WITHIN).exists():
            return
        _mine(shift).filter(~Exists(left), round_state=RoundState.BOOKING).update(round_state="")


_BOOKING = """
    SELECT id FROM store_integration
     WHERE administration_id = %(administration)s AND round_state = %(booking)s LIMIT 1
"""


def first_round(integration_id: int, options: Options, now: datetime) -> None:
    """Plan the first round of a koppeling that starts."""
    Integration.objects.filter(id=integration_id).update(round_at=next_round(options, now), round_state="")


def move_round(integration_id: int, before: Options, after: Options, now: datetime) -> None:
    """Options were saved: the next round moves with them, except one that is late already; in the caller's transaction.

    The steps of its administration that wait for the old moment wait for the new one.
    """
    row = Integration.objects.get(id=integration_id)
    if same_rounds(before, after) or row.round_at is None or row.round_at <= now:
        return
    realtime = after.export_mode is ExportMode.REALTIME
    row.round_at = next_round(after, now)
    row.round_state = "" if realtime else row.round_state
    row.save(update_fields=["round_at", "round_state"])
    if row.administration_id is not None and row.state == IntegrationState.ACTIVE:
        _wait_for(row.administration_id, now)


def _wait_for(administration_id: int, now: datetime) -> None:
    """Fetch when the first of its rounds is due, or at once when there is a realtime koppeling."""
    rows = Integration.objects.filter(administration_id=administration_id, state=IntegrationState.ACTIVE)
    if any(options_of(row.id).options.export_mode is ExportMode.REALTIME for row in rows):
        make_due(administration_id, Step.FETCH, now)
        return
    first = min((row.round_at for row in rows if row.round_at is not None), default=None)
    if first is not None:
        waiting = DueStep.objects.filter(administration_id=administration_id, due_at__gt=now, failures=0)
        waiting.filter(step__in=[Step.FETCH, Step.BOOK]).update(due_at=first)


def _mine(shift: Shift) -> QuerySet[Integration]:
    return Integration.objects.filter(administration_id=shift.administration_id)
