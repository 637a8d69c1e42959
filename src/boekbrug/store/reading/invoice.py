"""One invoice with everything that its page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from boekbrug.domain.entry import FieldChange, SalesEntry
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.problem import Problem
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store.findings import DIFFERS
from boekbrug.store.models import Booking, Finding, FindingState, Intent, IntentState, OptionVersion, ReferenceRow
from boekbrug.store.records import read, read_problems
from boekbrug.sync.ports import IntentKind


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryStep:
    """One move of a booking; `who` is person, run or system, with a name when it is a person."""

    at: datetime
    who: str
    name: str
    old: BookingState | None
    new: BookingState
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeStep:
    """Something that was made in Exact beside an entry: `kind` as of intents, `subject` of a document."""

    kind: str
    at: datetime
    subject: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundDifference:
    """Something noticed after booking that nobody has judged yet.

    For `changed-in-coachview` `sent` is what was booked
    and `stored` what Coachview has now.
    """

    kind: str
    found_at: datetime
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceDetail:
    """An invoice: as received, what happened with it, and what Exact got.

    `record` is None when the record of Coachview could not be read; `sent` is None until an entry was sent.
    `made` is what stands in Exact for it beside the entry: its document with the file, its customer.
    `names` tells what codes of Exact are called, by (kind, code), with the kinds of the reference copy.
    """

    id: int
    source_id: str
    number: str
    invoice_date: date | None
    due_date: date | None
    debtor: str
    total: Decimal | None
    total_excl: Decimal | None
    vat: Decimal | None
    currency: str
    received_at: datetime
    integration_id: int | None
    administration_id: int | None
    integration: str
    division: int | None
    site: str
    state: BookingState
    retry_at: datetime | None
    tried: bool
    pdf_state: PdfState
    customer_changes: tuple[FieldChange, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    skip_reason: str
    skip_values: tuple[tuple[str, str], ...]
    record: Invoice | None
    sent: SalesEntry | None
    entry_id: str
    entry_number: int | None
    booked_at: datetime | None
    receivables_account: str
    deferral_split: str
    names: Mapping[tuple[str, str], str]
    history: tuple[HistoryStep, ...]
    findings: tuple[FoundDifference, ...]
    made: tuple[MadeStep, ...] = ()


def owner_of_invoice(booking_id: int) -> int | None:
    """The organisation that the invoice belongs to."""
    return Booking.objects.filter(id=booking_id).values_list("organisation_id", flat=True).first()


def invoice(organisation_id: int, booking_id: int) -> InvoiceDetail | None:
    """The invoice, when it is this organisation's."""
    wanted = Booking.objects.select_related("invoice", "integration", "administration")
    booking = wanted.filter(organisation_id=organisation_id, id=booking_id).first()
    return _detail(booking) if booking else None


def _detail(booking: Booking) -> InvoiceDetail:
    received, integration, administration = booking.invoice, booking.integration, booking.administration
    sent = read(SalesEntry, booking.sent) if booking.sent else None
    names = _names(booking.administration_id, sent)
    options = _options(booking)
    return InvoiceDetail(
        id=booking.pk,
        source_id=received.source_id,
        number=booking.number or received.number,
        invoice_date=received.invoice_date,
        due_date=received.due_date,
        debtor=received.debtor_name,
        total=received.total_incl,
        total_excl=received.total_excl,
        vat=received.total_vat,
        currency=received.currency,
        received_at=received.received_at,
        integration_id=booking.integration_id,
        administration_id=booking.administration_id,
        integration=integration.name if integration else "",
        division=administration.division if administration else None,
        site=administration.site if administration else "",
        state=BookingState(booking.state),
        retry_at=booking.retry_at,
        tried=booking.claimed_by is not None,
        pdf_state=PdfState(booking.pdf_state),
        customer_changes=tuple(read(FieldChange, one) for one in booking.customer_changes),
        problems=read_problems(booking.problems),
        warnings=read_problems(booking.warnings),
        skip_reason=booking.skip_reason,
        skip_values=tuple((name, value) for name, value in booking.skip_values),
        record=read(Invoice, received.record) if received.record else None,
        sent=sent,
        entry_id=booking.entry_id,
        entry_number=booking.entry_number,
        booked_at=booking.booked_at,
        receivables_account=str(options.get("receivables_account", "")),
        deferral_split=str(options.get("deferral_split", "")),
        names=names,
        history=_history(booking),
        findings=_findings(booking),
        made=_made(booking, sent),
    )


def _made(booking: Booking, sent: SalesEntry | None) -> tuple[MadeStep, ...]:
    """What was made in Exact for the invoice beside its entry, oldest first; its customer when it was made with it."""
    if booking.administration_id is None:
        return ()
    own = Q(booking=booking, kind__in=(str(IntentKind.DOCUMENT), str(IntentKind.ATTACHMENT)))
    customer = Q(kind=str(IntentKind.CUSTOMER), natural_key=sent.customer_code if sent else "")
    rows = Intent.objects.filter(own | customer, administration_id=booking.administration_id, state=IntentState.DONE)
    since, until = booking.invoice.received_at, booking.booked_at
    return tuple(
        MadeStep(kind=kind, at=at, subject=str((body or {}).get("Subject", "")))
        for kind, at, body in rows.order_by("id").values_list("kind", "closed_at", "body")
        if at is not None and (kind != IntentKind.CUSTOMER or (until is not None and since <= at <= until))
    )


def _options(booking: Booking) -> Mapping[str, Any]:
    """The options under which the invoice was booked; nothing when it was not, or when they are gone."""
    if booking.integration_id is None or booking.options_version is None:
        return {}
    found = OptionVersion.objects.filter(integration_id=booking.integration_id, number=booking.options_version)
    values: Mapping[str, Any] | None = found.values_list("values", flat=True).first()
    return values or {}


def _names(administration_id: int | None, sent: SalesEntry | None) -> Mapping[tuple[str, str], str]:
    if administration_id is None or sent is None:
        return {}
    codes = {sent.journal, *_codes(sent)}
    rows = ReferenceRow.objects.filter(administration_id=administration_id, code__in=codes)
    found = rows.values_list("kind", "code", "record")
    names = {(kind, code): str(record.get("description", "")) for kind, code, record in found}
    accounts = {
        ("receivables", code): str(record.get("gl_account", "")) for kind, code, record in found if kind == "journal"
    }
    return names | accounts


def _codes(sent: SalesEntry) -> Iterable[str]:
    for line in sent.lines:
        yield line.gl_account
        yield line.vat_code
        yield line.cost_centre or ""


def _history(booking: Booking) -> tuple[HistoryStep, ...]:
    return tuple(
        HistoryStep(
            at=row.at,
            who=row.who_kind,
            name=row.who_name,
            old=BookingState(row.from_state) if row.from_state else None,
            new=BookingState(row.to_state),
            why=row.why,
        )
        for row in booking.history.order_by("id")
    )


def _findings(booking: Booking) -> tuple[FoundDifference, ...]:
    return tuple(
        FoundDifference(kind=row.kind, found_at=row.found_at, differences=tuple(_differences(row)))
        for row in booking.findings.filter(state=FindingState.OPEN).order_by("id")
    )


def _differences(row: Finding) -> Iterable[Difference]:
    """Both sides side by side: lists of fields when Exact differs, fields by path when Coachview changed."""
    if row.kind == DIFFERS:
        for ours, theirs in zip(row.ours, row.theirs, strict=True):
            yield Difference(field=ours["field"], line=ours["line"], sent=ours["value"], stored=theirs["value"])
        return
    for path in dict.fromkeys((*row.ours, *row.theirs)):
        field, line = _place(path)
        yield Difference(field=field, line=line, sent=str(row.ours.get(path, "")), stored=str(row.theirs.get(path, "")))


def _place(path: str) -> tuple[str, int | None]:
    """The field of a path such as `lines.2.amount`, and the line that it belongs to."""
    parts = path.split(".")
    if parts[0] == "lines" and len(parts) > 2 and parts[1].isdigit():
        return ".".join(parts[2:]), int(parts[1])
    return path, None
