"""Bank receipts: in full, in part, over several invoices, with a difference written off, set off; and undone.

A term that is paid in part is split: the matched part becomes a term of its own (status 50), the rest stays open.
Source: exact-rest.md 3.10, 4.8; interfaces.md, simulator control.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from boekbrug_sim.data.chart import PAYMENT_DIFFERENCE_ACCOUNT
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.ledger import MATCHED, ZERO, account_of
from boekbrug_sim.exact.numbering import next_number
from boekbrug_sim.exact.periods import Period, period_of
from boekbrug_sim.exact.store import Row
from boekbrug_sim.exact.values import cents, money, ms_of

BANK, GENERAL = 12, 90
CASH_FLOW, PAYMENT_DIFFERENCE = 40, 83


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What is asked: which entries, how much came in (None is all), what is written off (True is the rest)."""

    journal: str
    year: int
    entry_numbers: tuple[int, ...]
    amount: Decimal | None
    day: date
    written_off: Decimal | bool


@dataclass(frozen=True, kw_only=True)
class _Share:
    """The part of a receipt that goes to one open term; signed like what is open."""

    term: Row
    amount: Decimal


def receive(desk: Desk, receipt: Receipt) -> str:
    """Book a receipt; returns its id. What cannot be is a ValueError with a sentence."""
    terms = [_open_term(desk, receipt, number) for number in receipt.entry_numbers]
    total = sum((-money(term["AmountDC"]) for term in terms), ZERO)
    paid, written_off = _amounts(receipt, total)
    shares = _shares(terms, paid + written_off)
    period = period_of(desk, receipt.day)
    if period is None:
        raise ValueError(f"no financial period contains {receipt.day}")
    entry_id = _book(desk, receipt, period, shares, (paid, written_off))
    desk.events.append(("FinancialTransactions", "Create", entry_id))
    if paid:
        desk.events.append(("BankEntries", "Create", entry_id))
    matched = [_match(desk, share, entry_id, receipt.day) for share in shares if share.amount]
    key = desk.store.new_guid()
    desk.store.execute(
        'INSERT INTO "Receipts" VALUES (?, ?, ?, ?)', (key, desk.division, entry_id, json.dumps(matched))
    )
    return key


def _open_term(desk: Desk, receipt: Receipt, number: int) -> Row:
    rows = desk.store.rows(
        "PaymentTerms",
        desk.division,
        Journal=receipt.journal,
        EntryNumber=number,
        TransactionReportingYear=receipt.year,
    )
    for row in rows:
        if row["Status"] < MATCHED:
            return row
    state = "has nothing open" if rows else "does not exist"
    raise ValueError(f"entry {number} in journal {receipt.journal} of {receipt.year} {state}")


def _amounts(receipt: Receipt, total: Decimal) -> tuple[Decimal, Decimal]:
    if receipt.written_off is True:
        paid = receipt.amount if receipt.amount is not None else ZERO
        return paid, total - paid
    written_off = receipt.written_off or ZERO
    return (total - written_off if receipt.amount is None else receipt.amount), written_off


def _shares(terms: list[Row], available: Decimal) -> list[_Share]:
    """Spread what came in over the terms in order; what one side owes pays the other."""
    opens = [-money(term["AmountDC"]) for term in terms]
    debits = sum((amount for amount in opens if amount > 0), ZERO)
    credits_ = sum((-amount for amount in opens if amount < 0), ZERO)
    if not -credits_ <= available <= debits:
        raise ValueError(f"{available} is more than is open ({debits - credits_})")
    to_debits = min(debits, available + credits_)
    to_credits = to_debits - available
    shares = []
    for term, amount in zip(terms, opens, strict=True):
        if amount > 0:
            part = min(amount, to_debits)
            to_debits -= part
        else:
            part = -min(-amount, to_credits)
            to_credits += part
        shares.append(_Share(term=term, amount=part))
    return shares


def _book(desk: Desk, receipt: Receipt, period: Period, shares: list[_Share], amounts: tuple[Decimal, Decimal]) -> str:
    paid, written_off = amounts
    journal = _journal(desk, BANK if paid else GENERAL)
    entry_id = desk.store.new_guid()
    number = next_number(desk, journal["Code"], period.year)
    kind = CASH_FLOW if journal["Type"] == BANK else GENERAL
    lines: list[tuple[str, Decimal, int, Row | None]] = []
    if paid:
        lines.append((journal["GLAccount"], paid, kind, None))
    lines += [(share.term["GLAccount"], -share.amount, kind, share.term) for share in shares if share.amount]
    if written_off:
        code = PAYMENT_DIFFERENCE_ACCOUNT.get(desk.division, "9900")
        account = account_of(desk, code, "Betalingsverschillen", 120)
        lines.append((account, written_off, PAYMENT_DIFFERENCE, None))
    shared = {
        "EntryID": entry_id,
        "Date": ms_of(receipt.day),
        "Description": "Ontvangst",
        "Division": desk.division,
        "EntryNumber": number,
        "FinancialPeriod": period.number,
        "FinancialYear": period.year,
        "JournalCode": journal["Code"],
        "Status": 20,
    }
    desk.store.insert("Transactions", desk.stamp_new("Transactions", shared | {"Type": kind}))
    desk.store.insert_many(
        "TransactionLines",
        [
            desk.stamp_new(
                "TransactionLines",
                shared
                | {
                    "ID": desk.store.new_guid(),
                    "Account": term["Account"] if term else None,
                    "AmountDC": float(amount),
                    "AmountFC": float(amount),
                    "Currency": desk.currency,
                    "ExchangeRate": 1.0,
                    "GLAccount": gl_account,
                    "InvoiceNumber": term["InvoiceNumber"] if term else None,
                    "LineNumber": line,
                    "OffsetID": term["TransactionID"] if term else None,
                    "Type": line_kind,
                    "YourRef": term["YourRef"] if term else None,
                },
            )
            for line, (gl_account, amount, line_kind, term) in enumerate(lines)
        ],
    )
    return entry_id


def _journal(desk: Desk, kind: int) -> Row:
    for wanted in (kind, BANK, GENERAL):
        rows = desk.store.rows("Journals", desk.division, Type=wanted)
        if rows:
            return rows[0]
    raise ValueError("the company has no bank journal")


def _match(desk: Desk, share: _Share, entry_id: str, day: date) -> dict[str, str]:
    term, moment = share.term, ms_of(day)
    open_now = -money(term["AmountDC"])
    matched = {"EntryID": entry_id, "EntryDate": moment, "LastPaymentDate": moment, "EndDate": moment}
    now = desk.store.now_ms()
    if share.amount == open_now:
        desk.store.update("PaymentTerms", desk.division, term["ID"], {**matched, "Status": MATCHED, "Modified": now})
        _mark_fully_paid(desk, term["TransactionEntryID"], paid=True)
        return {"term": term["ID"]}
    rest = float(-(open_now - share.amount))
    foreign = _foreign(term, share.amount)
    rest_foreign = float(money(term["AmountFC"]) + foreign)
    desk.store.update(
        "PaymentTerms",
        desk.division,
        term["ID"],
        {"AmountDC": rest, "AmountFC": rest_foreign, "LastPaymentDate": moment, "Modified": now},
    )
    part = {name: value for name, value in term.items() if name != "Timestamp"} | matched
    part |= {"ID": desk.store.new_guid(), "HID": desk.store.new_version(), "Status": MATCHED}
    part |= {"AmountDC": float(-share.amount), "AmountFC": float(-foreign)}
    desk.store.insert("PaymentTerms", desk.stamp_new("PaymentTerms", part))
    return {"term": part["ID"]}


def _foreign(term: Row, amount: Decimal) -> Decimal:
    """A part of a term in the currency of its entry."""
    return cents(amount * money(term["AmountFC"]) / money(term["AmountDC"]))


def _mark_fully_paid(desk: Desk, transaction: str, *, paid: bool) -> None:
    for row in desk.store.rows("PaymentTerms", desk.division, TransactionEntryID=transaction):
        if bool(row["IsFullyPaid"]) != paid:
            desk.store.update("PaymentTerms", desk.division, row["ID"], {"IsFullyPaid": int(paid)})


def undo(desk: Desk, key: str) -> None:
    """Undo a receipt: matched terms are deleted (type 10 in `sync/Deleted`), what they paid is open again."""
    row = desk.store.one('SELECT "EntryID", "Terms" FROM "Receipts" WHERE "ID" = ?', (key,))
    if row is None:
        raise ValueError(f"no receipt {key}")
    entry_id, terms = row
    for matched in json.loads(terms):
        _reopen(desk, matched)
    desk.events.append(("FinancialTransactions", "Delete", entry_id))
    journal = (desk.store.find("Transactions", desk.division, EntryID=entry_id) or {}).get("JournalCode")
    if (desk.by_code("Journals", journal) or {}).get("Type") == BANK:
        desk.events.append(("BankEntries", "Delete", entry_id))
    lines = desk.store.rows("TransactionLines", desk.division, EntryID=entry_id)
    desk.note_deleted("TransactionLines", [line["ID"] for line in lines])
    desk.store.delete("TransactionLines", desk.division, EntryID=entry_id)
    desk.store.delete("Transactions", desk.division, EntryID=entry_id)
    desk.store.execute('DELETE FROM "Receipts" WHERE "ID" = ?', (key,))


def _reopen(desk: Desk, matched: dict[str, Any]) -> None:
    term = desk.store.find("PaymentTerms", desk.division, ID=matched["term"])
    if term is None:
        return
    transaction = term["TransactionEntryID"]
    desk.note_deleted("PaymentTerms", [term["ID"]])
    desk.store.delete("PaymentTerms", desk.division, ID=term["ID"])
    others = desk.store.rows("PaymentTerms", desk.division, TransactionEntryID=transaction)
    last = max((row["EntryDate"] for row in others if row["Status"] == MATCHED), default=None)
    rest = next((row for row in others if row["Status"] < MATCHED), None)
    if rest is not None:
        amount = float(money(rest["AmountDC"]) + money(term["AmountDC"]))
        foreign = float(money(rest["AmountFC"]) + money(term["AmountFC"]))
        changes = {"AmountDC": amount, "AmountFC": foreign, "LastPaymentDate": last}
        desk.store.update("PaymentTerms", desk.division, rest["ID"], changes)
    else:
        again = {name: value for name, value in term.items() if name != "Timestamp"}
        again |= {"ID": desk.store.new_guid(), "HID": desk.store.new_version(), "Status": 20}
        again |= {"EntryID": None, "EntryDate": None, "EndDate": None, "LastPaymentDate": last}
        desk.store.insert("PaymentTerms", desk.stamp_new("PaymentTerms", again))
    _mark_fully_paid(desk, transaction, paid=False)
