"""The list in plain values for its template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boekbrug.domain.states import BookingState
from boekbrug.store.reading import IntegrationRow, InvoicePage, InvoiceRow, Order, StateCounts
from boekbrug.web import formats, words
from boekbrug.web.pages.invoices.forms import GROUPS, Question


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of the table."""

    id: int
    number: str
    invoice_date: date | None
    debtor: str
    cause: str
    total: Decimal | None
    currency: str
    integration: str
    status: words.Status
    held: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Tab:
    """One tab above the list, with its count; `more`: there are more than that."""

    word: str
    address: str
    count: int
    more: bool
    current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """One column head: its word, the address that sorts by it, and how it is sorted now."""

    word: str
    address: str
    kind: str
    sorted: str


def show(
    question: Question,
    *,
    found: InvoicePage,
    counts: StateCounts,
    integrations: Sequence[IntegrationRow],
    language: str,
) -> dict[str, Any]:
    """What the template of the list shows."""
    first, last = (found.rows[0].id, found.rows[-1].id) if found.rows else (0, 0)
    return {
        "sentence": _sentence(counts, language),
        "tabs": _tabs(question, counts),
        "heads": _heads(question),
        "rows": tuple(_line(row, language) for row in found.rows),
        "selectable": any(row.state is BookingState.HELD for row in found.rows),
        "question": question,
        "integrations": integrations,
        "several": len(integrations) > 1,
        "before": _address(question, voor=first) if found.earlier else "",
        "after": _address(question, na=last) if found.later else "",
        "shown": _invoices(counts, GROUPS.get(question.group, ()), language),
        "export": _address(question, "invoices_csv"),
    }


def _sentence(counts: StateCounts, language: str) -> str:
    waiting = counts.of(*GROUPS["actie"])
    if not counts.of():
        return _("Hier staat elke definitieve factuur, met wat ermee gebeurde.")
    total = _invoices(counts, (), language)
    if not waiting:
        return _("%(total)s. Er wacht er geen op u.") % {"total": total}
    figure = formats.count(waiting, language)
    if counts.is_more(*GROUPS["actie"]):
        attention = _("Meer dan %(count)s vragen uw aandacht") % {"count": figure}
    else:
        attention = ngettext("%(count)s vraagt uw aandacht", "%(count)s vragen uw aandacht", waiting) % {
            "count": figure
        }
    return f"{total}. {attention}."


def _invoices(counts: StateCounts, states: tuple[BookingState, ...], language: str) -> str:
    """How many invoices these states have, in words; of no states: all."""
    count = counts.of(*states)
    figure = {"count": formats.count(count, language)}
    if counts.is_more(*states):
        return _("Meer dan %(count)s facturen") % figure
    return ngettext("%(count)s factuur", "%(count)s facturen", count) % figure


def _tabs(question: Question, counts: StateCounts) -> tuple[Tab, ...]:
    names = {
        "": _("Alle"),
        "actie": _("Actie nodig"),
        "onderweg": _("Onderweg"),
        "geboekt": _("Geboekt"),
        "overgeslagen": _("Overgeslagen"),
    }
    return tuple(
        Tab(
            word=word,
            address=_address(question, staat=group, na="", voor=""),
            count=counts.of(*GROUPS.get(group, ())),
            more=counts.is_more(*GROUPS.get(group, ())),
            current=group == question.group,
        )
        for group, word in names.items()
    )


def _heads(question: Question) -> tuple[Head, ...]:
    columns = (
        (_("Nummer"), "", Order.NUMBER_UP, Order.NUMBER_DOWN),
        (_("Datum"), "", Order.OLDEST, Order.NEWEST),
        (_("Debiteur"), "", Order.DEBTOR_UP, Order.DEBTOR_DOWN),
        (_("Bedrag"), "amount", Order.AMOUNT_UP, Order.AMOUNT_DOWN),
    )
    return tuple(_head(question, *column) for column in columns)


def _head(question: Question, word: str, kind: str, up: Order, down: Order) -> Head:
    other = up if question.order is down else down
    now = {up: "ascending", down: "descending"}.get(question.order, "")
    return Head(word=word, address=_address(question, volgorde=other.value, na="", voor=""), kind=kind, sorted=now)


def _address(question: Question, page: str = "invoices", **changes: object) -> str:
    parts: dict[str, object] = {
        "staat": question.group,
        "koppeling": question.integration,
        "van": question.since,
        "tot": question.until,
        "zoek": question.text,
        "oorzaak": question.cause,
        "volgorde": "" if question.order is Order.NEWEST else question.order.value,
    }
    query = urlencode({name: value for name, value in (parts | changes).items() if value})
    return reverse(page) + (f"?{query}" if query else "")


def _line(row: InvoiceRow, language: str) -> Line:
    return Line(
        id=row.id,
        number=row.number,
        invoice_date=row.invoice_date,
        debtor=row.debtor,
        cause=words.cause_of(row, language),
        total=row.total,
        currency=row.currency,
        integration=row.integration,
        status=words.state_of(row, language),
        held=row.state is BookingState.HELD,
    )
