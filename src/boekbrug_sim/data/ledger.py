"""What the practice companies have in Exact before anything is booked, as rows under Exact's own names.

Entities and properties as in exact-rest.md 4; references between rows are guids where Exact has guids, and codes
where Exact has codes. Dates are ISO text, percentages fractions.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from boekbrug_sim.data.chart import BE, CHARTS, NL, Chart, VatCode
from boekbrug_sim.data.courses import COURSE_KINDS
from boekbrug_sim.data.customers import customers_of, known_debtors
from boekbrug_sim.data.dates import PracticeDates, dates_of, month_end, today_in_amsterdam
from boekbrug_sim.data.numbers import belgian_iban, belgian_vat_number, chamber_number, dutch_vat_number
from boekbrug_sim.data.records import Debtor

SPACE = uuid.UUID("0f6a5f0e-6f6e-4a54-9a3c-9c7c7d1f2b11")

Values = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """One row of one Exact entity in one division."""

    division: int
    entity: str
    values: Values


def ledger_rows(scenario: str, seed: int, *, today: date | None = None) -> Iterable[LedgerRow]:
    """Every row of the practice companies; `today` decides the years and which periods are closed."""
    dates = dates_of(scenario, today or today_in_amsterdam())
    del seed  # the set-up of a company does not vary with the draw of its invoices
    yield from _divisions()
    for division, chart in CHARTS.items():
        yield from _chart_rows(division, chart)
        yield from _period_rows(division, chart, dates)
        yield from _project_rows(division)
    yield from _relation_rows(scenario)


def row_id(division: int, entity: str, key: object) -> str:
    """The guid of a row, from what names it: its code, or the code with its year or line."""
    return str(uuid.uuid5(SPACE, f"{division}/{entity}/{key}"))


def _divisions() -> Iterator[LedgerRow]:
    yield LedgerRow(
        division=NL,
        entity="SystemDivisions",
        values=_division(NL, "Opleidingen Noord B.V.", "NL", dutch_vat_number(1))
        | {"AddressLine1": "Leerlaan 1", "Postcode": "3511 AA", "City": "Utrecht", "IsMainDivision": True},
    )
    yield LedgerRow(
        division=BE,
        entity="SystemDivisions",
        values=_division(BE, "Formations du Sud", "BE", belgian_vat_number(1))
        | {"AddressLine1": "Rue de l'École 1", "Postcode": "5000", "City": "Namur", "IsMainDivision": False},
    )


def _division(code: int, name: str, country: str, vat_number: str) -> Values:
    return {
        "Code": code,
        "Hid": code - 100_000,
        "Description": name,
        "CustomerName": name,
        "Country": country,
        "Currency": "EUR",
        "Status": 1,
        "BlockingStatus": 0,
        "VATNumber": vat_number,
        "ChamberOfCommerceNumber": chamber_number(code),
        "StartDate": "2005-01-01",
        "Email": "boekhouding@instituut.example",
    }


def _chart_rows(division: int, chart: Chart) -> Iterator[LedgerRow]:
    for account in chart.accounts:
        balance = account.type < 100 and account.type != 90
        yield _row(
            division,
            "GLAccounts",
            account.code,
            Description=account.name,
            SearchCode=account.name.upper()[:20],
            Type=account.type,
            BalanceType="B" if balance else "W",
            BalanceSide="C" if account.type in {22, 24, 50, 52, 60, 110, 140} else "D",
            VATCode=account.vat_code,
            IsBlocked=account.blocked,
            UseCostcenter=account.use_cost_centre,
            UseCostunit=0,
        )
    for journal in chart.journals:
        yield _row(
            division,
            "Journals",
            journal.code,
            Description=journal.name,
            Type=journal.type,
            GLAccount=row_id(division, "GLAccounts", journal.account) if journal.account else None,
            IsBlocked=journal.blocked,
            Currency="EUR",
            AllowVariableCurrency=False,
            AllowVariableExchangeRate=False,
            AllowVAT=True,
        )
    for vat_code in chart.vat_codes:
        yield from _vat_rows(division, vat_code)
    for centre in chart.cost_centres:
        ended = centre.ended.isoformat() if centre.ended else None
        values = {"Description": centre.name, "Active": centre.active, "EndDate": ended}
        yield _row(division, "Costcenters", centre.code, **values)
    for unit in chart.cost_units:
        yield _row(division, "Costunits", unit.code, Description=unit.name)
    for condition in chart.conditions:
        yield _row(
            division,
            "PaymentConditions",
            condition.code,
            Description=condition.name,
            PaymentDays=condition.days,
            PaymentEndOfMonths=condition.months,
            PaymentMethod=condition.method,
            DiscountPercentage=condition.discount,
            DiscountPaymentDays=8 if condition.discount else 0,
        )


def _vat_rows(division: int, vat_code: VatCode) -> Iterator[LedgerRow]:
    key = row_id(division, "VATCodes", vat_code.code)
    yield _row(
        division,
        "VATCodes",
        vat_code.code,
        Description=vat_code.name,
        Type=vat_code.type,
        VATTransactionType=vat_code.transaction,
        EUSalesListing=vat_code.listing,
        Charged=vat_code.charged,
        IsBlocked=vat_code.blocked,
        Percentage=vat_code.percentages[-1][1],
        GLToPay=row_id(division, "GLAccounts", vat_code.to_pay) if vat_code.to_pay else None,
        GLToClaim=row_id(division, "GLAccounts", vat_code.to_claim) if vat_code.to_claim else None,
        ExcludeVATListing=0,
        Country="NL" if division == NL else "BE",
    )
    starts = [start for start, _ in vat_code.percentages]
    ends: list[date | None] = [start - timedelta(days=1) for start in starts[1:]] + [None]
    for number, ((start, percentage), end) in enumerate(zip(vat_code.percentages, ends, strict=True), 1):
        yield LedgerRow(
            division=division,
            entity="VatPercentages",
            values={
                "ID": row_id(division, "VatPercentages", f"{vat_code.code}/{number}"),
                "VATCodeID": key,
                "Percentage": percentage,
                "StartDate": start.isoformat(),
                "EndDate": end.isoformat() if end else None,
                "Type": 0,
                "LineNumber": number,
            },
        )


def _period_rows(division: int, chart: Chart, dates: PracticeDates) -> Iterator[LedgerRow]:
    thirteenth = dates.today.year - 1
    sales = [journal for journal in chart.journals if journal.type == 20]
    for year in dates.years:
        spans = [(month, date(year, month, 1), month_end(date(year, month, 1))) for month in range(1, 13)]
        if year == thirteenth:
            spans.append((13, date(year, 12, 31), date(year, 12, 31)))
        for period, start, end in spans:
            yield LedgerRow(
                division=division,
                entity="FinancialPeriods",
                values={
                    "ID": row_id(division, "FinancialPeriods", f"{year}/{period}"),
                    "FinYear": year,
                    "FinPeriod": period,
                    "StartDate": start.isoformat(),
                    "EndDate": end.isoformat(),
                },
            )
            if end > dates.closed_until:
                continue
            for journal in sales:
                yield LedgerRow(
                    division=division,
                    entity="JournalStatusList",
                    values={
                        "Journal": journal.code,
                        "JournalDescription": journal.name,
                        "JournalType": journal.type,
                        "Year": year,
                        "Period": period,
                        "Status": 1,
                        "StatusDescription": "Afgesloten" if division == NL else "Clôturé",
                    },
                )


def _project_rows(division: int) -> Iterator[LedgerRow]:
    for kind in COURSE_KINDS.values():
        yield _row(division, "Projects", kind.code, Description=kind.name, Type=4, StartDate="2020-01-01")


def _relation_rows(scenario: str) -> Iterator[LedgerRow]:
    for division, values in customers_of(scenario):
        code = str(values["Code"])
        receivables = values.get("GLAR")
        yield LedgerRow(
            division=division,
            entity="Accounts",
            values={
                "ID": row_id(division, "Accounts", code),
                **values,
                "GLAR": row_id(division, "GLAccounts", receivables) if receivables else None,
            },
        )
    yield from (_bank_row(debtor) for debtor in known_debtors(scenario) if debtor.iban)
    yield LedgerRow(
        division=BE,
        entity="BankAccounts",
        values={
            "ID": row_id(BE, "BankAccounts", "101"),
            "Account": row_id(BE, "Accounts", "101"),
            "BankAccount": belgian_iban(101),
            "BICCode": "TRIOBEBB",
            "BankAccountHolderName": "Ateliers Réunis SA",
            "Main": True,
            "Type": "A",
        },
    )


def _bank_row(debtor: Debtor) -> LedgerRow:
    code = debtor.number.lstrip("0")
    return LedgerRow(
        division=NL,
        entity="BankAccounts",
        values={
            "ID": row_id(NL, "BankAccounts", code),
            "Account": row_id(NL, "Accounts", code),
            "BankAccount": debtor.iban,
            "BICCode": debtor.bic,
            "BankAccountHolderName": debtor.holder_name,
            "Main": True,
            "Type": "A",
        },
    )


def _row(division: int, entity: str, code: str, **values: object) -> LedgerRow:
    return LedgerRow(
        division=division,
        entity=entity,
        values={"ID": row_id(division, entity, code), "Code": code, **values},
    )
