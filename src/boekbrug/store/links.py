"""What people decided and what was met before, as `book()` looks it up."""

from collections.abc import Sequence

from boekbrug.domain.entry import Belongings
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.reference import Links
from boekbrug.store.leases import HELD, Shift, change, demand, held
from boekbrug.store.models import Booking, DebtorLink, Integration, Mapping, MappingKind
from boekbrug.store.prepared import prepared
from boekbrug.store.records import read, write


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
        belongings={row.debtor_id: read(Belongings, row.belongings) for row in rows if row.belongings is not None},
        unfinished=frozenset(row.debtor_id for row in rows if row.unfinished),
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
    values = {"organisation": organisation_id, "debtor": debtor_id, "customer": customer_id}
    with prepared(_LINK, {**held(shift, shift.now()), **values}) as cursor:
        if cursor.fetchone() is None:
            demand(shift)


_LINK = f"""
    WITH {HELD}, linked AS (
        INSERT INTO store_debtorlink AS known
               (organisation_id, administration_id, debtor_id, customer_id, create_anyway, make_customer, who, at)
        SELECT %(organisation)s, id, %(debtor)s, %(customer)s, FALSE, FALSE, '', %(at)s FROM lease
        ON CONFLICT (organisation_id, administration_id, debtor_id) DO UPDATE
           SET customer_id = EXCLUDED.customer_id, at = EXCLUDED.at,
               belongings = CASE WHEN known.customer_id = EXCLUDED.customer_id THEN known.belongings END
         WHERE known.who = '' OR known.customer_id = ''
    )
    SELECT id FROM lease
"""  # noqa: S608 - made of constants


def making_customer(shift: Shift, organisation_id: int, debtor_id: str) -> None:
    """Remember that this debtor's customer is being made: unfinished until its belongings are kept."""
    with change(shift) as at:
        DebtorLink.objects.update_or_create(
            organisation_id=organisation_id,
            administration_id=shift.administration_id,
            debtor_id=debtor_id,
            defaults={"unfinished": True},
            create_defaults={"unfinished": True, "at": at},
        )


def keep_belongings(shift: Shift, organisation_id: int, debtor_id: str, belongings: Belongings) -> None:
    """Remember what was put on this debtor's customer; what `belongings` leaves open stays as it was."""
    with change(shift):
        rows = DebtorLink.objects.select_for_update().filter(
            organisation_id=organisation_id, administration_id=shift.administration_id, debtor_id=debtor_id
        )
        for row in rows:
            before = Belongings() if row.belongings is None else read(Belongings, row.belongings)
            row.belongings = write(before.with_new(belongings))
            row.unfinished = False
            row.save(update_fields=["belongings", "unfinished"])
