"""Codes of Coachview and of Exact beside each other: which need a row in a mapping table, and which row fits.

A code is used as it is when Exact has the same; a row is needed only where they differ (options.md, "Mapping
tables"). A proposal is only that: a person confirms it. Where several codes fit equally well there is none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from boekbrug.domain.customers import bare_code, plain_name
from boekbrug.domain.options import Options
from boekbrug.domain.payment import COLLECTION, DIRECT_DEBIT, ON_CREDIT, condition_for
from boekbrug.domain.reference import CostCentre, GLAccount, Links, PaymentCondition, Reference, VatCode
from boekbrug.domain.rules.ledger import REFUSED_KINDS
from boekbrug.domain.rules.vat import INCLUSIVE, PURCHASE
from boekbrug.domain.vat import had_percentage, percentage_on

NOTHING = Links()


class CodeKind(StrEnum):
    """The four mapping tables."""

    VAT_CODE = "vat_code"
    GL_ACCOUNT = "gl_account"
    COST_CENTRE = "cost_centre"
    PAYMENT_TERM = "payment_term"


class Fault(StrEnum):
    """Why a code of Exact cannot serve; `missing`: there is no code at all and one is needed."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    PURCHASE_ONLY = "purchase-only"
    INCLUSIVE = "inclusive"
    PERCENTAGE = "percentage"
    TYPE = "type"
    ENDED = "ended"
    NOT_COLLECTION = "not-collection"


class Reason(StrEnum):
    """Why a code of Exact is proposed."""

    SAME_NUMBER = "same-number"
    SAME_PERCENTAGE = "same-percentage"
    SAME_NAME = "same-name"
    SAME_DAYS = "same-days"
    ONLY_COLLECTION = "only-collection"


@dataclass(frozen=True, kw_only=True, slots=True)
class UsedCode:
    """A code that invoices use; `percentages` are those of a VAT code, each with the latest invoice date."""

    kind: CodeKind
    code: str
    percentages: tuple[tuple[Decimal, date], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A code of Exact that a person may pick, and what is wrong with it."""

    code: str
    name: str
    fault: Fault | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """The one code of Exact that fits, and why."""

    code: str
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a used code stands: the code of Exact that it means, what is wrong with that, and what would fit.

    `means` is empty when Exact itself decides (a payment term without a row) or nothing is sent.
    """

    means: str
    fault: Fault | None
    proposal: Proposal | None

    @property
    def waits(self) -> bool:
        """Whether invoices with this code cannot be booked as it stands."""
        return self.fault is not None


def standing(used: UsedCode, mapped: str, reference: Reference, options: Options, day: date) -> Standing:
    """How a code stands under its row (`mapped`, empty for none); a proposal only where no row decides."""
    if mapped:
        return Standing(means=mapped, fault=fault_of(used, mapped, reference, day), proposal=None)
    means, fault = _unmapped(used, reference, options, day)
    undecided = fault is not None or (used.kind is CodeKind.PAYMENT_TERM and not means)
    return Standing(means=means, fault=fault, proposal=propose(used, reference, day) if undecided else None)


def _unmapped(used: UsedCode, reference: Reference, options: Options, day: date) -> tuple[str, Fault | None]:
    if used.kind is CodeKind.PAYMENT_TERM:
        if used.code == DIRECT_DEBIT:
            return "", Fault.MISSING
        days = int(used.code) if used.code.isascii() and used.code.isdigit() else None
        return condition_for(days, reference, NOTHING) or "", None
    if used.kind is CodeKind.COST_CENTRE:
        stands_for_none = used.code == options.cost_centre_none.strip() and used.code not in reference.cost_centres
        if stands_for_none or not options.send_cost_centre:
            return "", None
    return used.code, fault_of(used, used.code, reference, day)


def fault_of(used: UsedCode, code: str, reference: Reference, day: date) -> Fault | None:
    """Why Exact's `code` cannot stand for the used one; None when it can. Source: booking.md rules 8, 9 and 14."""
    record = _records(used.kind, reference).get(code)
    if record is None:
        return Fault.UNKNOWN
    fault = _own_fault(record, day)
    if fault is None and isinstance(record, VatCode) and not _percentages_fit(used, record):
        return Fault.PERCENTAGE
    if isinstance(record, PaymentCondition) and used.code == DIRECT_DEBIT and record.method != COLLECTION:
        return Fault.NOT_COLLECTION
    return fault


def choices(kind: CodeKind, reference: Reference, day: date) -> tuple[Choice, ...]:
    """Every code of Exact in a table, by code, with what would keep it from being booked on."""
    found = (
        Choice(code=code, name=record.description, fault=_own_fault(record, day))
        for code, record in _records(kind, reference).items()
    )
    return tuple(sorted(found, key=lambda choice: (len(choice.code), choice.code)))


def propose(used: UsedCode, reference: Reference, day: date) -> Proposal | None:
    """The code of Exact that fits best: by number, percentage, days or name; only when exactly one fits."""
    codes = _records(used.kind, reference)
    usable = [code for code in codes if fault_of(used, code, reference, day) is None]
    for reason, fits in _RULES[used.kind]:
        found = [code for code in usable if fits(used, code, reference)]
        if len(found) == 1:
            return Proposal(code=found[0], reason=reason)
    return None


Record = VatCode | GLAccount | CostCentre | PaymentCondition


def _records(kind: CodeKind, reference: Reference) -> Mapping[str, Record]:
    tables: Mapping[CodeKind, Mapping[str, Record]] = {
        CodeKind.VAT_CODE: reference.vat_codes,
        CodeKind.GL_ACCOUNT: reference.gl_accounts,
        CodeKind.COST_CENTRE: reference.cost_centres,
        CodeKind.PAYMENT_TERM: reference.payment_conditions,
    }
    return tables[kind]


def _own_fault(record: Record, day: date) -> Fault | None:
    """What is wrong with a record of Exact, whatever uses it."""
    if isinstance(record, VatCode):
        return _vat_fault(record)
    if isinstance(record, GLAccount):
        return Fault.BLOCKED if record.blocked else Fault.TYPE if record.kind in REFUSED_KINDS else None
    if isinstance(record, CostCentre):
        ended = not record.active or (record.end is not None and record.end < day)
        return Fault.ENDED if ended else None
    return None


def _vat_fault(vat: VatCode) -> Fault | None:
    if vat.blocked:
        return Fault.BLOCKED
    if vat.transaction == PURCHASE:
        return Fault.PURCHASE_ONLY
    return Fault.INCLUSIVE if vat.kind == INCLUSIVE else None


def _percentages_fit(used: UsedCode, vat: VatCode) -> bool:
    return all(
        percentage == percentage_on(vat, last) or (vat.charged and not percentage) or had_percentage(vat, percentage)
        for percentage, last in used.percentages
    )


Fits = Callable[[UsedCode, str, Reference], bool]


def _same_number(used: UsedCode, code: str, reference: Reference) -> bool:
    del reference
    return bare_code(used.code).casefold() == bare_code(code).casefold()


def _same_percentage(used: UsedCode, code: str, reference: Reference) -> bool:
    """A reverse charge code is no ordinary rate; its lines show zero, so it counts among the zero rates only."""
    vat = reference.vat_codes[code]
    taxed = any(percentage for percentage, _ in used.percentages)
    return bool(used.percentages) and not (taxed and vat.charged)


def _same_name(used: UsedCode, code: str, reference: Reference) -> bool:
    name = plain_name(_records(used.kind, reference)[code].description)
    return bool(name) and name == plain_name(used.code)


def _same_days(used: UsedCode, code: str, reference: Reference) -> bool:
    return used.code != DIRECT_DEBIT and _counts_the_days(reference.payment_conditions[code], used.code)


def _counts_the_days(condition: PaymentCondition, days: str) -> bool:
    """On credit and not to the end of a month; one with a discount too, because a person looks at it."""
    return condition.method == ON_CREDIT and not condition.end_of_months and str(condition.days) == days


def _same_days_and_number(used: UsedCode, code: str, reference: Reference) -> bool:
    return _same_days(used, code, reference) and _same_number(used, code, reference)


def _collects(used: UsedCode, code: str, reference: Reference) -> bool:
    return used.code == DIRECT_DEBIT and reference.payment_conditions[code].method == COLLECTION


_RULES: Mapping[CodeKind, tuple[tuple[Reason, Fits], ...]] = MappingProxyType(
    {
        CodeKind.VAT_CODE: (
            (Reason.SAME_NUMBER, _same_number),
            (Reason.SAME_PERCENTAGE, _same_percentage),
            (Reason.SAME_NAME, _same_name),
        ),
        CodeKind.GL_ACCOUNT: ((Reason.SAME_NUMBER, _same_number), (Reason.SAME_NAME, _same_name)),
        CodeKind.COST_CENTRE: ((Reason.SAME_NUMBER, _same_number), (Reason.SAME_NAME, _same_name)),
        CodeKind.PAYMENT_TERM: (
            (Reason.SAME_NUMBER, _same_days_and_number),
            (Reason.SAME_DAYS, _same_days),
            (Reason.ONLY_COLLECTION, _collects),
        ),
    }
)
