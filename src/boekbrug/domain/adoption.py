"""Is an entry in Exact the one that an invoice became? Asked after a restore, when we forgot what we sent."""

from dataclasses import replace

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.options import DateSource, Options
from boekbrug.domain.statement import StoredEntry, compare

IDENTITY = frozenset({"customer", "total_incl", "gl_account", "amount", "vat_code", "vat_amount", "line"})
"""Fields that nobody chooses twice by accident; what else differs is for the proof to show."""


def is_ours(entry: SalesEntry, stored: StoredEntry) -> bool:
    """Whether customer, total and lines agree; journal and number led here, or the invoice number in its text."""
    return not any(difference.field in IDENTITY for difference in compare(entry, stored))


def as_sent(entry: SalesEntry, stored: StoredEntry, options: Options) -> SalesEntry:
    """What was sent then, as far as today's options cannot tell: the number it got, and the day of the export."""
    found = replace(entry, journal=stored.journal, entry_number=stored.entry_number)
    if DateSource.EXPORT not in {options.entry_date, options.period_date_1, options.period_date_2}:
        return found
    return replace(found, entry_date=stored.entry_date, reporting_year=stored.year, reporting_period=stored.period)
