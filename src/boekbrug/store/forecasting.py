"""The forecast of the next run of administrations: what waits, and the windows as they are (feature N5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from boekbrug.domain.forecast import PDF_CALLS, Forecast, Limits, Window, Work, forecast, reading
from boekbrug.domain.options import ExportMode
from boekbrug.domain.states import BookingState
from boekbrug.store.budget import DAY, KEPT, MINUTE
from boekbrug.store.models import Booking, IntegrationState, ReferenceMark
from boekbrug.store.reference_copy import FULL
from boekbrug.store.whole import newest_values
from boekbrug.sync.refresh_reference import AT_ONCE_AT_MOST

WAITS = (BookingState.READY, BookingState.RECEIVED)
CONFIRMATION_CALLS = 1
"""Writing `Bevestigd` back takes one call to Coachview for each invoice, reading its PDF another."""

CHANGED_CALLS = 2
"""Reading which customers and which projects changed takes one call each, when not too many did."""

ADMINISTRATION, COACHVIEW = "administration__", "integration__organisation__coachview_calls_"
_WINDOWS = tuple(f"{ADMINISTRATION}{name}_{part}" for name in ("minute", "day") for part in ("limit", "cap", "used"))
_RESETS = tuple(f"{ADMINISTRATION}{name}_resets_at" for name in ("minute", "day"))
_COACHVIEW = tuple(f"{COACHVIEW}{part}" for part in ("limit", "used", "resets_at"))

Row = Mapping[str, Any]


def forecasts_of(organisation_id: int, now: datetime) -> Mapping[int, Forecast]:
    """The forecast of each koppeling of an institute that has invoices waiting; one query.

    Those that share an administration, and so its limits, have one together. A minute is taken to be one: how long
    the next windows last, their headers will say.
    """
    rows = defaultdict(list)
    for row in _waiting(organisation_id):
        rows[row["administration_id"]].append(row)
    made = {one: _forecast(found, now) for one, found in rows.items()}
    return {row["integration_id"]: made[one] for one, found in rows.items() for row in found}


def _waiting(organisation_id: int) -> Sequence[Row]:
    """What waits, counted by koppeling and by what booking it costs, with the options and the windows that hold."""
    rows = Booking.objects.filter(
        organisation_id=organisation_id,
        state__in=WAITS,
        administration__isnull=False,
        integration__state=IntegrationState.ACTIVE,
    )
    kinds = rows.order_by("administration_id", "integration_id", "calls").values(
        *("administration_id", "integration_id", "integration__round_at", "calls"), *_WINDOWS, *_RESETS, *_COACHVIEW
    )
    counted = kinds.annotate(
        options=newest_values(integration_id=OuterRef("integration_id")),
        read_at=Subquery(_reading_of(OuterRef("administration_id")).values("read_at")),
        reading_calls=Subquery(_reading_of(OuterRef("administration_id")).values("calls")),
        times=Count("*"),
    )
    return [dict(row) for row in counted]


def _reading_of(administration_id: OuterRef) -> QuerySet[ReferenceMark]:
    return ReferenceMark.objects.filter(administration_id=administration_id, endpoint=FULL)


def _forecast(found: Sequence[Row], now: datetime) -> Forecast:
    limits = Limits(
        minute=_window(found[0], "minute", MINUTE, now),
        day=_window(found[0], "day", DAY, now),
        coachview=min((_coachview(row, now) for row in found), key=Window.left),
    )
    begins_at = min(_begins_at(row, now) for row in found)
    works = [_reading(found, begins_at), *(_work(row) for row in found)]
    return forecast(works, limits, begins_at=begins_at)


def _begins_at(row: Row, now: datetime) -> datetime:
    """A bulk koppeling begins at its hour, a realtime one has begun."""
    round_at: datetime | None = row["integration__round_at"]
    return now if _realtime(row) or round_at is None else max(now, round_at)


def _realtime(row: Row) -> bool:
    return bool((row["options"] or {}).get("export_mode", ExportMode.REALTIME) == ExportMode.REALTIME)


def _reading(found: Sequence[Row], begins_at: datetime) -> Work:
    """What a bulk run reads of Exact before it books, as many calls as the last time; customers and projects one each.

    A copy of the last minutes is not read again.
    """
    read_at: datetime | None = found[0]["read_at"]
    fresh = read_at is not None and begins_at - read_at < AT_ONCE_AT_MOST
    bulk = not all(_realtime(row) for row in found)
    return reading(found[0]["reading_calls"] + CHANGED_CALLS if bulk and read_at is not None and not fresh else 0)


def _work(row: Row) -> Work:
    pdf = bool((row["options"] or {}).get("send_pdf", True))
    exact = row["calls"] + (PDF_CALLS if pdf else 0)
    return Work(invoices=row["times"], exact=exact, coachview=CONFIRMATION_CALLS + int(pdf))


def _window(row: Row, name: str, length: timedelta, now: datetime) -> Window:
    """A window of Exact, without what is kept for more urgent work than a night's."""
    limit, cap, used = (row[f"{ADMINISTRATION}{name}_{part}"] for part in ("limit", "cap", "used"))
    most = limit if cap is None else min(limit, cap)
    kept = most * KEPT["bulk"] // 1000 if name == "day" else 0
    return _as_it_is(most - kept, used, row[f"{ADMINISTRATION}{name}_resets_at"], length, now)


def _coachview(row: Row, now: datetime) -> Window:
    limit, used, resets_at = (row[name] for name in _COACHVIEW)
    return _as_it_is(limit, used, resets_at, DAY, now)


def _as_it_is(limit: int, used: int, resets_at: datetime | None, length: timedelta, now: datetime) -> Window:
    if resets_at is None or resets_at <= now:
        return Window(limit=limit, used=0, ends_at=_guess(length, now), length=length)
    return Window(limit=limit, used=used, ends_at=resets_at, length=length)


def _guess(length: timedelta, now: datetime) -> datetime:
    """Exact's windows end on the whole minute and at midnight UTC (exact-rest.md 2)."""
    return now + length - (now - datetime(1970, 1, 1, tzinfo=now.tzinfo)) % length
