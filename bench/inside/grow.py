"""Gives the institute of a house years of booked invoices: `grow.py COUNT`, each with its history and its intents."""

import sys

from boekbrug.cli.house import opened

FIRST_NUMBER = 50_000_000
COUNT = int(sys.argv[1])

with opened():
    from django.db import connection

    def columns(table: str) -> list[str]:
        """The columns of a table but its id."""
        with connection.cursor() as cursor:
            found = connection.introspection.get_table_description(cursor, table)
        return [column.name for column in found if column.name != "id"]

    def copy(table: str, source: str, instead: dict[str, str]) -> None:
        """Copy rows of a table as often as `source` says, with other values in some columns."""
        names = columns(table)
        chosen = ", ".join(instead.get(name, f"{table}.{name}") for name in names)
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {source}")

    with connection.cursor() as cursor:
        proven = "SELECT id, invoice_id FROM store_booking WHERE state = 'proven' ORDER BY id LIMIT 1"
        cursor.execute(f"CREATE TEMP TABLE example AS {proven}")
    number = f"({FIRST_NUMBER} + n)"
    day = f"(store_invoice.invoice_date - (n % {3 * 365} + 30))"
    copy(
        "store_invoice",
        f"store_invoice, generate_series(1, {COUNT}) AS n WHERE id IN (SELECT invoice_id FROM example)",
        {
            "source_id": f"'grown-' || {number}",
            "number": f"{number}::text",
            "invoice_date": day,
            "record": f"jsonb_set(record, '{{number}}', to_jsonb({number}::text))",
            "changed_at": f"{day}::timestamptz",
            "received_at": f"{day}::timestamptz",
        },
    )
    copy(
        "store_booking",
        "store_booking, store_invoice AS made"
        " WHERE store_booking.id IN (SELECT id FROM example) AND made.source_id LIKE 'grown-%'",
        {
            "invoice_id": "made.id",
            "number": "made.number",
            "invoice_date": "made.invoice_date",
            "mark": "lpad(to_hex(made.id), 8, '0')",
            "entry_id": "'grown-' || made.id",
            "entry_number": "made.number::bigint",
            "document_id": "'grown-' || made.id",
            "booked_at": "made.received_at + interval '1 day'",
            "state_since": "made.received_at + interval '1 day'",
        },
    )
    GROWN = (
        "JOIN store_booking AS made ON made.entry_id LIKE 'grown-%'"
        " WHERE {table}.booking_id IN (SELECT id FROM example)"
    )
    copy(
        "store_bookinghistory",
        "store_bookinghistory " + GROWN.format(table="store_bookinghistory"),
        {"booking_id": "made.id", "at": "made.booked_at"},
    )
    copy(
        "store_intent",
        "store_intent " + GROWN.format(table="store_intent"),
        {
            "booking_id": "made.id",
            "natural_key": "'grown-' || made.id",
            "exact_id": "'grown-' || made.id",
            "entry_number": "made.entry_number",
            "created_at": "made.booked_at",
            "closed_at": "made.booked_at",
        },
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM store_booking WHERE state = 'proven'")
        sys.stdout.write(str(cursor.fetchone()[0]))
