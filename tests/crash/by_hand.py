"""What somebody does in Exact itself, beside the product: enter a sales entry, take one out, delete a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import httpx2
from tests.crash.inside import ADDRESS, Exact, Tokens
from tests.store.world import DIVISION

ENTRIES = "salesentry/SalesEntries"


class Thing(StrEnum):
    """What a booking names, and what somebody may delete in Exact."""

    CUSTOMER = "customer"
    PROJECT = "project"
    DOCUMENT = "document"


PLACES: Mapping[Thing, tuple[str, str, str]] = {
    Thing.CUSTOMER: ("crm/Accounts", "Accounts", "Code"),
    Thing.PROJECT: ("project/Projects", "Projects", "Code"),
    Thing.DOCUMENT: ("documents/Documents", "Documents", "Subject"),
}
"""The path of a thing, its table in the simulator, and the column by which it is told from others."""


@dataclass(frozen=True)
class ByHand:
    """Exact as somebody uses it who sits before its own pages."""

    exact: Exact

    def enter(self, number: int, day: date) -> str:
        """Make an entry of 121 euro under this number; its id, empty when it got another number."""
        body = {
            "Customer": self._id("Accounts", "Status", "C"), "Journal": "70", "EntryNumber": number,
            "Description": "Handmatig", "EntryDate": day.isoformat(), "PaymentCondition": "30",
            "SalesEntryLines": [
                {"AmountFC": 100, "GLAccount": self._id("GLAccounts", "Code", "8000"), "VATCode": "4"},
            ],
        }  # fmt: skip
        answer = self._call("POST", ENTRIES, body)
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        made = answer.json()["d"]
        return str(made["EntryID"]) if made["EntryNumber"] == number else ""

    def make_project(self, code: str) -> str:
        """Make a project that nobody is billed for; its id."""
        answer = self._call("POST", PLACES[Thing.PROJECT][0], {"Code": code, "Description": code, "Type": 4})
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        return str(answer.json()["d"]["ID"])

    def take_out(self, entry_id: str) -> None:
        """Delete an entry."""
        answer = self._call("DELETE", f"{ENTRIES}(guid'{entry_id}')")
        assert answer.status_code == HTTPStatus.NO_CONTENT, answer.text

    def delete(self, thing: Thing, exact_id: str) -> bool:
        """Delete a record; False when Exact refuses, since something else names it."""
        answer = self._call("DELETE", f"{PLACES[thing][0]}(guid'{exact_id}')")
        refused = answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR and "Gebruikt in" in answer.text
        assert refused or answer.status_code == HTTPStatus.NO_CONTENT, answer.text
        return not refused

    def there(self, thing: Thing, text: str) -> list[str]:
        """The ids of the records that have this text in their column."""
        _, table, column = PLACES[thing]
        query = f'SELECT "ID" FROM "{table}" WHERE "Division" = ? AND instr("{column}", ?)'
        return [str(row[0]) for row in self.exact.simulator.store.all(query, (DIVISION, text))]

    def entries(self, number: str, year: int) -> list[str]:
        """The ids of a year's sales entries that are about an invoice, under whatever number Exact gave them."""
        query = 'SELECT "EntryID", "Description" FROM "SalesEntries" WHERE "Division" = ? AND "ReportingYear" = ?'
        rows = self.exact.simulator.store.all(query, (DIVISION, year))
        return [str(entry_id) for entry_id, description in rows if number in description.split()]

    def _id(self, table: str, column: str, value: str) -> str:
        query = f'SELECT "ID" FROM "{table}" WHERE "Division" = ? AND "{column}" = ?'
        row = self.exact.simulator.store.one(query, (DIVISION, value))
        assert row is not None, (table, value)
        return str(row[0])

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {Tokens(self.exact).access()}", "Accept": "application/json"}
        address = f"{ADDRESS}/api/v1/{DIVISION}/{path}"
        return self.exact.answer(httpx2.Request(method, address, headers=headers, json=body))
