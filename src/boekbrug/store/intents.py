"""Intents: the body is committed before it is sent, the answer before anything else happens (exactly-once.md)."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from boekbrug.domain.problem import Problem
from boekbrug.store import models
from boekbrug.store.leases import HELD, Shift, change, demand, held
from boekbrug.store.models import IntegrationState, IntentState
from boekbrug.store.prepared import prepared
from boekbrug.store.records import write, write_problems
from boekbrug.store.rows import answer_of as answer_of_row
from boekbrug.store.rows import intent_of
from boekbrug.sync.failures import IntentKeyTaken, LeaseLost
from boekbrug.sync.ports import Answer, Body, Booking, Intent, IntentKind, Made

SEND_WITHIN = timedelta(seconds=10)
SETTLE_AFTER = timedelta(seconds=60 + 15)
SECOND_LOOK = timedelta(seconds=60)
ONCE = ("intent_key_once", "intent_one_entry_per_booking")
LIVE = (IntentState.OPEN, IntentState.DONE)


def _mine(shift: Shift) -> QuerySet[models.Intent]:
    return models.Intent.objects.filter(administration_id=shift.administration_id)


def earlier(shift: Shift, kind: IntentKind, natural_key: str) -> Answer | Intent | None:
    """The answer of the intent with this key that is done, or the intent that has no answer yet."""
    row = _mine(shift).filter(kind=kind, natural_key=natural_key, state__in=LIVE).first()
    if row is None:
        return None
    return answer_of_row(row) if row.state == IntentState.DONE else intent_of(row)


def has_open_intent(shift: Shift, booking: Booking) -> bool:
    """Whether an intent of this booking has no answer."""
    return _mine(shift).filter(booking_id=booking.id, state=IntentState.OPEN).exists()


def may_send(shift: Shift, booking: Booking) -> bool:
    """Whether what `commit_intent` demanded of the lease and of the booking's integration still holds."""
    with prepared(_MAY_SEND, {**held(shift, shift.now()), "integration": booking.integration_id}) as cursor:
        return cursor.fetchone() is not None


_MAY_SEND = """
    SELECT integration.id FROM store_integration AS integration
      JOIN store_administration AS administration ON administration.id = integration.administration_id
     WHERE integration.id = %(integration)s AND integration.state = 'active'
       AND administration.id = %(administration)s
       AND administration.lease_number = %(lease)s AND administration.lease_owner = %(owner)s
"""


def commit_intent(shift: Shift, kind: IntentKind, natural_key: str, body: Body, *, booking: Booking | None) -> Intent:
    """Commit an intent under the lease and renew it; an entry's keeps `booking.sent`, what the body says in our words.

    One statement, committed by itself: the lease still holds, the integration is active, the booking is where it was,
    and no intent with the key is open or done. Raises LeaseLost, or IntentKeyTaken.
    """
    if kind is IntentKind.ENTRY and booking is not None and booking.sent is None:
        raise ValueError(f"booking {booking.id}: an entry's intent needs the entry in our words")
    at, text = shift.now(), json.dumps(dict(body))
    values = {**held(shift, at), **_about(kind, booking), "kind": str(kind), "key": natural_key, "body": text}
    try:
        with prepared(_COMMIT[_booking_part(kind, booking)], {**values, "send_by": at + SEND_WITHIN}) as cursor:
            row = cursor.fetchone()
    except IntegrityError as error:  # another thread under the same lease, at the same moment
        if not any(name in str(error) for name in ONCE):
            raise
        raise IntentKeyTaken(f"{kind} {natural_key} is open or done already") from error
    if row is None:
        raise _why_not(shift, kind, natural_key, booking)
    return Intent(
        id=row[0],
        kind=kind,
        booking_id=booking.id if booking else None,
        natural_key=natural_key,
        body=json.loads(text),
        created_at=at,
        send_by=at + SEND_WITHIN,
    )


def _about(kind: IntentKind, booking: Booking | None) -> dict[str, Any]:
    if booking is None:
        return {"booking": None}
    sent = json.dumps(write(booking.sent)) if kind is IntentKind.ENTRY else None
    return {
        "booking": booking.id,
        "integration": booking.integration_id,
        "state": str(booking.state),
        "sent": sent,
    }


def _booking_part(kind: IntentKind, booking: Booking | None) -> str:
    if booking is None:
        return "none"
    return "entry" if kind is IntentKind.ENTRY else "other"


# The integration's row is locked, so that pausing either comes before, or waits until the intent is there.
_ACTIVE = """
    active AS (
        SELECT id FROM store_integration
         WHERE administration_id = %(administration)s AND state = 'active' AND EXISTS (SELECT FROM lease){of_booking}
           FOR NO KEY UPDATE
    )
"""
# The two unique constraints, asked beforehand so that the mistake has a name.
_FREE = """
    NOT EXISTS (SELECT FROM store_intent WHERE administration_id = %(administration)s AND kind = %(kind)s::text
                   AND natural_key = %(key)s::text AND state IN ('open', 'done'))
"""
_NO_OTHER_ENTRY = """
    NOT EXISTS (SELECT FROM store_intent WHERE booking_id = %(booking)s AND kind = 'entry'
                   AND state IN ('open', 'done'))
"""
_WHERE_IT_WAS = """
    id = %(booking)s AND administration_id = %(administration)s AND integration_id = %(integration)s
       AND state = %(state)s::text AND EXISTS (SELECT FROM active)
"""
_THERE = {
    "none": "there AS (SELECT id FROM active LIMIT 1)",
    "other": f"there AS (SELECT id FROM store_booking WHERE {_WHERE_IT_WAS} FOR NO KEY UPDATE)",  # noqa: S608
    "entry": f"""
        there AS (
            UPDATE store_booking SET sent = %(sent)s::jsonb
             WHERE {_WHERE_IT_WAS} AND {_FREE} AND {_NO_OTHER_ENTRY}
            RETURNING id
        )
    """,  # noqa: S608
}
_COMMIT = {
    part: f"""
        WITH {HELD}, {_ACTIVE.format(of_booking="" if part == "none" else " AND id = %(integration)s")}, {there}
        INSERT INTO store_intent
               (administration_id, booking_id, kind, natural_key, body, lease_number, created_at, send_by,
                state, exact_id, problems, why)
        SELECT %(administration)s, %(booking)s::bigint, %(kind)s::text, %(key)s::text, %(body)s::jsonb, %(lease)s,
               %(at)s, %(send_by)s, 'open', '', '[]'::jsonb, ''
         WHERE EXISTS (SELECT FROM there) AND {_FREE}
        RETURNING id
    """  # noqa: S608 - made of constants
    for part, there in _THERE.items()
}


def _why_not(shift: Shift, kind: IntentKind, natural_key: str, booking: Booking | None) -> Exception:
    """Which condition did not hold when nothing was written; what holds again by now was somebody else's moment."""
    demand(shift)
    active = models.Integration.objects.filter(administration_id=shift.administration_id, state=IntegrationState.ACTIVE)
    if booking is not None:
        active = active.filter(id=booking.integration_id)
    if not active.exists():
        return LeaseLost(f"administration {shift.administration_id}: the integration is not active any more")
    if booking is not None and not _is_there(shift, booking):
        return LeaseLost(f"booking {booking.id} is not in {booking.state} any more")
    if _taken(shift, kind, natural_key, booking):
        return IntentKeyTaken(f"{kind} {natural_key} is open or done already")
    return LeaseLost(f"{kind} {natural_key}: something changed at that moment")


def _taken(shift: Shift, kind: IntentKind, natural_key: str, booking: Booking | None) -> bool:
    live = _mine(shift).filter(kind=kind, state__in=LIVE)
    if live.filter(natural_key=natural_key).exists():
        return True
    return booking is not None and kind is IntentKind.ENTRY and live.filter(booking_id=booking.id).exists()


def _is_there(shift: Shift, booking: Booking) -> bool:
    return models.Booking.objects.filter(
        id=booking.id,
        administration_id=shift.administration_id,
        integration_id=booking.integration_id,
        state=booking.state,
    ).exists()


def answered(shift: Shift, intent: Intent, answer: Answer) -> None:
    """Commit the answer on the intent: done. Without effect when it is done already with the same id."""
    at = shift.now()
    values = {**held(shift, at), **answer_values(intent.kind, answer), "intent": intent.id}
    values["body"] = json.dumps(values["body"]) if "body" in values else None
    with prepared(_ANSWER, values) as cursor:
        if cursor.rowcount == 1:
            return
    demand(shift)
    if not _mine(shift).filter(id=intent.id, state=IntentState.DONE, exact_id=answer.exact_id).exists():
        raise LeaseLost(f"intent {intent.id} is not open any more")


_ANSWER = f"""
    WITH {HELD}
    UPDATE store_intent
       SET state = 'done', closed_at = %(at)s, exact_id = %(exact_id)s, entry_number = %(entry_number)s,
           entry_kind = %(entry_kind)s, body = COALESCE(%(body)s::jsonb, body)
     WHERE id = %(intent)s AND state = 'open' AND EXISTS (SELECT FROM lease)
"""  # noqa: S608 - made of constants


def refused(shift: Shift, intent: Intent, problems: tuple[Problem, ...]) -> None:
    """Close the intent: Exact refused it."""
    _close(shift, intent, IntentState.REFUSED, problems=write_problems(problems), **without_file(intent.kind))


def unsent(shift: Shift, intent: Intent, why: str) -> None:
    """Close the intent: it is certain that nothing was carried out."""
    _close(shift, intent, IntentState.UNSENT, why=why, **without_file(intent.kind))


def _close(shift: Shift, intent: Intent, state: IntentState, **values: Any) -> None:
    with change(shift, durable=True) as at:
        if not close(intent.id, state, at, **values):
            raise LeaseLost(f"intent {intent.id} is not open any more")


def close(intent_id: int, state: IntentState, at: datetime, **values: Any) -> bool:
    """The one guarded UPDATE that closes an open intent; False when it is not open."""
    rows = models.Intent.objects.filter(id=intent_id, state=IntentState.OPEN)
    return rows.update(state=state, closed_at=at, **values) == 1


def answer_values(kind: IntentKind, answer: Answer) -> dict[str, Any]:
    """The columns of an answer."""
    values: dict[str, Any] = {
        "exact_id": answer.exact_id,
        "entry_number": answer.entry_number,
        "entry_kind": answer.entry_kind,
    }
    return {**values, **without_file(kind)}


def without_file(kind: IntentKind) -> dict[str, Any]:
    """A closed intent keeps no file: it is in Exact, or is fetched anew before it is sent again."""
    return {"body": {}} if kind is IntentKind.ATTACHMENT else {}


def made(shift: Shift, booking: Booking, kind: IntentKind) -> tuple[Made, ...]:
    """What this booking's POSTs of a kind made and still stands, oldest first."""
    values = {"administration": shift.administration_id, "booking": booking.id, "kind": str(kind)}
    with prepared(_MADE, values) as cursor:
        return tuple(
            Made(natural_key=key, exact_id=exact_id, made_at=made_at, left=bool(why))
            for key, exact_id, made_at, why in cursor
        )


_MADE = """
    SELECT natural_key, exact_id, closed_at, why FROM store_intent
     WHERE administration_id = %(administration)s AND booking_id = %(booking)s AND kind = %(kind)s AND state = 'done'
     ORDER BY id
"""


def left(shift: Shift, kind: IntentKind, exact_id: str, why: str) -> None:
    """What a POST made was to go, and Exact kept it."""
    with change(shift):
        rows = _mine(shift).filter(kind=kind, exact_id=exact_id, state=IntentState.DONE)
        rows.update(why=why or "kept by Exact")


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
