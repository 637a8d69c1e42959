"""The list of invoices: filtered, sorted, and read page by page from a row on, so that row 100,000 is as near as row 1.

A page begins after the row that the cursor names; nothing is counted or skipped to get there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from django.db.models import Count, Q, QuerySet

from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store.models import Booking
from boekbrug.store.records import read_problems

PAGE_ROWS = 50


class Order(StrEnum):
    """What the list is sorted by; a minus means downwards."""

    NEWEST = "-datum"
    OLDEST = "datum"
    NUMBER_DOWN = "-nummer"
    NUMBER_UP = "nummer"
    DEBTOR_UP = "debiteur"
    DEBTOR_DOWN = "-debiteur"
    AMOUNT_DOWN = "-bedrag"
    AMOUNT_UP = "bedrag"

    @property
    def column(self) -> str:
        """The column behind the word."""
        return COLUMNS[self.value.removeprefix("-")]

    @property
    def down(self) -> bool:
        """Whether the largest comes first."""
        return self.value.startswith("-")


COLUMNS = {
    "datum": "invoice_date",
    "nummer": "number",
    "debiteur": "invoice__debtor_name",
    "bedrag": "invoice__total_incl",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceFilters:
    """Which invoices are wanted; empty parts do not restrict. Both dates are included."""

    states: tuple[BookingState, ...] = ()
    integration_id: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """The row beside which a page begins: after it, or (`backwards`) before it."""

    id: int
    backwards: bool = False

    @classmethod
    def read(cls, after: str, before: str) -> Self | None:
        """The cursor of an address; None when it names no row."""
        text = after or before
        return cls(id=int(text), backwards=not after) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceRow:
    """An invoice in the list; `problems` are those that hold it, in rule order; `tried`: it was on its way once."""

    id: int
    number: str
    invoice_date: date | None
    debtor: str
    total: Decimal | None
    currency: str
    integration: str
    state: BookingState
    pdf_state: PdfState
    retry_at: datetime | None
    tried: bool
    problems: tuple[Problem, ...]
    skip_reason: str
    skip_values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoicePage:
    """A page of the list, and whether there is more before and after it."""

    rows: tuple[InvoiceRow, ...]
    earlier: bool
    later: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StateCounts:
    """How many invoices there are in each state."""

    by_state: Mapping[BookingState, int]

    def of(self, *states: BookingState) -> int:
        """The count of these states together; of none: of all."""
        return sum(self.by_state.get(state, 0) for state in states or self.by_state)


def invoices(
    organisation_id: int, filters: InvoiceFilters, order: Order = Order.NEWEST, cursor: Cursor | None = None
) -> InvoicePage:
    """One page of an organisation's invoices."""
    backwards = cursor is not None and cursor.backwards
    down = order.down != backwards
    wanted = _wanted(organisation_id, filters)
    if cursor is not None:
        wanted = _beyond(wanted, order.column, cursor.id, down=down)
    signs = ("-" if down else "") + order.column, "-id" if down else "id"
    found = list(_rows(wanted.order_by(*signs))[: PAGE_ROWS + 1])
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    rows = tuple(_row(values) for values in (reversed(found) if backwards else found))
    return InvoicePage(rows=rows, earlier=more if backwards else cursor is not None, later=backwards or more)


def every_invoice(organisation_id: int, filters: InvoiceFilters, order: Order) -> Iterator[InvoiceRow]:
    """All of them, for an export, read in pieces of 1,000."""
    signs = ("-" if order.down else "") + order.column, "-id" if order.down else "id"
    found = _rows(_wanted(organisation_id, filters).order_by(*signs)).iterator(chunk_size=1000)
    return (_row(values) for values in found)


def counts(organisation_id: int, filters: InvoiceFilters) -> StateCounts:
    """How many invoices of each state there are, whatever states the filters name."""
    everywhere = InvoiceFilters(
        integration_id=filters.integration_id, since=filters.since, until=filters.until, text=filters.text
    )
    found = _wanted(organisation_id, everywhere).values_list("state").annotate(rows=Count("id")).order_by()
    return StateCounts(by_state={BookingState(state): rows for state, rows in found})


def waiting(organisation_id: int) -> int:
    """How many invoices wait for a person: held, or stored by Exact otherwise than sent."""
    states = (BookingState.HELD, BookingState.DIFFERS)
    return Booking.objects.filter(organisation_id=organisation_id, state__in=states).count()


def _wanted(organisation_id: int, filters: InvoiceFilters) -> QuerySet[Booking]:
    wanted = Booking.objects.filter(organisation_id=organisation_id)
    if filters.states:
        wanted = wanted.filter(state__in=filters.states)
    if filters.integration_id is not None:
        wanted = wanted.filter(integration_id=filters.integration_id)
    if filters.since:
        wanted = wanted.filter(invoice_date__gte=filters.since)
    if filters.until:
        wanted = wanted.filter(invoice_date__lte=filters.until)
    if filters.text:
        wanted = wanted.filter(Q(number__startswith=filters.text) | Q(invoice__debtor_name__icontains=filters.text))
    return wanted


def _beyond(wanted: QuerySet[Booking], column: str, row_id: int, *, down: bool) -> QuerySet[Booking]:
    """The rows after the one with `row_id`. Downwards, rows without a value come first; upwards, last (PostgreSQL)."""
    value = Booking.objects.filter(id=row_id).values_list(column, flat=True).first()
    later_id = Q(id__lt=row_id) if down else Q(id__gt=row_id)
    if value is None:
        empty = Q(**{f"{column}__isnull": True})
        return wanted.filter((empty & later_id) | ~empty if down else empty & later_id)
    side = "lt" if down else "gt"
    further = Q(**{f"{column}__{side}": value}) | (Q(**{column: value}) & later_id)
    if down:
        return wanted.filter(Q(**{f"{column}__lte": value}), further)  # the first part lets the index find the place
    return wanted.filter(further | Q(**{f"{column}__isnull": True}))


def _rows(wanted: QuerySet[Booking]) -> QuerySet[Booking, Any]:
    return wanted.values(
        "id",
        "number",
        "invoice_date",
        "invoice__debtor_name",
        "invoice__total_incl",
        "invoice__currency",
        "integration__name",
        "state",
        "pdf_state",
        "retry_at",
        "claimed_by",
        "problems",
        "skip_reason",
        "skip_values",
    )


def _row(values: Mapping[str, Any]) -> InvoiceRow:
    return InvoiceRow(
        id=values["id"],
        number=values["number"],
        invoice_date=values["invoice_date"],
        debtor=values["invoice__debtor_name"],
        total=values["invoice__total_incl"],
        currency=values["invoice__currency"],
        integration=values["integration__name"] or "",
        state=BookingState(values["state"]),
        pdf_state=PdfState(values["pdf_state"]),
        retry_at=values["retry_at"],
        tried=values["claimed_by"] is not None,
        problems=read_problems(values["problems"]),
        skip_reason=values["skip_reason"],
        skip_values=tuple((name, value) for name, value in values["skip_values"]),
    )
