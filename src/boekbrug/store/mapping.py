"""Mapping tables: what people say that a code means. Every decision is kept, and what waits is checked anew."""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from boekbrug.domain.options import Country
from boekbrug.domain.proposals import CodeKind, Fault, UsedCode, fault_of
from boekbrug.domain.reference import Reference
from boekbrug.domain.schedule import ZONES
from boekbrug.store.integrations import check_again, locked
from boekbrug.store.models import Integration, Mapping, MappingChange, MappingKind, ReferenceRow
from boekbrug.store.records import read, storable_text
from boekbrug.store.reference_copy import CODED, DIVISION

LONGEST = 100
CODE_KINDS = ("vat_code", "gl_account", "cost_centre", "payment_condition")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """`from_code` is to mean Exact's `to_code` (empty: no row). `seen` is what the person saw, None: not asked."""

    kind: str
    from_code: str
    to_code: str
    seen: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MappingRow:
    """A row of a mapping table, with who decided it and when; `to_code` is empty when there is none any more."""

    kind: str
    from_code: str
    to_code: str
    who: str
    at: datetime


class ChangedMeanwhile(Exception):
    """Somebody else decided about these codes since the person looked; nothing was saved."""

    def __init__(self, rows: tuple[MappingRow, ...]) -> None:
        super().__init__(", ".join(row.from_code for row in rows))
        self.rows = rows


class CannotServe(Exception):
    """Exact has no such code, or has one that cannot be booked on; nothing was saved."""

    def __init__(self, refused: tuple[tuple[Wish, Fault], ...]) -> None:
        super().__init__(", ".join(f"{wish.to_code}: {fault}" for wish, fault in refused))
        self.refused = refused


def set_mappings(integration_id: int, wishes: Sequence[Wish], *, who: str, now: datetime) -> int:
    """Save all of these or nothing; how many differ from before. What waits is checked anew.

    Raises ValueError for a table that does not exist or a code that none can be, NotFound, ChangedMeanwhile,
    and CannotServe when the local copy of Exact says that a code cannot be used.
    """
    with transaction.atomic():
        integration = locked(integration_id)
        wanted = {(wish.kind, wish.from_code): wish for wish in map(_tidy, wishes)}
        before = {(row.kind, row.from_code): row for row in Mapping.objects.filter(integration=integration)}
        _nobody_else_changed(integration, wanted, before)
        differing = [wish for key, wish in wanted.items() if wish.to_code != _code(before.get(key))]
        _exact_can_serve(integration, differing, now)
        for wish in differing:
            _write(integration, wish, _code(before.get((wish.kind, wish.from_code))), who=who, now=now)
        if differing:
            check_again(integration.organisation_id, now)
        return len(differing)


def _tidy(wish: Wish) -> Wish:
    from_code, to_code = storable_text(wish.from_code).strip(), storable_text(wish.to_code).strip()
    if wish.kind not in MappingKind.values:
        raise ValueError(f"no such mapping table: {wish.kind}")
    if not from_code or len(from_code) > LONGEST or len(to_code) > LONGEST:
        raise ValueError(f"no code: {from_code[:LONGEST]!r} to {to_code[:LONGEST]!r}")
    return Wish(kind=wish.kind, from_code=from_code, to_code=to_code, seen=wish.seen)


def _code(row: Mapping | None) -> str:
    return row.to_code if row else ""


def _nobody_else_changed(
    integration: Integration, wanted: Table[tuple[str, str], Wish], before: Table[tuple[str, str], Mapping]
) -> None:
    """A wish that is granted already is no quarrel."""
    changed = [
        key
        for key, wish in wanted.items()
        if wish.seen is not None and wish.seen.strip() != _code(before.get(key)) != wish.to_code
    ]
    if changed:
        raise ChangedMeanwhile(tuple(_latest(integration, *key) for key in changed))


def _latest(integration: Integration, kind: str, from_code: str) -> MappingRow:
    changes = MappingChange.objects.filter(integration=integration, kind=kind, from_code=from_code).order_by("-id")
    last = changes.first()
    if last is not None:
        return MappingRow(kind=kind, from_code=from_code, to_code=last.new_code, who=last.who, at=last.at)
    row = Mapping.objects.filter(integration=integration, kind=kind, from_code=from_code).first()
    at = row.at if row else integration.created_at
    return MappingRow(kind=kind, from_code=from_code, to_code=_code(row), who=row.who if row else "", at=at)


def _exact_can_serve(integration: Integration, wishes: Sequence[Wish], now: datetime) -> None:
    """Only what Exact has; while nothing was read of it yet, the rules tell as soon as a connection exists."""
    reference = exact_codes(integration.administration_id)
    if reference is None:
        return
    today = now.astimezone(ZONES[Country.NL]).date()
    refused = [
        (wish, fault)
        for wish in wishes
        if wish.to_code
        and (fault := fault_of(UsedCode(kind=CodeKind(wish.kind), code=wish.from_code), wish.to_code, reference, today))
    ]
    if refused:
        raise CannotServe(tuple(refused))


def _write(integration: Integration, wish: Wish, old: str, *, who: str, now: datetime) -> None:
    key: dict[str, Any] = {"integration": integration, "kind": wish.kind, "from_code": wish.from_code}
    if wish.to_code:
        decided = {"to_code": wish.to_code, "who": who[:200], "at": now}
        Mapping.objects.update_or_create(**key, defaults=decided)
    else:
        Mapping.objects.filter(**key).delete()
    MappingChange.objects.create(**key, old_code=old, new_code=wish.to_code, who=who[:200], at=now)


def exact_codes(administration_id: int | None) -> Reference | None:
    """The codes of Exact in the local copy, without customers and projects; None while nothing was read."""
    rows = ReferenceRow.objects.filter(administration_id=administration_id or 0, kind__in=[*CODE_KINDS, DIVISION])
    found: dict[str, dict[str, Any]] = {}
    for kind, code, record in rows.values_list("kind", "code", "record"):
        found.setdefault(kind, {})[code] = record
    if not found:
        return None
    about = found.get(DIVISION, {}).get("", {})
    coded: dict[str, Any] = {
        CODED[kind][0]: {code: read(CODED[kind][1], record) for code, record in found.get(kind, {}).items()}
        for kind in CODE_KINDS
    }
    return Reference(division=0, country=about.get("country", ""), currency=about.get("currency", ""), **coded)
