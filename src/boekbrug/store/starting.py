"""What is known of an integration that is about to start: what is booked already, and what its login may do."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from boekbrug.domain.checklist import Rights
from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking, Integration

WAITING = (BookingState.RECEIVED, BookingState.READY, BookingState.HELD, BookingState.SKIPPED)
LOOKED_AT = timedelta(days=1)


def on_their_way(organisation_id: int, source_ids: Sequence[str]) -> frozenset[str]:
    """Which of these invoices are booked already, or on their way."""
    rows = Booking.objects.filter(organisation_id=organisation_id, invoice__source_id__in=source_ids)
    return frozenset(rows.exclude(state__in=WAITING).values_list("invoice__source_id", flat=True))


def rights_are_stale(administration_id: int, login_id: int, now: datetime) -> bool:
    """Whether the rights of this login are to be looked at: never yet, or a day ago while something lacked.

    Where nothing lacked, looking every day would cost an institute a dozen calls a night: a right that is taken away
    afterwards is told by Exact's own refusal, which shows red, and what is red is looked at again.
    """
    rows = Integration.objects.filter(administration_id=administration_id, login_id=login_id)
    if rows.filter(rights_at__gt=now - LOOKED_AT).exists():
        return False
    looked_at = rows.filter(rights_at__isnull=False).exclude(exact_state="red")
    return not any(_nothing_lacks(row) for row in looked_at)


def _nothing_lacks(row: Integration) -> bool:
    found = rights_of(row)
    return found is not None and not found.missing and found.document_type is True


def keep_rights(administration_id: int, login_id: int, found: Rights | None, *, now: datetime) -> None:
    """Keep what a look at a login found; nothing found keeps what was known, and is not looked for again today."""
    rows = Integration.objects.filter(administration_id=administration_id, login_id=login_id)
    rows.update(rights_at=now)
    if found is not None:
        rows.update(rights={"missing": dict(found.missing), "document_type": found.document_type})


def forget_rights(integration_id: int) -> None:
    """Another login may do other things."""
    Integration.objects.filter(id=integration_id).update(rights=None, rights_at=None)


def rights_of(row: Integration) -> Rights | None:
    """What the last look found."""
    found: Mapping[str, object] | None = row.rights
    if found is None:
        return None
    missing, known = found.get("missing"), found.get("document_type")
    return Rights(
        missing={str(path): str(why) for path, why in missing.items()} if isinstance(missing, dict) else {},
        document_type=known if isinstance(known, bool) else None,
    )
