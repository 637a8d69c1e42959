"""Loading a scenario: the practice data's rows under Exact's names, and what every company has by itself."""

from datetime import date

from boekbrug_sim.data.ledger import LedgerRow, ledger_rows
from boekbrug_sim.data.scenarios import scenario_names
from boekbrug_sim.exact import books
from boekbrug_sim.exact.addresses import write_address
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.records import DEFAULTS, category_id
from boekbrug_sim.exact.schema import TABLES, columns, entities
from boekbrug_sim.exact.store import Row, Store
from boekbrug_sim.exact.switches import switches
from boekbrug_sim.exact.values import incoming

CLOSED_PERIODS = "JournalStatusList"
DOCUMENT_TYPES = (  # number, name, may be made through the API, category; 4.5
    (10, "Verkoopfactuur", True, 1),
    (20, "Inkoopfactuur", True, 2),
    (30, "Verkooporder", False, 1),
    (55, "Diversen", True, 3),
    (130, "Inkooporder", False, 2),
)
DOCUMENT_CATEGORIES = ((1, "Customers"), (2, "Suppliers"), (3, "Miscellaneous"))
TRANSACTION_TYPES = (  # 5.1; of a range the first
    (10, "Beginbalans"),
    (20, "Verkoopboeking"),
    (21, "Creditnota verkoop"),
    (30, "Inkoopboeking"),
    (31, "Creditnota inkoop"),
    (40, "Kasstroom"),
    (50, "Btw-aangifte"),
    (70, "Activa"),
    (80, "Herwaardering"),
    (82, "Koersverschil"),
    (83, "Betalingsverschil"),
    (84, "Uitgestelde omzet"),
    (85, "Herwaardering volgnummer"),
    (86, "Uitgestelde kosten"),
    (87, "Btw op vooruitbetaling"),
    (90, "Overig"),
    (95, "Nog te factureren omzet"),
    (96, "Nog te ontvangen kosten"),
    (120, "Levering"),
    (121, "Retour verkoop"),
    (130, "Ontvangst"),
    (131, "Retour inkoop"),
    (140, "Productieorder"),
    (170, "Salaris"),
    (290, "Correctie"),
    (310, "Periodeafsluiting"),
    (320, "Jaarafsluiting"),
    (3000, "Budget"),
)


def load_scenario(store: Store, scenario: str, seed: int, invoices: int | None, *, today: date) -> None:
    """Empty the state and load a scenario; `today` decides years and closed periods.

    A state without its `Loaded` row was killed while it loaded, and counts as empty.
    """
    known = (*scenario_names(), books.NAME)
    if scenario not in known:
        raise ValueError(f"unknown scenario {scenario!r}; known: {', '.join(known)}")
    rows = list(ledger_rows("demo" if scenario == books.NAME else scenario, seed, today=today))
    closed = [row for row in rows if row.entity == CLOSED_PERIODS]
    if scenario == books.NAME and not 0 <= (invoices or 0) <= books.MOST_ENTRIES:
        raise ValueError(f"invoices must be from 0 to {books.MOST_ENTRIES}")
    with store.transaction():
        store.empty()
        _load_all(store, [row for row in rows if row.entity != CLOSED_PERIODS])
        for (division,) in store.all('SELECT "Code" FROM "Divisions"'):
            _own_rows(store, division)
    if scenario == books.NAME:
        books.book_entries(store, books.ENTRIES if invoices is None else invoices, today)
    with store.transaction():
        _load_all(store, closed)
        store.execute('INSERT INTO "Loaded" VALUES (?, ?, ?)', (scenario, seed, invoices))
    store.analyse()


def _load_all(store: Store, rows: list[LedgerRow]) -> None:
    for row in rows:
        load_row(store, row.division, row.entity, row.values)


def load_row(store: Store, division: int, entity_name: str, values: dict[str, object]) -> None:
    """One row; properties that are not stored are worked out, so they are left out here."""
    if entity_name == CLOSED_PERIODS:
        if values.get("Status") == 1:
            place = (division, values["Journal"], values["Year"], values["Period"])
            store.execute('INSERT INTO "ClosedPeriods" VALUES (?, ?, ?, ?)', place)
        return
    entity = entities()[entity_name]
    table = TABLES.get(entity_name, entity_name)
    known = columns(table)
    row: Row = {"Division": division}
    now = store.now_ms()
    for stamp in ("Created", "Modified"):
        if stamp in known:
            row[stamp] = now
    row |= {name: value for name, value in DEFAULTS.get(entity_name, {}).items() if name not in values}
    for name, value in values.items():
        if name in known:
            row[name] = incoming(entity_name, entity.fields[name], value)
    store.insert(table, row)
    if entity_name == "Accounts":
        write_address(Desk(store=store, switches=switches(), division=division), row)


def _own_rows(store: Store, division: int) -> None:
    now = store.now_ms()
    for number, name, creatable, category in DOCUMENT_TYPES:
        row: Row = {"ID": number, "Description": name, "Division": division, "TypeCategory": category}
        row |= {"DocumentIsCreatable": int(creatable), "DocumentIsViewable": 1, "Created": now, "Modified": now}
        store.insert("DocumentTypes", row)
    for number, name in DOCUMENT_CATEGORIES:
        values: Row = {"ID": category_id(division, number), "Description": name, "Division": division}
        store.insert("DocumentCategories", values | {"Created": now, "Modified": now})
    for number, name in TRANSACTION_TYPES:
        store.insert("GLTransactionTypes", {"ID": number, "Description": name, "Division": division})
