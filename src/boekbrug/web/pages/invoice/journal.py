"""The entry as an accountant reads it: the receivable in debit, revenue and VAT in credit, and why per line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from boekbrug.domain.entry import CREDIT_NOTE, Deferral, SalesEntry, SalesLine
from boekbrug.domain.invoice import InvoiceLine
from boekbrug.store.reading import InvoiceDetail
from boekbrug.web import formats, words

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One thing that a line carries beside its amount: cost centre, VAT code, project, deferral."""

    word: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WhyRow:
    """Why one field of a line is what it is: in which field, where it came from, and the option that decided."""

    word: str
    value: str
    option: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalRow:
    """One row of the journal; exactly one of the two amounts is there."""

    account: str
    account_name: str
    description: str
    debit: Decimal | None
    credit: Decimal | None
    marks: tuple[Mark, ...] = ()
    why: tuple[WhyRow, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalTable:
    """The whole entry; both totals are equal."""

    title: str
    subtitle: str
    rows: tuple[JournalRow, ...]
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceLineRow:
    """One line of the invoice as Coachview has it."""

    gl_account: str
    description: str
    amount: Decimal
    vat_amount: Decimal
    marks: tuple[Mark, ...]


def journal_of(found: InvoiceDetail, language: str) -> JournalTable | None:
    """The entry that was sent, as a journal; None when none was."""
    if found.sent is None:
        return None
    entry = found.sent
    rows = (_receivable(found, entry), *_revenue(found, entry, language), *_vat(found, entry))
    title = _("Creditfactuur") if entry.kind == CREDIT_NOTE else _("Verkoopboeking")
    subtitle = _("Boekdatum %(day)s, periode %(period)s van %(year)s, in %(currency)s") % {
        "day": formats.day_in_words(entry.entry_date, language),
        "period": entry.reporting_period,
        "year": entry.reporting_year,
        "currency": entry.currency,
    }
    return JournalTable(
        title=title,
        subtitle=subtitle,
        rows=rows,
        debit=sum((row.debit for row in rows if row.debit is not None), ZERO),
        credit=sum((row.credit for row in rows if row.credit is not None), ZERO),
    )


def lines_of(found: InvoiceDetail, language: str) -> tuple[InvoiceLineRow, ...]:
    """The invoice's own lines, for an invoice that has no entry yet."""
    if found.record is None:
        return ()
    return tuple(
        InvoiceLineRow(
            gl_account=line.gl_account,
            description=line.description,
            amount=line.amount,
            vat_amount=line.vat_amount,
            marks=_source_marks(line, language),
        )
        for line in found.record.lines
    )


def _row(account: str, name: str, description: str, amount: Decimal) -> JournalRow:
    """A row with `amount` in debit, or in credit when it is negative."""
    return JournalRow(
        account=account,
        account_name=name,
        description=description,
        debit=amount if amount >= 0 else None,
        credit=-amount if amount < 0 else None,
    )


def _receivable(found: InvoiceDetail, entry: SalesEntry) -> JournalRow:
    account = found.names.get(("receivables", entry.journal), "") or found.receivables_account
    description = f"{found.debtor} · {entry.customer_code}"
    return _row(account, _("Debiteuren"), description, entry.total_incl)


def _revenue(found: InvoiceDetail, entry: SalesEntry, language: str) -> Iterable[JournalRow]:
    for line in entry.lines:
        name = found.names.get(("gl_account", line.gl_account), "")
        plain = _row(line.gl_account, name, line.description, -line.amount)
        yield JournalRow(
            account=plain.account,
            account_name=plain.account_name,
            description=plain.description,
            debit=plain.debit,
            credit=plain.credit,
            marks=_marks(found, line, language),
            why=tuple(_why(line)),
        )


def _vat(found: InvoiceDetail, entry: SalesEntry) -> Iterable[JournalRow]:
    """The VAT per code; Exact takes the account from the code."""
    amounts: dict[str, Decimal] = {}
    for line in entry.lines:
        amounts[line.vat_code] = amounts.get(line.vat_code, ZERO) + line.vat_amount
    for code, amount in amounts.items():
        if amount:
            name = found.names.get(("vat_code", code), "")
            described = _("Btw-code %(code)s") % {"code": code}
            yield _row("", _("Btw"), f"{described} · {name}" if name else described, -amount)


def _marks(found: InvoiceDetail, line: SalesLine, language: str) -> tuple[Mark, ...]:
    centre = line.cost_centre or ""
    name = found.names.get(("cost_centre", centre), "")
    marks = (
        Mark(word=_("Btw-code"), value=line.vat_code),
        Mark(word=_("Kostenplaats"), value=f"{centre} {name}".strip() if centre else ""),
        Mark(word=_("Project"), value=line.project_code or ""),
        Mark(word=_("Uitgesteld"), value=_span(line.deferral, language)),
    )
    return tuple(mark for mark in marks if mark.value)


def _source_marks(line: InvoiceLine, language: str) -> tuple[Mark, ...]:
    marks = (
        Mark(word=_("Btw-code"), value=f"{line.vat_code} ({formats.percentage(line.vat_percentage, language)})"),
        Mark(word=_("Kostenplaats"), value=line.cost_centre),
        Mark(word=_("Opleiding"), value=line.course.code if line.course else ""),
        Mark(word=_("Aanvraag"), value=line.request.number if line.request else ""),
    )
    return tuple(mark for mark in marks if mark.value)


def _span(deferral: Deferral | None, language: str) -> str:
    if deferral is None:
        return ""
    return f"{formats.day(deferral.start, language)} – {formats.day(deferral.end, language)}"


def _why(line: SalesLine) -> Iterable[WhyRow]:
    for why in line.why:
        yield WhyRow(
            word=words.field_of(why.field), value=words.source_of(why.source), option=words.option_of(why.option)
        )
