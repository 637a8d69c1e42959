"""VAT of an invoice: what is printed per code, what the rate gives, and the spread over lines (booking.md rule 8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from boekbrug.domain.invoice import Invoice, InvoiceLine
from boekbrug.domain.money import ZERO, to_cents
from boekbrug.domain.reference import VatCode

NOT_AT_ALL = Decimal(0)
HALF_A_CENT = Decimal("0.005")
WITHOUT_RATE = frozenset("BN")
"""Base only and no VAT: codes whose rate is zero whatever their dated percentages say (exact-rest.md 4.6)."""


def lines_per_code(lines: Iterable[InvoiceLine]) -> dict[str, list[InvoiceLine]]:
    """The lines under each VAT code of the invoice, in order."""
    groups: dict[str, list[InvoiceLine]] = {}
    for line in lines:
        groups.setdefault(line.vat_code.strip(), []).append(line)
    return groups


def vat_per_code(invoice: Invoice) -> dict[str, Decimal]:
    """The invoice's VAT per code: as printed, or worked out when the source prints only a total.

    One code then takes the total; several take the sum of their lines, and what the total has more or less
    goes to the code with the largest base.
    """
    if invoice.vat is not None:
        printed: dict[str, Decimal] = {}
        for vat in invoice.vat:
            printed[vat.code.strip()] = printed.get(vat.code.strip(), ZERO) + vat.amount
        return printed
    groups = lines_per_code(invoice.lines)
    summed = {code: sum((line.vat_amount for line in lines), ZERO) for code, lines in groups.items()}
    if summed:
        largest = max(groups, key=lambda code: abs(sum((line.amount for line in groups[code]), ZERO)))
        summed[largest] += invoice.total_vat - sum(summed.values(), ZERO)
    return summed


def base_per_code(invoice: Invoice) -> Mapping[str, Decimal]:
    """The printed base per code; empty when the source prints none."""
    bases: dict[str, Decimal] = {}
    for vat in invoice.vat or ():
        bases[vat.code.strip()] = bases.get(vat.code.strip(), ZERO) + vat.base
    return bases


def shares(lines: Sequence[InvoiceLine]) -> tuple[Decimal, ...]:
    """The exact VAT of each line, not rounded."""
    return tuple(line.amount * line.vat_percentage for line in lines)


def calculated(exact: Iterable[Decimal]) -> Decimal:
    """Base x rate of one code, rounded once."""
    return to_cents(sum(exact, NOT_AT_ALL))


def allowed_difference(lines: int, vat_rounding: Decimal) -> Decimal:
    """How far the printed VAT of a code with so many lines may be from base x rate."""
    return HALF_A_CENT * lines + vat_rounding


def percentage_on(code: VatCode, day: date) -> Decimal | None:
    """The percentage of a VAT code on a day; None when it had none."""
    if code.kind in WITHOUT_RATE:
        return NOT_AT_ALL
    for dated in code.percentages:
        if dated.start <= day and (dated.end is None or day <= dated.end):
            return dated.percentage
    return None


def had_percentage(code: VatCode, percentage: Decimal) -> bool:
    """Whether the code had this percentage at any date; zero cannot be sent as one (exact-rest.md 4.2)."""
    return percentage > 0 and any(dated.percentage == percentage for dated in code.percentages)


def as_text(percentage: Decimal | None) -> str:
    """A fraction as people read it: 0.21 is 21%; empty for None."""
    return "" if percentage is None else f"{(percentage * 100).normalize():f}%"
