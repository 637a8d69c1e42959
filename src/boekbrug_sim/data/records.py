"""What the practice institute has: plain records whose field names are those of the Coachview profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class ExternalId:
    """One (externId, externSource) pair of a company or person."""

    id: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Debtor:
    """One debtor, with its company or person folded in."""

    id: str
    number: str
    name: str
    external_number: str | None = None
    vat_number: str | None = None
    chamber_of_commerce: str | None = None
    private_person: bool = False
    address_1: str = ""
    address_2: str | None = None
    address_3: str | None = None
    postal_code: str = ""
    city: str = ""
    country: str = "NL"
    visit_address_1: str | None = None
    visit_address_2: str | None = None
    visit_address_3: str | None = None
    visit_postal_code: str | None = None
    visit_city: str | None = None
    visit_country: str | None = None
    email: str | None = None
    phone: str | None = None
    iban: str | None = None
    bic: str | None = None
    holder_name: str | None = None
    gl_account: str | None = None
    payment_term_days: int = 30
    language: str = "nl"
    reference_mandatory: bool = False
    company_id: str | None = None
    company_external: tuple[ExternalId, ...] = ()
    person_id: str | None = None
    person_external: tuple[ExternalId, ...] = ()
    contact_id: str | None = None
    contact_sex: str | None = None
    contact_first_name: str | None = None
    contact_prefix: str | None = None
    contact_last_name: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an invoice: amounts exclude VAT, the percentage is a fraction."""

    id: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    vat_code: str
    vat_percentage: Decimal
    vat_amount: Decimal
    gl_account: str
    cost_centre: str
    request_number: str | None = None
    request_reference: str | None = None
    request_start: date | None = None
    request_end: date | None = None
    course_code: str | None = None
    course_start: date | None = None
    course_end: date | None = None
    course_first_lesson: date | None = None
    course_last_lesson: date | None = None
    course_kind: str | None = None


@dataclass(frozen=True, kw_only=True)
class VatAmount:
    """Base and amount of one VAT code, as printed on the invoice."""

    code: str
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """One invoice with its debtor and lines."""

    id: str
    number: str | None
    definitive: bool
    definitive_on: date | None
    invoice_date: date
    due_date: date
    payment_term_days: int
    lines: tuple[Line, ...]
    vat: tuple[VatAmount, ...]
    total_excl: Decimal
    total_vat: Decimal
    total_incl: Decimal
    debtor: Debtor | None
    changed_at: datetime
    currency: str = "EUR"
    rate: Decimal = Decimal(1)
    reference: str | None = None
    payment_reference: str | None = None
    text: str | None = None
    direct_debit: bool = False
    already_paid: bool = False
    garbled: Mapping[str, object] = field(default_factory=dict)
    """Raw values that go on the wire instead of ours, by our field name: what a careless system may send."""
