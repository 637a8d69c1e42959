"""Which of several integrations an invoice belongs to (options.md, `invoice_filter`; exactly-once.md)."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from boekbrug.domain.invoice import Invoice
from boekbrug.domain.options import InvoiceFilter
from boekbrug.domain.problem import Problem, Subject, report

Id = TypeVar("Id", bound=str | int)

Series = tuple[str, str]
"""First and last number, both included."""


def fits(invoice: Invoice, wanted: InvoiceFilter) -> bool:
    """Whether the invoice is one that the filter lets through.

    Every part that is filled must be met: the number lies in one of the series, and all lines that name a cost
    centre or a course kind name one of the filter's.
    """
    return (
        _number_fits(invoice.number.strip(), wanted.numbers)
        and _all_among((line.cost_centre.strip() for line in invoice.lines), wanted.cost_centres)
        and _all_among((line.course.kind.strip() for line in invoice.lines if line.course), wanted.course_kinds)
    )


def _number_fits(number: str, series: tuple[Series, ...]) -> bool:
    return not series or any(_in_series(number, one) for one in series)


def _is_digits(*texts: str) -> bool:
    return all(text.isascii() and text.isdigit() for text in texts)


def _in_series(number: str, series: Series) -> bool:
    """Numbers of digits are compared as numbers, others as text of the same length."""
    low, high = series
    if _is_digits(number, low, high):
        return int(low) <= int(number) <= int(high)
    return len(low) == len(number) == len(high) and low <= number <= high


def _all_among(found: Iterable[str], wanted: tuple[str, ...]) -> bool:
    named = set(filter(None, found))
    return not wanted or (bool(named) and named <= set(wanted))


def integration_for(invoice: Invoice, filters: Mapping[Id, InvoiceFilter]) -> Id | Problem:
    """The one integration whose filter the invoice fits; a problem when none or several do."""
    fitting = [integration for integration, wanted in filters.items() if fits(invoice, wanted)]
    if len(fitting) == 1:
        return fitting[0]
    subject = Subject(option="invoice_filter", key=invoice.id)
    if not fitting:
        return report("integration-none", subject, number=invoice.number)
    names = ", ".join(str(integration) for integration in fitting)
    return report("integration-ambiguous", subject, number=invoice.number, integrations=names)


def may_overlap(one: InvoiceFilter, other: InvoiceFilter) -> bool:
    """Whether one invoice could fit both filters: they are apart only when some part of them excludes it."""
    return not (
        _series_apart(one.numbers, other.numbers)
        or _apart(one.cost_centres, other.cost_centres)
        or _apart(one.course_kinds, other.course_kinds)
    )


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return bool(one) and bool(other) and not set(one) & set(other)


def _series_apart(one: tuple[Series, ...], other: tuple[Series, ...]) -> bool:
    return bool(one) and bool(other) and not any(_share_a_number(mine, theirs) for mine in one for theirs in other)


def _share_a_number(one: Series, other: Series) -> bool:
    """A series of text meets one of digits only when its texts may begin with a digit."""
    if _is_digits(*one) != _is_digits(*other):
        low, high = other if _is_digits(*one) else one
        return low[:1] <= "9" and high[:1] >= "0"
    return _in_series(one[0], other) or _in_series(other[0], one)
