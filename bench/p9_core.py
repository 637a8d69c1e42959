"""P9, the pure core: how many invoices of five lines `book()` decides per second on one core."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from time import process_time

from boekbrug.domain.booking import book
from boekbrug.domain.customers import Customer
from boekbrug.domain.debtor import Address, Debtor
from boekbrug.domain.entry import Book
from boekbrug.domain.invoice import Course, Invoice, InvoiceLine, InvoiceStatus, VatTotal
from boekbrug.domain.money import to_cents
from boekbrug.domain.options import Options
from boekbrug.domain.period import FinancialPeriod, months
from boekbrug.domain.reference import (
    CostCentre,
    DatedPercentage,
    GLAccount,
    Journal,
    Links,
    PaymentCondition,
    Reference,
    VatCode,
)

INVOICES = 10_000
LINES = 5
CUSTOMERS = 100_000
TARGET = 3_000
RATES = {"2": Decimal("0.21"), "1": Decimal("0.09"), "0": Decimal(0)}


def measure(*, full: bool = False) -> dict[str, object]:
    """10,000 invoices against an administration of 100,000 customers, deferred revenue on; processor time."""
    del full  # there is one form
    reference, options, links = _reference(), Options(deferred_revenue=True, overwrite_customer=True), Links()
    today = date(2026, 6, 1)
    invoices = list(_invoices(INVOICES))
    book(invoices[0], options, reference, links, today)  # the indexes are made at first use
    start = process_time()
    booked = sum(isinstance(book(one, options, reference, links, today), Book) for one in invoices)
    seconds = process_time() - start
    rate = INVOICES / seconds
    value = {
        "invoices": INVOICES,
        "lines": LINES,
        "customers": CUSTOMERS,
        "booked": booked,
        "cpu_seconds": round(seconds, 3),
        "invoices_per_second": round(rate),
    }
    return {"value": value, "target": ">= 3000 invoices/s", "ok": rate >= TARGET and booked == INVOICES}


def _invoices(count: int) -> Iterator[Invoice]:
    for number in range(1, count + 1):
        day = date(2026, 1, 1) + timedelta(days=number % 150)
        lines = tuple(_line(number, position, day) for position in range(1, LINES + 1))
        vat = tuple(_printed(code, lines) for code in RATES)
        excl, tax = sum((row.base for row in vat), Decimal(0)), sum((row.amount for row in vat), Decimal(0))
        yield Invoice(
            id=f"i{number}",
            number=f"2026{number:05}",
            status=InvoiceStatus.DEFINITIVE,
            definitive_on=day,
            invoice_date=day,
            due_date=day + timedelta(days=30),
            payment_term_days=30,
            currency="EUR",
            rate=None,
            total_excl=excl,
            total_vat=tax,
            total_incl=excl + tax,
            vat=vat,
            reference=f"PO {number}",
            payment_reference="",
            text="",
            direct_debit=False,
            already_paid=False,
            changed_at=datetime(2026, 6, 1, tzinfo=UTC),
            debtor=_debtor(number * 7 % CUSTOMERS + 1),
            lines=lines,
        )


def _line(number: int, position: int, day: date) -> InvoiceLine:
    code = "210"[(number + position) % 3]
    amount = Decimal((number * 37 + position * 1013) % 90_000 + 1) / 100
    return InvoiceLine(
        id=f"l{number}-{position}",
        number=position,
        description=f"Cursus {position} voor de groep van {day:%B}",
        quantity=Decimal(1),
        unit_price=amount,
        amount=amount,
        vat_code=code,
        vat_percentage=RATES[code],
        vat_amount=to_cents(amount * RATES[code]),
        gl_account=f"80{position:02}",
        cost_centre="UTR" if position % 2 else "Intern",
        course=Course(code=f"C{position}", kind="C", start=day, end=day + timedelta(days=position * 40)),
    )


def _printed(code: str, lines: tuple[InvoiceLine, ...]) -> VatTotal:
    own = [line for line in lines if line.vat_code == code]
    amount = sum((line.vat_amount for line in own), Decimal(0))
    return VatTotal(code=code, base=sum((line.amount for line in own), Decimal(0)), amount=amount)


def _address(number: int) -> Address:
    return Address(line_1=f"Dorpsstraat {number}", postal_code=f"{number % 9000 + 1000} AB", city="Ede", country="NL")


def _debtor(number: int) -> Debtor:
    return Debtor(
        id=f"d{number}",
        number=f"{number:05}",
        external_number="",
        name=f"Bedrijf {number}",
        company=(),
        person=None,
        invoice_address=_address(number),
        visit_address=None,
        email=f"boekhouding@bedrijf{number}.example",
    )


def _reference() -> Reference:
    start, end = date(2026, 1, 1), date(2027, 12, 31)
    firsts = [date(year, month, 1) for year, month in (*months(start, end), (2028, 1))]
    return Reference(
        division=1,
        country="NL",
        currency="EUR",
        journals={"70": Journal(code="70", description="Verkoop", kind=20, gl_account="1300")},
        gl_accounts={
            f"80{n:02}": GLAccount(exact_id=f"g{n}", code=f"80{n:02}", description="Omzet", kind=110)
            for n in range(1, LINES + 1)
        },
        vat_codes={
            code: VatCode(
                code=code,
                description="",
                kind="E",
                transaction="S",
                percentages=(DatedPercentage(percentage=rate, start=date(2019, 1, 1), end=None),),
            )
            for code, rate in RATES.items()
        },
        cost_centres={"UTR": CostCentre(code="UTR", description="Utrecht")},
        payment_conditions={
            "30": PaymentCondition(code="30", description="30 dagen", days=30, end_of_months=0, method="B")
        },
        periods=tuple(
            FinancialPeriod(year=first.year, period=first.month, start=first, end=after - timedelta(days=1))
            for first, after in pairwise(firsts)
        ),
        customers=tuple(
            Customer(
                exact_id=f"c{n}",
                code=str(n),
                name=f"Bedrijf {n}",
                status="C",
                email=f"boekhouding@bedrijf{n}.example",
                address=_address(n),
            )
            for n in range(1, CUSTOMERS + 1)
        ),
    )
