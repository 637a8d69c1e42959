"""The latest days one by one: how many invoices each brought into Exact, and how many of it still wait."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day in the reader's zone; `waiting` came in that day and is held until now."""

    day: date
    booked: int
    waiting: int


def latest_days(organisation_id: int, now: datetime, days: int) -> tuple[Day, ...]:
    """The `days` days up to and including today, oldest first; days without anything too."""
    first = timezone.localdate(now) - timedelta(days=days - 1)
    since = datetime.combine(first, datetime.min.time(), timezone.get_current_timezone())
    mine = Booking.objects.filter(organisation_id=organisation_id)
    booked = _by_day(mine.filter(booked_at__gte=since), "booked_at")
    held = mine.filter(state=BookingState.HELD, invoice__received_at__gte=since)
    waiting = _by_day(held, "invoice__received_at")
    each = (first + timedelta(days=place) for place in range(days))
    return tuple(Day(day=day, booked=booked.get(day, 0), waiting=waiting.get(day, 0)) for day in each)


def _by_day(rows: QuerySet[Booking], column: str) -> dict[date, int]:
    counted = rows.values_list(TruncDate(column)).annotate(rows=Count("id")).order_by()
    return dict(counted)
