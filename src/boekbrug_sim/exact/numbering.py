"""Entry numbers: per journal and year, of the form YYjjnnnn. Source: exact-rest.md 4.1, 6.2."""

from boekbrug_sim.exact.desk import Desk


def is_used(desk: Desk, journal: str | None, year: int, number: int) -> bool:
    """Whether a number was used before in this journal and year."""
    return (
        desk.store.one(
            'SELECT 1 FROM "Transactions" WHERE "Division" = ? AND "JournalCode" = ? AND "EntryNumber" = ? '
            'AND "FinancialYear" = ?',
            (desk.division, journal, number, year),
        )
        is not None
    )


def highest_number(desk: Desk, journal: str, year: int) -> int:
    """The last number that the series gave out; before the first, the number that it starts behind."""
    row = desk.store.one(
        'SELECT "Last" FROM "Numbers" WHERE "Division" = ? AND "Journal" = ? AND "Year" = ?',
        (desk.division, journal, year),
    )
    digits = "".join(letter for letter in journal if letter in "0123456789")[:2].rjust(2, "0")
    return int(row[0]) if row else int(f"{year % 100:02d}{digits}0000")


def next_number(desk: Desk, journal: str, year: int) -> int:
    """The next free number of the series; numbers given by clients are skipped."""
    number = highest_number(desk, journal, year) + 1
    while is_used(desk, journal, year, number):
        number += 1
    desk.store.execute('INSERT OR REPLACE INTO "Numbers" VALUES (?, ?, ?, ?)', (desk.division, journal, year, number))
    return number
