"""The figures of a run: counts by state, held by first problem, skipped by reason, totals (interfaces.md)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking, IntegrationState
from boekbrug.store.records import read, read_problems

IN_EXACT = (BookingState.BOOKED, BookingState.PROVEN, BookingState.DIFFERS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What happened at one organisation, or at all; amounts include VAT.

    `coachview_total` is what Coachview says of the invoices that are booked, `sent_total` what was sent for them.
    """

    invoices: int
    booked: int
    booked_now: int
    proven: int
    differs: int
    on_the_way: int
    held: Mapping[str, int]
    skipped: Mapping[str, int]
    coachview_total: Decimal
    sent_total: Decimal


def report(organisation_id: int | None = None, *, since: datetime | None = None) -> Report:
    """The figures now; `booked_now` counts what was booked at or after `since`."""
    rows = Booking.objects.all()
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    by_state = Counter(dict(rows.values_list("state").annotate(count=Count("id"))))
    booked = rows.filter(state__in=IN_EXACT)
    held = Counter(
        _first_code(data) for data in rows.filter(state=BookingState.HELD).values_list("problems", flat=True)
    )
    skipped = rows.filter(state=BookingState.SKIPPED).values_list("skip_reason").annotate(count=Count("id"))
    total = booked.aggregate(total=Sum("invoice__total_incl"))["total"]
    sent = (read(SalesEntry, data).total_incl for data in booked.values_list("sent", flat=True) if data is not None)
    return Report(
        invoices=sum(by_state.values()),
        booked=sum(by_state[state] for state in IN_EXACT),
        booked_now=booked.filter(booked_at__gte=since).count() if since else 0,
        proven=by_state[BookingState.PROVEN],
        differs=by_state[BookingState.DIFFERS],
        on_the_way=sum(by_state[state] for state in _ON_THE_WAY),
        held=dict(sorted(held.items())),
        skipped=dict(sorted(skipped)),
        coachview_total=total if total is not None else Decimal("0.00"),
        sent_total=sum(sent, Decimal("0.00")),
    )


_ON_THE_WAY = (BookingState.RECEIVED, BookingState.READY, BookingState.BOOKING, BookingState.UNKNOWN)


def still_waiting(administration_ids: Sequence[int]) -> int:
    """How many invoices of active koppelingen of these administrations are neither booked, held nor skipped."""
    rows = Booking.objects.filter(administration_id__in=administration_ids, state__in=_ON_THE_WAY)
    return rows.filter(integration__state=IntegrationState.ACTIVE).count()


def _first_code(problems: list[object]) -> str:
    """The code of the first problem in rule order."""
    found = read_problems(problems)
    return found[0].code if found else ""


def entry_ids(organisation_id: int) -> frozenset[str]:
    """The Exact ids of all entries of an organisation, in lower case."""
    rows = Booking.objects.filter(organisation_id=organisation_id).exclude(entry_id="")
    return frozenset(entry_id.lower() for entry_id in rows.values_list("entry_id", flat=True))
