"""The list of invoices as CSV, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from boekbrug.store.reading import InvoiceRow
from boekbrug.web import words

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a text cell may not start with: a spreadsheet would take it for a formula (service-center.md)."""


def heads() -> tuple[str, ...]:
    """The names of the columns, in the reader's language."""
    return (
        _("Status"),
        _("Nummer"),
        _("Factuurdatum"),
        _("Debiteur"),
        _("Bedrag"),
        _("Valuta"),
        _("Koppeling"),
        _("Oorzaak"),
    )


def safe(text: str) -> str:
    """`text`, with an apostrophe in front when a spreadsheet would run it."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def lines(rows: Iterable[InvoiceRow], names: tuple[str, ...], language: str) -> Iterator[str]:
    """The lines of the file; semicolons and decimal commas in Dutch, as Dutch spreadsheets read them.

    They are written while the answer leaves, when the request's language is gone: so it is an argument.
    """
    dutch = not language.startswith("en")
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";" if dutch else ",", lineterminator="\r\n")
    yield "\N{BYTE ORDER MARK}"
    writer.writerow(names)
    for row in rows:
        yield _taken(sheet)
        total = "" if row.total is None else str(row.total)
        writer.writerow(
            (
                safe(str(words.state_of(row, language).word)),
                safe(row.number),
                row.invoice_date.isoformat() if row.invoice_date else "",
                safe(row.debtor),
                total.replace(".", ",") if dutch else total,
                row.currency,
                safe(row.integration),
                safe(words.cause_of(row, language)),
            )
        )
    yield _taken(sheet)


def _taken(sheet: io.StringIO) -> str:
    text = sheet.getvalue()
    sheet.seek(0)
    sheet.truncate()
    return text
