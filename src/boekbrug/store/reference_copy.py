"""The local copy of Exact's reference data: replaced whole by full reads, row by row by sync pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import F, Q

from boekbrug.domain.customers import Customer, bare_code, compact
from boekbrug.domain.identity import customer_number
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.reference import (
    CostCentre,
    FinancialPeriod,
    GLAccount,
    Journal,
    PaymentCondition,
    Project,
    Reference,
    VatCode,
)
from boekbrug.domain.states import BookingState
from boekbrug.store.koppelingen import koppelingen
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import Administration, Booking, CustomerCopy, DebtorLink, ProjectCopy, ReferenceMark
from boekbrug.store.models import ReferenceRow as Row
from boekbrug.store.records import read, storable_text, write
from boekbrug.store.steps import make_due
from boekbrug.sync.ports import ReferencePage, Step

Kept = TypeVar("Kept")

FULL = "full"
COPIES_AT_HAND = 200
DIVISION = "division"
PERIOD = "period"
NOBODY = ""
"""The number of a customer that is gone in Exact and that a person had chosen."""

CODED: Mapping[str, tuple[str, type[Any]]] = {
    "journal": ("journals", Journal),
    "gl_account": ("gl_accounts", GLAccount),
    "vat_code": ("vat_codes", VatCode),
    "cost_centre": ("cost_centres", CostCentre),
    "payment_condition": ("payment_conditions", PaymentCondition),
}


def reference(shift: Shift, invoices: Sequence[Invoice]) -> Reference:
    """The local copy, with the customers and projects that matter for these invoices."""
    marks = ReferenceMark.objects.filter(administration_id=shift.administration_id, endpoint=FULL)
    mark = marks.values_list("id", "timestamp").first()
    full = _read_in_full(shift.administration_id) if mark is None else _at_hand(shift.administration_id, mark)
    return replace(
        full,
        projects={project.code: project for project in _projects(shift, invoices)},
        customers=tuple(_customers(shift, invoices)),
    )


@lru_cache(maxsize=COPIES_AT_HAND)
def _at_hand(administration_id: int, mark: tuple[int, int]) -> Reference:
    """The copy that this mark belongs to, kept in the process: each slice asks for it."""
    del mark
    return _read_in_full(administration_id)


def _read_in_full(administration_id: int) -> Reference:
    """What full reads brought."""
    division = Administration.objects.values_list("division", flat=True).get(id=administration_id)
    return copy_of(administration_id, division) or Reference(division=division, country="", currency="")


def copy_of(administration_id: int, division: int) -> Reference | None:
    """What full reads brought of this division, without customers and projects; None before the first one."""
    rows: dict[str, dict[str, Any]] = {}
    for kind, code, record in Row.objects.filter(administration_id=administration_id).values_list(
        "kind", "code", "record"
    ):
        rows.setdefault(kind, {})[code] = record
    if not rows:
        return None
    about = rows.get(DIVISION, {}).get("", {})
    periods = [read(FinancialPeriod, record) for record in rows.get(PERIOD, {}).values()]
    coded: dict[str, Any] = {
        name: {code: read(record_kind, record) for code, record in rows.get(kind, {}).items()}
        for kind, (name, record_kind) in CODED.items()
    }
    return Reference(
        division=division,
        country=about.get("country", ""),
        currency=about.get("currency", ""),
        **coded,
        periods=tuple(sorted(periods, key=lambda period: (period.year, period.period))),
    )


def _customers(shift: Shift, invoices: Sequence[Invoice]) -> Iterator[Customer]:
    """Those that an invoice's number, link, VAT number, chamber number or IBAN may lead to."""
    debtors = {invoice.debtor.id: invoice.debtor for invoice in invoices}
    if not debtors:
        return
    options = [koppeling.options for koppeling in koppelingen(shift)]
    numbers = (customer_number(debtor, option) for debtor in debtors.values() for option in options)
    linked = DebtorLink.objects.filter(administration_id=shift.administration_id, debtor_id__in=debtors)
    which = (
        Q(exact_id__in=linked.exclude(customer_id="").values("customer_id"))
        | Q(code_key__in={bare_code(number) for number in numbers if isinstance(number, str)})
        | Q(vat_key__in=_keys(debtor.vat_number for debtor in debtors.values()))
        | Q(chamber_key__in=_keys(debtor.chamber_of_commerce for debtor in debtors.values()))
        | Q(iban_keys__overlap=_keys(debtor.iban for debtor in debtors.values()))
    )
    rows = CustomerCopy.objects.filter(which, administration_id=shift.administration_id).order_by("id")
    for record in rows.values_list("record", flat=True):
        yield read(Customer, record)


def _keys(texts: Iterable[str]) -> list[str]:
    return sorted({key for text in texts if (key := compact(text))})


def _projects(shift: Shift, invoices: Sequence[Invoice]) -> Iterator[Project]:
    codes = {invoice.reference.strip() for invoice in invoices}
    for invoice in invoices:
        for line in invoice.lines:
            if line.request is not None:
                codes |= {line.request.number.strip(), line.request.reference.strip()}
            if line.course is not None:
                codes |= {line.course.code.strip(), line.course.kind.strip()}
    rows = ProjectCopy.objects.filter(administration_id=shift.administration_id, code__in=codes - {""})
    for record in rows.order_by("id").values_list("record", flat=True):
        yield read(Project, record)


def reference_read_at(shift: Shift) -> datetime | None:
    """When the last full read was."""
    rows = ReferenceMark.objects.filter(administration_id=shift.administration_id, endpoint=FULL)
    return rows.values_list("read_at", flat=True).first()


def timestamp(shift: Shift, endpoint: str) -> int:
    """The last timestamp that was read of a sync endpoint (`customers`, `projects`); 0 at first."""
    rows = ReferenceMark.objects.filter(administration_id=shift.administration_id, endpoint=endpoint)
    return rows.values_list("timestamp", flat=True).first() or 0


def keep_reference(shift: Shift, reference: Reference, read_at: datetime, calls: int) -> None:
    """Replace the full copy, which so many calls brought; when it differs, what is held wants a new check."""
    rows = {
        (kind, storable_text(str(code))[:100]): write(record)
        for kind, (name, _) in CODED.items()
        for code, record in getattr(reference, name).items()
    }
    rows |= {(PERIOD, f"{period.year}-{period.period}"): _period(period) for period in reference.periods}
    rows[DIVISION, ""] = {"country": reference.country, "currency": reference.currency}
    with change(shift) as at:
        mine = Row.objects.filter(administration_id=shift.administration_id)
        before = {(row.kind, row.code): row.record for row in mine}
        if before != rows:
            mine.delete()
            Row.objects.bulk_create(
                [
                    Row(administration_id=shift.administration_id, kind=kind, code=code, record=record)
                    for (kind, code), record in rows.items()
                ],
                batch_size=1000,
            )
            _check_held_again(shift, at)
        _mark(shift, FULL, read_at=read_at, calls=calls, timestamp=F("timestamp") + int(before != rows))


def _period(period: FinancialPeriod) -> dict[str, Any]:
    record: dict[str, Any] = write(period)
    return {**record, "closed_for": sorted(record["closed_for"])}


def keep_page(shift: Shift, endpoint: str, page: ReferencePage) -> None:
    """Add or replace the rows of a sync page and keep its timestamp; what is held wants a new check."""
    with change(shift) as at:
        new = _put_customers(shift, page.customers) + _put_projects(shift, page.projects)
        _mark(shift, endpoint, timestamp=page.timestamp)
        if new:
            _check_held_again(shift, at)


def keep_customer(shift: Shift, customer: Customer) -> None:
    """Add or replace one customer that we have just made or changed."""
    with change(shift):
        _put_customers(shift, (customer,))


def forget_customer(shift: Shift, exact_id: str, *, chosen: bool) -> None:
    """Delete our copy, inside a change; of one that a person chose for a debtor its name stays, as gone.

    Without its keys it is found by that link alone, and by nobody who looks for a relation (`NOBODY`).
    """
    mine = CustomerCopy.objects.filter(administration_id=shift.administration_id, exact_id=exact_id)
    if not chosen:
        mine.delete()
        return
    record = mine.values_list("record", flat=True).first()
    name = read(Customer, record).name if record else ""
    _put_customers(shift, (Customer(exact_id=exact_id, code=NOBODY, name=name, status="C", gone=True),))


def keep_project(shift: Shift, project: Project) -> None:
    """Add one project that we have just made."""
    with change(shift):
        _put_projects(shift, (project,))


def _put_customers(shift: Shift, customers: Sequence[Customer]) -> int:
    """Add or replace; how many are new or differ."""
    wanted = {customer.exact_id: customer for customer in customers}
    records = {exact_id: write(customer) for exact_id, customer in wanted.items()}
    mine = CustomerCopy.objects.filter(administration_id=shift.administration_id, exact_id__in=wanted)
    before = dict(mine.values_list("exact_id", "record"))
    differing = [exact_id for exact_id, record in records.items() if before.get(exact_id) != record]
    CustomerCopy.objects.bulk_create(
        [_customer_row(shift, wanted[exact_id], records[exact_id]) for exact_id in differing],
        update_conflicts=True,
        unique_fields=["administration", "exact_id"],
        update_fields=["code_key", "vat_key", "chamber_key", "iban_keys", "record"],
        batch_size=1000,
    )
    return len(differing)


def _customer_row(shift: Shift, customer: Customer, record: Any) -> CustomerCopy:
    return CustomerCopy(
        administration_id=shift.administration_id,
        exact_id=customer.exact_id,
        code_key=bare_code(customer.code)[:40],
        vat_key=compact(customer.vat_number)[:40],
        chamber_key=compact(customer.chamber_of_commerce)[:40],
        iban_keys=[key[:40] for key in _keys(customer.ibans)],
        record=record,
    )


def _put_projects(shift: Shift, projects: Sequence[Project]) -> int:
    """Add or replace; how many were given."""
    wanted = {project.exact_id: project for project in projects}
    ProjectCopy.objects.bulk_create(
        [
            ProjectCopy(
                administration_id=shift.administration_id,
                exact_id=exact_id,
                code=project.code.strip()[:100],
                record=write(project),
            )
            for exact_id, project in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["administration", "exact_id"],
        update_fields=["code", "record"],
        batch_size=1000,
    )
    return len(wanted)


def _mark(shift: Shift, endpoint: str, **values: Any) -> None:
    mark, _ = ReferenceMark.objects.get_or_create(administration_id=shift.administration_id, endpoint=endpoint)
    ReferenceMark.objects.filter(id=mark.id).update(**values)


def _check_held_again(shift: Shift, at: datetime) -> None:
    """What is held may be solved now: the copy changed."""
    rows = Booking.objects.filter(
        administration_id=shift.administration_id, state=BookingState.HELD, invoice__record__isnull=False
    )
    if rows.update(needs_check=True):
        make_due(shift.administration_id, Step.CHECK, at)
