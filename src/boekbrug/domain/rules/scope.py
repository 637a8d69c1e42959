"""Rules 1, 2 and 7: which invoices are booked at all."""

from collections.abc import Iterator

from boekbrug.domain.draft import Draft, because
from boekbrug.domain.entry import Skip, SkipReason
from boekbrug.domain.invoice import Invoice, InvoiceStatus
from boekbrug.domain.problem import Problem, Subject, report


def must_be_definitive(draft: Draft) -> Iterator[Problem]:
    """Rule 1: drafts are left alone; a definitive invoice has a number and lines."""
    invoice = draft.invoice
    if invoice.status is InvoiceStatus.DRAFT:
        draft.skip = Skip(reason=SkipReason.NOT_DEFINITIVE)
        return
    if not invoice.number.strip():
        yield _absent("number")
    if not invoice.lines and invoice.total_incl:
        yield _absent("lines")


def _absent(field: str) -> Problem:
    return report("invoice-unreadable", Subject(kind="field", key=field), field=field, value="", fault="missing")


def must_be_dated_from_the_start(draft: Draft) -> Iterator[Problem]:
    """Rule 2: what is dated before the start is skipped; what was back-dated after activation, a person decides."""
    invoice, start = draft.invoice, draft.options.book_from
    if start is None or invoice.invoice_date >= start or invoice.id in draft.links.book_anyway:
        return
    activated = draft.options.activated_on or start
    if invoice.definitive_on is None or invoice.definitive_on < activated:
        values = (("date", invoice.invoice_date.isoformat()), ("start", start.isoformat()))
        draft.skip = Skip(reason=SkipReason.BEFORE_START, values=values)
        return
    yield report(
        "dated-before-start",
        Subject(option="book_from", key=start.isoformat()),
        date=invoice.invoice_date,
        start=start,
        definitive=invoice.definitive_on,
    )


def must_have_something_to_book(draft: Draft) -> tuple[Problem, ...]:
    """Rule 7: one line per invoice line; an invoice is skipped as nil only when every line and all VAT is zero."""
    if not draft.invoice.total_incl and _all_zero(draft.invoice):
        draft.skip = Skip(reason=SkipReason.ZERO)
    for line in draft.lines:
        line.why.append(because("amount", 7, "line.amount"))
    return ()


def _all_zero(invoice: Invoice) -> bool:
    printed = any(vat.amount or vat.base for vat in invoice.vat or ())
    lines = any(line.amount or line.vat_amount for line in invoice.lines)
    return not (printed or lines or invoice.total_vat or invoice.total_excl)
