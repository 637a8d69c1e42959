"""Exact's reference data in our words (exact-rest.md 4.3, 4.6, 4.7): which fields are asked for, and what they mean."""

from collections.abc import Iterable, Mapping
from datetime import date

from boekbrug.domain.debtor import Address
from boekbrug.domain.reference import (
    CostCentre,
    Customer,
    DatedPercentage,
    FinancialPeriod,
    GLAccount,
    Journal,
    PaymentCondition,
    Project,
    VatCode,
)
from boekbrug.exact.wire.values import Row, decimal, flag, key, known_day, text, when, whole

JOURNAL = ("Code", "Description", "Type", "GLAccountCode", "IsBlocked", "Currency", "AllowVariableCurrency")
GL_ACCOUNT = ("Timestamp", "ID", "Code", "Description", "Type", "IsBlocked", "UseCostcenter", "BalanceType")
VAT_CODE = (
    "ID", "Code", "Description", "Type", "VATTransactionType", "IsBlocked", "Charged", "EUSalesListing", "Percentage",
    "VATPercentages",
)  # fmt: skip
VAT_PERCENTAGES = "VATPercentages"
VAT_PERCENTAGE = ("VATCodeID", "Percentage", "StartDate", "EndDate", "Type")
COST_CENTRE = ("Code", "Description", "Active", "EndDate")
PAYMENT_CONDITION = (
    "Code", "Description", "PaymentDays", "PaymentEndOfMonths", "PaymentMethod", "DiscountPercentage",
)  # fmt: skip
PERIOD = ("FinYear", "FinPeriod", "StartDate", "EndDate")
JOURNAL_STATUS = ("Journal", "Year", "Period", "Status")
CUSTOMER = (
    "Timestamp", "ID", "Code", "Name", "Status", "IsSupplier", "Blocked", "EndDate", "VATNumber", "ChamberOfCommerce",
    "Email", "Phone", "Language", "AddressLine1", "AddressLine2", "AddressLine3", "Postcode", "City", "Country",
    "GLAR", "PaymentConditionSales",
)  # fmt: skip
BANK_ACCOUNT = ("Account", "BankAccount", "IBAN")
PROJECT = ("Timestamp", "ID", "Code", "Description")

CLOSED = 1
NORMAL_RATE = 0
EARLIEST = date(1900, 1, 1)


def journal(row: Row) -> Journal:
    """A journal with the code of its receivables account."""
    return Journal(
        code=text(row, "Code"),
        description=text(row, "Description"),
        kind=whole(row, "Type", 0),
        gl_account=text(row, "GLAccountCode"),
        blocked=flag(row, "IsBlocked"),
        currency=text(row, "Currency"),
        allow_other_currency=flag(row, "AllowVariableCurrency"),
    )


def gl_account(row: Row) -> GLAccount:
    """A G/L account; `BalanceType` W is profit and loss."""
    return GLAccount(
        exact_id=key(row, "ID"),
        code=text(row, "Code"),
        description=text(row, "Description"),
        kind=whole(row, "Type", 0),
        blocked=flag(row, "IsBlocked"),
        use_cost_centre=whole(row, "UseCostcenter", 0),
        profit_and_loss=text(row, "BalanceType") == "W",
    )


def inner_percentages(rows: Iterable[Row]) -> list[Row] | None:
    """The dated percentages inside the VAT codes; None when a code only says where they are (3.5, deferred)."""
    found: list[Row] = []
    for row in rows:
        inner = row.get(VAT_PERCENTAGES)
        inner = inner.get("results") if isinstance(inner, Mapping) else inner
        if not isinstance(inner, list):
            return None
        found += [{"VATCodeID": row.get("ID"), **percentage} for percentage in inner]
    return found


def vat_codes(rows: Iterable[Row], percentages: Iterable[Row]) -> dict[str, VatCode]:
    """The VAT codes with their dated percentages; a code without any keeps the one that is valid now."""
    dated: dict[str, list[DatedPercentage]] = {}
    for row in percentages:
        if whole(row, "Type", NORMAL_RATE) == NORMAL_RATE:
            dated.setdefault(key(row, "VATCodeID"), []).append(_dated(row))
    codes = (_vat_code(row, dated.get(key(row, "ID"), [])) for row in rows)
    return {code.code: code for code in codes}


def _dated(row: Row) -> DatedPercentage:
    return DatedPercentage(
        percentage=decimal(row, "Percentage"), start=when(row, "StartDate") or EARLIEST, end=when(row, "EndDate")
    )


def _vat_code(row: Row, dated: list[DatedPercentage]) -> VatCode:
    now = DatedPercentage(percentage=decimal(row, "Percentage"), start=EARLIEST, end=None)
    return VatCode(
        code=text(row, "Code"),
        description=text(row, "Description"),
        kind=text(row, "Type"),
        transaction=text(row, "VATTransactionType"),
        percentages=tuple(sorted(dated, key=lambda rate: rate.start)) or (now,),
        blocked=flag(row, "IsBlocked"),
        charged=flag(row, "Charged"),
        eu_listing=text(row, "EUSalesListing") or "N",
    )


def cost_centre(row: Row) -> CostCentre:
    """A cost centre; one whose `Active` is not said is active."""
    return CostCentre(
        code=text(row, "Code"),
        description=text(row, "Description"),
        active=row.get("Active") is None or flag(row, "Active"),
        end=when(row, "EndDate"),
    )


def payment_condition(row: Row) -> PaymentCondition:
    """A payment condition."""
    return PaymentCondition(
        code=text(row, "Code"),
        description=text(row, "Description"),
        days=None if row.get("PaymentDays") is None else whole(row, "PaymentDays"),
        end_of_months=whole(row, "PaymentEndOfMonths", 0),
        method=text(row, "PaymentMethod"),
        discount=decimal(row, "DiscountPercentage") != 0,
    )


def periods(rows: Iterable[Row], statuses: Iterable[Row]) -> tuple[FinancialPeriod, ...]:
    """The financial periods in order, each with the journals that are closed in it."""
    closed: dict[tuple[int, int], set[str]] = {}
    for row in statuses:
        if whole(row, "Status", 0) == CLOSED:
            closed.setdefault((whole(row, "Year"), whole(row, "Period")), set()).add(text(row, "Journal"))
    found = (_period(row, closed) for row in rows)
    return tuple(sorted(found, key=lambda period: (period.year, period.period)))


def _period(row: Row, closed: Mapping[tuple[int, int], set[str]]) -> FinancialPeriod:
    year, number = whole(row, "FinYear"), whole(row, "FinPeriod")
    return FinancialPeriod(
        year=year,
        period=number,
        start=known_day(row, "StartDate"),
        end=known_day(row, "EndDate"),
        closed_for=frozenset(closed.get((year, number), ())),
    )


def customer(row: Row, gl_codes: Mapping[str, str], ibans: Iterable[str] = ()) -> Customer:
    """A relation; `gl_codes` turns the guid of its receivables account into the code that people know."""
    return Customer(
        exact_id=key(row, "ID"),
        code=text(row, "Code"),
        name=text(row, "Name"),
        status=text(row, "Status"),
        supplier=flag(row, "IsSupplier"),
        blocked=flag(row, "Blocked"),
        ended_on=when(row, "EndDate"),
        vat_number=text(row, "VATNumber"),
        chamber_of_commerce=text(row, "ChamberOfCommerce"),
        email=text(row, "Email"),
        phone=text(row, "Phone"),
        language=text(row, "Language"),
        address=Address(
            line_1=text(row, "AddressLine1"),
            line_2=text(row, "AddressLine2"),
            line_3=text(row, "AddressLine3"),
            postal_code=text(row, "Postcode"),
            city=text(row, "City"),
            country=text(row, "Country"),
        ),
        receivables_account=gl_codes.get(key(row, "GLAR"), ""),
        payment_condition=text(row, "PaymentConditionSales"),
        ibans=tuple(dict.fromkeys(ibans)),
    )


def iban(row: Row) -> str:
    """The number of a bank account without blanks: the IBAN when Exact knows it."""
    return "".join((text(row, "IBAN") or text(row, "BankAccount")).split()).upper()


def project(row: Row) -> Project:
    """A project."""
    return Project(exact_id=key(row, "ID"), code=text(row, "Code"), description=text(row, "Description"))
