"""Small honest examples: an invoice of one line that books without a word, to be overridden field by field."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from boekbrug.domain.booking import book
from boekbrug.domain.checks import FORM_ONLY, NumberChecks
from boekbrug.domain.customers import Customer
from boekbrug.domain.debtor import Address, Debtor
from boekbrug.domain.entry import Book, Decision, Hold, Skip
from boekbrug.domain.invoice import Course, Invoice, InvoiceLine, InvoiceStatus, Request, VatTotal
from boekbrug.domain.options import Options
from boekbrug.domain.period import FinancialPeriod, months
from boekbrug.domain.problem import CATALOGUE, Problem, Severity
from boekbrug.domain.reference import (
    CostCentre,
    DatedPercentage,
    GLAccount,
    Journal,
    Links,
    PaymentCondition,
    Project,
    Reference,
    VatCode,
)

TODAY = date(2026, 3, 20)
HIGH = Decimal("0.21")
LOW = Decimal("0.09")
NIL = Decimal(0)
FROM_2019 = date(2019, 1, 1)
NO_LINKS = Links()


def address(**fields: Any) -> Address:
    """Kerkstraat 1 in Utrecht."""
    values = {"line_1": "Kerkstraat 1", "postal_code": "3511 AB", "city": "Utrecht", "country": "NL"} | fields
    return Address(**values)


def debtor(**fields: Any) -> Debtor:
    """Bakkerij Jansen, debtor 00042, a company."""
    values: dict[str, Any] = {
        "id": "d-42",
        "number": "00042",
        "external_number": "",
        "name": "Bakkerij Jansen",
        "company": (),
        "person": None,
        "invoice_address": address(),
        "visit_address": None,
        "vat_number": "NL001234567B01",
        "email": "administratie@jansen.example",
    }
    return Debtor(**values | fields)


def line(amount: str | Decimal = "100.00", **fields: Any) -> InvoiceLine:
    """One place in a course at 21%."""
    values: dict[str, Any] = {
        "id": "l-1",
        "number": 1,
        "description": "Cursus bedrijfshulpverlening",
        "quantity": Decimal(1),
        "unit_price": Decimal(amount),
        "amount": Decimal(amount),
        "vat_code": "2",
        "vat_percentage": HIGH,
        "gl_account": "8000",
        "cost_centre": "Intern",
        "request": Request(number="A-7", reference="PO 55"),
        "course": Course(code="BHV-26", kind="BHV"),
    } | fields
    vat = (values["amount"] * values["vat_percentage"]).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    values.setdefault("vat_amount", vat)
    return InvoiceLine(**values)


def lines(*amounts: str, **fields: Any) -> tuple[InvoiceLine, ...]:
    """Lines with these amounts, numbered from 1."""
    return tuple(line(amount, id=f"l-{n}", number=n, **fields) for n, amount in enumerate(amounts, start=1))


def invoice(*own: InvoiceLine, **fields: Any) -> Invoice:
    """Invoice 20260001 of 16 March 2026 over these lines, with totals and VAT per code that add up."""
    rows = own or (line(),)
    codes = dict.fromkeys(row.vat_code for row in rows)
    printed = tuple(
        VatTotal(
            code=code,
            base=sum((row.amount for row in rows if row.vat_code == code), NIL),
            amount=sum((row.vat_amount for row in rows if row.vat_code == code), NIL),
        )
        for code in codes
    )
    excl, vat = sum((row.amount for row in rows), NIL), sum((row.vat_amount for row in rows), NIL)
    values: dict[str, Any] = {
        "id": "i-1",
        "number": "20260001",
        "status": InvoiceStatus.DEFINITIVE,
        "definitive_on": date(2026, 3, 16),
        "invoice_date": date(2026, 3, 16),
        "due_date": date(2026, 4, 15),
        "payment_term_days": 30,
        "currency": "EUR",
        "rate": None,
        "total_excl": excl,
        "total_vat": vat,
        "total_incl": excl + vat,
        "vat": printed,
        "reference": "",
        "payment_reference": "",
        "text": "",
        "direct_debit": False,
        "already_paid": False,
        "changed_at": datetime(2026, 3, 16, 12, 0, tzinfo=UTC),
        "debtor": debtor(),
        "lines": rows,
    }
    return Invoice(**values | fields)


def options(**fields: Any) -> Options:
    """The defaults, booking from 1 January 2026."""
    return Options(**{"book_from": date(2026, 1, 1)} | fields)


def periods(
    first: int = 2026, last: int = 2027, *, closed: tuple[tuple[int, int], ...] = ()
) -> tuple[FinancialPeriod, ...]:
    """Months as periods, and a thirteenth on the last day of each year; journal 70 is closed in `closed`."""
    made = [
        FinancialPeriod(year=year, period=month, start=date(year, month, 1), end=last_day(year, month))
        for year, month in months(date(first, 1, 1), date(last, 12, 31))
    ]
    made += [
        FinancialPeriod(year=year, period=13, start=date(year, 12, 31), end=date(year, 12, 31))
        for year in range(first, last + 1)
    ]
    return tuple(
        FinancialPeriod(year=p.year, period=p.period, start=p.start, end=p.end, closed_for=frozenset({"70"}))
        if (p.year, p.period) in closed
        else p
        for p in made
    )


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1).fromordinal(
        date(year + month // 12, month % 12 + 1, 1).toordinal() - 1
    )


def vat_code(code: str = "2", percentage: Decimal = HIGH, **fields: Any) -> VatCode:
    """A VAT code of type exclusive, for sales, since 2019."""
    values: dict[str, Any] = {
        "code": code,
        "description": f"Btw {code}",
        "kind": "E",
        "transaction": "B",
        "percentages": (DatedPercentage(percentage=percentage, start=FROM_2019, end=None),),
    }
    return VatCode(**values | fields)


def gl_account(code: str = "8000", **fields: Any) -> GLAccount:
    """A revenue account."""
    values: dict[str, Any] = {"exact_id": f"gl-{code}", "code": code, "description": f"Omzet {code}", "kind": 110}
    return GLAccount(**values | fields)


def journal(**fields: Any) -> Journal:
    """Sales journal 70."""
    values: dict[str, Any] = {"code": "70", "description": "Verkoopboek", "kind": 20, "gl_account": "1300"}
    return Journal(**values | fields)


def condition(code: str = "30", days: int | None = 30, **fields: Any) -> PaymentCondition:
    """A payment condition on credit."""
    values: dict[str, Any] = {
        "code": code,
        "description": f"{days} dagen",
        "days": days,
        "end_of_months": 0,
        "method": "B",
    }
    return PaymentCondition(**values | fields)


def customer(**fields: Any) -> Customer:
    """Bakkerij Jansen as Exact knows it."""
    values: dict[str, Any] = {
        "exact_id": "c-42",
        "code": "42",
        "name": "Bakkerij Jansen",
        "status": "C",
        "vat_number": "NL001234567B01",
        "email": "administratie@jansen.example",
        "address": address(),
    }
    return Customer(**values | fields)


def by_code(*things: Any) -> dict[str, Any]:
    """Things under their codes."""
    return {thing.code: thing for thing in things}


def reference(**fields: Any) -> Reference:
    """An administration in euros with the usual codes, open in 2026 and 2027, that knows Bakkerij Jansen."""
    values: dict[str, Any] = {
        "division": 100001,
        "country": "NL",
        "currency": "EUR",
        "journals": by_code(journal()),
        "gl_accounts": by_code(gl_account(), gl_account("8010")),
        "vat_codes": by_code(vat_code(), vat_code("1", LOW), vat_code("0", NIL, kind="N")),
        "cost_centres": by_code(CostCentre(code="UTR", description="Utrecht")),
        "payment_conditions": by_code(condition()),
        "projects": by_code(Project(exact_id="p-1", code="PO 55", description="Order 55")),
        "periods": periods(),
        "customers": (customer(),),
    }
    return Reference(**values | fields)


def decide(
    given: Invoice | None = None,
    own: Options | None = None,
    known: Reference | None = None,
    links: Links = NO_LINKS,
    *,
    today: date = TODAY,
    checks: NumberChecks = FORM_ONLY,
) -> Decision:
    """What becomes of it; every problem is checked against the catalogue on the way."""
    decision = book(given or invoice(), own or options(), known or reference(), links, today, checks=checks)
    if not isinstance(decision, Skip):
        problems = decision.problems if isinstance(decision, Hold) else ()
        for problem in (*problems, *decision.warnings):
            follows_its_row(problem)
    return decision


def follows_its_row(problem: Problem) -> None:
    """The problem's values and severity are the ones that its row in the catalogue announces."""
    row = CATALOGUE[problem.code]
    assert {name for name, _ in problem.values} == set(row.values), problem
    assert row.holds if problem.severity is Severity.HOLDS else row.warns, problem


def booked(*args: Any, **fields: Any) -> Book:
    """The decision, which must be to book."""
    decision = decide(*args, **fields)
    assert isinstance(decision, Book), decision
    return decision


def held(*args: Any, **fields: Any) -> list[str]:
    """The codes of the problems that hold it, which must be there."""
    decision = decide(*args, **fields)
    assert isinstance(decision, Hold), decision
    assert decision.problems
    return [problem.code for problem in decision.problems]


def warned(*args: Any, **fields: Any) -> list[str]:
    """The codes of the warnings of an entry that is booked."""
    return [problem.code for problem in booked(*args, **fields).warnings]


def skipped(*args: Any, **fields: Any) -> Skip:
    """The decision, which must be to leave it out."""
    decision = decide(*args, **fields)
    assert isinstance(decision, Skip), decision
    return decision
