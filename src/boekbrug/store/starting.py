"""What is known of an integration that is about to start: what is booked already, and what its login may do."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking, Integration

WAITING = (BookingState.RECEIVED, BookingState.READY, BookingState.HELD, BookingState.SKIPPED)


def on_their_way(organisation_id: int, source_ids: Sequence[str]) -> frozenset[str]:
    """Which of these invoices are booked already, or on their way."""
    rows = Booking.objects.filter(organisation_id=organisation_id, invoice__source_id__in=source_ids)
    return frozenset(rows.exclude(state__in=WAITING).values_list("invoice__source_id", flat=True))


def keep_rights(integration_id: int, user: str, missing: Mapping[str, str], *, now: datetime) -> None:
    """Keep what a look at the login found: whose it is, and the lists that it may not read with Exact's reason."""
    Integration.objects.filter(id=integration_id).update(rights={"user": user, "missing": missing}, rights_at=now)
