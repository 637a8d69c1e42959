"""The facts of the checklist as they stand in our own books, and what people say of it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from boekbrug.domain.checklist import Confirmation, Facts, Source, Used, asked, used_by
from boekbrug.domain.customers import bare_code
from boekbrug.domain.debtor import Debtor
from boekbrug.domain.identity import customer_number
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.option_rules import judge
from boekbrug.domain.options import Options
from boekbrug.domain.reference import Links
from boekbrug.domain.schedule import ZONES
from boekbrug.store.koppelingen import GREEN
from boekbrug.store.models import ChecklistConfirmation, Integration, MappingKind
from boekbrug.store.options import options_of
from boekbrug.store.organisations import NotFound
from boekbrug.store.records import read
from boekbrug.store.starting import rights_of
from boekbrug.store.whole import Whole, whole

LATEST = 1000
CUSTOMER = "C"
UNTRIED = "not-connected"

# Each record is opened once, and the latest ones are found by the index of the list of invoices.
_LATEST = """
    WITH latest AS MATERIALIZED (
        SELECT invoice.debtor_id, record.* FROM
          (SELECT booking.invoice_id FROM store_booking booking
            WHERE booking.organisation_id = %s AND booking.integration_id = %s AND booking.state <> 'skipped'
            ORDER BY booking.invoice_date DESC, booking.id DESC LIMIT %s) booking
          JOIN store_invoice invoice ON invoice.id = booking.invoice_id
         CROSS JOIN LATERAL jsonb_to_record(invoice.record)
                         AS record (lines jsonb, debtor jsonb, direct_debit boolean, payment_term_days text)
         WHERE invoice.record IS NOT NULL
    ), lines AS (
        SELECT DISTINCT line.* FROM latest
         CROSS JOIN LATERAL jsonb_to_recordset(lines) AS line (vat_code text, cost_centre text)
    )
    SELECT (SELECT count(*) FROM latest),
           (SELECT array_agg(DISTINCT vat_code) FROM lines),
           (SELECT array_agg(DISTINCT cost_centre) FROM lines),
           (SELECT array_agg(DISTINCT payment_term_days) FROM latest WHERE NOT direct_debit),
           (SELECT bool_or(direct_debit) FROM latest),
           (SELECT array_agg(debtor) FROM (SELECT DISTINCT ON (debtor_id) debtor::text debtor FROM latest) each)
"""


def facts_of(integration_id: int, *, now: datetime, invoices: Sequence[Invoice] | None = None) -> Facts:
    """All that the checklist looks at; with `invoices` these are what is used, else the latest ones in our books."""
    found = whole(Integration.objects.filter(id=integration_id))
    if found is None:
        raise NotFound("There is no koppeling {id}.", id=integration_id)
    return facts_in(found, now=now, invoices=invoices)


def facts_in(found: Whole, *, now: datetime, invoices: Sequence[Invoice] | None = None) -> Facts:
    """The same of a koppeling that was read already."""
    row, options = found.row, found.options
    verdict = judge(options, found.situation)
    return Facts(
        options=options,
        today=now.astimezone(ZONES[options.country]).date(),
        source=_source(row),
        write_scope=row.organisation.write_scope_missing,
        connected=found.situation.token_held,
        refusals=verdict.refusals,
        warnings=verdict.warnings,
        reference=found.reference,
        read_at=found.read_at,
        links=_mapped(found.mappings),
        used=_used_by(row, options, invoices) if invoices is not None else _used(row, options),
        rights=rights_of(row),
        confirmed=_confirmed(found),
    )


def _source(row: Integration) -> Source:
    """How Coachview was found when it was tried last; other data than those are untried."""
    place = row.organisation
    if row.coachview_state == GREEN:
        return Source.CONNECTED
    if not (place.coachview_url and place.coachview_client_id and place.coachview_secret_sealed):
        return Source.MISSING
    return Source.UNTRIED if row.coachview_reason in {"", UNTRIED} else Source.REFUSED


def _mapped(tables: Mapping[str, Mapping[str, str]]) -> Links:
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
        cursor.execute(_LATEST, [row.organisation_id, row.id, LATEST])
        count, vat_codes, cost_centres, terms, direct_debit, debtors = cursor.fetchone()
    return Used(
        invoices=count,
        vat_codes=frozenset((code or "").strip() for code in vat_codes or ()),
        cost_centres=frozenset((code or "").strip() for code in cost_centres or ()) - {""},
        payment_terms=frozenset(int(days) for days in terms or () if days is not None),
        direct_debit=bool(direct_debit),
        collisions=_collisions(row, options, [read(Debtor, json.loads(debtor)) for debtor in debtors or ()]),
    )


_COLLISIONS = """
    SELECT copy.code_key, copy.record->>'name'
      FROM unnest(%(keys)s::text[], %(debtors)s::text[]) AS ours (key, debtor)
      JOIN store_customercopy copy ON copy.administration_id = %(administration)s AND copy.code_key = ours.key
     WHERE copy.record->>'supplier' = 'true' AND copy.record->>'status' IS DISTINCT FROM %(customer)s
       AND NOT EXISTS (SELECT FROM store_debtorlink link WHERE link.administration_id = %(administration)s
                          AND link.debtor_id = ours.debtor AND link.who <> '')
     ORDER BY copy.code_key, copy.id
"""


def _collisions(row: Integration, options: Options, debtors: Sequence[Debtor]) -> tuple[str, ...]:
    """The debtors whose number is that of a supplier who is no customer; what a person linked is settled."""
    numbers = {debtor.id: customer_number(debtor, options) for debtor in debtors}
    by_key = {bare_code(number): debtor_id for debtor_id, number in numbers.items() if isinstance(number, str)}
    asked_for: dict[str, Any] = {
        "keys": list(by_key),
        "debtors": list(by_key.values()),
        "administration": row.administration_id or 0,
        "customer": CUSTOMER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COLLISIONS, asked_for)
        return tuple(f"{numbers[by_key[key]]} {name}" for key, name in cursor.fetchall())


def _confirmed(found: Whole) -> dict[str, Confirmation]:
    zone = ZONES[found.options.country]
    return {one.item: Confirmation(who=one.who, on=one.at.astimezone(zone).date()) for one in found.confirmed}


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
