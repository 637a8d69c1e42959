"""The mapping tables: the codes that invoices use, what each means now, and how much waits for each.

Counted are all invoices that are not booked yet, and of the others the latest; older ones say nothing new.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery

from boekbrug.domain.options import Options
from boekbrug.domain.proposals import CodeKind, UsedCode
from boekbrug.domain.reference import Reference
from boekbrug.store.mapping import MappingRow, exact_codes
from boekbrug.store.models import Integration, Mapping, MappingChange
from boekbrug.store.options import joined
from boekbrug.store.whole import copy_mark, newest_values

LATEST = 1000
CHANGES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeUse:
    """A code with the number of counted invoices that use it; of those that are not booked also their euros."""

    used: UsedCode
    invoices: int
    unbooked: int
    unbooked_total: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class MappingTables:
    """Everything that the page of the mapping tables shows of one koppeling; `reference` is None until read."""

    integration_id: int
    name: str
    options: Options
    reference: Reference | None
    read_at: datetime | None
    uses: tuple[CodeUse, ...]
    rows: tuple[MappingRow, ...]
    changes: tuple[tuple[str, MappingRow], ...]


def mapping_tables(organisation_id: int, integration_id: int) -> MappingTables | None:
    """The tables of a koppeling, when it is this organisation's; `changes` pair the old code with the decision."""
    rows = Integration.objects.filter(id=integration_id, organisation_id=organisation_id)
    row: Any = rows.annotate(
        own_values=newest_values(integration_id=OuterRef("pk")),
        shared_values=newest_values(organisation_id=OuterRef("organisation_id")),
        copy_read_at=Subquery(copy_mark().values("read_at")[:1]),
    ).first()
    if row is None:
        return None
    return MappingTables(
        integration_id=row.id,
        name=row.name,
        options=joined(row.id, row.own_values or {}, row.shared_values or {}),
        reference=exact_codes(row.administration_id),
        read_at=row.copy_read_at,
        uses=tuple(_uses(organisation_id, integration_id)),
        rows=tuple(_decided(found) for found in Mapping.objects.filter(integration=row).order_by("kind", "from_code")),
        changes=tuple(_changes(row)),
    )


def _decided(row: Mapping) -> MappingRow:
    return MappingRow(kind=row.kind, from_code=row.from_code, to_code=row.to_code, who=row.who, at=row.at)


def _changes(row: Integration) -> Iterable[tuple[str, MappingRow]]:
    for change in MappingChange.objects.filter(integration=row).order_by("-id")[:CHANGES]:
        decided = MappingRow(
            kind=change.kind, from_code=change.from_code, to_code=change.new_code, who=change.who, at=change.at
        )
        yield change.old_code, decided


# Each record is opened once: taking its fields one by one unpacks it as often as there are fields.
_USES = """
    WITH counted AS (
      (SELECT id, invoice_id, TRUE AS unbooked FROM store_booking
        WHERE organisation_id = %(organisation)s AND integration_id = %(integration)s
          AND state IN ('received', 'ready', 'held'))
      UNION ALL
      (SELECT id, invoice_id, FALSE FROM store_booking
        WHERE organisation_id = %(organisation)s AND integration_id = %(integration)s
          AND state NOT IN ('received', 'ready', 'held')
        ORDER BY invoice_date DESC, id DESC LIMIT %(latest)s)
    ), known AS (
      SELECT counted.id, counted.unbooked, invoice.total_incl, invoice.invoice_date, record.*
        FROM counted JOIN store_invoice AS invoice ON invoice.id = counted.invoice_id
       CROSS JOIN LATERAL jsonb_to_record(invoice.record)
                       AS record (lines jsonb, direct_debit boolean, payment_term_days text)
       WHERE invoice.record IS NOT NULL
    ), codes AS (
      SELECT DISTINCT known.id, code.kind, code.code, code.percentage,
             known.unbooked, known.total_incl, known.invoice_date
        FROM known
       CROSS JOIN LATERAL (
             SELECT field.kind, btrim(field.code) AS code, field.percentage
               FROM jsonb_to_recordset(known.lines)
                 AS line (vat_code text, gl_account text, cost_centre text,
                          vat_percentage numeric, amount numeric, vat_amount numeric)
              CROSS JOIN LATERAL (VALUES
                    ('vat_code', vat_code, vat_percentage),
                    ('gl_account', gl_account, NULL),
                    ('cost_centre', cost_centre, NULL)) AS field (kind, code, percentage)
              WHERE amount <> 0 OR vat_amount <> 0
             UNION ALL
             SELECT 'payment_term',
                    CASE WHEN known.direct_debit THEN 'direct-debit' ELSE known.payment_term_days END, NULL
       ) AS code
    )
    SELECT kind, code, percentage, max(invoice_date), count(*), count(*) FILTER (WHERE unbooked),
           coalesce(sum(total_incl) FILTER (WHERE unbooked), 0)
      FROM codes WHERE code <> '' GROUP BY kind, code, percentage ORDER BY kind, code, percentage
"""


def _uses(organisation_id: int, integration_id: int) -> Iterable[CodeUse]:
    with connection.cursor() as cursor:
        asked = {"organisation": organisation_id, "integration": integration_id, "latest": LATEST}
        cursor.execute(_USES, asked)
        found: dict[tuple[str, str], list[Any]] = {}
        for row in cursor.fetchall():
            found.setdefault((row[0], row[1]), []).append(row[2:])
    for (kind, code), rows in found.items():
        yield CodeUse(
            used=UsedCode(kind=CodeKind(kind), code=code, percentages=tuple(_percentages(rows))),
            invoices=sum(row[2] for row in rows),
            unbooked=sum(row[3] for row in rows),
            unbooked_total=sum((row[4] for row in rows), Decimal("0.00")),
        )


def _percentages(rows: list[Any]) -> Iterable[tuple[Decimal, date]]:
    """The percentages of a VAT code, each with the latest date on which an invoice has it."""
    for percentage, last, *_ in rows:
        if percentage is not None and last is not None:
            yield percentage, last
