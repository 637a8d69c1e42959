"""Findings: what is noticed after booking, with both sides; at most one open of a kind per booking."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from boekbrug.domain.fingerprint import changes
from boekbrug.domain.statement import Difference
from boekbrug.store.models import Booking, Finding, FindingState

CHANGED = "changed-in-coachview"
DIFFERS = "differs-from-exact"


def note_change(booking: Booking, fingerprint: dict[str, str], at: datetime) -> bool:
    """Keep what changed since the invoice was booked; gone when it is as it was. Whether something differs."""
    fields = changes(booking.used_fingerprint or {}, fingerprint)
    if not fields:
        _close(booking.id, CHANGED, at)
        return False
    ours = {changed.field: changed.before for changed in fields}
    theirs = {changed.field: changed.after for changed in fields}
    _keep(booking.id, CHANGED, ours, theirs, at)
    return True


def note_unreadable(booking: Booking, problems: Sequence[Any], at: datetime) -> None:
    """Keep that a booked invoice can no longer be read: it changed in a way that we do not understand."""
    _keep(booking.id, CHANGED, {}, {"problems": list(problems)}, at)


def note_differences(booking_id: int, differences: Sequence[Difference], at: datetime) -> None:
    """Keep what Exact stored otherwise than it was sent."""
    rows = [asdict(difference) for difference in differences]
    sides = (
        [{"field": row["field"], "line": row["line"], "value": row["sent"]} for row in rows],
        [{"field": row["field"], "line": row["line"], "value": row["stored"]} for row in rows],
    )
    _keep(booking_id, DIFFERS, *sides, at)


def _keep(booking_id: int, kind: str, ours: Any, theirs: Any, at: datetime) -> None:
    """Open a finding, unless a person accepted this very one."""
    mine = Finding.objects.filter(booking_id=booking_id, kind=kind)
    if mine.filter(state=FindingState.ACCEPTED, ours=ours, theirs=theirs).exists():
        return
    if not mine.filter(state=FindingState.OPEN).update(ours=ours, theirs=theirs, found_at=at):
        Finding.objects.create(booking_id=booking_id, kind=kind, ours=ours, theirs=theirs, found_at=at)


def _close(booking_id: int, kind: str, at: datetime) -> None:
    Finding.objects.filter(booking_id=booking_id, kind=kind, state=FindingState.OPEN).update(
        state=FindingState.GONE, decided_at=at
    )
