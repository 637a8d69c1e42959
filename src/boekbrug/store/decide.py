"""What people decide: each decision is one transaction with its history row, and wakes what it makes possible."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from boekbrug.domain.entry import SkipReason
from boekbrug.domain.states import BookingState
from boekbrug.store.debtors import remember
from boekbrug.store.held import NOT_HELD, NOT_SKIPPED
from boekbrug.store.late_pdfs import retry_pdfs
from boekbrug.store.mapping import Wish, set_mappings
from boekbrug.store.models import Booking, Finding, FindingState, Integration, IntegrationState, ReferenceMark
from boekbrug.store.moves import By, MovedOn, move, move_all, remark
from boekbrug.store.organisations import NotFound
from boekbrug.store.receiving import reassign
from boekbrug.store.records import read_problems
from boekbrug.store.reference_copy import FULL
from boekbrug.store.steps import make_due
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import Step
from boekbrug.sync.refresh_reference import next_reading, solved_by_reading

RETRIED = "retried"
BOOK_ANYWAY = "book-anyway"
UNSKIPPED = "unskipped"
LINKED_ENTRY = "linked-entry"
"""What a person did, as the history keeps it: one of these, perhaps with what it was done with behind a colon."""


def skip(booking_id: int, reason: str, *, by: By, now: datetime) -> None:
    """Overslaan: a held or ready invoice is left out, by this person and for this reason; `unskip` undoes it."""
    with transaction.atomic():
        row = _locked(booking_id, (BookingState.HELD, BookingState.READY))
        _move(row, BookingState.SKIPPED, by, now, reason, **NOT_HELD, **_skipped(reason))


def unskip(booking_id: int, *, by: By, now: datetime) -> None:
    """Take a skip back: the invoice is checked anew."""
    with transaction.atomic():
        row = _locked(booking_id, (BookingState.SKIPPED,))
        _move(row, BookingState.READY, by, now, UNSKIPPED, **NOT_SKIPPED, needs_check=True)
        _wake(row, Step.CHECK, now)


def skip_many(booking_ids: Collection[int], reason: str, *, by: By, now: datetime) -> int:
    """Overslaan for a selection or a whole cause: those that are still held; how many."""
    with transaction.atomic():
        ids = _held_among(booking_ids)
        move_all(ids, BookingState.HELD, BookingState.SKIPPED, by=by, at=now, why=reason)
        Booking.objects.filter(id__in=ids).update(**NOT_HELD, **_skipped(reason))
        return len(ids)


def _skipped(reason: str) -> dict[str, object]:
    """The columns of what a person skipped; Coachview is told as well."""
    return {
        "skip_reason": SkipReason.BY_PERSON,
        "skip_values": [["reason", reason]],
        "needs_check": False,
        "unconfirmed": True,
    }


def book_many_anyway(booking_ids: Collection[int], *, by: By, now: datetime) -> int:
    """Toch boeken for a selection or a whole cause: those that are still held; how many."""
    with transaction.atomic():
        ids = _held_among(booking_ids)
        move_all(ids, BookingState.HELD, BookingState.READY, by=by, at=now, why=BOOK_ANYWAY)
        rows = Booking.objects.filter(id__in=ids)
        rows.update(book_anyway=True, needs_check=True, **NOT_HELD, **NOT_SKIPPED)
        _make_all_due(set(rows.exclude(administration=None).values_list("administration_id", flat=True)), now)
        return len(ids)


def _held_among(booking_ids: Collection[int]) -> list[int]:
    rows = Booking.objects.select_for_update(of=("self",)).filter(id__in=booking_ids, state=BookingState.HELD)
    return list(rows.order_by("id").values_list("id", flat=True))


def book_anyway(booking_id: int, *, by: By, now: datetime) -> None:
    """Toch boeken: dated before the start, and wanted all the same."""
    with transaction.atomic():
        row = _locked(booking_id, (BookingState.HELD, BookingState.SKIPPED))
        Booking.objects.filter(id=row.id).update(book_anyway=True)
        _move(row, BookingState.READY, by, now, BOOK_ANYWAY, **NOT_HELD, **NOT_SKIPPED, needs_check=True)
        _wake(row, Step.CHECK, now)


def retry(booking_ids: Collection[int], *, by: By, now: datetime) -> int:
    """Opnieuw proberen: these held invoices and their debtors are read anew and checked; how many.

    One that belongs to no koppeling, or to two, is read by any koppeling of its organisation, and may find its own.
    Of a booked one whose PDF is missing only the PDF is tried, at once.
    """
    with transaction.atomic():
        rows = Booking.objects.select_for_update(of=("self",)).filter(id__in=booking_ids, state=BookingState.HELD)
        found = list(rows.order_by("id"))
        Booking.objects.filter(id__in=[row.id for row in found]).update(needs_check=True, reread=True)
        remark([row.id for row in found], BookingState.HELD, by=by, at=now, why=RETRIED)
        for organisation_id in sorted({row.organisation_id for row in found if row.administration_id is None}):
            reassign(organisation_id, now)
            _make_all_due(active_administrations(organisation_id), now)
        _make_all_due({row.administration_id for row in found if row.administration_id is not None}, now)
        _have_read({row.administration_id for row in found if solved_by_reading(read_problems(row.problems))}, now)
        return len(found) + retry_pdfs(booking_ids, by=by, now=now)


def _make_all_due(administration_ids: Collection[int], now: datetime) -> None:
    for administration_id in sorted(administration_ids):
        make_due(administration_id, Step.FETCH, now)
        make_due(administration_id, Step.CHECK, now)


def _have_read(administration_ids: Collection[int | None], now: datetime) -> None:
    """Have Exact's own data read as soon as that is allowed: what these lack may have been put right there just now."""
    known = sorted(one for one in administration_ids if one is not None)
    marks = ReferenceMark.objects.filter(administration_id__in=known, endpoint=FULL)
    read_at = dict(marks.values_list("administration_id", "read_at"))
    for administration_id in known:
        make_due(administration_id, Step.REFERENCE, next_reading(read_at.get(administration_id), now))


def accept_difference(booking_id: int, reason: str, *, by: By, now: datetime) -> None:
    """The entry differs from what was sent, and that is right: accepted by name and reason."""
    with transaction.atomic():
        row = _locked(booking_id, (BookingState.DIFFERS,))
        findings = Finding.objects.filter(booking=row, state=FindingState.OPEN)
        findings.update(state=FindingState.ACCEPTED, who=by.name, reason=reason, decided_at=now)
        _move(row, BookingState.PROVEN, by, now, reason)


def link_customer(
    organisation_id: int, administration_id: int, debtor_id: str, customer_id: str, *, who: str, now: datetime
) -> None:
    """This debtor is that customer of Exact; the choice is kept for all its invoices."""
    remember((organisation_id, administration_id, debtor_id), customer_id=customer_id, who=who, now=now)


def create_anyway(organisation_id: int, administration_id: int, debtor_id: str, *, who: str, now: datetime) -> None:
    """A new customer is wanted although one looks like it."""
    remember((organisation_id, administration_id, debtor_id), create_anyway=True, who=who, now=now)


def make_customer(
    organisation_id: int, administration_id: int, debtor_id: str, customer_id: str, *, who: str, now: datetime
) -> None:
    """This supplier or prospect becomes a customer too, and is this debtor."""
    whose = (organisation_id, administration_id, debtor_id)
    remember(whose, customer_id=customer_id, make_customer=True, who=who, now=now)


def set_mapping(integration_id: int, kind: str, from_code: str, to_code: str, *, who: str, now: datetime) -> None:
    """Coachview's code means Exact's code; an empty `to_code` takes the row away. Invoices are checked anew."""
    set_mappings(integration_id, [Wish(kind=kind, from_code=from_code, to_code=to_code)], who=who, now=now)


def active_administrations(organisation_id: int) -> tuple[int, ...]:
    """The administrations of the organisation's active koppelingen: whom a decision may have given work."""
    rows = Integration.objects.filter(organisation_id=organisation_id, state=IntegrationState.ACTIVE)
    found = rows.exclude(administration=None).order_by("administration_id")
    return tuple(found.values_list("administration_id", flat=True).distinct())


def _ours_nothing_yet(customer_id: str) -> dict[str, object]:
    """A customer that a person chose: it is not one that we were making, and nothing of ours hangs on it yet."""
    return {"customer_id": customer_id, "unfinished": False, "belongings": None}


def _locked(booking_id: int, states: tuple[BookingState, ...]) -> Booking:
    row = Booking.objects.select_for_update(of=("self",)).filter(id=booking_id).first()
    if row is None:
        raise NotFound("There is no invoice {id}.", id=booking_id)
    if row.state not in states:
        raise MovedOn(f"the invoice is {row.state} by now")
    return row


def _move(row: Booking, new: BookingState, by: By, now: datetime, why: str, **values: object) -> None:
    try:
        move(row.id, BookingState(row.state), new, by=by, at=now, why=why, **values)
    except LeaseLost as lost:
        raise MovedOn(str(lost)) from lost


def _wake(row: Booking, step: Step, now: datetime) -> None:
    if row.administration_id is not None:
        make_due(row.administration_id, step, now)
