"""A definitive invoice as we know it, whatever its source calls the fields (booking.md, "What an invoice has")."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from boekbrug.domain.debtor import Debtor


class InvoiceStatus(StrEnum):
    """Whether the source still regards the invoice as a draft."""

    DEFINITIVE = "definitive"
    DRAFT = "draft"


@dataclass(frozen=True, kw_only=True, slots=True)
class VatTotal:
    """Base and VAT of one VAT code, as printed on the invoice."""

    code: str
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """The request (aanvraag) that an invoice line comes from."""

    number: str = ""
    reference: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The course (opleiding) that an invoice line bills; `kind` is the opleidingssoortcode."""

    code: str = ""
    kind: str = ""
    start: date | None = None
    end: date | None = None
    first_lesson: date | None = None
    last_lesson: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceLine:
    """One line: `amount` is excl. VAT, `vat_percentage` a fraction (0.21), `number` counts from 1."""

    id: str
    number: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    vat_code: str
    vat_percentage: Decimal
    vat_amount: Decimal
    gl_account: str
    cost_centre: str = ""
    request: Request | None = None
    course: Course | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Invoice:
    """A whole invoice with its debtor and lines; money is Decimal, dates are the source's local dates.

    `vat` is None when the source prints no VAT per code; `currency` is ISO 4217; `rate` is the value of
    one unit of that currency in the division's (None: not given); `payment_term_days` is in days.
    """

    id: str
    number: str
    status: InvoiceStatus
    definitive_on: date | None
    invoice_date: date
    due_date: date | None
    payment_term_days: int | None
    currency: str
    rate: Decimal | None
    total_excl: Decimal
    total_vat: Decimal
    total_incl: Decimal
    vat: tuple[VatTotal, ...] | None
    reference: str
    payment_reference: str
    text: str
    direct_debit: bool
    already_paid: bool
    changed_at: datetime
    debtor: Debtor
    lines: tuple[InvoiceLine, ...]
