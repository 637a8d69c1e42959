"""The list of invoices: filtered, sorted, and read page by page from a row on, so that row 100,000 is as near as row 1.

A page begins after the row that the cursor names; nothing is counted or skipped to get there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Count, Q, QuerySet

from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store.models import Booking, Invoice
from boekbrug.store.records import read_problems

PAGE_ROWS = 50
MOST_COUNTED = 1000
"""How far the matches of a search are counted in each state: nobody reads further, and counting on costs the most."""


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
    def tie(self) -> str:
        """The id that decides between equals: of the table that the column is in, so that an index has both."""
        return "invoice_id" if self.column.startswith("invoice__") else "id"

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
    """Which invoices are wanted; empty parts do not restrict. Both dates are included; a cause means held by it."""

    states: tuple[BookingState, ...] = ()
    integration_id: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    cause: str = ""


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
    """How many invoices there are in each state; of those in `more` there are more than `most`."""

    by_state: Mapping[BookingState, int]
    more: frozenset[BookingState] = frozenset()
    most: int = MOST_COUNTED

    def of(self, *states: BookingState) -> int:
        """The count of these states together, of none: of all; `most` where there are more than that."""
        if self.is_more(*states):
            return self.most
        return sum(self.by_state.get(state, 0) for state in states or self.by_state)

    def is_more(self, *states: BookingState) -> bool:
        """Whether there are more than `of` says."""
        return not self.more.isdisjoint(states or self.more)


def invoices(
    organisation_id: int, filters: InvoiceFilters, order: Order = Order.NEWEST, cursor: Cursor | None = None
) -> InvoicePage:
    """One page of an organisation's invoices."""
    backwards = cursor is not None and cursor.backwards
    down = order.down != backwards
    wanted = _sorted(_wanted(organisation_id, filters), organisation_id, order, down=down)
    if cursor is not None:
        wanted = _beyond(wanted, order, cursor.id, down=down)
    found = list(_rows(wanted)[: PAGE_ROWS + 1])
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    rows = tuple(_row(values) for values in (reversed(found) if backwards else found))
    return InvoicePage(rows=rows, earlier=more if backwards else cursor is not None, later=backwards or more)


def every_invoice(organisation_id: int, filters: InvoiceFilters, order: Order) -> Iterator[InvoiceRow]:
    """All of them, for an export, read in pieces of 1,000."""
    wanted = _sorted(_wanted(organisation_id, filters), organisation_id, order, down=order.down)
    return (_row(values) for values in _rows(wanted).iterator(chunk_size=1000))


def counts(organisation_id: int, filters: InvoiceFilters, most: int = MOST_COUNTED) -> StateCounts:
    """How many invoices of each state there are, whatever states the filters name; those of a search up to `most`."""
    everywhere = replace(filters, states=())
    if filters.text:
        return _counted(_wanted(organisation_id, everywhere), most)
    found = _wanted(organisation_id, everywhere).values_list("state").annotate(rows=Count("id")).order_by()
    return StateCounts(by_state={BookingState(state): rows for state, rows in found})


def _counted(wanted: QuerySet[Booking], most: int) -> StateCounts:
    """The states one by one in one statement, so that each has the plan that fits how many there are of it."""
    if wanted.query.is_empty():
        return StateCounts(by_state={})
    parts = [
        wanted.filter(state=state).order_by().values("id")[: most + 1].query.sql_with_params() for state in BookingState
    ]
    columns = ", ".join(f"(SELECT count(*) FROM ({sql}) AS found)" for sql, _ in parts)  # noqa: S608 - Django's own SQL
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _, values in parts for value in values])
        found = dict(zip(BookingState, cursor.fetchone(), strict=True))
    return StateCounts(by_state=found, more=frozenset(state for state in found if found[state] > most), most=most)


def waiting(organisation_id: int) -> int:
    """How many invoices wait for a person: held, or stored by Exact otherwise than sent."""
    states = (BookingState.HELD, BookingState.DIFFERS)
    return Booking.objects.filter(organisation_id=organisation_id, state__in=states).count()


def _wanted(organisation_id: int, filters: InvoiceFilters) -> QuerySet[Booking]:
    wanted = Booking.objects.filter(organisation_id=organisation_id)
    if filters.states:
        wanted = wanted.filter(state__in=filters.states)
    if filters.cause:
        wanted = wanted.filter(state=BookingState.HELD, causes__contains=[filters.cause])
    if filters.integration_id is not None:
        wanted = wanted.filter(integration_id=filters.integration_id)
    if filters.since:
        wanted = wanted.filter(invoice_date__gte=filters.since)
    if filters.until:
        wanted = wanted.filter(invoice_date__lte=filters.until)
    return _with_text(wanted, organisation_id, filters.text) if filters.text else wanted


def _with_text(wanted: QuerySet[Booking], organisation_id: int, text: str) -> QuerySet[Booking]:
    """Invoices whose number begins with the text, or whose debtor has words that begin with its words.

    Digits alone are a number; without digits, or with blanks, it is a name: then one index answers.
    """
    if text.isdigit():
        return wanted.filter(number__startswith=text)
    words = " & ".join(f"'{word}':*" for word in re.findall(r"\w+", text))
    if not words:
        return wanted.none()
    named = Invoice.objects.filter(organisation_id=organisation_id).annotate(
        words=SearchVector("debtor_name", config="simple")
    )
    by_name = Q(invoice__in=named.filter(words=SearchQuery(words, config="simple", search_type="raw")))
    if " " in text or not re.search(r"\d", text):
        return wanted.filter(by_name)
    numbered = Booking.objects.filter(organisation_id=organisation_id, number__startswith=text)
    return wanted.filter(by_name | Q(id__in=numbered.values("id")))


def _sorted(wanted: QuerySet[Booking], organisation_id: int, order: Order, *, down: bool) -> QuerySet[Booking]:
    sign = "-" if down else ""
    if order.column.startswith("invoice__"):
        wanted = wanted.filter(invoice__organisation_id=organisation_id)  # the index of the column begins with it
    return wanted.order_by(sign + order.column, sign + order.tie)


def _beyond(wanted: QuerySet[Booking], order: Order, row_id: int, *, down: bool) -> QuerySet[Booking]:
    """The rows after the one with `row_id`. Downwards, rows without a value come first; upwards, last (PostgreSQL)."""
    column = order.column
    value, tie = Booking.objects.filter(id=row_id).values_list(column, order.tie).first() or (None, row_id)
    later_id = Q(**{f"{order.tie}__{'lt' if down else 'gt'}": tie})
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
