"""What may be written in the master data, and what the service fills in. Source: exact-rest.md 4.3 to 4.6, 6.1, 6.7."""

from collections.abc import Callable

from stdnum import get_cc_module

from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.lengths import broken_lengths
from boekbrug_sim.exact.schema import Entity
from boekbrug_sim.exact.store import Row
from boekbrug_sim.exact.texts import Refusal, RefusedError, invalid, mandatory, not_allowed, unknown
from boekbrug_sim.exact.values import left_padded

EXISTS = Refusal("exists")
UNIQUE_CODE = frozenset(
    {"Accounts", "GLAccounts", "Journals", "VATCodes", "Costcenters", "Costunits", "PaymentConditions", "Projects"}
)
THINGS = {
    "Account": "account",
    "Name": "name",
    "Code": "code",
    "Description": "description",
    "Subject": "subject",
    "Type": "type",
    "BankAccount": "bank_account",
    "Document": "document",
    "FileName": "file_name",
    "Attachment": "attachment",
    "CallbackURL": "callback",
    "Topic": "topic",
}
REFERENCES: dict[str, dict[str, tuple[str, str, str]]] = {  # field -> table, column, thing
    "Accounts": {
        "GLAR": ("GLAccounts", "ID", "gl_account"),
        "GLAccountSales": ("GLAccounts", "ID", "gl_account"),
        "InvoiceAccount": ("Accounts", "ID", "account"),
        "PaymentConditionSales": ("PaymentConditions", "Code", "payment_condition"),
        "SalesVATCode": ("VATCodes", "Code", "vat_code"),
        "MainContact": ("Contacts", "ID", "contact"),
    },
    "Contacts": {"Account": ("Accounts", "ID", "account")},
    "Addresses": {"Account": ("Accounts", "ID", "account"), "Contact": ("Contacts", "ID", "contact")},
    "BankAccounts": {"Account": ("Accounts", "ID", "account")},
    "Documents": {"Account": ("Accounts", "ID", "account"), "Project": ("Projects", "ID", "project")},
    "DocumentAttachments": {"Document": ("Documents", "ID", "document")},
    "GLAccounts": {"VATCode": ("VATCodes", "Code", "vat_code")},
    "Journals": {"GLAccount": ("GLAccounts", "ID", "gl_account")},
    "VATCodes": {
        "GLToPay": ("GLAccounts", "ID", "gl_account"),
        "GLToClaim": ("GLAccounts", "ID", "gl_account"),
    },
    "Projects": {"Account": ("Accounts", "ID", "account")},
}
DEFAULTS: dict[str, Row] = {
    "Accounts": {
        "Status": "A",
        "Type": "A",
        "InvoiceAttachmentType": 1,
        "ConsolidationScenario": 6,
        "SecurityLevel": 10,
        "Source": 2,
        "IsSales": 1,
        "IsPurchase": 0,
        "IsSupplier": 0,
        "Blocked": 0,
        "CanDropShip": 0,
        "IgnoreDatevWarningMessage": 0,
        "IsPilot": 0,
        "IsReseller": 0,
        "RecepientOfCommissions": 0,
    },
    "BankAccounts": {"Type": "A"},
    "Costcenters": {"Active": 1},
    "GLAccounts": {"IsBlocked": 0, "UseCostcenter": 0, "UseCostunit": 0, "Type": 110},
    "Journals": {"IsBlocked": 0, "Type": 90},
    "PaymentConditions": {"PaymentMethod": "B", "PaymentDays": 0, "PaymentEndOfMonths": 0},
    "VATCodes": {"IsBlocked": 0, "Charged": 0, "VATTransactionType": "B", "Type": "E"},
}


def check_new(desk: Desk, entity: Entity, values: Row) -> None:
    """Fill in what the service fills in, and refuse what breaks a rule; changes `values`."""
    refusals = [
        mandatory(THINGS.get(field.name, field.name))
        for field in entity.plain
        if field.mandatory and values.get(field.name) in {None, ""} and field.name not in {"FirstName", "LastName"}
    ]
    for name, default in DEFAULTS.get(entity.name, {}).items():
        if values.get(name) is None:
            values[name] = default
    refusals += _broken_references(desk, entity.name, values)
    refusals += NEW.get(entity.name, _nothing)(desk, values)
    refusals += broken_lengths(desk, entity.name, values)
    if entity.name in UNIQUE_CODE and _is_taken(desk, entity.name, values.get("Code")):
        refusals.append(EXISTS)
    if entity.name == "Accounts" and desk.switches["duplicate_names"] == "refuse":
        same = desk.store.find("Accounts", desk.division, Name=values.get("Name"))
        refusals += [EXISTS] if same is not None else []
    if refusals:
        raise RefusedError(*dict.fromkeys(refusals))


def check_changes(desk: Desk, entity: Entity, kept: Row, changes: Row) -> None:
    """Refuse a PUT that breaks a rule; may add to `changes`."""
    refusals = [
        mandatory(THINGS.get(name, name))
        for name, value in changes.items()
        if name in entity.fields
        and entity.fields[name].mandatory
        and value in {None, ""}
        and name not in {"FirstName", "LastName"}
    ]
    refusals += _broken_references(desk, entity.name, changes)
    refusals += broken_lengths(desk, entity.name, changes)
    if "Code" in changes and entity.name in UNIQUE_CODE:
        refuse = entity.name == "Accounts" and desk.switches["code_in_update"] == "refuse"
        if refuse or (changes["Code"] != kept["Code"] and _is_taken(desk, entity.name, changes["Code"])):
            refusals.append(EXISTS)
    if entity.name == "Accounts":
        refusals += _vat_number(desk, kept | changes) if "VATNumber" in changes else []
        if changes.get("Status", kept["Status"]) != kept["Status"]:
            changes["StatusSince"] = desk.store.today_ms()
    if refusals:
        raise RefusedError(*dict.fromkeys(refusals))


def check_removal(desk: Desk, entity: Entity, kept: Row) -> None:
    """Refuse a DELETE of what is in use."""
    for table, field, used_in in USES.get(entity.name, ()):
        value = kept["Code"] if field in BY_CODE else kept[entity.key]
        if desk.store.find(table, desk.division, **{field: value}) is not None:
            code = str(kept.get("Code") or kept.get("HID") or "").strip()
            dutch, *others = KINDS.get(entity.name, (entity.name,) * 3)
            names = (dutch, *(f"{name} {code}".strip() for name in others))
            raise RefusedError(Refusal("cannot_delete", values=(names, (used_in, *USED_IN[used_in]))))


USES: dict[str, tuple[tuple[str, str, str], ...]] = {  # table, link, where it is used
    "Accounts": (
        ("Documents", "Account", "Documenten"),
        ("SalesEntries", "Customer", "Boekingen"),
        ("TransactionLines", "Account", "Boekingen"),
        ("Divisions", "Customer", "Administraties"),
    ),
    "Documents": (("SalesEntries", "Document", "Boekingen"),),
    "GLAccounts": (
        ("TransactionLines", "GLAccount", "Boekingen"),
        ("Journals", "GLAccount", "Dagboeken"),
    ),
    "Projects": (("TransactionLines", "Project", "Boekingen"),),
    "Journals": (("Transactions", "JournalCode", "Boekingen"),),
    "VATCodes": (("TransactionLines", "VATCode", "Boekingen"),),
    "Costcenters": (("TransactionLines", "CostCenter", "Boekingen"),),
    "Costunits": (("TransactionLines", "CostUnit", "Boekingen"),),
}


KINDS = {  # Dutch without the code, English with it: as they were seen (4.3); other entities guessed
    "Accounts": ("Relatie", "Account", "Relation"),
    "Documents": ("Document", "Document", "Document"),
    "GLAccounts": ("Grootboekrekening", "G/L account", "Compte général"),
    "Projects": ("Project", "Project", "Projet"),
    "Journals": ("Dagboek", "Journal", "Journal"),
    "VATCodes": ("Btw-code", "VAT code", "Code TVA"),
    "Costcenters": ("Kostenplaats", "Cost center", "Centre de coûts"),
    "Costunits": ("Kostendrager", "Cost unit", "Unité de coûts"),
}
USED_IN = {
    "Documenten": ("Documents", "Documents"),
    "Boekingen": ("Entries", "Écritures"),
    "Administraties": ("Administrations", "Administrations"),
    "Dagboeken": ("Journals", "Journaux"),
}
BY_CODE = frozenset({"JournalCode", "VATCode", "CostCenter", "CostUnit"})


def _nothing(_desk: Desk, _values: Row) -> list[Refusal]:
    return []


def _is_taken(desk: Desk, table: str, code: object) -> bool:
    return code is not None and desk.store.find(table, desk.division, Code=code) is not None


def _broken_references(desk: Desk, entity: str, values: Row) -> list[Refusal]:
    return [
        unknown(thing)
        for field, (table, column, thing) in REFERENCES.get(entity, {}).items()
        if values.get(field) and desk.store.find(table, desk.division, **{column: values[field]}) is None
    ]


def _account(desk: Desk, values: Row) -> list[Refusal]:
    code = values.get("Code")
    refusals = []
    if code is None:
        number = 'CAST("Code" AS INTEGER)'
        row = desk.store.one(
            f'SELECT {number} FROM "Accounts" WHERE "Division" = ? ORDER BY {number} DESC LIMIT 1',  # noqa: S608
            (desk.division,),
        )
        values["Code"] = left_padded(str((row[0] or 0) + 1 if row else 1))
    elif not code.strip().isdecimal() or len(code.strip()) > 18:
        refusals.append(invalid("code"))  # guessed
    now = desk.store.today_ms()
    values["StatusSince"] = now
    values["CustomerSince"] = now if values.get("Status") == "C" else None
    return refusals + _vat_number(desk, values)


def _vat_number(desk: Desk, values: Row) -> list[Refusal]:
    number = (values.get("VATNumber") or "").replace(" ", "").replace(".", "").upper()
    if not number or not desk.switches["vat_number_check"]:
        return []
    country = number[:2] if number[:2].isalpha() else (values.get("Country") or "").strip()
    module = get_cc_module(country.lower(), "vat") if country else None
    if module is None or module.is_valid(number):
        return []
    return [invalid("vat_number")]


def _contact(desk: Desk, values: Row) -> list[Refusal]:
    refusals = []
    if not values.get("FirstName") and not values.get("LastName"):
        refusals.append(mandatory("name"))
    if values.get("HID") is None:
        row = desk.store.one('SELECT MAX("HID") FROM "Contacts" WHERE "Division" = ?', (desk.division,))
        values["HID"] = (row[0] or 0) + 1 if row else 1
    elif desk.store.find("Contacts", desk.division, HID=values["HID"]) is not None:
        refusals.append(Refusal("contact_number"))
    values["Code"] = str(values["HID"])
    return refusals


def _address(desk: Desk, values: Row) -> list[Refusal]:
    refusals = []
    if values.get("Type") not in {None, 1, 2, 3, 4}:
        refusals.append(invalid("type"))
    if not values.get("Account") and not (values.get("Type") == 4 and values.get("Warehouse")):
        refusals.append(mandatory("account"))
    if values.get("Main") is None:
        same = desk.store.find(
            "Addresses", desk.division, Account=values.get("Account"), Type=values.get("Type"), Main=1
        )
        values["Main"] = int(same is None)
    return refusals


def _bank_account(desk: Desk, values: Row) -> list[Refusal]:
    values["Type"] = "A"
    if values.get("Main") is None:
        same = desk.store.find("BankAccounts", desk.division, Account=values.get("Account"), Main=1)
        values["Main"] = int(same is None)
    return []


def category_id(division: int, number: int) -> str:
    """The guid of a document category, made of company and number."""
    return f"d0c00000-0000-4000-8000-{division:06d}{number:06d}"


def _document(desk: Desk, values: Row) -> list[Refusal]:
    kind = desk.store.find("DocumentTypes", desk.division, ID=values.get("Type"))
    if values.get("Type") is not None and (kind is None or not kind["DocumentIsCreatable"]):
        return [Refusal("document_type")]
    entry = values.get("FinancialTransactionEntryID")
    if entry and desk.store.find("Transactions", desk.division, EntryID=entry) is None:
        return [unknown("document")]
    if kind is not None and values.get("Category") is None:
        values["Category"] = category_id(desk.division, kind["TypeCategory"])
    if values.get("DocumentDate") is None:
        values["DocumentDate"] = desk.store.today_ms()
    row = desk.store.one('SELECT MAX("HID") FROM "Documents" WHERE "Division" = ?', (desk.division,))
    values["HID"] = (row[0] or 0) + 1 if row else 1
    return []


def _attachment(desk: Desk, values: Row) -> list[Refusal]:
    content = values.pop("Attachment", None)
    if content is None:
        return []
    values["Content"] = content
    values["FileSize"] = float(len(content))
    if len(content) > desk.switches.number("attachment_megabytes") * 1_000_000:
        return [Refusal("too_large")]
    return []


def _project(desk: Desk, values: Row) -> list[Refusal]:
    refusals = []
    if values.get("Type") not in {None, 1, 2, 3, 4, 5}:
        refusals.append(invalid("type"))
    wanted = desk.switches["project_account"] == "unless_not_billable"
    if wanted and values.get("Type") not in {None, 4} and not values.get("Account"):
        refusals.append(mandatory("account"))
    return refusals


def _journal(_desk: Desk, values: Row) -> list[Refusal]:
    return [] if values.get("Code") else [mandatory("code")]  # guessed


def _division(_desk: Desk, _values: Row) -> list[Refusal]:
    return [not_allowed("code")]


NEW: dict[str, Callable[[Desk, Row], list[Refusal]]] = {
    "Accounts": _account,
    "Contacts": _contact,
    "Addresses": _address,
    "BankAccounts": _bank_account,
    "Documents": _document,
    "DocumentAttachments": _attachment,
    "Projects": _project,
    "Journals": _journal,
    "SystemDivisions": _division,
}
