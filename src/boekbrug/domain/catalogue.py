"""Every problem that an invoice can have: who acts, whether it holds or warns, and the words of its sentence.

The rows are booking.md's table with every code written out. `who` names first the person who acts first;
`values` are the placeholders of the sentence in the translation files: dates in ISO form, amounts with a point,
percentages as `21%`, codes as they are. A refusal by Exact that means the same cause bears the same code but may
know only some of the values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Who(StrEnum):
    """The person who can solve a problem."""

    FINANCE = "finance"
    ADMINISTRATOR = "administrator"
    ACCOUNTANT = "accountant"
    OPERATOR = "operator"
    EXACT = "exact"


class Severity(StrEnum):
    """Whether a problem keeps the invoice from being booked."""

    HOLDS = "holds"
    WARNS = "warns"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A catalogue row: who acts, whether the code may hold and may warn, the placeholders that its sentence has."""

    who: tuple[Who, ...]
    values: tuple[str, ...] = ()
    holds: bool = True
    warns: bool = False


FINANCE = (Who.FINANCE,)
ADMINISTRATOR = (Who.ADMINISTRATOR,)
ACCOUNTANT = (Who.ACCOUNTANT,)
NUMBERS = (Who.ADMINISTRATOR, Who.FINANCE)
LEDGER = (Who.ADMINISTRATOR, Who.ACCOUNTANT)
PERIODS = (Who.FINANCE, Who.ACCOUNTANT)
TERMS = (Who.ACCOUNTANT, Who.FINANCE)


def _holds(who: tuple[Who, ...], *values: str) -> Kind:
    return Kind(who=who, values=values)


def _warns(who: tuple[Who, ...], *values: str) -> Kind:
    return Kind(who=who, values=values, holds=False, warns=True)


CATALOGUE: Mapping[str, Kind] = MappingProxyType(
    {
        # Scope (rules 1 and 2) and the way in.
        "dated-before-start": _holds(FINANCE, "date", "start", "definitive"),
        "invoice-unreadable": _holds(ADMINISTRATOR, "field", "value", "fault"),
        "integration-none": _holds(ADMINISTRATOR, "number"),
        "integration-ambiguous": _holds(ADMINISTRATOR, "number", "integrations"),
        # Customer (rules 5 and 6).
        "debtor-number-missing": _holds(ADMINISTRATOR, "debtor", "sources"),
        "debtor-number-too-long": _holds(ADMINISTRATOR, "debtor", "number", "most"),
        "debtor-number-ambiguous": _holds(ADMINISTRATOR, "debtor", "source", "numbers"),
        "customer-is-supplier": _holds(FINANCE, "debtor", "code", "name"),
        "customer-is-prospect": _holds(FINANCE, "debtor", "code", "name"),
        "customer-looks-different": _holds(FINANCE, "debtor", "code", "name"),
        "customer-maybe-exists": _holds(FINANCE, "debtor", "code", "name", "agrees"),
        "customer-ambiguous": _holds(FINANCE, "debtor", "number", "codes"),
        "customer-blocked": _holds(FINANCE, "debtor", "code", "name"),
        "customer-gone": _holds(FINANCE, "debtor", "name"),
        "customer-code-in-use": _holds(FINANCE, "debtor", "code"),
        "customer-code-ignored": _warns(NUMBERS, "debtor", "asked", "got"),
        "customer-also-supplier": _warns(FINANCE, "code", "name"),
        "customer-name-shortened": _warns(FINANCE, "name", "kept"),
        "customer-part-refused": _warns(FINANCE, "debtor", "field", "text"),
        "text-shortened": _warns(FINANCE, "field", "text", "kept"),
        # Entry number and type (rules 4 and 13).
        "entry-number-not-numeric": _holds(NUMBERS, "number"),
        "entry-number-too-large": _holds(NUMBERS, "number", "most"),
        "entry-number-in-use": _holds(NUMBERS, "number", "journal"),
        "entry-number-ignored": _holds(NUMBERS, "asked", "got"),
        "type-ignored": _holds(ACCOUNTANT, "asked", "got"),
        # VAT (rules 8, 15 and 18).
        "vat-code-unknown": _holds(LEDGER, "code", "percentage", "line"),
        "vat-code-blocked": _holds(LEDGER, "code", "line"),
        "vat-code-purchase-only": _holds(LEDGER, "code", "line"),
        "vat-code-inclusive": _holds(LEDGER, "code", "line"),
        "vat-percentage-differs": _holds(LEDGER, "code", "percentage", "expected", "date", "line"),
        "vat-percentage-of-other-date": _warns(LEDGER, "code", "percentage", "expected", "date", "line"),
        "vat-difference": _holds(FINANCE, "code", "base", "invoiced", "calculated", "difference", "allowed"),
        "total-differs": _holds(FINANCE, "part", "calculated", "invoiced", "difference"),
        "vat-number-invalid": Kind(who=FINANCE, values=("debtor", "vat_number"), warns=True),
        "vat-number-needed": _holds(FINANCE, "debtor"),
        # G/L account and cost centre (rule 9).
        "gl-account-unknown": _holds(LEDGER, "account", "line"),
        "gl-account-blocked": _holds(LEDGER, "account", "name", "line"),
        "gl-account-type": _holds(LEDGER, "account", "name", "line"),
        "gl-account-not-revenue": _warns(LEDGER, "account", "name", "line"),
        "cost-centre-unknown": _holds(ADMINISTRATOR, "code", "line"),
        "cost-centre-ended": _holds(ADMINISTRATOR, "code", "line"),
        "cost-centre-mandatory": _holds(ADMINISTRATOR, "account", "line"),
        "cost-centre-not-allowed": _holds(ADMINISTRATOR, "code", "account", "line"),
        # Project, order dates and periods (rules 10 to 12).
        "project-unknown": _holds(FINANCE, "code", "line"),
        "reference-missing": _holds(FINANCE, "debtor"),
        "order-dates-missing": _holds(PERIODS, "line", "start", "end"),
        "order-dates-reversed": _holds(PERIODS, "line", "start", "end"),
        "deferral-period-absent": _holds(PERIODS, "line", "month"),
        "period-date-missing": _holds(PERIODS, "sources"),
        "period-absent": _holds(PERIODS, "date"),
        "period-closed": _holds(PERIODS, "journal", "year", "period"),
        "period-moved": _warns(PERIODS, "journal", "closed_year", "closed_period", "year", "period"),
        # Journal (rule 3).
        "journal-unknown": _holds(ADMINISTRATOR, "journal"),
        "journal-not-sales": _holds(ADMINISTRATOR, "journal", "name"),
        "journal-blocked": _holds(ADMINISTRATOR, "journal", "name"),
        "receivables-account-differs": _holds(ADMINISTRATOR, "account", "journal", "journal_account"),
        # Payment and currency (rules 14 and 17).
        "payment-condition-missing": _holds(TERMS),
        "direct-debit-condition-missing": _holds(TERMS),
        "payment-reference-invalid": _warns(TERMS, "reference"),
        "currency-not-allowed": _holds(ACCOUNTANT, "currency", "journal"),
        "rate-missing": _holds(ACCOUNTANT, "currency"),
        "iban-invalid": _warns(FINANCE, "debtor", "iban"),
        # Answers of Exact, the PDF, rights and our own faults.
        "refused-by-exact": _holds(FINANCE, "text"),
        "pdf-missing": _warns(FINANCE),
        "pdf-too-large": _warns(FINANCE, "size", "most"),
        "pdf-refused": _warns(FINANCE, "text"),
        "document-left": _warns(FINANCE, "document"),
        "rights-missing": _holds(LEDGER, "right"),
        "scope-missing": _holds(LEDGER, "scope"),
        "division-blocked": _holds(LEDGER, "division"),
        "internal-error": _holds((Who.OPERATOR,), "number"),
    }
)
