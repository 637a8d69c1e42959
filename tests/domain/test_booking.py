"""The whole of `book()`: it never raises, and what it books balances to the cent."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.builders import HIGH, LOW, NIL, booked, customer, debtor, decide, invoice, line, options, reference

import boekbrug.domain
from boekbrug.domain.debtor import ExternalId
from boekbrug.domain.entry import SALES_ENTRY, Book, Hold, SalesEntry, SalesLine, ScheduledRevenue, Why
from boekbrug.domain.invoice import Course, Invoice, InvoiceStatus, Request, VatTotal
from boekbrug.domain.money import ZERO
from boekbrug.domain.options import (
    ClosedPeriod,
    Country,
    DateSource,
    NumberSource,
    Options,
    OrderDateDetermination,
    OrderDateType,
    ProjectMissing,
    ProjectSource,
)
from boekbrug.domain.rules import RULES

D = Decimal
cents = st.integers(-300_000, 300_000).map(lambda number: D(number) / 100)
text = st.text(max_size=80)
some_day = st.none() | st.dates(date(2025, 6, 1), date(2028, 3, 1))
code = st.sampled_from(["2", "1", "0", "99", ""])


def test_the_plain_case_from_invoice_to_entry() -> None:
    book = booked()
    reasons = (
        Why(field="amount", rule=7, source="line.amount"),
        Why(field="vat_code", rule=8, source="line.vat_code"),
        Why(field="vat_amount", rule=8, source="invoice.vat", option="vat_rounding"),
        Why(field="gl_account", rule=9, source="line.gl_account"),
        Why(field="cost_centre", rule=9, source="line.cost_centre", option="cost_centre_none"),
        Why(field="description", rule=16, source="line.description"),
    )
    row = SalesLine(
        invoice_line=1,
        description="Cursus bedrijfshulpverlening",
        notes="",
        quantity=D(1),
        amount=D("100.00"),
        vat_amount=D("21.00"),
        vat_code="2",
        vat_percentage=None,
        gl_account="8000",
        cost_centre=None,
        project_code=None,
        deferral=None,
        why=reasons,
    )
    assert book.entry == SalesEntry(
        kind=SALES_ENTRY,
        journal="70",
        entry_number=20260001,
        customer_code="42",
        entry_date=date(2026, 3, 16),
        due_date=date(2026, 4, 15),
        reporting_year=2026,
        reporting_period=3,
        currency="EUR",
        rate=None,
        payment_condition="30",
        payment_reference=None,
        your_reference="PO 55",
        description="Factuur 20260001 Bakkerij Jansen",
        lines=(row,),
    )
    assert (book.projects, book.schedule, book.warnings) == ((), (), ())


def test_every_line_field_with_a_choice_says_why() -> None:
    own = options(deferred_revenue=True, project_source=ProjectSource.REQUEST_REFERENCE)
    course = Course(code="BHV", start=date(2026, 3, 20), end=date(2026, 5, 1))
    book = booked(invoice(line(cost_centre="UTR", course=course, request=Request(reference="PO 55"))), own)
    (row,) = book.entry.lines
    assert [(why.field, why.rule) for why in row.why] == [
        ("amount", 7),
        ("vat_code", 8),
        ("vat_amount", 8),
        ("gl_account", 9),
        ("cost_centre", 9),
        ("deferral", 10),
        ("project", 11),
        ("description", 16),
    ]
    assert (row.cost_centre, row.project_code) == ("UTR", "PO 55")
    assert book.schedule[0] == ScheduledRevenue(
        invoice_line=1, gl_account="8000", year=2026, month=3, amount=D("33.33")
    )


def test_the_rules_are_in_order_and_each_says_which_it_is() -> None:
    numbers = []
    for rule in RULES:
        assert rule.__doc__
        assert rule.__doc__.startswith("Rule ")
        numbers.append(int(rule.__doc__.removeprefix("Rule ").split(":")[0]))
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 19))


def test_the_same_arguments_give_the_same_decision() -> None:
    assert decide() == decide()


def test_the_domain_reads_no_clock_network_or_database() -> None:
    forbidden = ("import os", "import time", "date.today", "datetime.now", "import socket", "django")
    for file in Path(boekbrug.domain.__file__).parent.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        assert not [word for word in forbidden if word in source], file


@st.composite
def lines_of_invoices(draw: st.DrawFn, number: int) -> Any:
    rate = draw(st.sampled_from([HIGH, LOW, NIL, D("0.17")]))
    amount = draw(cents)
    vat = (amount * rate).quantize(D("0.01"), rounding="ROUND_HALF_UP") + draw(st.sampled_from([D(0), D("0.01")]))
    return line(
        number=number,
        description=draw(text),
        amount=amount,
        vat_code=draw(code),
        vat_percentage=rate,
        vat_amount=vat,
        gl_account=draw(st.sampled_from(["8000", "8010", "1300", ""])),
        cost_centre=draw(st.sampled_from(["Intern", "UTR", "AMS", ""])),
        course=draw(st.none() | st.builds(Course, code=text, kind=text, start=some_day, end=some_day)),
        request=draw(st.none() | st.builds(Request, number=text, reference=text, start=some_day, end=some_day)),
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    rows = [draw(lines_of_invoices(number)) for number in range(1, draw(st.integers(1, 6)) + 1)]
    fields: dict[str, Any] = {
        "number": draw(st.sampled_from(["20260001", "7", "", "F1", "9999999999"])),
        "status": draw(st.sampled_from([*[InvoiceStatus.DEFINITIVE] * 5, InvoiceStatus.DRAFT])),
        "invoice_date": draw(st.dates(date(2025, 12, 1), date(2028, 1, 31))),
        "due_date": draw(some_day),
        "definitive_on": draw(some_day),
        "payment_term_days": draw(st.none() | st.integers(0, 60)),
        "currency": draw(st.sampled_from(["EUR", "EUR", "EUR", "USD", ""])),
        "rate": draw(st.none() | st.just(D("0.9"))),
        "reference": draw(text),
        "payment_reference": draw(text | st.just("+++090/9337/55493+++")),
        "direct_debit": draw(st.booleans()),
        "debtor": debtor(
            number=draw(st.sampled_from(["00042", "43", "", "1" * 20])),
            external_number=draw(st.sampled_from(["42", "", " "])),
            name=draw(text),
            company=draw(st.none() | st.just((ExternalId(id="42", source="Exact"), ExternalId(id="4", source="")))),
            vat_number=draw(text | st.just("NL001234567B01")),
            iban=draw(text | st.just("NL91ABNA0417164300")),
            language=draw(text),
            reference_mandatory=draw(st.booleans()),
        ),
    }
    made = invoice(*rows, **fields)
    printed = draw(st.sampled_from([made.vat, None, (VatTotal(code="2", base=D(1), amount=D(1)),)]))
    return invoice(*rows, **fields | {"vat": printed})


settings_of_integrations = st.builds(
    Options,
    book_from=st.none() | st.just(date(2026, 1, 1)),
    country=st.sampled_from(Country),
    overwrite_customer=st.booleans(),
    debtor_number_1=st.sampled_from(NumberSource),
    debtor_number_2=st.none() | st.sampled_from(NumberSource),
    external_source=st.just("Exact"),
    deferred_revenue=st.booleans(),
    period_date_1=st.sampled_from(DateSource),
    period_date_2=st.none() | st.sampled_from(DateSource),
    entry_date=st.sampled_from(DateSource),
    credit_notes=st.booleans(),
    closed_period=st.sampled_from(ClosedPeriod),
    project_source=st.none() | st.sampled_from(ProjectSource),
    project_missing=st.sampled_from(ProjectMissing),
    order_date_type=st.sampled_from(OrderDateType),
    order_date_determination=st.sampled_from(OrderDateDetermination),
)
KNOWN = reference(customers=(customer(), customer(exact_id="s", code="43", status="", supplier=True)))


@settings(max_examples=150, deadline=None)
@given(bill=invoices(), own=settings_of_integrations)
def test_no_invoice_makes_it_raise_and_what_is_booked_balances(bill: Invoice, own: Options) -> None:
    decision = decide(bill, own, KNOWN)
    if isinstance(decision, Hold):
        assert decision.problems
    elif isinstance(decision, Book):
        _balances(bill, decision)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(cents, st.sampled_from([("2", HIGH), ("1", LOW), ("0", NIL)])), min_size=1, max_size=9))
def test_a_sound_invoice_is_booked_and_balances(rows: list[tuple[Decimal, tuple[str, Decimal]]]) -> None:
    own = [
        line(str(amount), number=n, vat_code=vat_code, vat_percentage=rate)
        for n, (amount, (vat_code, rate)) in enumerate([(D("1.00"), ("2", HIGH)), *rows], start=1)
    ]
    bill = invoice(*own)
    _balances(bill, booked(bill))


def _balances(bill: Invoice, book: Book) -> None:
    entry = book.entry
    assert (entry.total_excl, entry.total_vat, entry.total_incl) == (bill.total_excl, bill.total_vat, bill.total_incl)
    for printed in bill.vat or ():
        own = [row for row in entry.lines if row.vat_code == printed.code]
        assert sum((row.vat_amount for row in own), ZERO) == printed.amount
        assert sum((row.amount for row in own), ZERO) == printed.base
    for row in entry.lines:
        planned = [part.amount for part in book.schedule if part.invoice_line == row.invoice_line]
        assert sum(planned, ZERO) == (row.amount if row.deferral else 0)
