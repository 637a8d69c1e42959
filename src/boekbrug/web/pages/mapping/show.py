"""The mapping tables in plain values for their template: what needs a row comes first, what is the same is folded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boekbrug.domain.proposals import Choice, CodeKind, Standing, UsedCode, choices, standing
from boekbrug.store.mapping import MappingRow
from boekbrug.store.reading import CodeUse, MappingTables
from boekbrug.web import formats
from boekbrug.web.pages.mapping import words

MOST = 75
"""Rows with fields per table: a form has room for so many; the others are a page further."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One code: how many invoices and euros wait for it, what it means now, and what is proposed."""

    key: str
    code: str
    detail: str
    unbooked: int
    total: Decimal
    waits: bool
    to: str
    seen: str
    means: str
    fault: str
    proposal: str
    proposal_name: str
    reason: str
    decided: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One table: rows that need or have a decision, and the codes that are the same on both sides.

    `waiting` counts all that wait; of many rows a part is shown, at a `place`, with the addresses of those around it.
    """

    kind: str
    title: str
    noun: str
    help: str
    rows: tuple[Row, ...]
    waiting: int
    place: str
    before: str
    after: str
    same: tuple[Row, ...]
    choices: tuple[Choice, ...]


def show(
    found: MappingTables,
    *,
    today: date,
    language: str,
    may_act: bool,
    typed: Mapping[str, str] | None = None,
    skip: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """What the template shows; `typed` are the fields of a form that was refused, `skip` the rows that come before."""
    tables = tuple(
        _from(_table(found, kind, today=today, language=language, typed=typed or {}), (skip or {}).get(kind, 0))
        for kind in CodeKind
    )
    return {
        "found": found,
        "tables": tables,
        "sentence": _sentence(tables),
        "proposals": sum(bool(row.proposal) for table in tables for row in table.rows),
        "changes": tuple(_change(old, row) for old, row in found.changes),
        "may_act": may_act,
    }


def _table(found: MappingTables, kind: CodeKind, *, today: date, language: str, typed: Mapping[str, str]) -> Table:
    spoken = words.TABLES[kind]
    known = choices(kind, found.reference, today) if found.reference else ()
    names = {choice.code: choice.name for choice in known}
    rows = [
        _row(found, use, mapped, today=today, language=language, names=names) for use, mapped in _entries(found, kind)
    ]
    undecided = sorted((row for row in rows if _needs_field(row)), key=lambda row: (not row.waits, -row.total))
    return Table(
        kind=kind.value,
        title=str(spoken.title),
        noun=str(spoken.noun),
        help=str(spoken.help),
        rows=tuple(_as_typed(row, typed) for row in undecided),
        waiting=sum(row.waits for row in undecided),
        place="",
        before="",
        after="",
        same=tuple(row for row in rows if not _needs_field(row)),
        choices=tuple(choice for choice in known if choice.fault is None),
    )


def _from(table: Table, skip: int) -> Table:
    """The rows of a table from the `skip`th on, as many as a form holds."""
    count = len(table.rows)
    if count <= MOST:
        return table
    first = skip if skip < count else 0
    last = min(first + MOST, count)
    return replace(
        table,
        rows=table.rows[first:last],
        place=_("%(first)s t/m %(last)s van %(count)s codes") % {"first": first + 1, "last": last, "count": count},
        before=f"?{table.kind}={max(first - MOST, 0)}#tabel-{table.kind}" if first else "",
        after=f"?{table.kind}={last}#tabel-{table.kind}" if last < count else "",
    )


def _entries(found: MappingTables, kind: CodeKind) -> Iterable[tuple[CodeUse, MappingRow | None]]:
    """The codes that invoices use, then rows that were made for codes that none of them has."""
    rows = {row.from_code: row for row in found.rows if row.kind == kind}
    for use in found.uses:
        if use.used.kind is kind:
            yield use, rows.pop(use.used.code, None)
    for code, row in rows.items():
        used = UsedCode(kind=kind, code=code)
        yield CodeUse(used=used, invoices=0, unbooked=0, unbooked_total=Decimal("0.00")), row


def _needs_field(row: Row) -> bool:
    return bool(row.waits or row.seen or row.proposal)


def _row(
    found: MappingTables,
    use: CodeUse,
    mapped: MappingRow | None,
    *,
    today: date,
    language: str,
    names: Mapping[str, str],
) -> Row:
    used = use.used
    stands = _standing(found, used, mapped.to_code if mapped else "", today)
    proposed = stands.proposal
    percentages = dict.fromkeys(formats.percentage(rate, language) for rate, _day in used.percentages)
    return Row(
        key=f"{used.kind.value}.{used.code}",
        code=words.code_of(used.kind, used.code),
        detail=", ".join(percentages),
        unbooked=use.unbooked,
        total=use.unbooked_total,
        waits=stands.waits,
        to=mapped.to_code if mapped else "",
        seen=mapped.to_code if mapped else "",
        means=_means(stands, names),
        fault=str(words.FAULTS[stands.fault]) if stands.fault else "",
        proposal=proposed.code if proposed else "",
        proposal_name=names.get(proposed.code, "") if proposed else "",
        reason=str(words.REASONS[proposed.reason]) if proposed else "",
        decided=_decided(mapped, language) if mapped else "",
    )


def _means(stands: Standing, names: Mapping[str, str]) -> str:
    """The code of Exact with its name; nothing for one that Exact does not have."""
    if stands.waits and stands.means not in names:
        return ""
    return " · ".join(filter(None, (stands.means, names.get(stands.means, ""))))


def _standing(found: MappingTables, used: UsedCode, mapped: str, today: date) -> Standing:
    """Without a copy of Exact nothing can be said to be wrong."""
    if found.reference is None:
        return Standing(means=mapped, fault=None, proposal=None)
    return standing(used, mapped, found.reference, found.options, today)


def _as_typed(row: Row, typed: Mapping[str, str]) -> Row:
    return replace(row, to=typed.get(row.key, row.to))


def _decided(row: MappingRow, language: str) -> str:
    return _("gekozen door %(who)s op %(day)s") % {
        "who": row.who or _("iemand"),
        "day": formats.day_in_words(row.at.date(), language),
    }


def _sentence(tables: Sequence[Table]) -> str:
    waiting = sum(table.waiting for table in tables)
    if not waiting:
        return _("Elke code heeft een plaats in Exact.")
    return ngettext("%(count)s code wacht op een keuze.", "%(count)s codes wachten op een keuze.", waiting) % {
        "count": waiting
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One earlier decision in words."""

    text: str
    who: str
    at: datetime


def _change(old: str, row: MappingRow) -> Change:
    kind = CodeKind(row.kind)
    values = {
        "code": f"{words.TABLES[kind].noun} {words.code_of(kind, row.from_code)}",
        "old": old or _("geen"),
        "new": row.to_code or _("geen"),
    }
    return Change(text=_("%(code)s: van %(old)s naar %(new)s") % values, who=row.who, at=row.at)
