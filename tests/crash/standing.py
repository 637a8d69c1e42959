"""What stands in Exact, in Coachview and with us when a night is over, in words that are the same in every copy."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.crash.world import Copy

from boekbrug.cli.practice import DIVISION_NL
from boekbrug.domain.states import BookingState, may_move

DONE = frozenset({"booked", "proven"})
_MARK = re.compile(r" \(BB-\w+\)")
_OF_CUSTOMER = 'JOIN "Accounts" AS a ON a."ID" = c."Account" WHERE c."Division" = ?'
_RECORDS = {
    "customer": 'SELECT trim("Code"), "Name", "AddressLine1", "City", "Phone" FROM "Accounts" WHERE "Division" = ?',
    "contact": f'SELECT trim(a."Code"), c."FirstName", c."LastName", c."Email" FROM "Contacts" AS c {_OF_CUSTOMER}',
    "address": f'SELECT trim(a."Code"), c."Type", c."AddressLine1", c."City" FROM "Addresses" AS c {_OF_CUSTOMER}',
    "bank account": 'SELECT trim(a."Code"), c."BankAccount", c."BankAccountHolderName"'
    f' FROM "BankAccounts" AS c {_OF_CUSTOMER}',
    "project": 'SELECT trim("Code"), "Description" FROM "Projects" WHERE "Division" = ?',
    "document": f'SELECT c."Subject", c."Type", trim(a."Code") FROM "Documents" AS c {_OF_CUSTOMER}',
    "entry with its document": 'SELECT e."EntryNumber", d."Subject" FROM "SalesEntries" AS e'
    ' LEFT JOIN "Documents" AS d ON d."ID" = e."Document" WHERE e."Division" = ?',
    "attachment": 'SELECT a."Subject", c."FileName", length(c."Content") FROM "DocumentAttachments" AS c'
    ' JOIN "Documents" AS a ON a."ID" = c."Document" WHERE c."Division" = ?',
}
"""What a POST makes, by what a person would know it by; ids differ from night to night."""
_LINE = ("entry_number", "line", "journal", "type", "year", "period", "account", "customer", "amount", "vat_code",
         "vat_amount", "cost_centre", "project")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Records by kind, entry lines, what Coachview was told, and what is not as it should be with us."""

    records: Counter[tuple[Any, ...]]
    exact_total: Decimal
    coachview_total: Decimal
    odd: tuple[str, ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a disturbed night has less, more or otherwise than an undisturbed one."""

    lost: tuple[Any, ...]
    twice: tuple[Any, ...]
    odd: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Nothing lost, nothing twice, nothing odd."""
        return not (self.lost or self.twice or self.odd)

    def __str__(self) -> str:
        parts = (("lost", self.lost), ("twice", self.twice), ("odd", self.odd))
        return "; ".join(f"{name}: {list(what)}" for name, what in parts if what) or "as it should be"


def compare(disturbed: Standing, undisturbed: Standing) -> Verdict:
    """The disturbed night beside the undisturbed one, to the cent."""
    odd = list(disturbed.odd)
    if not disturbed.exact_total == disturbed.coachview_total == undisturbed.exact_total:
        odd.append(f"totals: {disturbed.exact_total} in Exact, {disturbed.coachview_total} in Coachview")
    return Verdict(
        lost=tuple((undisturbed.records - disturbed.records).elements()),
        twice=tuple((disturbed.records - undisturbed.records).elements()),
        odd=tuple(odd),
    )


def look(copy: Copy) -> Standing:
    """What stands now."""
    ledger = _ledger(copy)
    told = _told(copy)
    records: Counter[tuple[Any, ...]] = Counter()
    for kind, query in _RECORDS.items():
        rows = copy.practice.exact.store.all(query, (DIVISION_NL,))
        records.update((kind, *(_unmarked(value) for value in row)) for row in rows)
    records.update(("entry line", *(line[name] for name in _LINE)) for line in ledger)
    records.update(("told to Coachview", *row) for row in told)
    return Standing(
        records=records,
        exact_total=sum((Decimal(line["amount"]) for line in ledger if line["line"] == 0), Decimal(0)),
        coachview_total=Decimal(str(copy.ask("SELECT sum(total_incl) FROM store_invoice")[0][0])),
        odd=(*_odd_bookings(copy, ledger), *_odd_moves(copy), *_left_open(copy)),
    )


def is_over(copy: Copy) -> bool:
    """Whether everything is booked, told to Coachview, and no answer is waited for."""
    rows = copy.ask("SELECT state, pdf_state, unconfirmed FROM store_booking")
    done = bool(rows) and all(state in DONE and pdf in {"done", "none"} and not untold for state, pdf, untold in rows)
    return done and not copy.ask("SELECT 1 FROM store_intent WHERE state = 'open'")


def _unmarked(value: Any) -> Any:
    return _MARK.sub("", value) if isinstance(value, str) else value


def _ledger(copy: Copy) -> list[dict[str, Any]]:
    """The sales entries' lines in Exact."""
    lines: list[dict[str, Any]] = copy.read_ledger()
    return [line for line in lines if line["type"] in {20, 21}]


def _told(copy: Copy) -> Iterable[tuple[str, Any, Any]]:
    with sqlite3.connect(copy.folder / "coachview.sqlite") as database:
        rows = database.execute("SELECT id, fields FROM change WHERE kind = 'invoices' ORDER BY id").fetchall()
    database.close()
    for record_id, fields in rows:
        told = json.loads(fields)
        yield record_id, told.get("bevestigd"), told.get("bevestigdOmschrijving")


def _odd_bookings(copy: Copy, ledger: list[dict[str, Any]]) -> Iterable[str]:
    """Each booking is done by itself, and has the entry that Exact has under its number."""
    entries = {line["entry_number"]: line["entry_id"] for line in ledger}
    rows = copy.ask("SELECT number, state, entry_number, entry_id, problems::text FROM store_booking ORDER BY number")
    for number, state, entry_number, entry_id, problems in rows:
        if state not in DONE or problems != "[]":
            yield f"invoice {number} is {state} with {problems}"
        elif entries.get(entry_number) != entry_id:
            yield f"invoice {number} has entry {entry_id}, Exact has {entries.get(entry_number)}"


def _odd_moves(copy: Copy) -> Iterable[str]:
    """Every move is one of the table, follows on the one before, and was made by no person."""
    at: dict[int, str] = {}
    rows = copy.ask("SELECT booking_id, from_state, to_state, who_kind FROM store_bookinghistory ORDER BY id")
    for booking, old, new, who in rows:
        follows = at.get(booking, "") == old
        if not follows or not (old in {"", new} or may_move(BookingState(old), BookingState(new))):
            yield f"booking {booking} went from {at.get(booking)} by {old} to {new}"
        if who == "person":
            yield f"booking {booking} needed a person to go to {new}"
        at[booking] = new
    for booking, state in copy.ask("SELECT id, state FROM store_booking"):
        if at.get(booking) != state:
            yield f"booking {booking} is {state}, its history ends in {at.get(booking)}"


def _left_open(copy: Copy) -> Iterable[str]:
    for kind, key in copy.ask("SELECT kind, natural_key FROM store_intent WHERE state = 'open'"):
        yield f"the intent of {kind} {key} has no answer"
    for (kind,) in copy.ask("SELECT kind FROM store_finding"):
        yield f"a finding: {kind}"
