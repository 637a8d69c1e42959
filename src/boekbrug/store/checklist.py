"""The facts of the checklist as they stand in our own books, and what people say of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
    ReferenceMark,
)
from boekbrug.store.options import options_of
from boekbrug.store.records import read
from boekbrug.store.reference_copy import FULL, reference, reference_read_at
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
    )
"""
_CODES = """
    SELECT DISTINCT line->>'vat_code', line->>'cost_centre' FROM latest, jsonb_array_elements(record->'lines') line
"""
_TERMS = "SELECT DISTINCT record->>'payment_term_days', (record->>'direct_debit')::boolean FROM latest"


def facts_of(integration_id: int, *, now: datetime, invoices: Sequence[Invoice] | None = None) -> Facts:
    """All that the checklist looks at; with `invoices` these are what is used, else the latest ones in our books."""
    row = Integration.objects.select_related("login").get(id=integration_id)
    options, situation = options_of(row.id).options, situation_of(row)
    books = Shift(lease=looking(row.administration_id or 0, now), now=lambda: now)
    return Facts(
        options=options,
        today=now.astimezone(ZONES[options.country]).date(),
        connected=situation.token_held,
        refusals=judge(options, situation).refusals,
        reference=reference(books, ()) if row.administration_id and reference_read_at(books) else None,
        links=_mapped(row.id),
        used=_used_by(row, options, invoices) if invoices is not None else _used(row, options),
        rights=rights_of(row),
        confirmed=_confirmed(row, options),
    )


def read_at(integration_id: int) -> datetime | None:
    """Of when the copy of Exact's data is."""
    marks = ReferenceMark.objects.filter(administration__integrations=integration_id, endpoint=FULL)
    return marks.values_list("read_at", flat=True).first()


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
    count, lines, terms, debtors = _latest(row.id)
    return Used(
        invoices=count,
        vat_codes=frozenset(vat_code.strip() for vat_code, _ in lines),
        cost_centres=frozenset(cost_centre.strip() for _, cost_centre in lines) - {""},
        payment_terms=frozenset(int(days) for days, direct_debit in terms if days is not None and not direct_debit),
        direct_debit=any(direct_debit for _, direct_debit in terms),
        collisions=_collisions(row, options, debtors),
    )


def _latest(
    integration_id: int,
) -> tuple[int, list[tuple[str, str]], list[tuple[str | None, bool]], tuple[Debtor, ...]]:
    """Of the latest invoices: how many, codes of their lines, their terms, their debtors."""
    (count,) = _of_latest(integration_id, "SELECT count(*) FROM latest")[0]
    lines = _of_latest(integration_id, _CODES)
    terms = _of_latest(integration_id, _TERMS)
    debtors = _of_latest(integration_id, "SELECT DISTINCT ON (debtor_id) (record->'debtor')::text FROM latest")
    return (
        count,
        [(str(vat or ""), str(centre or "")) for vat, centre in lines],
        terms,
        tuple(read(Debtor, json.loads(text)) for (text,) in debtors),
    )


def _of_latest(integration_id: int, question: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_LATEST + question, [integration_id, LATEST])
        return list(cursor.fetchall())


def _collisions(row: Integration, options: Options, debtors: Sequence[Debtor]) -> tuple[str, ...]:
    """The debtors whose number is that of a supplier who is no customer; what a person linked is settled."""
    numbers = {debtor.id: customer_number(debtor, options) for debtor in debtors}
    by_key = {bare_code(number): debtor_id for debtor_id, number in numbers.items() if isinstance(number, str)}
    copies = CustomerCopy.objects.filter(administration_id=row.administration_id or 0, code_key__in=by_key)
    suppliers = copies.filter(record__supplier=True).exclude(record__status=CUSTOMER)
    linked = DebtorLink.objects.filter(administration_id=row.administration_id or 0, debtor_id__in=numbers)
    settled = set(linked.exclude(who="").values_list("debtor_id", flat=True))
    found = suppliers.order_by("code_key").values_list("code_key", "record__name")
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
