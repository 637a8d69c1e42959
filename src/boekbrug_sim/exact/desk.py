"""The desk at which one company's books are kept during one call: its rows, its switches, its today."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from boekbrug_sim.control import Switches
from boekbrug_sim.exact.schema import columns
from boekbrug_sim.exact.store import Row, Store
from boekbrug_sim.exact.texts import Refusal
from boekbrug_sim.exact.values import date_of

TIMES = ("Created", "Modified")
DELETED_TYPES = {  # 3.10
    "TransactionLines": 1,
    "Accounts": 2,
    "Addresses": 3,
    "DocumentAttachments": 4,
    "Contacts": 5,
    "Documents": 6,
    "GLAccounts": 7,
    "PaymentTerms": 10,
    "Projects": 21,
    "BankAccounts": 48,
}


@dataclass(kw_only=True)
class Desk:
    """One division for the time of one call."""

    store: Store
    switches: Switches
    division: int
    events: list[tuple[str, str, str]] = field(default_factory=list)  # topic, action, key: for webhooks

    def by_id(self, table: str, key: Any) -> Row | None:
        """A row by guid."""
        return self._look(table, "ID", key)

    def by_code(self, table: str, code: Any) -> Row | None:
        """A row by code."""
        return self._look(table, "Code", code)

    def _look(self, table: str, column: str, value: Any) -> Row | None:
        if value is None:
            return None
        place = (self.division, column, value)
        return self.store.remembered(table, place, lambda: self.store.find(table, self.division, **{column: value}))

    def rows(self, table: str, **equal: Any) -> list[Row]:
        """Rows of a table that is seldom written, in order of making."""
        place = (self.division, *equal.items())
        return self.store.remembered(table, place, lambda: self.store.rows(table, self.division, **equal))

    def enforced(self, refusals: list[Refusal]) -> list[Refusal]:
        """The rules that this service enforces: those that were seen, and the guessed ones unless switched off."""
        if self.switches["guessed_refusals"]:
            return refusals
        return [refusal for refusal in refusals if not refusal.guessed]

    @property
    def currency(self) -> str:
        """The currency of the books."""
        row = self.by_code("Divisions", self.division)
        return str(row["Currency"] or "EUR") if row else "EUR"

    @property
    def today(self) -> date:
        """The simulated day."""
        return date_of(self.store.now_ms())

    def stamp_new(self, table: str, values: Row) -> Row:
        """A new row with division and times."""
        now, known = self.store.now_ms(), columns(table)
        return {**values, "Division": self.division} | {name: now for name in TIMES if name in known}

    def note_deleted(self, table: str, keys: list[str]) -> None:
        """What `sync/Deleted` shows of removed rows."""
        kind = DELETED_TYPES.get(table)
        if kind is None:
            return
        now = self.store.now_ms()
        self.store.insert_many(
            "Deleted",
            [
                {
                    "ID": self.store.new_guid(),
                    "EntityKey": key,
                    "EntityType": kind,
                    "DeletedDate": now,
                    "Division": self.division,
                }
                for key in keys
            ],
        )
