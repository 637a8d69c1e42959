"""An institute whose invoices use codes that Exact does not have, and what it takes to act on it."""

from typing import Any

from django.test import Client
from tests.domain import builders
from tests.web import making

from boekbrug.domain.invoice import Invoice
from boekbrug.domain.problem import Subject, report
from boekbrug.domain.reference import CostCentre
from boekbrug.store import models
from boekbrug.store.records import write, write_problems


def member(institute: making.Institute, role: str = "financieel") -> Client:
    """Somebody of the institute with a role, logged in."""
    client = Client()
    client.force_login(making.person(f"{role}@kant.example", institute, role))
    return client


def using(number: str, *, amount: str = "100.00", **codes: Any) -> Invoice:
    """An invoice of one line with these codes; `term` and `direct_debit` are the invoice's."""
    term, direct_debit = codes.pop("term", 30), codes.pop("direct_debit", False)
    line = builders.line(amount, **{"gl_account": "8000", "cost_centre": "UTR"} | codes)
    return builders.invoice(line, id=f"cv-{number}", number=number, payment_term_days=term, direct_debit=direct_debit)


def conditions(institute: making.Institute, *codes: str) -> None:
    """Payment conditions of Exact: `30` has thirty days, `IN` collects."""
    records = [
        builders.condition(code, 30 if code == "30" else 14, method="I" if code == "IN" else "B") for code in codes
    ]
    add_codes(institute, "payment_condition", *records)


def add_codes(institute: making.Institute, kind: str, *records: Any) -> None:
    """Records in the local copy of Exact."""
    models.ReferenceRow.objects.bulk_create(
        models.ReferenceRow(administration=institute.administration, kind=kind, code=record.code, record=write(record))
        for record in records
    )


def codes_that_differ(institute: making.Institute) -> making.Institute:
    """Three invoices that wait for a VAT code, one for a cost centre, one booked with what Exact has."""
    conditions(institute, "30", "IN")
    add_codes(institute, "cost_centre", CostCentre(code="ZWO", description="Zwolle"))
    add_codes(institute, "gl_account", builders.gl_account("8999", blocked=True, description="Vervallen"))
    unknown = builders.vat_code("2H").code
    for number in ("20260401", "20260402", "20260403"):
        making.add(institute, using(number, vat_code=unknown), "held")
    making.add(institute, using("20260404", amount="50.00", cost_centre="Zwolle", vat_code="2"), "held")
    making.add(institute, using("20260405", vat_code="2", direct_debit=True), "received")
    making.add(institute, using("20260406", vat_code="2"), "proven")
    return institute


def causes(institute: making.Institute) -> making.Institute:
    """Invoices that wait for several causes: a relation that looks different, and one from before the start."""
    different = report(
        "customer-looks-different",
        Subject(kind="Account", key="c-42"),
        debtor="Bakkerij Jansen",
        code="42",
        name="Jansen Holding B.V.",
    )
    early = report(
        "dated-before-start",
        Subject(option="book_from", key="2026-01-01"),
        date="2025-12-30",
        start="2026-01-01",
        definitive="2026-02-01",
    )
    customer = builders.customer(exact_id="c-42", code="42", name="Jansen Holding B.V.")
    models.CustomerCopy.objects.create(
        administration=institute.administration, exact_id="c-42", code_key="42", record=write(customer)
    )
    for number, problem in (("20260501", different), ("20260502", early)):
        making.add(institute, using(number), "held", problems=write_problems([problem]))
    return institute
