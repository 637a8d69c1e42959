"""Totals of a scenario per month and VAT code, worked out from the invoices alone, for others to check against."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from boekbrug_sim.data.records import ZERO, Invoice


@dataclass(kw_only=True)
class Total:
    """What one VAT code comes to in one month."""

    invoices: int = 0
    base: Decimal = ZERO
    vat: Decimal = ZERO


def totals(invoices: Iterable[Invoice]) -> dict[tuple[str, str], Total]:
    """Totals of definitive invoices by (month as yyyy-mm, VAT code)."""
    found: dict[tuple[str, str], Total] = {}
    for invoice in invoices:
        if not invoice.definitive:
            continue
        for part in invoice.vat:
            total = found.setdefault((f"{invoice.invoice_date:%Y-%m}", part.code), Total())
            total.invoices += 1
            total.base += part.base
            total.vat += part.amount
    return found


def totals_table(invoices: Iterable[Invoice]) -> Iterator[str]:
    """The totals as lines of text, with a last line that sums them."""
    yield f"{'month':<8}{'VAT code':<10}{'invoices':>9}{'base':>18}{'VAT':>16}"
    base = vat = ZERO
    for (month, code), total in sorted(totals(invoices).items()):
        base, vat = base + total.base, vat + total.vat
        yield f"{month:<8}{code:<10}{total.invoices:>9}{total.base:>18,.2f}{total.vat:>16,.2f}"
    yield f"{'all':<27}{base:>18,.2f}{vat:>16,.2f}"
