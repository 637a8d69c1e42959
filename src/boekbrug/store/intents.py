"""Intents: the body is committed before it is sent, the answer before anything else happens (exactly-once.md)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from boekbrug.domain.problem import Problem
from boekbrug.store import models
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import IntegrationState, IntentState
from boekbrug.store.records import write, write_problems
from boekbrug.store.rows import answer_of as answer_of_row
from boekbrug.store.rows import intent_of
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import Answer, Body, Booking, Intent, IntentKind

SEND_WITHIN = timedelta(seconds=10)
SETTLE_AFTER = timedelta(seconds=60 + 15)
SECOND_LOOK = timedelta(seconds=60)
LIVE = (IntentState.OPEN, IntentState.DONE)


class IntentKeyTaken(Exception):
    """Our own mistake: an intent with this key, or an entry of this booking, is open or done already."""


def _mine(shift: Shift) -> QuerySet[models.Intent]:
    return models.Intent.objects.filter(administration_id=shift.administration_id)


def answer_of(shift: Shift, kind: IntentKind, natural_key: str) -> Answer | None:
    """The answer of the intent with this key that is done, when there is one."""
    row = _mine(shift).filter(kind=kind, natural_key=natural_key, state=IntentState.DONE).first()
    return answer_of_row(row) if row else None


def open_intent(shift: Shift, kind: IntentKind, natural_key: str) -> Intent | None:
    """The intent with this key that has no answer yet, when there is one."""
    row = _mine(shift).filter(kind=kind, natural_key=natural_key, state=IntentState.OPEN).first()
    return intent_of(row) if row else None


def has_open_intent(shift: Shift, booking: Booking) -> bool:
    """Whether an intent of this booking has no answer."""
    return _mine(shift).filter(booking_id=booking.id, state=IntentState.OPEN).exists()


def commit_intent(shift: Shift, kind: IntentKind, natural_key: str, body: Body, *, booking: Booking | None) -> Intent:
    """Commit an intent under the lease and renew it; an entry's keeps `booking.sent`, what the body says in our words.

    In one transaction: the lease still holds, the integration is active, the booking is where it was, and no
    intent with the key is open or done. Raises LeaseLost, or IntentKeyTaken for our own mistake.
    """
    with change(shift, durable=True) as at:
        _still_active(shift, booking)
        if booking is not None:
            _still_there(shift, kind, booking)
        if _taken(shift, kind, natural_key, booking):
            raise IntentKeyTaken(f"{kind} {natural_key} is open or done already")
        row = models.Intent.objects.create(
            administration_id=shift.administration_id,
            booking_id=booking.id if booking else None,
            kind=str(kind),
            natural_key=natural_key,
            body=dict(body),
            lease_number=shift.lease.number,
            created_at=at,
            send_by=at + SEND_WITHIN,
        )
    return intent_of(models.Intent.objects.get(id=row.id))


def _still_active(shift: Shift, booking: Booking | None) -> None:
    """The row is locked, so that pausing either comes before, or waits until the intent is there."""
    rows = models.Integration.objects.select_for_update(no_key=True).filter(
        administration_id=shift.administration_id, state=IntegrationState.ACTIVE
    )
    if booking is not None:
        rows = rows.filter(id=booking.integration_id)
    if not list(rows.order_by("id").values_list("id")):
        raise LeaseLost(f"administration {shift.administration_id}: the integration is not active any more")


def _still_there(shift: Shift, kind: IntentKind, booking: Booking) -> None:
    rows = models.Booking.objects.select_for_update(no_key=True).filter(
        id=booking.id,
        administration_id=shift.administration_id,
        integration_id=booking.integration_id,
        state=booking.state,
    )
    row = rows.first()
    if row is None:
        raise LeaseLost(f"booking {booking.id} is not in {booking.state} any more")
    if kind is IntentKind.ENTRY:
        if booking.sent is None:
            raise ValueError(f"booking {booking.id}: an entry's intent needs the entry in our words")
        row.sent = write(booking.sent)
        row.save(update_fields=["sent"])


def _taken(shift: Shift, kind: IntentKind, natural_key: str, booking: Booking | None) -> bool:
    """The two unique constraints, asked beforehand so that the mistake has a name."""
    live = _mine(shift).filter(kind=kind, state__in=LIVE)
    if live.filter(natural_key=natural_key).exists():
        return True
    return booking is not None and kind is IntentKind.ENTRY and live.filter(booking_id=booking.id).exists()


def answered(shift: Shift, intent: Intent, answer: Answer) -> None:
    """Commit the answer on the intent: done. Without effect when it is done already with the same id."""
    with change(shift, durable=True) as at:
        if not close(intent.id, IntentState.DONE, at, **answer_values(intent.kind, answer)):
            done = _mine(shift).filter(id=intent.id, state=IntentState.DONE, exact_id=answer.exact_id)
            if not done.exists():
                raise LeaseLost(f"intent {intent.id} is not open any more")


def refused(shift: Shift, intent: Intent, problems: tuple[Problem, ...]) -> None:
    """Close the intent: Exact refused it."""
    _close(shift, intent, IntentState.REFUSED, problems=write_problems(problems))


def unsent(shift: Shift, intent: Intent, why: str) -> None:
    """Close the intent: it is certain that nothing was carried out."""
    _close(shift, intent, IntentState.UNSENT, why=why)


def _close(shift: Shift, intent: Intent, state: IntentState, **values: Any) -> None:
    with change(shift, durable=True) as at:
        if not close(intent.id, state, at, **values):
            raise LeaseLost(f"intent {intent.id} is not open any more")


def close(intent_id: int, state: IntentState, at: datetime, **values: Any) -> bool:
    """The one guarded UPDATE that closes an open intent; False when it is not open."""
    rows = models.Intent.objects.filter(id=intent_id, state=IntentState.OPEN)
    return rows.update(state=state, closed_at=at, **values) == 1


def answer_values(kind: IntentKind, answer: Answer) -> dict[str, Any]:
    """The columns of an answer; a file that is in Exact is not kept a second time."""
    values: dict[str, Any] = {
        "exact_id": answer.exact_id,
        "entry_number": answer.entry_number,
        "entry_kind": answer.entry_kind,
    }
    return {**values, "body": {}} if kind is IntentKind.ATTACHMENT else values


def _settle_at() -> Greatest:
    """When an intent may be looked up: after its call can have ended, and a minute after a first "not there"."""
    return Greatest(F("send_by") + SETTLE_AFTER, F("absent_since") + SECOND_LOOK)


def unanswered(shift: Shift, now: datetime) -> tuple[Intent, ...]:
    """Open intents that may be settled now (send_by + 60 s + 15 s has passed), oldest first."""
    rows = _mine(shift).filter(state=IntentState.OPEN).annotate(settle_at=_settle_at()).filter(settle_at__lte=now)
    return tuple(intent_of(row) for row in rows.order_by("send_by", "id"))


def next_settlement(shift: Shift) -> datetime | None:
    """When the next open intent may be settled."""
    rows = _mine(shift).filter(state=IntentState.OPEN).annotate(settle_at=_settle_at())
    return rows.order_by("settle_at").values_list("settle_at", flat=True).first()


def absent(shift: Shift, intent: Intent, now: datetime) -> None:
    """Note the first look-up that was certain that it is not there."""
    with change(shift):
        rows = _mine(shift).filter(id=intent.id, state=IntentState.OPEN)
        if not rows.exists():
            raise LeaseLost(f"intent {intent.id} is not open any more")
        rows.filter(absent_since__isnull=True).update(absent_since=now)
