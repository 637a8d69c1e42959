"""Rule 8: VAT codes, percentages and amounts."""

from collections.abc import Iterator
from decimal import Decimal

from boekbrug.domain.draft import MAPPING, Draft, LineDraft, because
from boekbrug.domain.money import ZERO, spread
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.reference import VatCode
from boekbrug.domain.vat import (
    allowed_difference,
    as_text,
    calculated,
    had_percentage,
    percentage_on,
    shares,
    vat_per_code,
)

PURCHASE = "P"
INCLUSIVE = "I"


def vat_codes_must_be_for_sales(draft: Draft) -> Iterator[Problem]:
    """Rule 8: each (mapped) code exists, is for sales, is not blocked and is not inclusive."""
    mapping, codes = draft.links.vat_codes, draft.reference.vat_codes
    for line in draft.lines:
        own = line.source.vat_code.strip()
        line.vat_code = mapping.get(own, own).strip()
        line.why.append(because("vat_code", 8, "line.vat_code", MAPPING if own in mapping else ""))
        line.vat = codes.get(line.vat_code)
        subject = line.subject(kind="VATCode", key=line.vat_code)
        if line.vat is None:
            percentage = as_text(line.source.vat_percentage)
            yield report(
                "vat-code-unknown", subject, code=line.vat_code, percentage=percentage, line=line.source.number
            )
            continue
        for code, wrong in _faults(line.vat):
            if wrong:
                yield report(code, subject, code=line.vat_code, line=line.source.number)


def _faults(vat: VatCode) -> tuple[tuple[str, bool], ...]:
    return (
        ("vat-code-blocked", vat.blocked),
        ("vat-code-purchase-only", vat.transaction == PURCHASE),
        ("vat-code-inclusive", vat.kind == INCLUSIVE),
    )


def vat_percentage_must_be_the_codes(draft: Draft) -> Iterator[Problem]:
    """Rule 8: the line's percentage is the code's on the invoice date; one of another date is sent with it.

    A reverse charge line may show zero whatever percentage its code has.
    """
    day = draft.invoice.invoice_date
    for line in draft.lines:
        if line.vat is None:
            continue
        ours, theirs = line.source.vat_percentage, percentage_on(line.vat, day)
        if ours == theirs or (line.vat.charged and not ours):
            continue
        code = "vat-percentage-differs"
        if had_percentage(line.vat, ours):
            code = "vat-percentage-of-other-date"
            line.vat_percentage = ours
            line.why.append(because("vat_percentage", 8, "line.vat_percentage"))
        yield report(
            code,
            line.subject(kind="VATCode", key=f"{line.vat_code}@{as_text(ours)}"),
            code=line.vat_code,
            percentage=as_text(ours),
            expected=as_text(theirs),
            date=day,
            line=line.source.number,
        )


def vat_must_agree_with_base_and_rate(draft: Draft) -> Iterator[Problem]:
    """Rule 8: per code, the invoice's VAT is base x rate within a tolerance; it is spread over the lines to the cent.

    Reverse charge has no tolerance: its VAT is zero.
    """
    printed = vat_per_code(draft.invoice)
    source = "line.vat_amount" if draft.invoice.vat is None else "invoice.vat"
    for code, lines in _per_code(draft.lines).items():
        invoiced = printed.get(code, ZERO)
        charged = any(line.vat and line.vat.charged for line in lines)
        exact = (ZERO,) * len(lines) if charged else shares([line.source for line in lines])
        allowed = ZERO if charged else allowed_difference(len(lines), draft.options.vat_rounding)
        if abs(invoiced - calculated(exact)) > allowed:
            yield _difference(draft, code, lines, invoiced=invoiced, expected=calculated(exact), allowed=allowed)
        for line, amount in zip(lines, spread(invoiced, exact), strict=True):
            line.vat_amount = amount
            line.why.append(because("vat_amount", 8, source, "vat_rounding"))


def _per_code(lines: list[LineDraft]) -> dict[str, list[LineDraft]]:
    groups: dict[str, list[LineDraft]] = {}
    for line in lines:
        groups.setdefault(line.source.vat_code.strip(), []).append(line)
    return groups


def _difference(
    draft: Draft, code: str, lines: list[LineDraft], *, invoiced: Decimal, expected: Decimal, allowed: Decimal
) -> Problem:
    return report(
        "vat-difference",
        Subject(kind="VATCode", key=f"{draft.invoice.id}/{code}"),
        code=code,
        base=sum((line.source.amount for line in lines), ZERO),
        invoiced=invoiced,
        calculated=expected,
        difference=invoiced - expected,
        allowed=allowed,
    )
