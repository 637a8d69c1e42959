"""Makes many institutes out of the one of a house: `tenants.py`, then one order per line as JSON, answered by one.

{"make": N, "each": K, "from": F}   N institutes, each with K ready invoices; the first is number F
{"begin": [F, L]}                   let the work of institutes F up to L begin
{"booked": [F, L]}                  how many of their invoices are booked, and when the last one was
"""

import json
import sys
from typing import Any

from boekbrug.cli.house import opened

with opened():
    from django.db import connection, transaction

    FIRST_NUMBER = 40_000_000
    MOST_EACH = 20_000
    # Table, the column that names its owner, that owner's table, and what differs from the example.
    TABLES: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
        ("store_organisation", {}, {"name": "'Instituut ' || t", "hook_hash": "''", "hook_sealed": "''"}),
        ("store_administration", {}, {"client_id": "'app-' || t", "name": "'Administratie ' || t"}),
        ("store_integration", {"organisation": "", "administration": ""}, {"round_at": "now() + interval '9 hours'"}),
        ("store_optionversion", {"integration": ""}, {}),
        ("store_referencerow", {"administration": ""}, {}),
        ("store_referencemark", {"administration": ""}, {"read_at": "now()"}),
        ("store_customercopy", {"administration": ""}, {}),
        ("store_projectcopy", {"administration": ""}, {}),
        ("store_debtorlink", {"organisation": "", "administration": ""}, {}),
        ("store_mapping", {"integration": ""}, {}),
    )
    OWNERS = ("organisation", "administration", "integration")

    def columns(table: str) -> list[str]:
        """The columns of a table but its id."""
        with connection.cursor() as cursor:
            found = connection.introspection.get_table_description(cursor, table)
        return [column.name for column in found if column.name != "id"]

    def copied(owner: str, original: str) -> str:
        """The id of the copy that institute t has of an owner."""
        return f"(SELECT copy FROM tenant_{owner} AS made WHERE made.t = tenant.t AND made.original = {original})"

    def copy(table: str, owners: dict[str, str], instead: dict[str, str]) -> None:
        """Copy the example's rows for each institute; owners are remembered."""
        values = {f"{owner}_id": copied(owner, f"{table}.{owner}_id") for owner in owners} | instead
        names = columns(table)
        chosen = ", ".join(values.get(name, f"{table}.{name}") for name in names)
        name = table.removeprefix("store_")
        example = f"{table}.id IN (SELECT id FROM example_{name})"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS example_{name} AS SELECT id FROM {table}")
            if name in OWNERS:
                cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS tenant_{name} (t int, original bigint, copy bigint)")
                cursor.execute(
                    f"INSERT INTO tenant_{name} SELECT t, id, nextval(pg_get_serial_sequence('{table}', 'id'))"
                    f" FROM tenant, {table} WHERE {example}"
                )
                identity = copied(name, f"{table}.id")
                cursor.execute(
                    f"INSERT INTO {table} (id, {', '.join(names)}) OVERRIDING SYSTEM VALUE"
                    f" SELECT {identity}, {chosen} FROM {table}, tenant WHERE {example}"
                )
            else:
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table}, tenant WHERE {example}"
                )

    def invoices(each: int) -> None:
        """Give each institute its invoices, ready to be booked, under numbers that nobody else has."""
        number = f"({FIRST_NUMBER} + tenant.t::bigint * {MOST_EACH} + n)"
        invoice = {
            "organisation_id": copied("organisation", "store_invoice.organisation_id"),
            "number": f"{number}::text",
            "source_id": "store_invoice.source_id || '-' || n",
            "record": f"jsonb_set(store_invoice.record, '{{number}}', to_jsonb({number}::text))",
        }
        booking = {
            "invoice_id": "made.id",
            "organisation_id": "made.organisation_id",
            "integration_id": copied("integration", "store_booking.integration_id"),
            "administration_id": copied("administration", "store_booking.administration_id"),
            "number": "made.number",
            "mark": "lpad(to_hex(made.id), 8, '0')",
            "retry_at": "now() + interval '9 hours'",
        }
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(id ORDER BY id) FROM example_invoice")
            examples = cursor.fetchone()[0]
            names = columns("store_invoice")
            chosen = ", ".join(invoice.get(name, f"store_invoice.{name}") for name in names)
            which = f"store_invoice.id = (%s::bigint[])[n %% {len(examples)} + 1]"
            cursor.execute(
                f"INSERT INTO store_invoice ({', '.join(names)}) SELECT {chosen}"
                f" FROM tenant, generate_series(0, {each - 1}) AS n JOIN store_invoice ON {which}",
                [examples],
            )
            names = columns("store_booking")
            chosen = ", ".join(booking.get(name, f"store_booking.{name}") for name in names)
            cursor.execute(
                f"""
                INSERT INTO store_booking ({", ".join(names)}) SELECT {chosen}
                  FROM tenant JOIN tenant_organisation AS mine ON mine.t = tenant.t
                  JOIN store_invoice AS made ON made.organisation_id = mine.copy
                  JOIN store_invoice AS example ON example.id = ANY(%s::bigint[])
                   AND example.source_id = regexp_replace(made.source_id, '-[0-9]+$', '')
                  JOIN store_booking ON store_booking.invoice_id = example.id
                """,
                [examples],
            )

    def make(first: int, count: int, each: int) -> int:
        """Make institutes `first` and on."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS example_invoice AS SELECT id FROM store_invoice")
            cursor.execute(
                "CREATE TEMP TABLE tenant AS SELECT t FROM generate_series(%s, %s) AS t", [first, first + count - 1]
            )
            for table, owners, instead in TABLES:
                copy(table, owners, instead)
            invoices(each)
            cursor.execute("DROP TABLE tenant")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return count * each

    MINE = "administration_id IN (SELECT copy FROM tenant_administration WHERE t BETWEEN %s AND %s)"

    def begin(first: int, last: int) -> int:
        """Make booking due; the clock of a worker finds it."""
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE store_booking SET retry_at = NULL WHERE {MINE}", [first, last])
            cursor.execute(
                "INSERT INTO store_duestep (administration_id, step, due_at, asked, failures, why)"
                " SELECT copy, 'book', now(), 1, 0, '' FROM tenant_administration WHERE t BETWEEN %s AND %s"
                " ON CONFLICT (administration_id, step) DO UPDATE SET due_at = now()",
                [first, last],
            )
            return int(cursor.rowcount)

    def booked(first: int, last: int) -> list[float]:
        """How many are booked, and the moment of the last one in seconds since 1970."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), COALESCE(extract(epoch FROM max(booked_at)), 0) FROM store_booking"
                f" WHERE booked_at IS NOT NULL AND {MINE}",
                [first, last],
            )
            count, at = cursor.fetchone()
            return [int(count), float(at)]

    def obey(order: dict[str, Any]) -> Any:
        """Do one order."""
        if "make" in order:
            return make(order["from"], order["make"], order["each"])
        return begin(*order["begin"]) if "begin" in order else booked(*order["booked"])

    for line in sys.stdin:
        sys.stdout.write(json.dumps(obey(json.loads(line))) + "\n")
        sys.stdout.flush()
