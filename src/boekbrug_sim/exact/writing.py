"""POST, PUT and DELETE: which rules apply to which entity, and what happens around the row itself."""

from typing import Any

from boekbrug_sim.exact import addresses, records, sales_entries
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.schema import Entity, columns
from boekbrug_sim.exact.store import Row
from boekbrug_sim.exact.texts import RefusedError, mandatory, unknown

TOPICS = {
    "Accounts": "Accounts",
    "Contacts": "Contacts",
    "BankAccounts": "BankAccounts",
    "Documents": "Documents",
    "DocumentAttachments": "DocumentAttachments",
    "GLAccounts": "GLAccounts",
    "SalesEntries": "SalesEntries",
}


def create(desk: Desk, entity: Entity, values: Row, nested: dict[str, list[Row]]) -> Any:
    """Make a new row with all that belongs to it; returns its key."""
    if entity.name == "SalesEntries":
        key = sales_entries.create_entry(desk, values, nested.get("SalesEntryLines", []))
        _tell_entry(desk, "Create", key)
        return key
    if entity.name == "SalesEntryLines":
        return _create_line(desk, values)
    records.check_new(desk, entity, values)
    key = values[entity.key] = desk.store.new_guid()
    desk.store.insert(entity.table, desk.stamp_new(entity.table, values))
    addresses.follow(desk, entity.name, values)
    if entity.name == "VATCodes":
        _percentages(desk, key, nested.get("VATPercentages", []))
    if entity.name == "Documents" and values.get("FinancialTransactionEntryID"):
        _link_document(desk, key, values["FinancialTransactionEntryID"])
    _tell(desk, entity, "Create", key)
    return key


def update(desk: Desk, entity: Entity, kept: Row, changes: Row) -> None:
    """Change a row; only the fields that were sent."""
    if entity.name == "SalesEntries":
        sales_entries.update_entry(desk, kept, changes)
        _tell_entry(desk, "Update", kept["EntryID"])
        return
    if entity.name == "SalesEntryLines":
        _update_line(desk, kept, changes)
        return
    records.check_changes(desk, entity, kept, changes)
    if not changes:
        return
    stamp = {"Modified": desk.store.now_ms()} if "Modified" in columns(entity.table) else {}
    desk.store.update(entity.table, desk.division, kept[entity.key], changes | stamp)
    addresses.follow(desk, entity.name, kept | changes)
    if entity.name == "Documents" and changes.get("FinancialTransactionEntryID"):
        _link_document(desk, kept["ID"], changes["FinancialTransactionEntryID"])
    _tell(desk, entity, "Update", kept[entity.key])


def remove(desk: Desk, entity: Entity, kept: Row) -> None:
    """Take a row away with all that belongs to it."""
    if entity.name == "SalesEntries":
        sales_entries.delete_entry(desk, kept)
        _tell_entry(desk, "Delete", kept["EntryID"])
        return
    if entity.name == "SalesEntryLines":
        entry = _entry(desk, kept["EntryID"])
        lines = sales_entries.kept_lines(desk, entry)
        sales_entries.rebook(desk, entry, [line for line in lines if line["ID"] != kept["ID"]])
        return
    records.check_removal(desk, entity, kept)
    if entity.name == "Documents":
        _remove_rows(desk, "DocumentAttachments", Document=kept["ID"])
    if entity.name == "Accounts":
        for table in ("Contacts", "Addresses", "BankAccounts"):
            _remove_rows(desk, table, Account=kept["ID"])
    key = kept[entity.key]
    desk.store.delete(entity.table, desk.division, **{entity.key: key})
    desk.note_deleted(entity.table, [str(key)])
    _tell(desk, entity, "Delete", key)


def _remove_rows(desk: Desk, table: str, **equal: Any) -> None:
    desk.note_deleted(table, [row["ID"] for row in desk.store.rows(table, desk.division, **equal)])
    desk.store.delete(table, desk.division, **equal)


def _entry(desk: Desk, entry_id: Any) -> Row:
    found = desk.store.find("SalesEntries", desk.division, EntryID=entry_id) if entry_id else None
    if found is None:
        raise RefusedError(unknown("entry_number") if entry_id else mandatory("entry_number"))  # guessed
    return found


def _create_line(desk: Desk, values: Row) -> str:
    entry = _entry(desk, values.get("EntryID"))
    values["ID"] = desk.store.new_guid()
    sales_entries.rebook(desk, entry, [*sales_entries.kept_lines(desk, entry), values])
    _tell_entry(desk, "Update", entry["EntryID"])
    return str(values["ID"])


def _update_line(desk: Desk, kept: Row, changes: Row) -> None:
    entry = _entry(desk, kept["EntryID"])
    lines = sales_entries.kept_lines(desk, entry)
    for line in lines:
        if line["ID"] != kept["ID"]:
            continue
        if {"AmountFC", "VATCode", "VATPercentage"} & set(changes):
            line["VATAmountFC"] = None
        if "VATCode" in changes:
            line["VATPercentage"] = None
        line.update(changes | {"EntryID": kept["EntryID"], "ID": kept["ID"]})
    sales_entries.rebook(desk, entry, lines)
    _tell_entry(desk, "Update", entry["EntryID"])


def _percentages(desk: Desk, key: str, rows: list[Row]) -> None:
    for number, row in enumerate(rows, 1):
        values: Row = {"Type": 0, "StartDate": 0, "LineNumber": number, **row}
        values |= {"ID": desk.store.new_guid(), "VATCodeID": key}
        desk.store.insert("VatPercentages", desk.stamp_new("VatPercentages", values))


def _link_document(desk: Desk, document: str, entry_id: str) -> None:
    """The other direction of 4.5: the document names the entry, and the entry shows it."""
    for table, link in (
        ("SalesEntries", "EntryID"),
        ("Transactions", "EntryID"),
        ("TransactionLines", "EntryID"),
        ("PaymentTerms", "TransactionEntryID"),
    ):
        key = "EntryID" if table in {"SalesEntries", "Transactions"} else "ID"
        for row in desk.store.rows(table, desk.division, **{link: entry_id}):
            desk.store.update(table, desk.division, row[key], {"Document": document})


def _tell(desk: Desk, entity: Entity, action: str, key: Any) -> None:
    if topic := TOPICS.get(entity.name):
        desk.events.append((topic, action, str(key)))


def _tell_entry(desk: Desk, action: str, key: str) -> None:
    desk.events.append(("SalesEntries", action, key))
    desk.events.append(("FinancialTransactions", action, key))


def kept_row(desk: Desk, entity: Entity, key: Any) -> Row | None:
    """The row behind an address, or None."""
    return desk.store.find(entity.table, desk.division, **{entity.key: key})
