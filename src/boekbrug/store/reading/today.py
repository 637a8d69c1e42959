"""How things stand today: four piles with their euros, and when something last happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Sum

from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking, Organisation

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pile:
    """A number of invoices and their euros, incl. VAT."""

    count: int
    total: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """The piles by state; what was booked since `since`; when Coachview was last read and Exact last booked in."""

    piles: Mapping[BookingState, Pile]
    booked: Pile
    booked_at: datetime | None
    fetched_at: datetime | None

    def of(self, *states: BookingState) -> Pile:
        """These states as one pile."""
        return _together(self.piles[state] for state in states if state in self.piles)


def today(organisation_id: int, since: datetime) -> Today:
    """How an organisation's invoices stand, with what was booked since a moment (the latest processing)."""
    mine = Booking.objects.filter(organisation_id=organisation_id)
    rows = mine.values("state").annotate(rows=Count("id"), total=Sum("invoice__total_incl")).order_by()
    booked = mine.filter(booked_at__gte=since).aggregate(rows=Count("id"), total=Sum("invoice__total_incl"))
    return Today(
        piles={BookingState(row["state"]): Pile(count=row["rows"], total=row["total"] or ZERO) for row in rows},
        booked=Pile(count=booked["rows"], total=booked["total"] or ZERO),
        booked_at=mine.aggregate(at=Max("booked_at"))["at"],
        fetched_at=Organisation.objects.filter(id=organisation_id).values_list("fetched_until", flat=True).first(),
    )


def _together(piles: Iterable[Pile]) -> Pile:
    known = tuple(piles)
    return Pile(count=sum(pile.count for pile in known), total=sum((pile.total for pile in known), ZERO))
