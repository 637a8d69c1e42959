"""The entities as the API shows them: paths, verbs, fields and their types. Source: exact-rest.md 4, entities.json."""

import functools
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from boekbrug_sim.exact.derived import CONSTANTS, DERIVED, EXTRA_STORED, STORED

PAGE = 60  # 3.6
WIDE_PAGE = 1000  # 3.6: bulk and sync

TABLES = {  # entity -> table, where it differs from its own name
    "BulkTransactionLines": "TransactionLines",
    "SyncTransactionLines": "TransactionLines",
    "BulkReceivables": "PaymentTerms",
    "Receivables": "PaymentTerms",
    "SyncPaymentTerms": "PaymentTerms",
    "SyncAccounts": "Accounts",
    "SyncContacts": "Contacts",
    "SyncAddresses": "Addresses",
    "SyncGLAccounts": "GLAccounts",
    "SyncDocuments": "Documents",
    "SyncDocumentAttachments": "DocumentAttachments",
    "SyncProjects": "Projects",
    "SyncDeleted": "Deleted",
    "HrmDivisions": "Divisions",
    "SystemDivisions": "Divisions",
    "AllDivisions": "Divisions",
    "JournalStatusList": "JournalStatus",
    "JournalStatusByFinancialPeriod": "JournalStatus",
    "ReceivablesList": "OpenItems",
}
VIEWS = frozenset({"JournalStatus", "OpenItems"})  # SQL views, not tables
NOT_STORED = frozenset({"Me", "SyncTimestamp"})  # answered by code of their own
COLLECTION_LINKS = {  # which field of the lines names the owner, per collection entity
    "SalesEntryLines": "EntryID",
    "TransactionLines": "EntryID",
    "VatPercentages": "VATCodeID",
    "BankAccounts": "Account",
}
PADDED_LEFT = {  # 3.8: 18 wide, blanks on the left
    ("Accounts", "Code"),
    ("SyncAccounts", "Code"),
}
PADDED_LEFT_NAMES = frozenset({"AccountCode", "DivisionCustomerCode", "InvoiceAccountCode", "CustomerCode"})
PADDED_RIGHT = {"Country": 3, "SearchCode": 20, "Language": 10}  # 3.8; the width of SearchCode is guessed
CODE_WIDTH = 18
SIGNED = {("PaymentTerms", "AmountDC"), ("PaymentTerms", "AmountFC")}  # 4.8: one source for their sign


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One property of an entity. `sql` is how a row `t` of the table yields it; `pad` is blanks to the right.

    `newer` is one of which nobody knows whether it can be written (4.0).
    """

    name: str
    type: str
    sql: str
    stored: bool
    mandatory: bool = False
    readonly: bool = False
    create_only: bool = False
    newer: bool = False
    collection: str | None = None
    pad: int = 0


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One endpoint."""

    name: str
    path: str
    methods: frozenset[str]
    model: str
    table: str
    key: str
    fields: dict[str, Field]
    order: str
    page: int

    @functools.cached_property
    def key_field(self) -> Field:
        """The field that identifies a row."""
        return self.fields[self.key]

    @functools.cached_property
    def plain(self) -> tuple[Field, ...]:
        """All fields that are no collection."""
        return tuple(field for field in self.fields.values() if field.collection is None)

    @functools.cached_property
    def collections(self) -> tuple[Field, ...]:
        """The fields that are collections."""
        return tuple(field for field in self.fields.values() if field.collection is not None)

    @functools.cached_property
    def is_wide(self) -> bool:
        """Whether it is a bulk endpoint, which wants a $select."""
        return self.path.startswith("bulk/")


def _field(entity: str, table: str, name: str, text: str) -> Field:
    kind, *flags = text.split()
    collection = kind[1:] if kind.startswith("*") else None
    readonly = "readonly" in flags
    stored = collection is None and is_stored(table, name, readonly=readonly)
    sql = f't."{name}"' if stored else "NULL"
    if (table, name) in SIGNED:
        sql = f'sim_sign() * t."{name}"'
    if not stored and name in DERIVED.get(table, {}):
        sql = DERIVED[table][name]
    elif not stored and name in CONSTANTS:
        sql = CONSTANTS[name]
    pad = PADDED_RIGHT.get(name, 0) if kind == "String" and entity != "Me" else 0
    if table == "VATCodes" and name == "Code":
        pad = 3
    return Field(
        name=name,
        type="Collection" if collection else kind,
        sql=sql,
        stored=stored,
        mandatory="mandatory" in flags,
        readonly=readonly or (name == entity_key(entity) and kind == "Guid"),
        create_only="create" in flags,
        newer="newer" in flags,
        collection=collection,
        pad=pad,
    )


def is_stored(table: str, name: str, *, readonly: bool) -> bool:
    """Whether a property has a column: what can be written, and what the simulator fills in."""
    if table in VIEWS:
        return True
    if table in STORED:
        return name in STORED[table].split()
    if name in DERIVED.get(table, {}) or name in CONSTANTS:
        return False
    if name in EXTRA_STORED.get(table, "").split():
        return True
    return not readonly or name in {"Created", "Modified", "Division"}


@functools.cache
def raw_entities() -> dict[str, Any]:
    """The entity file as it is."""
    text = files("boekbrug_sim.exact").joinpath("entities.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def entity_key(entity: str) -> str:
    """The name of the key property; entities without one get a key of ours that is not shown."""
    for name, text in raw_entities()[entity]["fields"].items():
        if "key" in text.split():
            return str(name)
    return "RowKey"


def _entity(name: str, raw: dict[str, Any]) -> Entity:
    table = TABLES.get(name, name)
    key = entity_key(name)
    fields = {field: _field(name, table, field, text) for field, text in raw["fields"].items()}
    if key not in fields:
        fields[key] = Field(name=key, type="Hidden", sql=f't."{key}"', stored=True)
    path = raw["path"]
    wide = path.startswith(("bulk/", "sync/"))
    return Entity(
        name=name,
        path=path,
        methods=frozenset(raw["methods"].split()),
        model=raw["model"],
        table=table,
        key=key,
        fields=fields,
        order="Timestamp" if path.startswith("sync/") else key,
        page=WIDE_PAGE if wide else PAGE,
    )


@functools.cache
def entities() -> dict[str, Entity]:
    """All endpoints by name."""
    return {name: _entity(name, raw) for name, raw in raw_entities().items()}


@functools.cache
def by_path() -> dict[str, Entity]:
    """All endpoints that hang under a division, by path; the case of a path counts (3.1)."""
    return {entity.path: entity for entity in entities().values() if entity.name != "Me"}


@functools.cache
def columns(table: str) -> dict[str, str]:
    """The columns of a table and their types, over all endpoints that show it."""
    found: dict[str, str] = {}
    for entity in entities().values():
        if entity.table != table or entity.name in NOT_STORED:
            continue
        for field in entity.plain:
            if field.stored:
                found.setdefault(field.name, field.type)
    found.setdefault("Division", "Int32")
    found.setdefault("Timestamp", "Int64")
    if table == "DocumentAttachments":
        found["Content"] = "Binary"
    if table == "PaymentTerms":
        found["HID"] = "Int64"
    return found


@functools.cache
def tables() -> tuple[str, ...]:
    """All tables that hold entities."""
    names = {entity.table for entity in entities().values() if entity.name not in NOT_STORED}
    return tuple(sorted(names - VIEWS))
