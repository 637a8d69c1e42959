"""Free fields: what an institute added to its records itself. Source: coachview.md 4.3, `Vrijevelden`."""

import uuid
from collections.abc import Mapping

from boekbrug_sim.coachview.profile import Profile
from boekbrug_sim.coachview.sheet import value_of
from boekbrug_sim.coachview.wire import Json

SPACE = uuid.UUID("0c7a7d0a-8f7f-4a0e-8d0e-6a2f5f6b1c11")
DEFINITIONS: Mapping[str, tuple[str, str]] = {
    "facturen": ("inkooporder", "Inkooporder van de klant"),
    "debiteuren": ("peppol", "Peppol-nummer"),
    "opleidingen": ("voertaal", "Voertaal"),
}
"""Code and label of the one free field that an entity has, by its path in small letters."""


def free_fields(record: Json, entity: str, names: Profile) -> list[Json]:
    """The free fields of one record; none for an entity without any."""
    found = DEFINITIONS.get(entity.lower())
    if found is None:
        return []
    code, label = found
    record_id = record.get("id")
    return [
        {
            "id": str(uuid.uuid5(SPACE, f"{record_id}/{code}")),
            "recordId": record_id,
            "data": _data(record, code, names),
            "vrijveldDefinitie": {
                "volgorde": 1,
                "code": code,
                "label": label,
                "vrijveldTypeId": "Tekst",
                "expressie": None,
                "inactief": False,
                "vertrouwelijk": False,
            },
        }
    ]


def _data(record: Json, code: str, names: Profile) -> str | None:
    if code == "inkooporder":
        value = value_of(record, names.invoices.fields["reference"])
        return None if value is None else str(value)
    if code == "peppol":
        number = value_of(record, names.debtors.fields["chamber_of_commerce"])
        return f"0106:{number}" if number else None
    return "Nederlands"
