"""Years of invoices in a database: 200 institutes, of which the one that is looked at has half of all invoices."""

from datetime import date

from django.db import connection
from tests.web import making

from boekbrug.store import models
from boekbrug.store.records import write_problems

INSTITUTES = 200
DEBTORS = [
    *(
        "Zorggroep De Linde",
        "Bouwbedrijf Jansen",
        "Gemeente Assen",
        "Stichting Vakopleiding",
        "Rabobank",
        "De Friesland",
    ),
    *("Bakkerij Smit", "Installatietechniek Van der Meulen", "Ziekenhuis Nij Smellinghe", "Waterschap Hunze en Aa"),
]
FIRST = 20_000_000
"""Where the numbers of the many begin, out of the way of those that the examples have."""


def fill(invoices: int) -> making.Institute:
    """Make the institutes and their invoices; the institute that is looked at, with an example in every state."""
    busy = making.furnish(making.institute())
    others = [making.institute(f"Instituut {number}", division=number) for number in range(1, INSTITUTES)]
    _proven(busy, invoices // 2)
    _held(busy, invoices // 200)
    for place, other in enumerate(others):
        _proven(other, _share(invoices - invoices // 2, len(others), place))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return busy


def _share(total: int, parts: int, place: int) -> int:
    return total // parts + (place < total % parts)


def _proven(made: making.Institute, count: int) -> None:
    """So many invoices of the last years, booked and proven, with their history."""
    example = making.add(made, making.training(str(FIRST), "Zorggroep De Linde", day=date(2026, 10, 30)), "proven")
    _multiply(example, count)


def _held(made: making.Institute, count: int) -> None:
    """So many that a handful of causes hold."""
    for place in range(5):
        code = f"{place}H"
        problem = making.vat_code_unknown(code)
        example = making.add(
            made,
            making.training(str(FIRST + 5_000_000 + place * 500_000), "Stichting Vakopleiding"),
            "held",
            problems=write_problems([problem]),
            causes=[problem.cause],
        )
        _multiply(example, count // 5)


def _multiply(example: models.Booking, count: int) -> None:
    """Copy the example's invoice, booking and history under numbers that follow; dated day by day into the past."""
    number = f"({int(example.number)} + n)"
    dated = f"date '{example.invoice_date}' - (n % {3 * 365})::int"
    invoice = {
        "source_id": f"'cv-' || {number}",
        "number": f"{number}::text",
        "invoice_date": dated,
        "debtor_name": f"(ARRAY{DEBTORS})[n % {len(DEBTORS)} + 1] || ' ' || n % 997",
        "total_incl": "total_incl + n % 1000",
    }
    booking = {
        "invoice_id": "copied.id",
        "invoice_date": "copied.invoice_date",
        "number": "copied.number",
        "mark": "lpad(to_hex(copied.id), 8, '0')",
        "entry_id": "CASE WHEN store_booking.entry_id = '' THEN '' ELSE 'entry-' || copied.id END",
        "entry_number": "CASE WHEN store_booking.entry_id = '' THEN NULL ELSE copied.number::bigint END",
        "booked_at": "CASE WHEN store_booking.booked_at IS NULL THEN NULL"
        " ELSE copied.invoice_date + interval '1 day' END",
    }
    first, last = int(example.number) + 1, int(example.number) + count
    mine = f"organisation_id = {example.organisation_id} AND number ~ '^[0-9]{{8}}$'"
    within = f"{mine} AND number::bigint BETWEEN {first} AND {last}"
    _copy("store_invoice", f"id = {example.invoice_id}", f"generate_series(1, {count}) AS n", invoice)
    for table, which, instead in (
        ("store_booking", f"store_booking.id = {example.pk}", booking),
        ("store_bookinghistory", f"booking_id = {example.pk}", {"booking_id": "copied.id"}),
    ):
        source = "store_invoice" if table == "store_booking" else "store_booking"
        _copy(table, which, f"(SELECT * FROM {source} WHERE {within}) AS copied", instead)


def _copy(table: str, which: str, times: str, instead: dict[str, str]) -> None:
    """Copy rows of a table as often as `times` has rows, with other values in some columns."""
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        names = [name for name in columns if name != "id"]
        values = [instead.get(name, f"{table}.{name}") for name in names]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table}, {times} WHERE {which}"
        )
