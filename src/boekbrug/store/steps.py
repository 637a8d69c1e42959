"""Which steps are due: the database says what is to be done, a wake-up only says look (exactly-once.md)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import connection, transaction
from django.db.models import F, Min, OuterRef, Q, Subquery

from boekbrug import trail
from boekbrug.domain.states import BookingState
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import Booking, DueStep, Integration, IntegrationState, OptionVersion
from boekbrug.sync.ports import Step

Lane = Literal["rt", "bulk"]
"""Realtime or bulk: which waiting place of the queue a wake-up takes."""

PROOF_WAIT = timedelta(minutes=15)
SETTLE_AFTER = timedelta(seconds=75)
CONTINUES = timedelta(minutes=1)
"""What is due within this time goes on with what is done now, and keeps its wake-up id."""

_DUE = ("step", "asked", "wake_up")


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A step that is due: the number of requests that it answers, and the id of the wake-up that asked last."""

    asked: int
    wake_up: str


def due_steps(shift: Shift, now: datetime) -> dict[Step, Due]:
    """The steps that are due, in run order."""
    rows = DueStep.objects.filter(administration_id=shift.administration_id, due_at__lte=now)
    due = {step: Due(asked=asked, wake_up=wake_up) for step, asked, wake_up in rows.values_list(*_DUE)}
    return {step: due[step] for step in Step if step in due}


def waited(administration_id: int, now: datetime) -> timedelta | None:
    """How long what is due here, and did not fail, has been waiting for a worker; None when nothing is due."""
    rows = DueStep.objects.filter(administration_id=administration_id, due_at__lte=now, failures=0)
    first = rows.aggregate(at=Min("due_at"))["at"]
    return None if first is None else now - first


def step_done(shift: Shift, step: Step, next_at: datetime | None, asked: int | None) -> None:
    """Write down when the step is due next; a request that came after `asked` keeps it due as it is."""
    with change(shift) as now:
        rows = DueStep.objects.filter(administration_id=shift.administration_id, step=step)
        rows.update(failures=0, why="")
        answered = rows if asked is None else rows.filter(asked=asked)
        if next_at is None:
            answered.delete()
        elif not answered.update(due_at=next_at, **_next_of(next_at, now)) and not rows.exists():
            make_due(shift.administration_id, step, next_at)


def _next_of(next_at: datetime, now: datetime) -> dict[str, str]:
    """What is due in a while is no continuation of this wake-up: the clock gives it an id of its own."""
    return {"wake_up": ""} if next_at - now > CONTINUES else {}


def step_due(shift: Shift, step: Step, at: datetime) -> None:
    """Make the step due at `at`, unless it is due earlier already."""
    with change(shift):
        make_due(shift.administration_id, step, at)


def make_due(administration_id: int, step: Step, at: datetime) -> None:
    """Ask for a step from outside a run: a webhook, a click, another administration's fetch.

    Who asks last gives the step its wake-up id.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO store_duestep (administration_id, step, due_at, asked, failures, why, wake_up)
            VALUES (%s, %s, %s, 1, 0, '', %s)
            ON CONFLICT (administration_id, step) DO UPDATE
               SET due_at = LEAST(store_duestep.due_at, EXCLUDED.due_at), asked = store_duestep.asked + 1,
                   wake_up = CASE WHEN EXCLUDED.wake_up = '' THEN store_duestep.wake_up ELSE EXCLUDED.wake_up END
            """,
            [administration_id, str(step), at, trail.current()],
        )


def make_all_due(administration_id: int, at: datetime) -> None:
    """Ask for every step: after activation, resuming, a new login, or a person's "run now"."""
    for step in Step:
        make_due(administration_id, step, at)


def step_failures(shift: Shift, step: Step) -> int:
    """How often the step has failed in a row."""
    row = DueStep.objects.filter(administration_id=shift.administration_id, step=step).first()
    return row.failures if row else 0


def step_failed(shift: Shift, step: Step, next_at: datetime, why: str) -> None:
    """Count a failure of the step and write down when it is tried again."""
    with change(shift):
        make_due(shift.administration_id, step, next_at)
        rows = DueStep.objects.filter(administration_id=shift.administration_id, step=step)
        rows.update(due_at=next_at, failures=F("failures") + 1, why=why[:100])


def due_administrations(now: datetime, limit: int) -> tuple[tuple[int, Lane], ...]:
    """Administrations with a due step that nobody works on, longest due first, each with its lane.

    Rows that another clock is looking at are passed over (SKIP LOCKED); they stay locked while the caller's own
    transaction lasts, so wake up inside one.
    """
    free = Q(administration__lease_until__isnull=True) | Q(administration__lease_until__lte=now)
    with transaction.atomic():
        rows = (
            DueStep.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(free, due_at__lte=now)
            .order_by("due_at", "id")
            .values_list("administration_id", flat=True)[: limit * len(Step)]
        )
        due = list(dict.fromkeys(rows))[:limit]
    return tuple(lanes(due).items())


def lanes(administration_ids: Collection[int]) -> dict[int, Lane]:
    """The lane of each of these administrations, in their order."""
    realtime = _realtime(administration_ids)
    return {one: "rt" if one in realtime else "bulk" for one in administration_ids}


def _realtime(administration_ids: Collection[int]) -> set[int]:
    """Those of which some active koppeling exports in realtime (its latest options say so)."""
    latest = OptionVersion.objects.filter(integration_id=OuterRef("id")).order_by("-number")
    rows = Integration.objects.filter(administration_id__in=administration_ids, state=IntegrationState.ACTIVE).annotate(
        values=Subquery(latest.values("values")[:1])
    )
    modes = rows.values_list("administration_id", "values")
    return {one for one, values in modes if one and (values or {}).get("export_mode", "realtime") == "realtime"}


def next_due(administration_id: int) -> datetime | None:
    """When something is due next at this administration."""
    return (
        DueStep.objects.filter(administration_id=administration_id)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def next_promising(administration_id: int) -> datetime | None:
    """When a step that did not fail is due next; one that failed is not worth waiting for."""
    rows = DueStep.objects.filter(administration_id=administration_id, failures=0).order_by("due_at")
    return rows.values_list("due_at", flat=True).first()


def sweep(now: datetime) -> int:
    """Make due what a crash forgot to ask for: work that is there without a step; how many steps were added."""
    added = 0
    with connection.cursor() as cursor:
        for step, query, waits in _FORGOTTEN:
            cursor.execute(
                f"""
                INSERT INTO store_duestep (administration_id, step, due_at, asked, failures, why)
                SELECT DISTINCT work.administration_id, %s, %s::timestamptz, 1, 0, '' FROM ({query}) AS work
                ON CONFLICT (administration_id, step) DO NOTHING
                """,  # noqa: S608 - the queries are the constants below
                [str(step), now, *(now - wait for wait in waits)],
            )
            added += cursor.rowcount
    return added


_BOOKINGS = """
    SELECT booking.administration_id FROM store_booking AS booking
      JOIN store_integration AS integration ON integration.id = booking.integration_id
     WHERE integration.state = 'active' AND
"""
_TO_CHECK = f"{_BOOKINGS} booking.needs_check AND booking.state IN ('received', 'ready', 'held', 'skipped')"
_TO_BOOK = f"""{_BOOKINGS} booking.state = 'ready' AND NOT booking.needs_check
       AND (booking.retry_at IS NULL OR booking.retry_at <= %s)
"""
_PDF_TO_PUT = f"""{_BOOKINGS} booking.state IN ('booked', 'proven', 'differs')
       AND booking.pdf_state IN ('due', 'missing') AND booking.pdf_retry_at <= %s
"""
_TO_PROVE = f"{_BOOKINGS} booking.state = 'booked' AND booking.state_since <= %s"
_TO_SETTLE = "SELECT administration_id FROM store_intent WHERE state = 'open' AND send_by <= %s"
_ORPHANS = """
    SELECT booking.administration_id FROM store_booking AS booking
      JOIN store_administration AS administration ON administration.id = booking.administration_id
     WHERE booking.state = 'booking'
       AND (administration.lease_until IS NULL OR administration.lease_until <= %s)
"""
_TO_FETCH = """
    SELECT administration_id FROM store_integration
     WHERE state = 'active' AND administration_id IS NOT NULL AND round_at <= %s
"""
_TO_REVIEW = """
    SELECT integration.administration_id FROM store_review AS review
      JOIN store_integration AS integration ON integration.id = review.integration_id
      JOIN store_login AS login ON login.id = integration.login_id
     WHERE integration.state = 'review' AND integration.activated_at IS NOT NULL AND review.done_at IS NULL
       AND integration.administration_id IS NOT NULL AND login.refresh_mark <> ''
"""
_TO_CONFIRM = """
    SELECT booking.administration_id FROM store_booking AS booking
      JOIN store_integration AS integration ON integration.id = booking.integration_id
      JOIN store_organisation AS organisation ON organisation.id = booking.organisation_id
     WHERE integration.state = 'active' AND booking.unconfirmed
       AND booking.state IN ('held', 'booked', 'proven', 'differs', 'skipped')
       AND (organisation.coachview_calls_resets_at IS NULL OR organisation.coachview_calls_resets_at <= %s
            OR organisation.coachview_calls_used * 5 < organisation.coachview_calls_limit * 4)
"""
_NO_WAIT = timedelta(0)
_FORGOTTEN: tuple[tuple[Step, str, tuple[timedelta, ...]], ...] = (
    (Step.REVIEW, _TO_REVIEW, ()),
    (Step.FETCH, _TO_FETCH, (_NO_WAIT,)),
    (Step.CHECK, _TO_CHECK, ()),
    (Step.BOOK, _TO_BOOK, (_NO_WAIT,)),
    (Step.PDF, _PDF_TO_PUT, (_NO_WAIT,)),
    (Step.PROVE, _TO_PROVE, (PROOF_WAIT,)),
    (Step.CONFIRM, _TO_CONFIRM, (_NO_WAIT,)),
    (Step.SETTLE, _TO_SETTLE, (SETTLE_AFTER,)),
    (Step.SETTLE, _ORPHANS, (_NO_WAIT,)),
)


def prove_now(administration_id: int, now: datetime) -> bool:
    """Make the proof due when something waits for it; unless proving fails just now; whether it did."""
    failing = DueStep.objects.filter(administration_id=administration_id, step=Step.PROVE, failures__gt=0)
    waiting = Booking.objects.filter(administration_id=administration_id, state=BookingState.BOOKED)
    if failing.exists() or not waiting.exists():
        return False
    make_due(administration_id, Step.PROVE, now)
    return True
