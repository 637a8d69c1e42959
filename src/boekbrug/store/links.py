"""What people decided and what was met before, as `book()` looks it up."""

from collections.abc import Sequence

from django.db import connection

from boekbrug.domain.invoice import Invoice
from boekbrug.domain.reference import Links
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import Booking, DebtorLink, Integration, Mapping, MappingKind


def links(shift: Shift, integration_id: int, invoices: Sequence[Invoice]) -> Links:
    """What people decided and what we met before, for the debtors of these invoices."""
    organisation_id = Integration.objects.values_list("organisation_id", flat=True).get(id=integration_id)
    rows = list(
        DebtorLink.objects.filter(
            organisation_id=organisation_id,
            administration_id=shift.administration_id,
            debtor_id__in={invoice.debtor.id for invoice in invoices},
        )
    )
    linked = {row.debtor_id: row.customer_id for row in rows if row.customer_id}
    anyway = Booking.objects.filter(
        organisation_id=organisation_id, book_anyway=True, invoice__source_id__in=[invoice.id for invoice in invoices]
    )
    mappings = mappings_of(integration_id)
    return Links(
        customer_of_debtor=linked,
        met=frozenset(row.debtor_id for row in rows if row.customer_id and not row.who),
        create_anyway=frozenset(row.debtor_id for row in rows if row.create_anyway),
        make_customer=frozenset(row.customer_id for row in rows if row.make_customer and row.customer_id),
        vat_codes=mappings[MappingKind.VAT_CODE],
        gl_accounts=mappings[MappingKind.GL_ACCOUNT],
        cost_centres=mappings[MappingKind.COST_CENTRE],
        payment_terms=mappings[MappingKind.PAYMENT_TERM],
        book_anyway=frozenset(anyway.values_list("invoice__source_id", flat=True)),
    )


def mappings_of(integration_id: int) -> dict[str, dict[str, str]]:
    """The mapping tables of an integration by kind, Coachview's code to Exact's."""
    tables: dict[str, dict[str, str]] = {kind: {} for kind in MappingKind.values}
    rows = Mapping.objects.filter(integration_id=integration_id)
    for kind, from_code, to_code in rows.values_list("kind", "from_code", "to_code"):
        tables[kind][from_code] = to_code
    return tables


def link_debtor(shift: Shift, organisation_id: int, debtor_id: str, customer_id: str) -> None:
    """Remember that this debtor is that customer (met); a person's choice stays."""
    with change(shift) as at, connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO store_debtorlink
                   (organisation_id, administration_id, debtor_id, customer_id, create_anyway, make_customer, who, at)
            VALUES (%s, %s, %s, %s, FALSE, FALSE, '', %s)
            ON CONFLICT (organisation_id, administration_id, debtor_id) DO UPDATE
               SET customer_id = EXCLUDED.customer_id, at = EXCLUDED.at
             WHERE store_debtorlink.who = '' OR store_debtorlink.customer_id = ''
            """,
            [organisation_id, shift.administration_id, debtor_id, customer_id, at],
        )
