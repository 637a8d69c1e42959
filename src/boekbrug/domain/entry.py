"""The sales entry that an invoice becomes, and what must happen to its customer: what `book()` decides."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from boekbrug.domain.debtor import Address, ContactPerson
from boekbrug.domain.problem import Problem

SALES_ENTRY = 20
CREDIT_NOTE = 21


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferral:
    """Revenue of a line that belongs to the months from `start` to `end`, both included."""

    start: date
    end: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """Why one field of a line is what it is: the rule, the source field and the option that decided (feature N11)."""

    field: str
    rule: int
    source: str
    option: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SalesLine:
    """One line of a sales entry; `amount` excl. VAT, codes are Exact's, `vat_percentage` only when it must be sent."""

    invoice_line: int
    description: str
    notes: str
    quantity: Decimal
    amount: Decimal
    vat_amount: Decimal
    vat_code: str
    vat_percentage: Decimal | None
    gl_account: str
    cost_centre: str | None
    project_code: str | None
    deferral: Deferral | None
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SalesEntry:
    """A whole sales entry in our words; `exact.wire` turns it into Exact's.

    `kind` is 20 or 21 (exact-rest.md 5.1), `customer_code` is bare (no padding), dates are plain dates,
    `payment_condition` is Exact's code or None (Exact then takes its own default).
    """

    kind: int
    journal: str
    entry_number: int
    customer_code: str
    entry_date: date
    due_date: date | None
    reporting_year: int
    reporting_period: int
    currency: str
    rate: Decimal | None
    payment_condition: str | None
    payment_reference: str | None
    your_reference: str
    description: str
    lines: tuple[SalesLine, ...]

    @property
    def total_excl(self) -> Decimal:
        """The sum of the lines excl. VAT."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def total_vat(self) -> Decimal:
        """The VAT of all lines."""
        return sum((line.vat_amount for line in self.lines), Decimal(0))

    @property
    def total_incl(self) -> Decimal:
        """What the customer owes: lines and VAT."""
        return self.total_excl + self.total_vat


class CustomerAction(StrEnum):
    """What happens to the customer before the entry is sent."""

    CREATE = "create"
    USE = "use"
    UPDATE = "update"


@dataclass(frozen=True, kw_only=True, slots=True)
class BankAccount:
    """A valid IBAN of a customer."""

    iban: str
    bic: str
    holder_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Belongings:
    """What hangs on a customer in records of their own, each once."""

    contact: ContactPerson | None = None
    invoice_address: Address | None = None
    bank_account: BankAccount | None = None

    def with_new(self, new: "Belongings") -> "Belongings":
        """These, with the new ones in their places."""
        return Belongings(
            contact=new.contact or self.contact,
            invoice_address=new.invoice_address or self.invoice_address,
            bank_account=new.bank_account or self.bank_account,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """One field of a customer that will be overwritten: what Exact has, and what it will have (feature N9)."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerChange:
    """The customer as Exact should have it (booking.md, "Customer record").

    For USE only `code` and `exact_id` count. For UPDATE `fields` are the ones that differ, those of the address one
    by one. `contact`, `invoice_address` and `bank_account` become records of their own, each once; for UPDATE they
    are given only when they are not as they were put before. `changes` shows both sides of all of these.
    """

    action: CustomerAction
    code: str
    exact_id: str | None
    debtor_id: str
    name: str
    address: Address
    vat_number: str = ""
    chamber_of_commerce: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    payment_condition: str | None = None
    receivables_account: str = ""
    contact: ContactPerson | None = None
    invoice_address: Address | None = None
    bank_account: BankAccount | None = None
    make_customer: bool = False
    fields: tuple[str, ...] = ()
    changes: tuple[FieldChange, ...] = ()

    @property
    def belongings(self) -> Belongings:
        """The records of their own that this change puts."""
        return Belongings(contact=self.contact, invoice_address=self.invoice_address, bank_account=self.bank_account)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectToCreate:
    """A project that does not exist in Exact and that the user wants made (`project_missing` = create)."""

    code: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledRevenue:
    """Revenue of one line in one month: the deferral schedule (N10)."""

    invoice_line: int
    gl_account: str
    year: int
    month: int
    amount: Decimal


class SkipReason(StrEnum):
    """Why an invoice is not booked and nobody needs to act (the report's keys, interfaces.md)."""

    BEFORE_START = "before-start"
    ZERO = "zero"
    NOT_DEFINITIVE = "not-definitive"
    BY_PERSON = "by-person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """The invoice can be booked: this entry, after this change to its customer.

    `moved_from` is the (year, period) of its date when that period is closed and a later one was taken: the
    VAT then moves along, perhaps to another return (booking.md rule 12).
    """

    entry: SalesEntry
    customer_change: CustomerChange
    projects: tuple[ProjectToCreate, ...]
    schedule: tuple[ScheduledRevenue, ...]
    warnings: tuple[Problem, ...]
    moved_from: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """The invoice waits: `problems` in rule order, each of which holds; `warnings` do not."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Skip:
    """The invoice is left out, with the reason."""

    reason: SkipReason
    values: tuple[tuple[str, str], ...] = ()


Decision = Book | Hold | Skip
