"""What Exact stored beside what was sent: the proof of one entry and the balanced statement of many (N1, N2)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from boekbrug.domain.customers import bare_code
from boekbrug.domain.entry import Deferral, SalesEntry, SalesLine

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredLine:
    """A revenue line as read back; `amount` excl. VAT, positive for revenue; `deferral` None when not readable."""

    gl_account: str
    amount: Decimal
    vat_code: str
    vat_amount: Decimal
    cost_centre: str | None = None
    project: str | None = None
    deferral: Deferral | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEntry:
    """A sales entry as Exact has it; `project` and `customer_code` are codes, `document` is an id or None."""

    entry_id: str
    kind: int
    journal: str
    entry_number: int
    year: int
    period: int
    entry_date: date
    due_date: date | None
    currency: str
    customer_code: str
    document: str | None
    lines: tuple[StoredLine, ...]
    total_incl: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One field that is not the same on both sides; `line` is the number of the invoice line, None for the header."""

    field: str
    line: int | None
    sent: str
    stored: str


def compare(sent: SalesEntry, stored: StoredEntry, *, document: str | None = None) -> tuple[Difference, ...]:
    """Every field of exactly-once.md, "Proof", that differs; empty means proven.

    `document` is the id of the PDF's document when it was sent with the entry. A due date that was left to
    Exact, and a deferral that the reading does not show, cannot differ.
    """
    header = (
        ("kind", sent.kind, stored.kind),
        ("journal", sent.journal, stored.journal),
        ("entry_number", sent.entry_number, stored.entry_number),
        ("customer", bare_code(sent.customer_code), bare_code(stored.customer_code)),
        ("year", sent.reporting_year, stored.year),
        ("period", sent.reporting_period, stored.period),
        ("entry_date", sent.entry_date, stored.entry_date),
        ("due_date", sent.due_date, stored.due_date if sent.due_date else None),
        ("currency", sent.currency, stored.currency),
        ("document", document, stored.document if document else None),
        ("total_incl", sent.total_incl, stored.total_incl),
    )
    return (*_differing(None, header), *_line_differences(sent.lines, stored.lines))


def _differing(line: int | None, pairs: Iterable[tuple[str, object, object]]) -> Iterator[Difference]:
    for field, ours, theirs in pairs:
        if ours != theirs:
            yield Difference(field=field, line=line, sent=_text(ours), stored=_text(theirs))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Deferral):
        return f"{value.start.isoformat()} - {value.end.isoformat()}"
    return str(value)


def _line_differences(sent: Sequence[SalesLine], stored: Sequence[StoredLine]) -> Iterator[Difference]:
    """Lines are paired by what they say first, so that another order is no difference; the rest in order."""
    theirs = list(stored)
    ours = [line for line in sent if not _taken(line, theirs)]
    for line, other in zip(ours, theirs, strict=False):
        yield from _differing(line.invoice_line, _pairs(line, other))
    for line in ours[len(theirs) :]:
        yield Difference(field="line", line=line.invoice_line, sent=_text(line.amount), stored="")
    for other in theirs[len(ours) :]:
        yield Difference(field="line", line=None, sent="", stored=_text(other.amount))


def _taken(line: SalesLine, theirs: list[StoredLine]) -> bool:
    for index, other in enumerate(theirs):
        if all(mine == yours for _, mine, yours in _pairs(line, other)):
            del theirs[index]
            return True
    return False


def _pairs(line: SalesLine, other: StoredLine) -> tuple[tuple[str, object, object], ...]:
    return (
        ("gl_account", line.gl_account, other.gl_account),
        ("amount", line.amount, other.amount),
        ("vat_code", line.vat_code, other.vat_code),
        ("vat_amount", line.vat_amount, other.vat_amount),
        ("cost_centre", line.cost_centre or None, other.cost_centre or None),
        ("project", line.project_code or None, other.project or None),
        ("deferral", line.deferral if other.deferral else None, other.deferral),
    )


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class StatementKey:
    """What a row of the statement adds up: one VAT code in one period of one journal."""

    journal: str
    year: int
    period: int
    vat_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One side's count of lines and euros."""

    lines: int = 0
    amount: Decimal = ZERO
    vat_amount: Decimal = ZERO

    def plus(self, amount: Decimal, vat_amount: Decimal) -> "Side":
        """This side with one more line."""
        return Side(lines=self.lines + 1, amount=self.amount + amount, vat_amount=self.vat_amount + vat_amount)

    @property
    def total(self) -> Decimal:
        """Amount and VAT together."""
        return self.amount + self.vat_amount


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementRow:
    """One key on both sides."""

    key: StatementKey
    sent: Side
    stored: Side

    @property
    def equal(self) -> bool:
        """Whether both sides agree to the cent."""
        return self.sent == self.stored


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """The balanced statement of a night or a month: rows in order of their keys, and the numbers that are missing."""

    rows: tuple[StatementRow, ...]
    entries_sent: int
    entries_stored: int
    missing_numbers: tuple[tuple[int, int], ...]

    @property
    def differences(self) -> tuple[StatementRow, ...]:
        """The rows on which the sides do not agree."""
        return tuple(row for row in self.rows if not row.equal)

    @property
    def balanced(self) -> bool:
        """Whether both sides have the same entries and the same euros."""
        return self.entries_sent == self.entries_stored and not self.differences

    @property
    def sent_total(self) -> Decimal:
        """What was sent, incl. VAT."""
        return sum((row.sent.total for row in self.rows), ZERO)

    @property
    def stored_total(self) -> Decimal:
        """What Exact stored, incl. VAT."""
        return sum((row.stored.total for row in self.rows), ZERO)


def make_statement(sent: Iterable[SalesEntry], stored: Iterable[StoredEntry]) -> Statement:
    """Both sides summed per journal, period and VAT code, with the gaps in the numbers that Exact stored."""
    ours, theirs = tuple(sent), tuple(stored)
    left: dict[StatementKey, Side] = {}
    right: dict[StatementKey, Side] = {}
    for entry in ours:
        _add(left, entry.journal, entry.reporting_year, entry.reporting_period, entry.lines)
    for found in theirs:
        _add(right, found.journal, found.year, found.period, found.lines)
    rows = tuple(
        StatementRow(key=key, sent=left.get(key, Side()), stored=right.get(key, Side()))
        for key in sorted(left.keys() | right.keys())
    )
    return Statement(
        rows=rows,
        entries_sent=len(ours),
        entries_stored=len(theirs),
        missing_numbers=missing_numbers(found.entry_number for found in theirs),
    )


def _add(
    sides: dict[StatementKey, Side], journal: str, year: int, period: int, lines: Iterable[SalesLine | StoredLine]
) -> None:
    for line in lines:
        key = StatementKey(journal=journal, year=year, period=period, vat_code=line.vat_code)
        sides[key] = sides.get(key, Side()).plus(line.amount, line.vat_amount)


def missing_numbers(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The gaps between the lowest and the highest number, as inclusive ranges."""
    ordered = sorted(set(numbers))
    return tuple((low + 1, high - 1) for low, high in pairwise(ordered) if high - low > 1)
