"""The entry of an invoice in Exact: where a person sees it, and whether it was found there."""

from boekbrug.asking import page_of_entry
from boekbrug.store.reading import InvoiceDetail


def entry_address(found: InvoiceDetail) -> str:
    """The page of the invoice's entry, else of the entry that its problem is about; empty without either."""
    there = (dict(problem.values).get("there_entry_id", "") for problem in found.problems)
    entry_id = found.entry_id or next((one for one in there if one), "")
    return page_of_entry(found.site, found.division, entry_id)


def is_missing(found: InvoiceDetail) -> bool:
    """Whether the last reading did not find the entry in Exact."""
    rows = (row for finding in found.findings for row in finding.differences)
    return any(row.field == "entry_number" and row.sent and not row.stored for row in rows)
