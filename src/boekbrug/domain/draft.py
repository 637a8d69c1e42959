"""The entry while the rules work on it: what they may look at, and what each has decided so far.

The one mutable record of the domain; it lives inside one call of `book()` and never leaves it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from boekbrug.domain.checks import NumberChecks
from boekbrug.domain.customers import compact
from boekbrug.domain.dates import Dates, decide_dates
from boekbrug.domain.entry import SALES_ENTRY, CustomerChange, Deferral, ProjectToCreate, ScheduledRevenue, Skip, Why
from boekbrug.domain.identity import Identity, identify
from boekbrug.domain.invoice import Invoice, InvoiceLine
from boekbrug.domain.money import ZERO
from boekbrug.domain.options import Options
from boekbrug.domain.problem import Problem, Subject
from boekbrug.domain.reference import GLAccount, Links, Reference, VatCode

MAPPING = "mapping"


@cache
def because(name: str, rule: int, source: str, option: str = "") -> Why:
    """Why a field is what it is; equal reasons are one record, because thousands of lines share them."""
    return Why(field=name, rule=rule, source=source, option=option)


@dataclass(kw_only=True, slots=True)
class LineDraft:
    """One line that will be booked; `position` is its place among the invoice's lines, from 0."""

    source: InvoiceLine
    position: int
    vat_code: str = ""
    vat: VatCode | None = None
    vat_percentage: Decimal | None = None
    vat_amount: Decimal = ZERO
    account: GLAccount | None = None
    cost_centre: str | None = None
    project: str | None = None
    deferral: Deferral | None = None
    description: str = ""
    notes: str = ""
    why: list[Why] = field(default_factory=list)

    def subject(self, *, kind: str = "", key: str = "") -> Subject:
        """This line as what a problem is about."""
        return Subject(line=self.source.number, kind=kind, key=key)


@dataclass(kw_only=True, slots=True)
class Draft:
    """One invoice under the rules; `lines` are the ones that will be booked."""

    invoice: Invoice
    options: Options
    reference: Reference
    links: Links
    today: date
    checks: NumberChecks
    identity: Identity
    dates: Dates
    vat_number: str
    vat_number_valid: bool
    lines: list[LineDraft]
    skip: Skip | None = None
    entry_number: int = 0
    kind: int = SALES_ENTRY
    rate: Decimal | None = None
    payment_condition: str | None = None
    payment_reference: str | None = None
    your_reference: str = ""
    description: str = ""
    customer_change: CustomerChange | None = None
    projects: dict[str, ProjectToCreate] = field(default_factory=dict)
    schedule: list[ScheduledRevenue] = field(default_factory=list)

    @property
    def subject(self) -> Subject:
        """The invoice as what a problem is about."""
        return Subject(key=self.invoice.id)

    @property
    def is_credit(self) -> bool:
        """Whether the customer gets money back."""
        return self.invoice.total_incl < 0


Rule = Callable[[Draft], Iterable[Problem]]


def lay_out(
    invoice: Invoice, options: Options, reference: Reference, links: Links, today: date, *, checks: NumberChecks
) -> Draft:
    """The draft with all that several rules look at: who the debtor is, the dates, the lines to book."""
    debtor = invoice.debtor
    vat_number = compact(debtor.vat_number)
    country = (debtor.visit_address or debtor.invoice_address).country or debtor.invoice_address.country
    return Draft(
        invoice=invoice,
        options=options,
        reference=reference,
        links=links,
        today=today,
        checks=checks,
        identity=identify(debtor, options, reference, links),
        dates=decide_dates(invoice, options, reference, today),
        vat_number=vat_number,
        vat_number_valid=bool(vat_number) and checks.vat_number_valid(vat_number, country or options.country),
        lines=lines_to_book(invoice),
    )


def lines_to_book(invoice: Invoice) -> list[LineDraft]:
    """The lines of the invoice, without the zero ones unless there are no others (booking.md rule 7)."""
    drafts = [LineDraft(source=line, position=position) for position, line in enumerate(invoice.lines)]
    return [draft for draft in drafts if draft.source.amount or draft.source.vat_amount] or drafts
