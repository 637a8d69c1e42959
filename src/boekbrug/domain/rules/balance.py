"""Rule 18: the balance of the whole invoice, last."""

from collections.abc import Iterator
from decimal import Decimal

from boekbrug.domain.draft import Draft
from boekbrug.domain.money import ZERO
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.vat import base_per_code


def lines_and_vat_must_be_the_invoice(draft: Draft) -> Iterator[Problem]:
    """Rule 18: per code and in total, lines and VAT add up to what the invoice says, to the cent."""
    for part, ours, theirs in _sums(draft):
        if ours != theirs:
            yield report(
                "total-differs",
                Subject(key=draft.invoice.id),
                part=part,
                calculated=ours,
                invoiced=theirs,
                difference=theirs - ours,
            )
            return


def _sums(draft: Draft) -> Iterator[tuple[str, Decimal, Decimal]]:
    invoice = draft.invoice
    for code, base in base_per_code(invoice).items():
        lines = (line.source.amount for line in draft.lines if line.source.vat_code.strip() == code)
        yield code, sum(lines, ZERO), base
    amount = sum((line.source.amount for line in draft.lines), ZERO)
    vat = sum((line.vat_amount for line in draft.lines), ZERO)
    yield "total_excl", amount, invoice.total_excl
    yield "total_vat", vat, invoice.total_vat
    yield "total_incl", amount + vat, invoice.total_incl
