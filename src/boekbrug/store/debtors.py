"""Who a debtor is in Exact, as people decide it at an invoice: the choice holds for all invoices of that debtor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from boekbrug.domain.customers import Customer, bare_code
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking, CustomerCopy, DebtorLink
from boekbrug.store.moves import By, MovedOn, remark
from boekbrug.store.organisations import NotFound
from boekbrug.store.records import read, storable_text
from boekbrug.store.reference_copy import NOBODY
from boekbrug.store.steps import make_due
from boekbrug.sync.ports import Step

LINKED = "linked-customer"
MADE = "made-customer"
NEW = "new-customer"
"""What a person decided, as the history keeps it; the customer stands behind a colon."""

CUSTOMER = "C"
MOST_FOUND = 20
UNDECIDED = (BookingState.RECEIVED, BookingState.READY, BookingState.HELD)


class RelationGone(Exception):
    """The local copy of Exact knows no such relation in this administration."""


class NotYetCustomer(Exception):
    """The relation is a supplier or a prospect, and nobody said that it is to become a customer too."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(customer.code)
        self.customer = customer


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """The held invoice at which somebody decides, and whose debtor it is about."""

    booking_id: int
    organisation_id: int
    administration_id: int
    debtor_id: str


def choose_customer(booking_id: int, customer_id: str, *, make_customer: bool, by: By, now: datetime) -> None:
    """The debtor of this held invoice is that relation of Exact; with `make_customer` it becomes a customer too.

    Raises NotFound, MovedOn, RelationGone, and NotYetCustomer for a relation that is none unless `make_customer`.
    """
    with transaction.atomic():
        case = _case(booking_id)
        row = _relations(case.administration_id).filter(exact_id=customer_id).first()
        if row is None:
            raise RelationGone(customer_id)
        customer = read(Customer, row.record)
        if customer.status != CUSTOMER and not make_customer:
            raise NotYetCustomer(customer)
        made = make_customer and customer.status != CUSTOMER
        remember(
            (case.organisation_id, case.administration_id, case.debtor_id),
            customer_id=customer_id,
            make_customer=made,
            who=by.name,
            now=now,
        )
        _remark(case, f"{MADE if made else LINKED}: {customer.code.strip()} · {customer.name}", by=by, now=now)


def want_new_customer(booking_id: int, *, by: By, now: datetime) -> None:
    """The debtor of this held invoice becomes a new customer although one looks like it."""
    with transaction.atomic():
        case = _case(booking_id)
        whose = (case.organisation_id, case.administration_id, case.debtor_id)
        remember(whose, create_anyway=True, who=by.name, now=now)
        _remark(case, NEW, by=by, now=now)


def remember(
    whose: tuple[int, int, str],
    *,
    who: str,
    now: datetime,
    customer_id: str = "",
    create_anyway: bool = False,
    make_customer: bool = False,
) -> None:
    """Keep one decision about a debtor (organisation, administration, debtor): it takes the place of an earlier one."""
    organisation_id, administration_id, debtor_id = whose
    with transaction.atomic():
        keys: dict[str, Any] = {
            "organisation_id": organisation_id,
            "administration_id": administration_id,
            "debtor_id": debtor_id,
        }
        decided = {"customer_id": customer_id, "create_anyway": create_anyway, "make_customer": make_customer}
        same = DebtorLink.objects.filter(**keys, customer_id=customer_id)
        # What was put on another customer says nothing about this one.
        new: dict[str, Any] = {} if same.exists() else {"belongings": None, "unfinished": False}
        DebtorLink.objects.update_or_create(**keys, defaults={**decided, **new, "who": who[:200], "at": now})
        waiting = Booking.objects.filter(
            organisation_id=organisation_id,
            administration_id=administration_id,
            invoice__debtor_id=debtor_id,
            state__in=UNDECIDED,
        )
        if waiting.update(needs_check=True):
            make_due(administration_id, Step.CHECK, now)


def _case(booking_id: int) -> _Case:
    rows = Booking.objects.select_for_update(of=("self",)).select_related("invoice")
    row = rows.filter(id=booking_id).first()
    if row is None:
        raise NotFound("There is no invoice {id}.", id=booking_id)
    if row.state != BookingState.HELD or row.administration_id is None or not row.invoice.debtor_id:
        raise MovedOn(f"the invoice is {row.state} by now")
    return _Case(
        booking_id=row.id,
        organisation_id=row.organisation_id,
        administration_id=row.administration_id,
        debtor_id=row.invoice.debtor_id,
    )


def _remark(case: _Case, why: str, *, by: By, now: datetime) -> None:
    """The history of every held invoice of the debtor says who decided."""
    rows = Booking.objects.filter(
        organisation_id=case.organisation_id,
        administration_id=case.administration_id,
        invoice__debtor_id=case.debtor_id,
        state=BookingState.HELD,
    )
    remark(rows.order_by("id").values_list("id", flat=True), BookingState.HELD, by=by, at=now, why=why)


def find_customers(administration_id: int, text: str) -> tuple[Customer, ...]:
    """Relations of the local copy whose number is `text`, or whose name holds it; at most 20, by number first."""
    text = storable_text(text).strip()
    if not text:
        return ()
    rows = _relations(administration_id).annotate(name=KT("record__name"))
    found = {row.exact_id: read(Customer, row.record) for row in _matching(rows, text)}
    return tuple(found.values())[:MOST_FOUND]


def named_customers(administration_id: int, problems: Sequence[Problem]) -> tuple[Customer, ...]:
    """The relations of the local copy that these problems name, by their id or by their number."""
    ids = {problem.subject.key for problem in problems if problem.subject.kind == "Account"}
    numbers = {
        bare_code(value)
        for problem in problems
        for name, value in problem.values
        if name in {"code", "number"} and problem.subject.kind == "Account"
    }
    named = Q(exact_id__in=ids) | Q(code_key__in=numbers)
    rows = _relations(administration_id).filter(named).order_by("id")
    return tuple(read(Customer, row.record) for row in rows[:MOST_FOUND]) if ids else ()


def _relations(administration_id: int) -> QuerySet[CustomerCopy]:
    """The relations that a debtor may be linked to: not what is kept of one that is gone in Exact."""
    return CustomerCopy.objects.filter(administration_id=administration_id).exclude(code_key=NOBODY)


def _matching(rows: QuerySet[Any], text: str) -> Iterator[CustomerCopy]:
    yield from rows.filter(code_key=bare_code(text)).order_by("id")[:MOST_FOUND]
    yield from rows.filter(name__icontains=text).order_by("name", "id")[:MOST_FOUND]
