"""The window on changed-at: claimed by one lease, moved only after its rows are stored (exactly-once.md)."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest

from boekbrug.store.bookings import by_run
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import Administration, Booking, Integration, IntegrationState, Organisation
from boekbrug.store.options import options_of
from boekbrug.store.receiving import store_page
from boekbrug.sync.ports import FetchWindow, Received

OVERLAP = timedelta(minutes=10)
CLAIM = timedelta(minutes=10)
# An invoice may be made long before the date that it bears, and then not change again.
BEFORE_START = timedelta(days=366)


def fetch_window(shift: Shift, organisation_id: int, now: datetime) -> FetchWindow | None:
    """Claim the next window of an organisation, or None when somebody else is fetching.

    A claim lasts no longer than the lease under which it was made: a worker that died over it holds nobody up.
    """
    with change(shift):
        free = Q(fetch_claim="") | Q(fetch_claim_until__lte=now) | ~Q(fetch_claim__in=_living_claims(now))
        rows = Organisation.objects.filter(id=organisation_id).filter(free | Q(fetch_claim=_claim(shift)))
        if rows.update(fetch_claim=_claim(shift), fetch_claim_until=now + CLAIM) != 1:
            return None
        organisation = Organisation.objects.get(id=organisation_id)
        if organisation.fetched_until is not None:
            return FetchWindow(since=organisation.fetched_until - OVERLAP, until=now)
        since = first_moment(organisation_id, now)
        Organisation.objects.filter(id=organisation_id).update(fetched_from=since)
        return FetchWindow(since=since, until=now)


def first_moment(organisation_id: int, now: datetime) -> datetime:
    """Where the first window begins: a year before the earliest day from which anything is booked."""
    working = (IntegrationState.ACTIVE, IntegrationState.REVIEW)
    rows = Integration.objects.filter(organisation_id=organisation_id, state__in=working)
    starts = [options_of(row.id).options.book_from or (row.activated_at or now).date() for row in rows]
    return datetime.combine(min(starts, default=now.date()), time(), tzinfo=UTC) - BEFORE_START


def receive(shift: Shift, organisation_id: int, page: Sequence[Received], fetched_until: datetime) -> int:
    """Store a page and then move the window, in one transaction; the number of bookings that need a check.

    The window moves only forwards, and only while the claim on it is ours.
    """
    now = shift.now()
    with transaction.atomic():
        wanting = store_page(organisation_id, page, claim=_claim(shift), by=by_run(shift), at=now)
        mine = Organisation.objects.filter(id=organisation_id, fetch_claim=_claim(shift))
        mine.update(
            fetched_until=Greatest(Coalesce("fetched_until", fetched_until), fetched_until),
            fetch_claim_until=now + CLAIM,
        )
        return wanting


def to_reread(shift: Shift, organisation_id: int, limit: int) -> tuple[str, ...]:
    """The source's ids of held invoices that are to be read anew; they stay on the list until that is done.

    So a worker that dies over them loses no rereading: the next fetch reads them again.
    """
    del shift
    rows = Booking.objects.filter(organisation_id=organisation_id, reread=True).order_by("id")
    return tuple(rows.values_list("invoice__source_id", flat=True)[:limit])


def reread_done(shift: Shift, organisation_id: int, ids: Sequence[str]) -> None:
    """Take these off the list: they were read anew, or Coachview makes us stumble over them."""
    with change(shift):
        rows = Booking.objects.filter(organisation_id=organisation_id, invoice__source_id__in=ids)
        rows.update(reread=False)


def fetch_ended(shift: Shift, organisation_id: int) -> None:
    """Give the claim on the window back."""
    rows = Organisation.objects.filter(id=organisation_id, fetch_claim=_claim(shift))
    rows.update(fetch_claim="", fetch_claim_until=None)


def _living_claims(now: datetime) -> QuerySet[Administration, str]:
    """What those who work now would have claimed under; a handful, however many administrations there are."""
    name = Concat(Cast("id", CharField()), Value(":"), Cast("lease_number", CharField()))
    return Administration.objects.filter(lease_until__gt=now).annotate(claim=name).values_list("claim", flat=True)


def _claim(shift: Shift) -> str:
    return f"{shift.administration_id}:{shift.lease.number}"
