"""The scenario `books`: the practice company with as many sales entries as asked for, booked as the API books them.

For lists that must be paged, filtered and followed at the size of a large office. Entries are spread evenly over this
year and the last, for every customer in turn; nothing is drawn, so the same size gives the same books.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from boekbrug_sim.data.chart import NL
from boekbrug_sim.exact import sales_entries
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.store import Row, Store
from boekbrug_sim.exact.switches import switches
from boekbrug_sim.exact.values import ms_of

NAME = "books"
ENTRIES = 10_000
MOST_ENTRIES = 1_000_000
CHUNK = 5_000
"""Entries per transaction: a file that is killed while it loads has no `Loaded` row, and is loaded anew."""
JOURNAL = "70"
FIRST_REFERENCE = 10_000_001
LINES = (  # account, VAT code; an entry has the first one, two or three of them
    ("8000", "4"),
    ("8030", "6"),
    ("8070", "2"),
)


def book_entries(store: Store, count: int, today: date) -> None:
    """Book `count` entries in the Dutch company."""
    desk = Desk(store=store, switches=switches(), division=NL)  # switches at their defaults: loading is no experiment
    customers = _customers(desk)
    accounts = [str(row["ID"]) for code, _ in LINES if (row := desk.by_code("GLAccounts", code))]
    days = _days(count, today)
    for start in range(0, count, CHUNK):
        with store.transaction():
            for index in range(start, min(start + CHUNK, count)):
                number = FIRST_REFERENCE + index
                header: Row = {
                    "Customer": customers[index % len(customers)],
                    "Journal": JOURNAL,
                    "EntryDate": ms_of(next(days)),
                    "PaymentCondition": "30",
                    "YourRef": str(number),
                    "Description": f"Factuur {number}",
                }
                sales_entries.create_entry(desk, header, _lines(index, accounts))


def _lines(index: int, accounts: list[str]) -> list[Row]:
    return [
        {"AmountFC": float(100 + index * 7 % 900 + place), "GLAccount": account, "VATCode": vat_code}
        for place, (account, (_, vat_code)) in enumerate(zip(accounts, LINES, strict=True))
    ][: 1 + index % len(LINES)]


def _customers(desk: Desk) -> list[str]:
    rows = desk.store.rows("Accounts", desk.division, Status="C")
    return [str(row["ID"]) for row in rows if not row["GLAR"] and not row["Blocked"] and row["EndDate"] is None]


def _days(count: int, today: date) -> Iterator[date]:
    start = date(today.year - 1, 1, 1)
    span = (today - start).days + 1
    return (start + timedelta(days=index * span // count) for index in range(count))
