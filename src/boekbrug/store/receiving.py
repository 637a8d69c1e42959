"""Storing what the source gave: a page of records and then the moved window, in one transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from boekbrug.domain.fingerprint import fingerprint
from boekbrug.domain.invoice import Invoice as InvoiceRecord
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.store.assignment import Candidate, assign, candidates
from boekbrug.store.findings import note_change, note_unreadable
from boekbrug.store.held import because, hold
from boekbrug.store.marks import choose_marks, stored_id
from boekbrug.store.models import Booking, BookingHistory, Invoice, Organisation
from boekbrug.store.moves import By
from boekbrug.store.prepared import prepared
from boekbrug.store.records import storable, storable_text, write, write_problems
from boekbrug.store.rows import reading_of
from boekbrug.store.steps import make_due
from boekbrug.sync.ports import Received, Step, Unreadable

UNDECIDED = frozenset({BookingState.RECEIVED, BookingState.READY, BookingState.HELD, BookingState.SKIPPED})
IN_FLIGHT = frozenset({BookingState.BOOKING, BookingState.UNKNOWN})
BY_PERSON = "by-person"


@dataclass(frozen=True, kw_only=True)
class Page:
    """What storing one page needs and gathers; `in_order`: nobody can have stored what was read after it."""

    organisation_id: int
    owners: tuple[Candidate, ...]
    by: By
    at: datetime
    in_order: bool
    wanting: set[int] = field(default_factory=set)
    waking: set[int] = field(default_factory=set)


def store_page(organisation_id: int, page: Sequence[Received], *, claim: str, by: By, at: datetime) -> int:
    """Store records by their identity; how many bookings want a check. Storing them again changes nothing.

    Who reads under the present claim on the window reads what is newest, whatever Coachview's clock wrote on it. Must
    run in a transaction. The organisation's row is locked, so that two fetches store one after the other.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(id=organisation_id)
    in_order = organisation.fetch_claim == claim
    work = Page(organisation_id=organisation_id, owners=candidates(organisation_id), by=by, at=at, in_order=in_order)
    latest = {stored_id(storable_text(received.reading.id)): received for received in page}
    known = _known(organisation_id, latest)
    _store_new(work, {key: received for key, received in latest.items() if key not in known})
    for key, booking in known.items():
        _store_known(work, booking, latest[key])
    for administration_id in sorted(work.waking):
        make_due(administration_id, Step.CHECK, at)
    return len(work.wanting)


def _known(organisation_id: int, latest: dict[str, Received]) -> dict[str, Booking]:
    """The bookings of these records that are there already, locked in one order."""
    rows = (
        Booking.objects.select_for_update(of=("self", "invoice"))
        .select_related("invoice")
        .filter(invoice__organisation_id=organisation_id, invoice__source_id__in=latest)
        .order_by("id")
    )
    return {row.invoice.source_id: row for row in rows}


def _store_new(work: Page, records: dict[str, Received]) -> None:
    marks = choose_marks(work.organisation_id, records)
    places = {key: _place_of(work, received) for key, received in records.items()}
    bookings = Booking.objects.bulk_create(
        [
            _new_booking(work, invoice, marks[invoice.source_id], places[invoice.source_id])
            for invoice in _insert_invoices(work, records)
        ]
    )
    BookingHistory.objects.bulk_create(
        [
            BookingHistory(
                booking=booking,
                at=work.at,
                who_kind=work.by.kind,
                who_name=work.by.name,
                to_state=BookingState.RECEIVED,
                why="received",
            )
            for booking in bookings
        ]
    )
    for booking in bookings:
        place = places[booking.invoice.source_id]
        if place.owner is None or place.problems:
            hold(booking, place.problems, place.owner, why=because(place.problems), by=work.by, at=work.at)
        else:
            _wants_check(work, booking.id, place.owner)


def _insert_invoices(work: Page, records: dict[str, Received]) -> list[Invoice]:
    """The new invoices, by one statement that carries them as JSON: an array of each column is quoted in Python."""
    invoices = [
        Invoice(organisation_id=work.organisation_id, source_id=key, received_at=work.at, **_columns(work, received))
        for key, received in records.items()
    ]
    rows = [{name: getattr(invoice, name) for name in _INSERTED} for invoice in invoices]
    with prepared(_INSERT, {"rows": json.dumps(rows, default=str)}) as cursor:
        ids = dict(cursor.fetchall())
    for invoice in invoices:
        invoice.id = ids[invoice.source_id]
    return invoices


_INSERTED = {
    **dict.fromkeys(("source_id", "number", "debtor_id", "debtor_name", "currency", "raw"), "text"),
    **dict.fromkeys(("record", "unreadable", "fingerprint"), "jsonb"),
    **dict.fromkeys(("total_excl", "total_vat", "total_incl"), "numeric"),
    **dict.fromkeys(("invoice_date", "due_date"), "date"),
    **dict.fromkeys(("changed_at", "received_at", "stored_at"), "timestamptz"),
    "organisation_id": "bigint",
}
_INSERT = f"""
    INSERT INTO store_invoice ({", ".join(_INSERTED)})
    SELECT {", ".join(_INSERTED)} FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(
        {", ".join(f"{name} {kind}" for name, kind in _INSERTED.items())}
    )
    RETURNING source_id, id
"""  # noqa: S608 - made of names of ours


def _new_booking(work: Page, invoice: Invoice, mark: str, place: "_Place") -> Booking:
    owner = None if place.problems else place.owner
    return Booking(
        invoice=invoice,
        integration_id=owner.integration_id if owner else None,
        administration_id=owner.administration_id if owner else None,
        organisation_id=work.organisation_id,
        invoice_date=invoice.invoice_date,
        number=invoice.number,
        mark=mark,
        state=BookingState.RECEIVED,
        state_since=work.at,
        needs_check=True,
    )


def _store_known(work: Page, booking: Booking, received: Received) -> None:
    """Update the invoice when it changed; an older version than we have, from a late page, is left."""
    invoice = booking.invoice
    columns = _columns(work, received)
    late = not work.in_order and received.reading.changed_at < invoice.changed_at
    if late or _same(invoice, columns):
        return
    for name, value in columns.items():
        setattr(invoice, name, value)
    invoice.save(update_fields=list(columns))
    Booking.objects.filter(id=booking.id).update(invoice_date=invoice.invoice_date, number=invoice.number)
    state = BookingState(booking.state)
    if state in IN_FLIGHT:
        Booking.objects.filter(id=booking.id).update(needs_check=True)
    elif state not in UNDECIDED:
        _note(work, booking, columns)
    elif not (state is BookingState.SKIPPED and booking.skip_reason == BY_PERSON):
        _place(work, booking, received)


def _same(invoice: Invoice, columns: dict[str, Any]) -> bool:
    return all(
        getattr(invoice, name) == columns[name] for name in ("record", "unreadable", "number", "raw", "changed_at")
    )


def _note(work: Page, booking: Booking, columns: dict[str, Any]) -> None:
    """A booked invoice changed: a finding when a field that counts differs; it is never booked again by itself."""
    if columns["record"] is None:
        note_unreadable(booking, columns["unreadable"], work.at)
    else:
        note_change(booking, columns["fingerprint"], work.at)


def _place(work: Page, booking: Booking, received: Received) -> None:
    """Give the booking to its koppeling and ask for a check, or hold it."""
    place = _place_of(work, received)
    if place.owner is None or place.problems:
        hold(booking, place.problems, place.owner, why=because(place.problems), by=work.by, at=work.at)
        return
    Booking.objects.filter(id=booking.id, state=booking.state).update(
        integration_id=place.owner.integration_id, administration_id=place.owner.administration_id, needs_check=True
    )
    _wants_check(work, booking.id, place.owner)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """The koppeling that an invoice belongs to, if any, and why it is held."""

    owner: Candidate | None
    problems: tuple[Problem, ...]


def _place_of(work: Page, received: Received) -> _Place:
    reading = received.reading
    found = assign(reading, work.owners)
    unreadable = reading.problems if isinstance(reading, Unreadable) else ()
    return _Place(
        owner=found if isinstance(found, Candidate) else None,
        problems=(*unreadable, *([found] if isinstance(found, Problem) else [])),
    )


def _wants_check(work: Page, booking_id: int, owner: Candidate) -> None:
    work.wanting.add(booking_id)
    work.waking.add(owner.administration_id)


def _columns(work: Page, received: Received) -> dict[str, Any]:
    """The invoice row's values; what is longer than its column is cut, the whole stands in `raw`."""
    reading = received.reading
    common = {
        "number": storable_text(reading.number)[:50],
        "raw": storable_text(received.raw),
        "changed_at": reading.changed_at,
        "stored_at": work.at,
    }
    if isinstance(reading, Unreadable):
        return {**common, "record": None, "unreadable": write_problems(reading.problems)}
    return {**common, **_readable(reading)}


def _readable(invoice: InvoiceRecord) -> dict[str, Any]:
    record = write(invoice)
    return {
        "invoice_date": invoice.invoice_date,
        "due_date": invoice.due_date,
        "debtor_id": storable_text(invoice.debtor.id)[:100],
        "debtor_name": storable_text(invoice.debtor.name)[:500],
        "currency": storable_text(invoice.currency)[:3],
        "total_excl": invoice.total_excl,
        "total_vat": invoice.total_vat,
        "total_incl": invoice.total_incl,
        "record": record,
        "unreadable": [],
        "fingerprint": storable(fingerprint(invoice)),
    }


def reassign(organisation_id: int, at: datetime) -> int:
    """Give held invoices that had no koppeling, or two, to the one that now fits; how many found theirs.

    Source: exactly-once.md ("Held invoices heal").
    """
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(id=organisation_id)
        owners = candidates(organisation_id)
        lost = Booking.objects.select_for_update(of=("self",)).select_related("invoice")
        rows = lost.filter(organisation_id=organisation_id, integration__isnull=True, state=BookingState.HELD)
        placed: list[int] = []
        for booking in rows.order_by("id"):
            owner = assign(reading_of(booking.invoice), owners)
            if isinstance(owner, Candidate):
                Booking.objects.filter(id=booking.id).update(
                    integration_id=owner.integration_id, administration_id=owner.administration_id, needs_check=True
                )
                placed.append(owner.administration_id)
        for administration_id in sorted(set(placed)):
            make_due(administration_id, Step.CHECK, at)
        return len(placed)
