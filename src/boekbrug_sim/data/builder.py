"""Making invoices add up: from planned lines to totals, VAT per code printed as Coachview prints it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from boekbrug_sim.data.courses import COURSE_KINDS
from boekbrug_sim.data.records import ZERO, Debtor, Invoice, Line, VatAmount

CENT = Decimal("0.01")
VAT_PERCENTAGES = {
    "0": Decimal(0),
    "1": Decimal("0.21"),
    "2": Decimal("0.09"),
    "4": Decimal("0.21"),
    "5": Decimal(0),
    "6": Decimal(0),
    "7": Decimal(0),
    "8": Decimal("0.21"),
    "10": Decimal("0.09"),
}
"""Percentage that the institute charges under each of its VAT codes."""


def cents(amount: Decimal) -> Decimal:
    """An amount in whole cents, rounded half up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Course:
    """When one course runs."""

    kind: str
    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class Item:
    """One planned invoice line; what is left out comes from the course kind."""

    kind: str
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None
    description: str | None = None
    vat_code: str | None = None
    percentage: Decimal | None = None
    gl_account: str | None = None
    cost_centre: str | None = None
    course: Course | None = None
    request: str | None = None
    request_reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Head:
    """What an invoice is besides its lines."""

    id: str
    number: str | None
    debtor: Debtor | None
    invoice_date: date
    changed_at: datetime
    definitive: bool = True
    definitive_on: date | None = None
    term: int | None = None
    reference: str | None = None
    payment_reference: str | None = None
    text: str | None = None
    currency: str = "EUR"
    rate: Decimal = Decimal(1)
    direct_debit: bool = False
    already_paid: bool = False
    garbled: Mapping[str, object] = field(default_factory=dict)


def make_invoice(head: Head, lines: tuple[Line, ...]) -> Invoice:
    """An invoice whose VAT is worked out once per code, as it is printed, and whose totals add up."""
    term = head.term if head.term is not None else (head.debtor.payment_term_days if head.debtor else 30)
    vat = vat_per_code(lines)
    total_excl = sum((line.amount for line in lines), ZERO)
    total_vat = sum((part.amount for part in vat), ZERO)
    return Invoice(
        id=head.id,
        number=head.number,
        definitive=head.definitive,
        definitive_on=(head.definitive_on or head.invoice_date) if head.definitive else None,
        invoice_date=head.invoice_date,
        due_date=head.invoice_date + timedelta(days=term),
        payment_term_days=term,
        lines=lines,
        vat=vat,
        total_excl=total_excl,
        total_vat=total_vat,
        total_incl=total_excl + total_vat,
        debtor=head.debtor,
        changed_at=head.changed_at,
        currency=head.currency,
        rate=head.rate,
        reference=head.reference,
        payment_reference=head.payment_reference,
        text=head.text,
        direct_debit=head.direct_debit,
        already_paid=head.already_paid,
        garbled=head.garbled,
    )


def make_line(item: Item, line_id: str) -> Line:
    """One line from its plan: amount is quantity times price, VAT rounded on the line."""
    kind = COURSE_KINDS[item.kind]
    vat_code = item.vat_code or kind.vat_code
    percentage = VAT_PERCENTAGES.get(vat_code, Decimal("0.21")) if item.percentage is None else item.percentage
    price = kind.price if item.price is None else item.price
    amount = cents(item.quantity * price)
    course = item.course
    return Line(
        id=line_id,
        description=item.description or kind.name,
        quantity=item.quantity,
        unit_price=price,
        amount=amount,
        vat_code=vat_code,
        vat_percentage=percentage,
        vat_amount=cents(amount * percentage),
        gl_account=item.gl_account or kind.gl_account,
        cost_centre=item.cost_centre or kind.cost_centre,
        request_number=item.request,
        request_reference=item.request_reference,
        request_start=course.start if course and item.request else None,
        request_end=course.end if course and item.request else None,
        course_code=f"{kind.code}-{course.start:%y%m}" if course else None,
        course_start=course.start if course else None,
        course_end=course.end if course else None,
        course_first_lesson=course.start if course else None,
        course_last_lesson=course.end if course else None,
        course_kind=kind.code,
    )


def vat_per_code(lines: tuple[Line, ...]) -> tuple[VatAmount, ...]:
    """Base and VAT per code, the VAT rounded once per code and percentage."""
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.vat_code, line.vat_percentage)
        bases[key] = bases.get(key, ZERO) + line.amount
    parts: dict[str, VatAmount] = {}
    for (code, percentage), base in bases.items():
        before = parts.get(code, VatAmount(code=code, base=ZERO, amount=ZERO))
        vat = cents(base * percentage)
        parts[code] = VatAmount(code=code, base=before.base + base, amount=before.amount + vat)
    return tuple(parts.values())
