"""The scenario `books`: many entries, booked as the API books them, and paged without gaps: simulators.md."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.sim.exact.practice_office import NL, Office

from boekbrug_sim.control import Clock
from boekbrug_sim.exact.app import Simulator
from boekbrug_sim.exact.loading import load_scenario
from boekbrug_sim.exact.query import read_query, run_query, token_text
from boekbrug_sim.exact.schema import entities
from boekbrug_sim.exact.store import Store

TODAY = datetime(2026, 6, 15, tzinfo=UTC)
MANY = 20_000


def books(office: Office, count: int) -> None:
    office.control("scenario", {"name": "books", "invoices": count})


def test_as_many_entries_as_asked_for_are_booked_in_balance(office: Office) -> None:
    books(office, 500)
    assert office.get("salesentry/SalesEntries/$count").text == "500"
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in office.ledger():
        sums[line["entry_id"]] += Decimal(line["amount"])
    assert len(sums) == 500
    assert not any(sums.values())
    assert office.get("read/financial/ReceivablesList/$count").text == "500"


def test_the_same_size_gives_the_same_books_and_booking_goes_on(office: Office) -> None:
    found = []
    for _ in range(2):
        books(office, 60)
        rows = office.rows("salesentry/SalesEntries", orderby="YourRef")
        found.append([(row["YourRef"], row["AmountFC"], row["EntryNumber"], row["EntryDate"]) for row in rows])
    assert found[0] == found[1]
    numbers = [number for _, _, number, _ in found[0]]
    assert office.book()["EntryNumber"] == max(numbers) + 1
    closed = office.rows("read/financial/JournalStatusList", filter="Journal eq '70' and Status eq 1", select="Year")
    assert closed, "periods are closed only after the books are filled"


def test_a_size_that_cannot_be_is_refused(office: Office) -> None:
    answer = office.http.post("/_sim/scenario", json={"name": "books", "invoices": 1_000_001})
    assert answer.status_code == 400
    unknown = office.http.post("/_sim/scenario", json={"name": "nonsense"})
    assert "known: " in unknown.json()["error"]
    assert "books" in unknown.json()["error"]


def test_a_state_that_was_killed_while_it_loaded_is_loaded_anew(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    store = Store(state, Clock(), seed=1)
    load_scenario(store, "books", 1, 30, today=TODAY.date())
    store.execute('DELETE FROM "Loaded"')
    store.close()
    simulator = Simulator(state=state, scenario="books", invoices=20, frozen_at=TODAY)
    assert simulator.store.one('SELECT COUNT(*) FROM "SalesEntries"') == (20,)
    simulator.store.close()


class Watched(Store):
    """A store that remembers its last query."""

    asked: tuple[str, tuple[Any, ...]] = ("", ())
    work = 0

    def all(self, sql: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """As the store does."""
        self.asked = (sql, tuple(params))
        return super().all(sql, self.asked[1])

    def start_counting(self) -> None:
        """Count what SQLite does from here on, in hundreds of its instructions."""
        self.work = 0
        self._connection.set_progress_handler(self._count, 100)

    def _count(self) -> int:
        self.work += 1
        return 0

    def counted(self) -> int:
        """How much that was."""
        self._connection.set_progress_handler(None, 0)
        return max(self.work, 1)

    def steps(self) -> list[str]:
        """How SQLite carried it out."""
        sql, params = self.asked
        return [row[3] for row in super().all(f"EXPLAIN QUERY PLAN {sql}", params)]


@pytest.fixture(scope="module")
def full() -> Watched:
    store = Watched(None, Clock(), seed=1)
    load_scenario(store, "books", 1, MANY, today=TODAY.date())
    return store


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SalesEntries", {}),
        ("SalesEntries", {"$orderby": "EntryDate"}),
        ("SalesEntries", {"$orderby": "EntryDate desc"}),
        ("SalesEntries", {"$filter": "YourRef eq '10010000'"}),
        ("TransactionLines", {"$filter": "EntryNumber eq 26700001 and JournalCode eq '70'"}),
        ("SyncTransactionLines", {"$filter": "Timestamp gt 1L"}),
        ("BulkTransactionLines", {"$select": "ID,AmountDC"}),
    ],
)
def test_a_page_in_the_middle_is_found_by_an_index_and_not_by_a_scan(
    full: Watched, name: str, options: dict[str, str]
) -> None:
    entity = entities()[name]
    page = run_query(full, read_query(entity, options), 't."Division" = ?', (NL,))
    if page.token is not None:
        options = options | {"$skiptoken": token_text(read_query(entity, options).order, page.token)}
        run_query(full, read_query(entity, options), 't."Division" = ?', (NL,))
    steps = full.steps()
    of_rows = [step for step in steps if step.split()[1] == "t"]
    assert of_rows
    assert all(step.startswith("SEARCH t USING") for step in of_rows), of_rows
    sorts = steps.count("USE TEMP B-TREE FOR ORDER BY")
    is_narrow = " eq " in options.get("$filter", "")  # a handful of rows may be sorted
    assert is_narrow or sorts <= ("LIST SUBQUERY" in " ".join(steps)), steps  # the page itself is sorted once more


@pytest.mark.parametrize("order", ["EntryDate", "EntryDate desc", "EntryNumber desc", "Created", "Modified desc"])
def test_the_last_page_takes_no_more_steps_than_the_first(full: Watched, order: str) -> None:
    entity, options = entities()["SalesEntries"], {"$orderby": order, "$select": "EntryID"}
    work, seen = [], 0
    for _ in range(-(-MANY // 60)):
        full.start_counting()
        page = run_query(full, read_query(entity, options), 't."Division" = ?', (NL,))
        work.append(full.counted())
        seen += len(page.rows)
        if page.token is not None:
            options = options | {"$skiptoken": token_text(read_query(entity, options).order, page.token)}
    assert seen == MANY
    assert max(work) <= 2 * work[0], (work[0], max(work))
