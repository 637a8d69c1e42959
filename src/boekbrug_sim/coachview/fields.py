"""Which fields a kind of record has and of what type, so that a condition that cannot be meant is told.

The names come from the profile, the types from the practice records.
"""

import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from boekbrug_sim.coachview.profile import Path, Profile
from boekbrug_sim.data.records import Debtor, Invoice

FieldType = Literal["text", "number", "flag", "date"]
Fields = Mapping[Path, FieldType]

_TYPES: Mapping[type, FieldType] = {bool: "flag", int: "number", Decimal: "number", datetime: "date", date: "date"}
_WRITTEN: Mapping[str, FieldType] = {
    "confirmed": "flag",
    "paid": "flag",
    "paid_on": "date",
    "paid_amount": "number",
}
_NESTED = {"debtor", "lines", "vat"}
_LISTS = {"company_external", "person_external"}


def invoice_fields(names: Profile) -> Fields:
    """Every field of an invoice that can be filtered and sorted on, those of its debtor among them."""
    debtor = names.invoices.fields["debtor"]
    own: dict[Path, FieldType] = _typed(names.invoices.fields, Invoice, without=_NESTED)
    own[_lower(names.invoices.changed_at)] = "date"
    written = {_lower((name,)): _WRITTEN.get(key, "text") for key, name in names.write_back.items()}
    nested = {_lower(debtor) + path: kind for path, kind in debtor_fields(names).items()}
    return {**nested, **written, **own}


def debtor_fields(names: Profile) -> Fields:
    """Every field of a debtor that can be filtered and sorted on."""
    own = _typed(names.debtors.fields, Debtor, without=_LISTS)
    own[_lower(names.debtors.changed_at)] = "date"
    return own


def shelf_fields(named: Mapping[str, FieldType], changed_at: Path) -> Fields:
    """Every field of another entity, by its dotted names."""
    return {_lower(tuple(name.split("."))): kind for name, kind in {**named, ".".join(changed_at): "date"}.items()}


def plain_type(hint: Any) -> type:
    """The type of a practice field without `None`."""
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    return hint if isinstance(hint, type) else str


def _typed(paths: Mapping[str, Path], record: type, *, without: set[str]) -> dict[Path, FieldType]:
    hints = typing.get_type_hints(record)
    return {
        _lower(path): _TYPES.get(plain_type(hints.get(name, str)), "text")
        for name, path in paths.items()
        if name not in without
    }


def _lower(path: Path) -> Path:
    return tuple(key.lower() for key in path)
