"""How things stand today: four piles with their euros, and when something last happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking, Organisation

ZERO = Decimal("0.00")
TOTAL = Sum("invoice__total_incl")
PROCESSING = timedelta(hours=12)
OPEN = (
    BookingState.RECEIVED,
    BookingState.READY,
    BookingState.HELD,
    BookingState.BOOKING,
    BookingState.UNKNOWN,
    BookingState.DIFFERS,
)
"""States of which there are few; what is booked is not added up over all years."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pile:
    """A number of invoices and their euros, incl. VAT."""

    count: int
    total: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """The piles of what is not booked yet or differs; `booked` is what the latest processing booked.

    The latest processing is everything that was booked in the twelve hours before the last booking, and that last
    one at `booked_at`. `fetched_at` is up to where Coachview has been read.
    """

    piles: Mapping[BookingState, Pile]
    booked: Pile
    booked_at: datetime | None
    fetched_at: datetime | None

    def of(self, *states: BookingState) -> Pile:
        """These states as one pile."""
        return _together(self.piles[state] for state in states if state in self.piles)


def today(organisation_id: int) -> Today:
    """How an organisation's invoices stand."""
    mine = Booking.objects.filter(organisation_id=organisation_id)
    open_rows = mine.filter(state__in=OPEN).values("state").annotate(rows=Count("id"), total=TOTAL).order_by()
    fetched_at, booked_at = _moments(organisation_id)
    return Today(
        piles={BookingState(row["state"]): Pile(count=row["rows"], total=row["total"] or ZERO) for row in open_rows},
        booked=_booked(mine, booked_at - PROCESSING) if booked_at else Pile(count=0, total=ZERO),
        booked_at=booked_at,
        fetched_at=fetched_at,
    )


def _moments(organisation_id: int) -> tuple[datetime | None, datetime | None]:
    """Up to where Coachview has been read, and when the last invoice was booked (found by its index)."""
    booked = Booking.objects.filter(organisation_id=OuterRef("id"), booked_at__isnull=False).order_by("-booked_at")
    rows = Organisation.objects.filter(id=organisation_id).values_list(
        "fetched_until", Subquery(booked.values("booked_at")[:1])
    )
    return rows.first() or (None, None)


def _booked(mine: QuerySet[Booking], since: datetime) -> Pile:
    found = mine.filter(booked_at__gte=since).aggregate(rows=Count("id"), total=TOTAL)
    return Pile(count=found["rows"], total=found["total"] or ZERO)


def _together(piles: Iterable[Pile]) -> Pile:
    known = tuple(piles)
    return Pile(count=sum(pile.count for pile in known), total=sum((pile.total for pile in known), ZERO))
