"""The facts of the checklist as they stand in our own books, and what people say of it."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from boekbrug.domain.checklist import Confirmation, Facts, Used, asked, used_by
from boekbrug.domain.customers import bare_code
from boekbrug.domain.debtor import Debtor
from boekbrug.domain.identity import customer_number
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.option_rules import judge
from boekbrug.domain.options import Options
from boekbrug.domain.reference import Links
from boekbrug.domain.schedule import ZONES
from boekbrug.store.leases import Shift, looking
from boekbrug.store.links import mappings_of
from boekbrug.store.models import (
    ChecklistConfirmation,
    CustomerCopy,
    DebtorLink,
    Integration,
    MappingKind,
)
from boekbrug.store.options import options_of
from boekbrug.store.records import read
from boekbrug.store.reference_copy import reference, reference_read_at
from boekbrug.store.situation import situation_of
from boekbrug.store.starting import rights_of

LATEST = 2000
CUSTOMER = "C"

_LATEST = """
    WITH latest AS (
        SELECT invoice.record, invoice.debtor_id FROM store_booking booking
          JOIN store_invoice invoice ON invoice.id = booking.invoice_id
         WHERE booking.integration_id = %s AND booking.state <> 'skipped' AND invoice.record IS NOT NULL
         ORDER BY booking.id DESC LIMIT %s
    ), lines AS (SELECT jsonb_array_elements(record->'lines') line FROM latest)
    SELECT (SELECT count(*) FROM latest),
           (SELECT array_agg(DISTINCT line->>'vat_code') FROM lines),
           (SELECT array_agg(DISTINCT line->>'cost_centre') FROM lines),
           (SELECT array_agg(DISTINCT record->>'payment_term_days') FROM latest
             WHERE NOT (record->>'direct_debit')::boolean),
           (SELECT bool_or((record->>'direct_debit')::boolean) FROM latest),
           (SELECT array_agg(debtor) FROM
             (SELECT DISTINCT ON (debtor_id) (record->'debtor')::text debtor FROM latest) each)
"""


def facts_of(integration_id: int, *, now: datetime, invoices: Sequence[Invoice] | None = None) -> Facts:
    """All that the checklist looks at; with `invoices` these are what is used, else the latest ones in our books."""
    row = Integration.objects.select_related("login").get(id=integration_id)
    situation = situation_of(row)
    options = situation.saved or options_of(row.id).options
    verdict = judge(options, situation)
    books = Shift(lease=looking(row.administration_id or 0, now), now=lambda: now)
    read_at = reference_read_at(books) if row.administration_id else None
    return Facts(
        options=options,
        today=now.astimezone(ZONES[options.country]).date(),
        connected=situation.token_held,
        refusals=verdict.refusals,
        warnings=verdict.warnings,
        reference=reference(books, ()) if read_at else None,
        read_at=read_at,
        links=_mapped(row.id),
        used=_used_by(row, options, invoices) if invoices is not None else _used(row, options),
        rights=rights_of(row),
        confirmed=_confirmed(row, options),
    )


def _mapped(integration_id: int) -> Links:
    tables = mappings_of(integration_id)
    return Links(
        vat_codes=tables[MappingKind.VAT_CODE],
        cost_centres=tables[MappingKind.COST_CENTRE],
        payment_terms=tables[MappingKind.PAYMENT_TERM],
    )


def _used_by(row: Integration, options: Options, invoices: Sequence[Invoice]) -> Used:
    debtors = {invoice.debtor.id: invoice.debtor for invoice in invoices}
    return used_by(invoices, _collisions(row, options, tuple(debtors.values())))


def _used(row: Integration, options: Options) -> Used:
    """What the latest invoices in our books use."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [row.id, LATEST])
        count, vat_codes, cost_centres, terms, direct_debit, debtors = cursor.fetchone()
    return Used(
        invoices=count,
        vat_codes=frozenset((code or "").strip() for code in vat_codes or ()),
        cost_centres=frozenset((code or "").strip() for code in cost_centres or ()) - {""},
        payment_terms=frozenset(int(days) for days in terms or () if days is not None),
        direct_debit=bool(direct_debit),
        collisions=_collisions(row, options, [read(Debtor, json.loads(debtor)) for debtor in debtors or ()]),
    )


def _collisions(row: Integration, options: Options, debtors: Sequence[Debtor]) -> tuple[str, ...]:
    """The debtors whose number is that of a supplier who is no customer; what a person linked is settled."""
    numbers = {debtor.id: customer_number(debtor, options) for debtor in debtors}
    by_key = {bare_code(number): debtor_id for debtor_id, number in numbers.items() if isinstance(number, str)}
    copies = CustomerCopy.objects.filter(administration_id=row.administration_id or 0, code_key__in=by_key)
    suppliers = copies.filter(record__supplier=True).exclude(record__status=CUSTOMER)
    found = list(suppliers.order_by("code_key").values_list("code_key", "record__name"))
    linked = DebtorLink.objects.filter(administration_id=row.administration_id or 0, debtor_id__in=numbers)
    settled = set(linked.exclude(who="").values_list("debtor_id", flat=True)) if found else set()
    return tuple(f"{numbers[by_key[key]]} {name}" for key, name in found if by_key[key] not in settled)


def _confirmed(row: Integration, options: Options) -> dict[str, Confirmation]:
    zone = ZONES[options.country]
    rows = ChecklistConfirmation.objects.filter(integration=row)
    return {one.item: Confirmation(who=one.who, on=one.at.astimezone(zone).date()) for one in rows}


def confirm_item(integration_id: int, item: str, *, so: bool, who: str, now: datetime) -> bool:
    """A person says that an item is in order, or takes that back; False for an item that is not asked."""
    if item not in asked(options_of(integration_id).options):
        return False
    with transaction.atomic():
        Integration.objects.select_for_update(no_key=True).get(id=integration_id)
        ChecklistConfirmation.objects.filter(integration_id=integration_id, item=item).delete()
        if so:
            ChecklistConfirmation.objects.create(integration_id=integration_id, item=item, who=who, at=now)
    return True
