"""Entries as Exact stored them, put together again from their ledger lines (exact-rest.md 4.8, 5.2).

Debit is positive there, so revenue comes back with the other sign. Line 0 is the receivable with the total; a VAT
letter A or Z marks a line of VAT; the others are revenue, each with its own VAT in `AmountVATFC`. Lines of type 84
(deferral) are not asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from boekbrug.domain.money import ZERO, spread
from boekbrug.domain.statement import StoredEntry, StoredLine
from boekbrug.exact.wire.values import NotReadable, Row, key, known_day, money, text, when, whole
from boekbrug.sync.ports import EntryHead

LINE = (
    "EntryID", "EntryNumber", "JournalCode", "Type", "FinancialYear", "FinancialPeriod", "Date", "DueDate", "Currency",
    "AccountCode", "Document", "LineNumber", "GLAccountCode", "AmountFC", "AmountVATFC", "VATCode", "VATType",
    "CostCenter", "ProjectCode",
)  # fmt: skip
HEAD = (
    "EntryID", "EntryNumber", "JournalCode", "Type", "Date", "AccountCode", "AccountName", "AmountFC", "Description",
)  # fmt: skip
HEADER_LINE = 0
VAT_LETTERS = frozenset("ADORPQYZ")
SALES_TYPES = frozenset({20, 21})


def stored_entries(rows: Iterable[Row]) -> tuple[StoredEntry, ...]:
    """The entries of these lines by number; lines of one entry may lie far apart, since pages go by line key."""
    by_entry: dict[str, list[Row]] = {}
    for row in rows:
        if whole(row, "Type") in SALES_TYPES:
            by_entry.setdefault(key(row, "EntryID"), []).append(row)
    entries = (_entry(entry_id, lines) for entry_id, lines in by_entry.items())
    return tuple(sorted(entries, key=lambda entry: (entry.entry_number, entry.year, entry.entry_id)))


def entry_head(row: Row) -> EntryHead:
    """What line 0 says of its entry; its amount is the receivable."""
    return EntryHead(
        entry_id=key(row, "EntryID"),
        journal=text(row, "JournalCode"),
        entry_number=whole(row, "EntryNumber"),
        entry_date=known_day(row, "Date"),
        customer_code=text(row, "AccountCode"),
        customer_name=text(row, "AccountName"),
        total_incl=money(row, "AmountFC"),
        description=text(row, "Description"),
    )


def _entry(entry_id: str, rows: Sequence[Row]) -> StoredEntry:
    ordered = sorted(rows, key=lambda row: whole(row, "LineNumber"))
    header = ordered[0]
    if whole(header, "LineNumber") != HEADER_LINE:
        raise NotReadable(f"entry {entry_id} has no line {HEADER_LINE}")
    vat_rows = [row for row in ordered[1:] if text(row, "VATType") in VAT_LETTERS]
    base_rows = [row for row in ordered[1:] if text(row, "VATType") not in VAT_LETTERS]
    return StoredEntry(
        entry_id=entry_id,
        kind=whole(header, "Type"),
        journal=text(header, "JournalCode"),
        entry_number=whole(header, "EntryNumber"),
        year=whole(header, "FinancialYear"),
        period=whole(header, "FinancialPeriod"),
        entry_date=known_day(header, "Date"),
        due_date=when(header, "DueDate"),
        currency=text(header, "Currency"),
        customer_code=text(header, "AccountCode"),
        document=key(header, "Document") or None,
        lines=_lines(base_rows, vat_rows, money(header, "AmountFC")),
        total_incl=money(header, "AmountFC"),
    )


def _lines(base_rows: Sequence[Row], vat_rows: Sequence[Row], total: Decimal) -> tuple[StoredLine, ...]:
    """The revenue lines; the sign of `AmountVATFC` is not documented, so it is the one that makes the total."""
    lines = tuple(_line(row) for row in base_rows)
    if vat_rows and not any(line.vat_amount for line in lines):
        return _with_spread_vat(lines, vat_rows)
    other = tuple(replace(line, vat_amount=-line.vat_amount) for line in lines)
    return other if _total(lines) != total and _total(other) == total else lines


def _line(row: Row) -> StoredLine:
    return StoredLine(
        gl_account=text(row, "GLAccountCode"),
        amount=ZERO - money(row, "AmountFC"),
        vat_code=text(row, "VATCode"),
        vat_amount=ZERO - money(row, "AmountVATFC"),
        cost_centre=text(row, "CostCenter") or None,
        project=text(row, "ProjectCode") or None,
    )


def _total(lines: Sequence[StoredLine]) -> Decimal:
    return sum((line.amount + line.vat_amount for line in lines), ZERO)


def _with_spread_vat(lines: Sequence[StoredLine], vat_rows: Sequence[Row]) -> tuple[StoredLine, ...]:
    """VAT that only stands on the VAT lines, spread over the revenue of its code as booking.md rule 8 does."""
    vat: dict[str, Decimal] = {}
    for row in vat_rows:
        code = text(row, "VATCode")
        vat[code] = vat.get(code, ZERO) - money(row, "AmountFC")
    result = list(lines)
    for code, amount in vat.items():
        places = [index for index, line in enumerate(lines) if line.vat_code == code]
        base = sum((lines[index].amount for index in places), ZERO)
        if not places or not base:
            continue
        parts = spread(amount, [amount * lines[index].amount / base for index in places])
        for index, part in zip(places, parts, strict=True):
            result[index] = replace(lines[index], vat_amount=part)
    return tuple(result)
