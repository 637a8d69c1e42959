"""The fields of an invoice that decide its entry, so that a change after booking is seen and named.

Left out is what a change of does not touch the entry: the debtor's address and the like (they are for a new
customer), the moment of change, whether it is paid (exactly-once.md, "Findings").
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from boekbrug.domain.debtor import Debtor
from boekbrug.domain.invoice import Invoice, InvoiceLine

HEADER = (
    "number",
    "status",
    "invoice_date",
    "due_date",
    "payment_term_days",
    "currency",
    "rate",
    "total_excl",
    "total_vat",
    "total_incl",
    "reference",
    "payment_reference",
    "direct_debit",
)
DEBTOR = ("id", "number", "external_number", "name", "vat_number")
LINE = (
    "description",
    "quantity",
    "amount",
    "vat_code",
    "vat_percentage",
    "vat_amount",
    "gl_account",
    "cost_centre",
)
REQUEST = ("number", "reference", "start", "end")
COURSE = ("code", "kind", "start", "end", "first_lesson", "last_lesson")


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One field that is not what it was; empty text means that it was not, or is no longer, there."""

    field: str
    before: str
    after: str


def fingerprint(invoice: Invoice) -> dict[str, str]:
    """Every field that counts, as text under its name: `total_incl`, `debtor.number`, `line 2.course.start`."""
    return dict(_fields(invoice))


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    """The fields in which two fingerprints differ, in the order of the first and then of the second."""
    names = dict.fromkeys((*before, *after))
    pairs = ((name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(Changed(field=name, before=old, after=new) for name, old, new in pairs if old != new)


def _fields(invoice: Invoice) -> Iterator[tuple[str, str]]:
    yield from _named("", invoice, HEADER)
    for vat in invoice.vat or ():
        yield f"vat {vat.code}.base", _text(vat.base)
        yield f"vat {vat.code}.amount", _text(vat.amount)
    yield from _debtor_fields(invoice.debtor)
    for line in invoice.lines:
        yield from _line_fields(line)


def _debtor_fields(debtor: Debtor) -> Iterator[tuple[str, str]]:
    yield from _named("debtor.", debtor, DEBTOR)
    for party, pairs in (("company", debtor.company), ("person", debtor.person)):
        yield f"debtor.{party}", ", ".join(f"{pair.source}: {pair.id}" for pair in pairs or ())


def _line_fields(line: InvoiceLine) -> Iterator[tuple[str, str]]:
    name = f"line {line.number}."
    yield from _named(name, line, LINE)
    if line.request:
        yield from _named(f"{name}request.", line.request, REQUEST)
    if line.course:
        yield from _named(f"{name}course.", line.course, COURSE)


def _named(prefix: str, record: object, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        yield prefix + name, _text(getattr(record, name))


def _text(value: object) -> str:
    """Equal values give equal text: 0.210 and 0.21 are one percentage."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
