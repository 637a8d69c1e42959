"""A sales entry in Exact's words (exact-rest.md 4.1, 4.2): codes for journal, VAT and cost centre, guids elsewhere."""

from typing import Any

from boekbrug.domain.entry import SalesEntry, SalesLine
from boekbrug.domain.reference import Reference
from boekbrug.exact.wire.values import day, filled, number


def entry_body(entry: SalesEntry, *, customer_id: str, document_id: str | None, reference: Reference) -> dict[str, Any]:
    """The body of a POST to salesentry/SalesEntries, lines inside.

    Amounts keep their sign in both types (6.4). The currency is sent only when it is not the division's, with
    its rate; what has no value is left out, so that Exact takes its own default.
    """
    foreign = entry.currency != reference.currency
    header = {
        "Customer": customer_id,
        "Journal": entry.journal,
        "EntryNumber": entry.entry_number,
        "Type": entry.kind,
        "EntryDate": day(entry.entry_date),
        "DueDate": day(entry.due_date) if entry.due_date else None,
        "ReportingYear": entry.reporting_year,
        "ReportingPeriod": entry.reporting_period,
        "YourRef": entry.your_reference,
        "Description": entry.description,
        "Currency": entry.currency if foreign else None,
        "Rate": number(entry.rate) if foreign and entry.rate is not None else None,
        "PaymentCondition": entry.payment_condition,
        "PaymentReference": entry.payment_reference,
        "Document": document_id,
    }
    return filled(header) | {"SalesEntryLines": [_line(line, reference) for line in entry.lines]}


def _line(line: SalesLine, reference: Reference) -> dict[str, Any]:
    """`AmountFC` is excl. VAT; `VATAmountFC` always goes along, zero too, so that Exact calculates nothing (6.3)."""
    percentage = line.vat_percentage
    project = reference.projects[line.project_code].exact_id if line.project_code else None
    fields = {
        "GLAccount": reference.gl_accounts[line.gl_account].exact_id,
        "Description": line.description,
        "Notes": line.notes,
        "Quantity": number(line.quantity),
        "AmountFC": number(line.amount),
        "VATCode": line.vat_code,
        "VATAmountFC": number(line.vat_amount),
        # Accepted only above zero (4.2).
        "VATPercentage": number(percentage) if percentage is not None and percentage > 0 else None,
        "CostCenter": line.cost_centre,
        "Project": project,
        "From": day(line.deferral.start) if line.deferral else None,
        "To": day(line.deferral.end) if line.deferral else None,
    }
    return filled(fields)
