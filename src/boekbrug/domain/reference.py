"""The local copy of what Exact has, and what people decided before: the two look-up arguments of `book()`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from boekbrug.domain.customers import Customer, CustomerIndex
from boekbrug.domain.entry import Belongings
from boekbrug.domain.period import Calendar, FinancialPeriod

__all__ = [
    "CostCentre",
    "Customer",
    "DatedPercentage",
    "FinancialPeriod",
    "GLAccount",
    "Journal",
    "Links",
    "PaymentCondition",
    "Project",
    "Reference",
    "VatCode",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Journal:
    """A journal; `kind` 20 is sales; `gl_account` is the code of its receivables account (exact-rest.md 4.6)."""

    code: str
    description: str
    kind: int
    gl_account: str
    blocked: bool = False
    currency: str = ""
    allow_other_currency: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class GLAccount:
    """A G/L account; `kind` by exact-rest.md 5.3; `use_cost_centre` 0 optional, 1 mandatory, 2 not allowed."""

    exact_id: str
    code: str
    description: str
    kind: int
    blocked: bool = False
    use_cost_centre: int = 0
    profit_and_loss: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class DatedPercentage:
    """A VAT percentage (fraction) from `start` up to and including `end` (None: still valid)."""

    percentage: Decimal
    start: date
    end: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class VatCode:
    """A VAT code. `kind` B, E, I, N; `transaction` B, P, S; `eu_listing` L, N, S, T (exact-rest.md 4.6)."""

    code: str
    description: str
    kind: str
    transaction: str
    percentages: tuple[DatedPercentage, ...]
    blocked: bool = False
    charged: bool = False
    eu_listing: str = "N"


@dataclass(frozen=True, kw_only=True, slots=True)
class CostCentre:
    """A cost centre; it has ended when inactive or when `end` lies before the entry date."""

    code: str
    description: str
    active: bool = True
    end: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentCondition:
    """A payment condition; `method` B on credit, I collection, K cash; `days` from the invoice date."""

    code: str
    description: str
    days: int | None
    end_of_months: int
    method: str
    discount: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A project; `exact_id` is what a sales line carries."""

    exact_id: str
    code: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """All that `book()` looks up of one administration; mappings are by code.

    `customers` may be restricted to the ones that matter for the invoices at hand: those that an invoice's
    number, link, VAT number, chamber number or IBAN may lead to. `relations` and `calendar` find customers and
    periods; they are made of the two tuples, at first use, so keep one `Reference` for many invoices.
    """

    division: int
    country: str
    currency: str
    journals: Mapping[str, Journal] = field(default_factory=dict)
    gl_accounts: Mapping[str, GLAccount] = field(default_factory=dict)
    vat_codes: Mapping[str, VatCode] = field(default_factory=dict)
    cost_centres: Mapping[str, CostCentre] = field(default_factory=dict)
    payment_conditions: Mapping[str, PaymentCondition] = field(default_factory=dict)
    projects: Mapping[str, Project] = field(default_factory=dict)
    periods: tuple[FinancialPeriod, ...] = ()
    customers: tuple[Customer, ...] = ()
    relations: CustomerIndex = field(init=False, repr=False, compare=False)
    calendar: Calendar = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "relations", CustomerIndex(self.customers))
        object.__setattr__(self, "calendar", Calendar(self.periods))


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """What people decided before, and what we met before.

    `customer_of_debtor`: debtor id -> Exact id of the customer that is this debtor (chosen or met before).
    `met`: the debtors of these whose link only remembers a meeting: it vouches for the customer with the
    debtor's number, but a corrected number is looked up anew; a link that a person chose wins over the number.
    `create_anyway`: debtor ids for which a new customer is wanted although one looks like it.
    `make_customer`: Exact ids of suppliers or prospects that may become customers too.
    The four mappings translate Coachview's code into Exact's (payment term: days as text -> condition;
    the key "direct-debit" gives the condition for direct debit).
    `book_anyway`: invoice ids dated before the start that a person wants booked.
    `belongings`: debtor id -> contact person, invoice address and bank account as they were put before.
    `unfinished`: debtors whose customer we were making when something came between; its belongings are still to come.
    """

    customer_of_debtor: Mapping[str, str] = field(default_factory=dict)
    met: frozenset[str] = frozenset()
    create_anyway: frozenset[str] = frozenset()
    make_customer: frozenset[str] = frozenset()
    vat_codes: Mapping[str, str] = field(default_factory=dict)
    gl_accounts: Mapping[str, str] = field(default_factory=dict)
    cost_centres: Mapping[str, str] = field(default_factory=dict)
    payment_terms: Mapping[str, str] = field(default_factory=dict)
    book_anyway: frozenset[str] = frozenset()
    belongings: Mapping[str, Belongings] = field(default_factory=dict)
    unfinished: frozenset[str] = frozenset()
