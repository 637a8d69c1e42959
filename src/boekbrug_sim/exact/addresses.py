"""The visit address of a relation, which is the one on the relation itself. Source: exact-rest.md 4.4 (inferred)."""

from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.store import Row

VISIT = 1
SHARED = ("AddressLine1", "AddressLine2", "AddressLine3", "City", "Postcode", "Country", "State")


def follow(desk: Desk, entity: str, values: Row) -> None:
    """After a relation or its main visit address was written: make the other say the same."""
    if desk.switches["visit_address"] == "apart":
        return
    if entity == "Accounts":
        write_address(desk, values)
    elif entity == "Addresses" and values.get("Type") == VISIT and values.get("Main") and values.get("Account"):
        changes = {name: values.get(name) for name in SHARED}
        desk.store.update("Accounts", desk.division, values["Account"], changes | {"Modified": desk.store.now_ms()})


def write_address(desk: Desk, relation: Row) -> None:
    """The main visit address; a relation without an address has none until it gets one."""
    shared = {name: relation.get(name) for name in SHARED}
    kept = desk.store.find("Addresses", desk.division, Account=relation["ID"], Type=VISIT, Main=1)
    if kept is not None:
        if any(kept[name] != value for name, value in shared.items()):
            desk.store.update("Addresses", desk.division, kept["ID"], shared | {"Modified": desk.store.now_ms()})
    elif any(shared[name] for name in SHARED if name != "Country"):
        row = {"ID": desk.store.new_guid(), "Account": relation["ID"], "Type": VISIT, "Main": 1, **shared}
        desk.store.insert("Addresses", desk.stamp_new("Addresses", row))
