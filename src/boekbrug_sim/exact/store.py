"""The state: one SQLite table per entity, in a file or in memory. What is committed survives kill -9.

Every row carries its division and a row version (`Timestamp`) from one increasing counter. Source: exact-rest.md 3.10.
"""

import contextlib
import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from boekbrug_sim.control import Clock
from boekbrug_sim.exact.schema import columns, entities, entity_key, tables

SQL_TYPES = {
    "Boolean": "INTEGER",
    "Byte": "INTEGER",
    "DateTime": "INTEGER",  # milliseconds since 1970, UTC
    "Int16": "INTEGER",
    "Int32": "INTEGER",
    "Int64": "INTEGER",
    "Double": "REAL",
    "Binary": "BLOB",
}
INDEXES = {
    "Accounts": ("Code", "VATNumber", "Name", "Timestamp"),
    "Addresses": ("Account", "Timestamp"),
    "BankAccounts": ("Account",),
    "Contacts": ("Account", "HID", "Timestamp"),
    "Costcenters": ("Code",),
    "Costunits": ("Code",),
    "Deleted": ("Timestamp",),
    "DocumentAttachments": ("Document", "Timestamp"),
    "Documents": ("Account", "HID", "Subject", "Timestamp"),
    "FinancialPeriods": ("FinYear,FinPeriod",),
    "GLAccounts": ("Code", "Timestamp"),
    "Journals": ("Code",),
    "PaymentConditions": ("Code",),
    "PaymentTerms": ("TransactionEntryID", "Account", "Status,HID", "HID", "Timestamp"),
    "Projects": ("Code", "Timestamp"),
    "SalesEntries": (
        *("Journal,EntryNumber", "YourRef", "Customer", "EntryDate,EntryID", "InvoiceNumber", "Document"),
        *("EntryNumber,EntryID", "Created,EntryID", "Modified,EntryID"),
    ),
    "SalesEntryLines": ("EntryID,LineNumber",),
    "TransactionLines": ("EntryID,LineNumber", "JournalCode,EntryNumber", "Account", "Timestamp", "Date,ID"),
    "Transactions": ("JournalCode,EntryNumber",),
    "VATCodes": ("Code",),
    "VatPercentages": ("VATCodeID",),
}
OWN_TABLES = """
CREATE TABLE IF NOT EXISTS "ClosedPeriods" ("Division" INTEGER, "Journal" TEXT, "Year" INTEGER, "Period" INTEGER,
    PRIMARY KEY ("Division", "Journal", "Year", "Period")) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "Numbers" ("Division" INTEGER, "Journal" TEXT, "Year" INTEGER, "Last" INTEGER,
    PRIMARY KEY ("Division", "Journal", "Year")) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "Receipts" ("ID" TEXT PRIMARY KEY, "Division" INTEGER, "EntryID" TEXT, "Terms" TEXT);
CREATE TABLE IF NOT EXISTS "Kept" ("Name" TEXT PRIMARY KEY, "Value" TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "Deliveries" ("ID" INTEGER PRIMARY KEY AUTOINCREMENT, "URL" TEXT, "Body" BLOB,
    "Tried" INTEGER, "Next" REAL);
CREATE TABLE IF NOT EXISTS "Loaded" ("Scenario" TEXT, "Seed" INTEGER, "Invoices" INTEGER);
CREATE INDEX IF NOT EXISTS "Accounts_trimmed" ON "Accounts" ("Division", TRIM("Code"));
CREATE INDEX IF NOT EXISTS "Accounts_number" ON "Accounts" ("Division", CAST("Code" AS INTEGER));
DROP VIEW IF EXISTS "JournalStatus";
CREATE VIEW "JournalStatus" AS
    SELECT j."Division" AS "Division", j."Code" AS "Journal", j."Description" AS "JournalDescription",
        j."Type" AS "JournalType", NULL AS "JournalTypeDescription", p."FinYear" AS "Year", p."FinPeriod" AS "Period",
        c."Journal" IS NOT NULL AS "Status",
        CASE WHEN c."Journal" IS NULL THEN 'Open' ELSE 'Gesloten' END AS "StatusDescription",
        j."Code" || '/' || p."FinYear" || '/' || printf('%02d', p."FinPeriod") AS "RowKey"
    FROM "Journals" j JOIN "FinancialPeriods" p ON p."Division" = j."Division"
    LEFT JOIN "ClosedPeriods" c ON c."Division" = j."Division" AND c."Journal" = j."Code"
        AND c."Year" = p."FinYear" AND c."Period" = p."FinPeriod";
DROP VIEW IF EXISTS "OpenItems";
CREATE VIEW "OpenItems" AS
    SELECT p."Division" AS "Division", p."HID" AS "HID", a."Code" AS "AccountCode", p."Account" AS "AccountId",
        a."Name" AS "AccountName",
        CASE WHEN p."Status" < 50 THEN -p."AmountDC" ELSE 0.0 END AS "Amount", p."Status" AS "Status",
        0.0 AS "AmountInTransit", p."Currency" AS "CurrencyCode",
        p."Description" AS "Description", p."DueDate" AS "DueDate", p."EntryNumber" AS "EntryNumber", p."ID" AS "Id",
        p."InvoiceDate" AS "InvoiceDate", p."InvoiceNumber" AS "InvoiceNumber", p."Journal" AS "JournalCode",
        j."Description" AS "JournalDescription", p."YourRef" AS "YourRef"
    FROM "PaymentTerms" p
    LEFT JOIN "Accounts" a ON a."Division" = p."Division" AND a."ID" = p."Account"
    LEFT JOIN "Journals" j ON j."Division" = p."Division" AND j."Code" = p."Journal";
"""
FIRST_LEARNED_AT = 500  # rows
EMPTIED = ("ClosedPeriods", "Numbers", "Receipts", "Loaded", "Deliveries")

Row = dict[str, Any]
Found = TypeVar("Found")
REMEMBERED = 10_000
"""How much is remembered of one table."""


def table_key(table: str) -> str:
    """The key column of a table."""
    for entity in entities().values():
        if entity.table == table:
            return entity_key(entity.name)
    raise KeyError(table)


class Store:
    """All rows; every change happens inside `transaction()`."""

    def __init__(self, path: Path | None, clock: Clock, *, seed: int) -> None:
        # The empty name is a private temporary database: it may outgrow the memory that it is allowed to use.
        self._connection = sqlite3.connect(path or "", isolation_level=None, check_same_thread=False)
        self._clock = clock
        self._inserts: dict[tuple[str, tuple[str, ...]], str] = {}
        self._memory: dict[str, dict[Any, Any]] = {}
        self._depth = 0
        self._grown = 0
        self._learned_at = FIRST_LEARNED_AT
        self.receivable_sign: Callable[[], int] = lambda: 1
        self._set_up(in_file=path is not None)
        self._version = self._highest_version()
        self.starts = int(self.kept("starts") or 0) + 1
        self.keep("starts", self.starts)
        self._dice = random.Random(f"{seed}/{self.starts}")  # never the same guid again after a stop

    def _set_up(self, *, in_file: bool) -> None:
        run = self._connection.execute
        run(f"PRAGMA journal_mode={'WAL' if in_file else 'MEMORY'}")
        run(f"PRAGMA synchronous={'NORMAL' if in_file else 'OFF'}")
        run("PRAGMA cache_size=-131072")
        run("PRAGMA temp_store=MEMORY")
        run("PRAGMA analysis_limit=1000")
        self._connection.create_function("sim_sign", 0, self._sign)
        self._connection.create_function("sim_now", 0, self.now_ms)
        self._connection.create_function("sim_today", 0, self.today_ms)
        for table in tables():
            self._create(table)
        self._connection.executescript(OWN_TABLES)

    def _create(self, table: str) -> None:
        key = table_key(table)
        typed = ", ".join(f'"{name}" {SQL_TYPES.get(kind, "TEXT")}' for name, kind in columns(table).items())
        self._connection.execute(f'CREATE TABLE IF NOT EXISTS "{table}" ({typed}, UNIQUE ("Division", "{key}"))')
        for index in INDEXES.get(table, ()):
            named = ", ".join(f'"{column}"' for column in index.split(","))
            name = f"{table}_{index.replace(',', '_')}"
            self._connection.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" ("Division", {named})')

    def _highest_version(self) -> int:
        highest = 1000
        for table in tables():
            found = self.one(f'SELECT MAX("Timestamp") FROM "{table}"')  # noqa: S608 - our own names
            highest = max(highest, found[0] or 0 if found else 0)
        return highest

    def _sign(self) -> int:
        return self.receivable_sign()

    # --- time, keys

    def now_ms(self) -> int:
        """The simulated moment in milliseconds since 1970."""
        return int(self._clock.timestamp() * 1000)

    def today_ms(self) -> int:
        """Midnight UTC of the simulated day, in milliseconds since 1970."""
        return self.now_ms() // 86_400_000 * 86_400_000

    def new_version(self) -> int:
        """The next row version."""
        self._version += 1
        return self._version

    @property
    def version(self) -> int:
        """The last row version that was given out."""
        return self._version

    def new_guid(self) -> str:
        """A new guid: counting up in front, so that a growing index is written at its end."""
        text = f"{self.new_version():08x}{self._dice.getrandbits(96):024x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    # --- reading

    def one(self, sql: str, params: Iterable[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found: tuple[Any, ...] | None = self._connection.execute(sql, tuple(params)).fetchone()
        return found

    def all(self, sql: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql, tuple(params)).fetchall()

    def find(self, table: str, division: int, **equal: Any) -> Row | None:
        """The first row whose columns equal the values given."""
        return next(iter(self.rows(table, division, **equal)), None)

    def rows(self, table: str, division: int, **equal: Any) -> list[Row]:
        """All rows of a division whose columns equal the values given, in order of making."""
        where = "".join(f' AND "{name}" IS ?' for name in equal)
        cursor = self._connection.execute(
            f'SELECT * FROM "{table}" WHERE "Division" = ?{where} ORDER BY rowid',  # noqa: S608 - our own names
            (division, *equal.values()),
        )
        names = [item[0] for item in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def remembered(self, table: str, key: Any, read: Callable[[], Found]) -> Found:
        """What was read of a table, for as long as nobody writes in it; the rows are not to be changed."""
        memory = self._memory.setdefault(table, {})
        if key not in memory:
            if len(memory) >= REMEMBERED:
                memory.clear()
            memory[key] = read()
        found: Found = memory[key]
        return found

    # --- writing

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; transactions inside one another are one."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._memory.clear()
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._depth = 0
        if self._grown >= self._learned_at:
            self.analyse()

    def insert(self, table: str, values: Row) -> None:
        """Write one new row; its row version is given here."""
        self.insert_many(table, [values])

    def insert_many(self, table: str, rows: list[Row]) -> None:
        """Write new rows that all have the same columns."""
        if not rows:
            return
        self._memory.pop(table, None)
        names = tuple(rows[0])
        sql = self._inserts.get((table, names))
        if sql is None:
            listed = ", ".join(f'"{name}"' for name in (*names, "Timestamp"))
            marks = ", ".join("?" * (len(names) + 1))
            sql = f'INSERT INTO "{table}" ({listed}) VALUES ({marks})'  # noqa: S608 - our own names
            self._inserts[table, names] = sql
        self._connection.executemany(sql, [(*row.values(), self.new_version()) for row in rows])
        self._grown += len(rows)

    def update(self, table: str, division: int, key: Any, values: Row) -> None:
        """Change one row, named by its key; it gets a new row version."""
        self._memory.pop(table, None)
        named = ", ".join(f'"{name}" = ?' for name in (*values, "Timestamp"))
        self._connection.execute(
            f'UPDATE "{table}" SET {named} WHERE "Division" = ? AND "{table_key(table)}" = ?',  # noqa: S608
            (*values.values(), self.new_version(), division, key),
        )

    def delete(self, table: str, division: int, **equal: Any) -> None:
        """Remove the rows whose columns equal the values given."""
        self._memory.pop(table, None)
        where = "".join(f' AND "{name}" IS ?' for name in equal)
        self._connection.execute(
            f'DELETE FROM "{table}" WHERE "Division" = ?{where}',  # noqa: S608 - our own names
            (division, *equal.values()),
        )

    def execute(self, sql: str, params: Iterable[Any] = ()) -> None:
        """Run one statement."""
        self._connection.execute(sql, tuple(params))

    def keep(self, name: str, value: object) -> None:
        """Keep a small thing under a name, for the next start."""
        with self.transaction():
            self._connection.execute('INSERT OR REPLACE INTO "Kept" VALUES (?, ?)', (name, json.dumps(value)))

    def kept(self, name: str) -> Any:
        """What was kept under a name, or None."""
        found = self.one('SELECT "Value" FROM "Kept" WHERE "Name" = ?', (name,))
        return None if found is None else json.loads(found[0])

    def empty(self) -> None:
        """Throw all data away; logins stay."""
        self._memory.clear()
        with self.transaction():
            for table in (*tables(), *EMPTIED):
                self._connection.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own names

    def analyse(self) -> None:
        """Let SQLite learn the shape of the data, for its choice of indexes; again when there is four times as much."""
        self._learned_at = max(self._grown, FIRST_LEARNED_AT) * 4
        self._connection.execute("ANALYZE")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def remove_state(path: Path) -> None:
    """Remove a state file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
