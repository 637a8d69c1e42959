"""What people decide: each decision is one transaction with its history row, and wakes what it makes possible."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from boekbrug.domain.entry import SkipReason
from boekbrug.domain.states import BookingState
from boekbrug.store.held import NOT_HELD, NOT_SKIPPED
from boekbrug.store.integrations import check_again
from boekbrug.store.mapping import Wish, set_mappings
from boekbrug.store.models import Booking, DebtorLink, Finding, FindingState, Integration, IntegrationState
from boekbrug.store.moves import By, move
from boekbrug.store.organisations import NotFound
from boekbrug.store.steps import make_due
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import Step


class MovedOn(Exception):
    """The invoice is not in the state that the person saw; nothing was changed."""


def skip(booking_id: int, reason: str, *, by: By, now: datetime) -> None:
    """Overslaan: a held or ready invoice is left out, by this person and for this reason; `unskip` undoes it."""
    with transaction.atomic():
        row = _locked(booking_id, (BookingState.HELD, BookingState.READY))
        values = {"skip_reason": SkipReason.BY_PERSON, "skip_values": [["reason", reason]], "needs_check": False}
        _move(row, BookingState.SKIPPED, by, now, reason, **NOT_HELD, **values)


def unskip(booking_id: int, *, by: By, now: datetime) -> None:
    """Take a skip back: the invoice is checked anew."""
    with transaction.atomic():
        row = _locked(booking_id, (BookingState.SKIPPED,))
        _move(row, BookingState.READY, by, now, "the skip was taken back", **NOT_SKIPPED, needs_check=True)
        _wake(row, Step.CHECK, now)


def book_anyway(booking_id: int, *, by: By, now: datetime) -> None:
    """Toch boeken: dated before the start, and wanted all the same."""
    with transaction.atomic():
        row = _locked(booking_id, (BookingState.HELD, BookingState.SKIPPED))
        Booking.objects.filter(id=row.id).update(book_anyway=True)
        _move(row, BookingState.READY, by, now, "book anyway", **NOT_HELD, **NOT_SKIPPED, needs_check=True)
        _wake(row, Step.CHECK, now)


def retry(booking_ids: Collection[int], *, by: By, now: datetime) -> int:
    """Opnieuw proberen: these held invoices and their debtors are read anew and checked; how many."""
    del by  # the check writes the history row
    with transaction.atomic():
        rows = Booking.objects.select_for_update(of=("self",)).filter(id__in=booking_ids, state=BookingState.HELD)
        found = list(rows.order_by("id"))
        Booking.objects.filter(id__in=[row.id for row in found]).update(needs_check=True, reread=True)
        for row in found:
            _wake(row, Step.FETCH, now)
            _wake(row, Step.CHECK, now)
        return len(found)


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
    _decide_debtor(organisation_id, administration_id, debtor_id, who, now, customer_id=customer_id)


def create_anyway(organisation_id: int, administration_id: int, debtor_id: str, *, who: str, now: datetime) -> None:
    """A new customer is wanted although one looks like it."""
    _decide_debtor(organisation_id, administration_id, debtor_id, who, now, create_anyway=True)


def make_customer(
    organisation_id: int, administration_id: int, debtor_id: str, customer_id: str, *, who: str, now: datetime
) -> None:
    """This supplier or prospect becomes a customer too, and is this debtor."""
    _decide_debtor(organisation_id, administration_id, debtor_id, who, now, customer_id=customer_id, make_customer=True)


def set_mapping(integration_id: int, kind: str, from_code: str, to_code: str, *, who: str, now: datetime) -> None:
    """Coachview's code means Exact's code; an empty `to_code` takes the row away. Invoices are checked anew."""
    set_mappings(integration_id, [Wish(kind=kind, from_code=from_code, to_code=to_code)], who=who, now=now)


def active_administrations(organisation_id: int) -> tuple[int, ...]:
    """The administrations of the organisation's active koppelingen: whom a decision may have given work."""
    rows = Integration.objects.filter(organisation_id=organisation_id, state=IntegrationState.ACTIVE)
    found = rows.exclude(administration=None).order_by("administration_id")
    return tuple(found.values_list("administration_id", flat=True).distinct())


def _decide_debtor(
    organisation_id: int, administration_id: int, debtor_id: str, who: str, now: datetime, **decision: object
) -> None:
    with transaction.atomic():
        DebtorLink.objects.update_or_create(
            organisation_id=organisation_id,
            administration_id=administration_id,
            debtor_id=debtor_id,
            defaults={**decision, "who": who, "at": now},
        )
        check_again(organisation_id, now)


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
