"""What waits for a person, by cause: one cause is one line, however many invoices it holds (feature N6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Sum

from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking
from boekbrug.store.reading.today import ZERO, Pile
from boekbrug.store.records import read_problems

CAUSES = 50
"""Causes on one page."""

WAITING = (BookingState.HELD, BookingState.DIFFERS, BookingState.UNKNOWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseRow:
    """One cause: how many invoices it holds, their euros incl. VAT, since when, and the problem of the first one.

    `first_id` and `integration_id` are of that first invoice; a koppeling is None when it belongs to none.
    """

    cause: str
    count: int
    total: Decimal
    since: datetime
    problem: Problem
    first_id: int
    integration_id: int | None
    administration_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Causes:
    """A page of causes, the largest first, and what waits altogether; an invoice may have several causes."""

    rows: tuple[CauseRow, ...]
    more: bool
    piles: Mapping[BookingState, Pile]

    def of(self, state: BookingState) -> Pile:
        """What waits in one state."""
        return self.piles.get(state, Pile(count=0, total=ZERO))


_CAUSES = """
    SELECT cause, count(*), coalesce(sum(invoice.total_incl), 0), min(booking.state_since), min(booking.id)
      FROM store_booking AS booking JOIN store_invoice AS invoice ON invoice.id = booking.invoice_id
     CROSS JOIN LATERAL unnest(booking.causes) AS cause
     WHERE booking.organisation_id = %s AND booking.state = 'held'
     GROUP BY cause ORDER BY count(*) DESC, min(booking.state_since), cause LIMIT %s OFFSET %s
"""


def causes(organisation_id: int, skip: int = 0) -> Causes:
    """What an organisation's held invoices wait for, from the `skip`th cause on."""
    mine = Booking.objects.filter(organisation_id=organisation_id, state__in=WAITING)
    piles = mine.values_list("state").annotate(rows=Count("id"), total=Sum("invoice__total_incl")).order_by()
    with connection.cursor() as cursor:
        cursor.execute(_CAUSES, [organisation_id, CAUSES + 1, skip])
        found = cursor.fetchall()
    return Causes(
        rows=tuple(_rows(found[:CAUSES])),
        more=len(found) > CAUSES,
        piles={BookingState(state): Pile(count=rows, total=total or ZERO) for state, rows, total in piles},
    )


def _rows(found: Sequence[tuple[str, int, Decimal, datetime, int]]) -> Iterable[CauseRow]:
    firsts = Booking.objects.only("problems", "integration_id", "administration_id").in_bulk([row[4] for row in found])
    for cause, count, total, since, first_id in found:
        first = firsts[first_id]
        yield CauseRow(
            cause=cause,
            count=count,
            total=total,
            since=since,
            problem=_problem(first, cause),
            first_id=first_id,
            integration_id=first.integration_id,
            administration_id=first.administration_id,
        )


def _problem(booking: Booking, cause: str) -> Problem:
    """The problem of this cause; a cause that was cut at its column's length begins the problem's own."""
    problems = read_problems(booking.problems)
    return next((problem for problem in problems if problem.cause.startswith(cause)), problems[0])


def held_by(organisation_id: int, cause: str) -> tuple[int, ...]:
    """The ids of all invoices that this cause holds."""
    rows = Booking.objects.filter(organisation_id=organisation_id, state=BookingState.HELD, causes__contains=[cause])
    return tuple(rows.order_by("id").values_list("id", flat=True))


def held_among(organisation_id: int, booking_ids: Sequence[int]) -> tuple[int, ...]:
    """Those of these invoices that are this organisation's and held."""
    rows = Booking.objects.filter(organisation_id=organisation_id, state=BookingState.HELD, id__in=booking_ids)
    return tuple(rows.order_by("id").values_list("id", flat=True))


def one_per_debtor(booking_ids: Sequence[int]) -> tuple[int, ...]:
    """Of each debtor the first of these invoices: where a choice about him is made."""
    rows = Booking.objects.filter(id__in=booking_ids).order_by("invoice__debtor_id", "id")
    return tuple(rows.distinct("invoice__debtor_id").values_list("id", flat=True))
