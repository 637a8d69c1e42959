"""Which steps are due: the database says what is to be done, a wake-up only says look (exactly-once.md)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection, transaction
from django.db.models import OuterRef, Q, Subquery

from boekbrug import trail
from boekbrug.domain.states import BookingState
from boekbrug.store.leases import HELD, Shift, change, demand, held
from boekbrug.store.models import Booking, DueStep, Integration, IntegrationState, OptionVersion
from boekbrug.store.prepared import prepared
from boekbrug.sync.failures import Throttled
from boekbrug.sync.ports import Step

Lane = Literal["rt", "bulk"]
"""Realtime or bulk: which waiting place of the queue a wake-up takes."""

PROOF_WAIT = timedelta(minutes=15)
SETTLE_AFTER = timedelta(seconds=75)
CONTINUES = timedelta(minutes=1)
"""What is due within this time goes on with what is done now, and keeps its wake-up id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A step that is due: the number of requests that it answers, and the id of the wake-up that asked last."""

    asked: int
    wake_up: str


def due_steps(shift: Shift, now: datetime) -> dict[Step, Due]:
    """The steps that are due, in run order."""
    with prepared(_DUE, {"administration": shift.administration_id, "now": now}) as cursor:
        due = {step: Due(asked=asked, wake_up=wake_up) for step, asked, wake_up in cursor}
    return {step: due[step] for step in Step if step in due}


def waited(administration_id: int, now: datetime) -> timedelta | None:
    """How long what is due here, and did not fail, has been waiting for a worker; None when nothing is due."""
    with prepared(_WAITS_SINCE, {"administration": administration_id, "now": now}) as cursor:
        (first,) = cursor.fetchone() or (None,)
    return None if first is None else now - first


def step_done(shift: Shift, step: Step, next_at: datetime | None, asked: int | None) -> None:
    """Write down when the step is due next; a request that came after `asked` keeps it due as it is.

    What is due in a while is no continuation of this wake-up: the clock gives it an id of its own.
    """
    at = shift.now()
    if next_at is None:
        _under_lease(shift, _NOT_DUE, at, step=step, asked=asked)
        return
    ends = next_at - at > CONTINUES
    wake_up = "" if ends else trail.current()
    _under_lease(shift, _DUE_NEXT, at, step=step, next_at=next_at, asked=asked, wake_up=wake_up, ends=ends)


def step_due(shift: Shift, step: Step, at: datetime) -> None:
    """Make the step due at `at`, unless it is due earlier already."""
    _under_lease(shift, _STEP_DUE, shift.now(), step=step, due_at=at, wake_up=trail.current())


def _under_lease(shift: Shift, query: str, at: datetime, *, step: Step, **values: Any) -> None:
    """One statement that renews the lease and changes a step; raises LeaseLost when the lease is gone."""
    with prepared(query, {**held(shift, at), **values, "step": str(step)}) as cursor:
        if cursor.fetchone() is None:
            demand(shift)


def rest(shift: Shift, due: Mapping[Step, Due], until: datetime) -> None:
    """Let these steps wait until then, unless somebody asks for them, or asked since they were read."""
    with change(shift):
        for step, one in due.items():
            rows = DueStep.objects.filter(administration_id=shift.administration_id, step=step, asked=one.asked)
            rows.filter(due_at__lt=until).update(due_at=until)


def make_due(administration_id: int, step: Step, at: datetime) -> None:
    """Ask for a step from outside a run: a webhook, a click, another administration's fetch.

    Who asks last gives the step its wake-up id.
    """
    values: dict[str, Any] = {"administration": administration_id, "step": str(step), "due_at": at}
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_DUE, {**values, "wake_up": trail.current()})


def make_all_due(administration_id: int, at: datetime) -> None:
    """Ask for every step: after activation, resuming, a new login, or a person's "run now"."""
    for step in Step:
        make_due(administration_id, step, at)


def step_failures(shift: Shift, step: Step) -> int:
    """How often the step has failed in a row."""
    row = DueStep.objects.filter(administration_id=shift.administration_id, step=step).first()
    return row.failures if row else 0


def step_failed(shift: Shift, step: Step, next_at: datetime, why: str) -> None:
    """Count a failure of the step and write down when it is tried again.

    Who answers that it was too much does answer: that is no outage, and the failures of one begin anew.
    """
    told = {"why": why[:100], "counted": int(why != Throttled.__name__), "wake_up": trail.current()}
    _under_lease(shift, _STEP_FAILED, shift.now(), step=step, due_at=next_at, **told)


def due_administrations(now: datetime, limit: int) -> tuple[tuple[int, Lane], ...]:
    """Administrations with a due step that nobody works on, longest due first, each with its lane.

    When there are more than `limit`, as many in realtime may come behind them: they never wait behind a night.
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
    return tuple((lanes(due) | _crowded_out(free, now, due, limit)).items())


def _crowded_out(free: Q, now: datetime, due: Collection[int], limit: int) -> dict[int, Lane]:
    """Those in realtime for which the others left no place."""
    if len(due) < limit:
        return {}
    rows = DueStep.objects.filter(free, due_at__lte=now).exclude(administration_id__in=due)
    others = list(dict.fromkeys(rows.order_by("due_at", "id").values_list("administration_id", flat=True)))
    return dict([(one, lane) for one, lane in lanes(others).items() if lane == "rt"][:limit])


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
    with prepared(_NEXT_DUE, {"administration": administration_id}) as cursor:
        row: tuple[datetime | None] = cursor.fetchone() or (None,)
    return row[0]


def next_promising(administration_id: int) -> datetime | None:
    """When a step that did not fail is due next; one that failed is not worth waiting for."""
    rows = DueStep.objects.filter(administration_id=administration_id, failures=0).order_by("due_at")
    return rows.values_list("due_at", flat=True).first()


def sweep(now: datetime) -> int:
    """Make due what a crash forgot to ask for: work that is there without a step; how many steps were added."""
    added = 0
    for step, query, waits in _FORGOTTEN:
        forgotten = f"""
            INSERT INTO store_duestep (administration_id, step, due_at, asked, failures, why)
            SELECT DISTINCT work.administration_id, %s::text, %s::timestamptz, 1, 0, '' FROM ({query}) AS work
            ON CONFLICT (administration_id, step) DO NOTHING
        """  # noqa: S608 - the queries are the constants below
        with prepared(forgotten, [str(step), now, *(now - wait for wait in waits)]) as cursor:
            added += cursor.rowcount
    return added


_DUE = """
    SELECT step, asked, wake_up FROM store_duestep
     WHERE administration_id = %(administration)s AND due_at <= %(now)s::timestamptz
"""
_WAITS_SINCE = """
    SELECT min(due_at) FROM store_duestep
     WHERE administration_id = %(administration)s AND due_at <= %(now)s::timestamptz AND failures = 0
"""
_NEXT_DUE = "SELECT min(due_at) FROM store_duestep WHERE administration_id = %(administration)s"
_COLUMNS = "store_duestep AS known (administration_id, step, due_at, asked, failures, why, wake_up)"
_ASKED = """
    ON CONFLICT (administration_id, step) DO UPDATE
       SET due_at = LEAST(known.due_at, EXCLUDED.due_at), asked = known.asked + 1,
           wake_up = CASE WHEN EXCLUDED.wake_up = '' THEN known.wake_up ELSE EXCLUDED.wake_up END
"""
_MAKE_DUE = f"""
    INSERT INTO {_COLUMNS} VALUES (%(administration)s, %(step)s, %(due_at)s, 1, 0, '', %(wake_up)s) {_ASKED}
"""  # noqa: S608 - made of constants
_STEP_DUE = f"""
    WITH {HELD}, due AS (
        INSERT INTO {_COLUMNS}
        SELECT id, %(step)s::text, %(due_at)s::timestamptz, 1, 0, '', %(wake_up)s::text FROM lease {_ASKED}
    )
    SELECT id FROM lease
"""  # noqa: S608 - made of constants
_STEP_FAILED = f"""
    WITH {HELD}, failed AS (
        INSERT INTO {_COLUMNS}
        SELECT id, %(step)s::text, %(due_at)s::timestamptz, 1, %(counted)s::int, %(why)s::text, %(wake_up)s::text
          FROM lease
        ON CONFLICT (administration_id, step) DO UPDATE
           SET due_at = EXCLUDED.due_at, asked = known.asked + 1, failures = known.failures * %(counted)s + %(counted)s,
               why = EXCLUDED.why
    )
    SELECT id FROM lease
"""  # noqa: S608 - made of constants
_DUE_NEXT = f"""
    WITH {HELD}, due AS (
        INSERT INTO {_COLUMNS}
        SELECT id, %(step)s::text, %(next_at)s::timestamptz, 1, 0, '', %(wake_up)s::text FROM lease
        ON CONFLICT (administration_id, step) DO UPDATE
           SET failures = 0, why = '',
               due_at = CASE WHEN known.asked = COALESCE(%(asked)s::bigint, known.asked)
                             THEN EXCLUDED.due_at ELSE known.due_at END,
               wake_up = CASE WHEN %(ends)s::boolean AND known.asked = COALESCE(%(asked)s::bigint, known.asked)
                              THEN '' ELSE known.wake_up END
    )
    SELECT id FROM lease
"""  # noqa: S608 - made of constants
_NOT_DUE = f"""
    WITH {HELD}, gone AS (
        DELETE FROM store_duestep WHERE administration_id IN (SELECT id FROM lease) AND step = %(step)s::text
           AND asked = COALESCE(%(asked)s::bigint, asked)
    ), kept AS (
        UPDATE store_duestep SET failures = 0, why = ''
         WHERE administration_id IN (SELECT id FROM lease) AND step = %(step)s::text AND asked <> %(asked)s::bigint
    )
    SELECT id FROM lease
"""  # noqa: S608 - made of constants
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
    """Make the proof due when something waits for it, unless it failed or was too much just now; whether it did."""
    failing = DueStep.objects.filter(administration_id=administration_id, step=Step.PROVE).exclude(why="")
    waiting = Booking.objects.filter(administration_id=administration_id, state=BookingState.BOOKED)
    if failing.exists() or not waiting.exists():
        return False
    make_due(administration_id, Step.PROVE, now)
    return True
