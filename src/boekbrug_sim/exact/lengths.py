"""Longest texts per field, off by default: only one client of low trust gives numbers. Source: exact-rest.md 4.0, 8."""

from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.store import Row
from boekbrug_sim.exact.texts import Refusal

LENGTHS = {
    "SalesEntries": {"Description": 60, "YourRef": 40, "PaymentReference": 25},
    "SalesEntryLines": {"Description": 60},
    "Accounts": {"Name": 50, "AddressLine1": 60, "AddressLine2": 60, "AddressLine3": 60, "City": 40, "Postcode": 20},
    "Addresses": {"AddressLine1": 60, "AddressLine2": 60, "AddressLine3": 60, "City": 40, "Postcode": 20},
    "Projects": {"Code": 24},
    "GLAccounts": {"Code": 24},
}


def broken_lengths(desk: Desk, entity: str, values: Row) -> list[Refusal]:
    """The texts that are too long, when the switch says that they are refused."""
    if desk.switches["field_lengths"] == "off":
        return []
    return [
        Refusal("too_long", values=(name, longest))
        for name, longest in LENGTHS.get(entity, {}).items()
        if len(str(values.get(name) or "").strip()) > longest
    ]
