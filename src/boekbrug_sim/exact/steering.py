"""The control calls that only the Exact simulator has: receipts, periods, login, ledger. Source: interfaces.md."""

from decimal import Decimal, InvalidOperation
from typing import Any

from aiohttp import web

from boekbrug_sim.control import Control
from boekbrug_sim.control.clock import moment_of
from boekbrug_sim.control.gate import answering
from boekbrug_sim.exact import receipts
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.oauth import REASONS, Logins
from boekbrug_sim.exact.store import Store
from boekbrug_sim.exact.webhooks import Webhooks

LEDGER = {  # name in the answer -> column
    "division": 't."Division"',
    "journal": 't."JournalCode"',
    "entry_number": 't."EntryNumber"',
    "entry_id": 't."EntryID"',
    "line": 't."LineNumber"',
    "type": 't."Type"',
    "year": 't."FinancialYear"',
    "period": 't."FinancialPeriod"',
    "account": 'g."Code"',
    "customer": 'TRIM(a."Code")',
    "amount": 't."AmountDC"',
    "vat_code": 't."VATCode"',
    "vat_amount": 't."AmountVATFC"',
    "cost_centre": 't."CostCenter"',
    "project": 'p."Code"',
}
LEDGER_FROM = """
FROM "TransactionLines" t
LEFT JOIN "GLAccounts" g ON g."Division" = t."Division" AND g."ID" = t."GLAccount"
LEFT JOIN "Accounts" a ON a."Division" = t."Division" AND a."ID" = t."Account"
LEFT JOIN "Projects" p ON p."Division" = t."Division" AND p."ID" = t."Project"
"""
LEDGER_ORDER = 't."Division", t."JournalCode", t."FinancialYear", t."EntryNumber", t."LineNumber"'
WHOLE_NUMBERS = frozenset({"division", "entry_number", "line", "type", "year", "period"})


class Steering:
    """The verbs of these calls."""

    def __init__(self, store: Store, control: Control, logins: Logins, webhooks: Webhooks) -> None:
        self._store = store
        self._webhooks = webhooks
        self._control = control
        self._logins = logins

    def routes(self) -> list[web.RouteDef]:
        """Addresses of this module."""
        return [
            web.post("/_sim/receipts", answering(self.receive)),
            web.delete("/_sim/receipts/{key}", answering(self.undo)),
            web.post("/_sim/periods", answering(self.period)),
            web.post("/_sim/login", answering(self.login)),
            web.get("/_sim/ledger", answering(self.ledger)),
        ]

    def _desk(self, division: int) -> Desk:
        if self._store.one('SELECT 1 FROM "Divisions" WHERE "Code" = ?', (division,)) is None:
            raise ValueError(f"no division {division}")
        return Desk(store=self._store, switches=self._control.switches, division=division)

    def receive(self, request: web.Request, data: Any) -> Any:
        """Book a bank receipt."""
        desk = self._desk(int(data["division"]))
        written_off = data.get("written_off", False)
        receipt = receipts.Receipt(
            journal=str(data["journal"]),
            year=int(data["year"]),
            entry_numbers=tuple(int(number) for number in data["entry_numbers"]),
            amount=None if data.get("amount") is None else _amount(data["amount"]),
            day=moment_of(data["date"]).date() if data.get("date") else desk.today,
            written_off=written_off if isinstance(written_off, bool) else _amount(written_off or "0"),
        )
        if not receipt.entry_numbers:
            raise ValueError("entry_numbers is empty")
        with self._store.transaction():
            key = receipts.receive(desk, receipt)
            self._keep(desk, request)
        self._webhooks.send()
        return {"id": key}

    def _keep(self, desk: Desk, request: web.Request) -> None:
        self._webhooks.keep(desk.division, desk.events, f"{request.scheme}://{request.host}")

    def undo(self, request: web.Request, data: Any) -> Any:
        """Undo a bank receipt."""
        key = request.match_info.get("key") or str(data["id"])
        row = self._store.one('SELECT "Division" FROM "Receipts" WHERE "ID" = ?', (key,))
        if row is None:
            raise ValueError(f"no receipt {key}")
        desk = self._desk(row[0])
        with self._store.transaction():
            receipts.undo(desk, key)
            self._keep(desk, request)
        self._webhooks.send()
        return {}

    def period(self, _request: web.Request, data: Any) -> Any:
        """Open or close a period of a journal, or of all sales journals when none is named."""
        desk = self._desk(int(data["division"]))
        year, period, status = int(data["year"]), int(data["period"]), data["status"]
        if status not in {"open", "closed"}:
            raise ValueError("status is open or closed")
        named = data.get("journal")
        found = self._store.rows("Journals", desk.division, **({"Code": str(named)} if named else {"Type": 20}))
        if not found:
            raise ValueError(f"no journal {named}")
        sql = (
            'INSERT OR IGNORE INTO "ClosedPeriods" VALUES (?, ?, ?, ?)'
            if status == "closed"
            else 'DELETE FROM "ClosedPeriods" WHERE "Division" = ? AND "Journal" = ? AND "Year" = ? AND "Period" = ?'
        )
        with self._store.transaction():
            for journal in found:
                self._store.execute(sql, (desk.division, journal["Code"], year, period))
        return {"journals": [journal["Code"] for journal in found], "status": status}

    def login(self, _request: web.Request, data: Any) -> Any:
        """Change a user: language, rights; or withdraw the app from his account."""
        known = {"user", "revoke", "language", "reason", "divisions", "scopes", "denied", "password"}
        if set(data) - known:
            raise ValueError(f"login knows {', '.join(sorted(known))}")
        name = str(data["user"])
        changes = {each: data[each] for each in ("language", "password") if each in data}
        if "reason" in data:
            if data["reason"] not in {None, *REASONS}:
                raise ValueError(f"reason is one of {', '.join(REASONS)}, or null")
            changes["reason"] = data["reason"]
        for each in ("divisions", "scopes"):
            if each in data:
                changes[each] = None if data[each] is None else tuple(data[each])
        if "denied" in data:
            changes["denied"] = tuple(str(path) for path in data["denied"])
        person = self._logins.change_person(name, **changes) if changes else self._logins.person(name)
        if person is None:
            raise ValueError(f"unknown user {name}")
        if data.get("revoke"):
            self._logins.revoke(name)
        return {"user": person.name, "language": person.language, "reason": person.reason}

    def ledger(self, request: web.Request, _data: Any) -> Any:
        """The lines of the journals: every one, or those with the values of the query, such as `?journal=70`."""
        if unknown := set(request.query) - set(LEDGER) | {"amount", "vat_amount"} & set(request.query):
            raise ValueError(f"the ledger cannot be asked by {', '.join(sorted(unknown))}")
        asked = {name: int(text) if name in WHOLE_NUMBERS else text for name, text in request.query.items()}
        where = " AND ".join(["1", *(f"{LEDGER[name]} = ?" for name in asked)])
        columns = ", ".join(LEDGER.values())
        sql = f"SELECT {columns} {LEDGER_FROM} WHERE {where} ORDER BY {LEDGER_ORDER}"
        rows = []
        for row in self._store.all(sql, asked.values()):
            line = dict(zip(LEDGER, row, strict=True))
            for name in ("amount", "vat_amount"):
                line[name] = None if line[name] is None else f"{line[name]:.2f}"
            rows.append(line)
        return rows


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation as problem:
        raise ValueError(f"not an amount: {value}") from problem
