"""Reading a request body: unknown names are refused, read-only ones dropped, values converted.

Source: exact-rest.md 3.4, 3.8, 3.9.
"""

import json
from decimal import Decimal
from typing import Any

from boekbrug_sim.exact.schema import Entity, entities
from boekbrug_sim.exact.store import Row
from boekbrug_sim.exact.values import BadValueError, incoming

NET_TYPES = {
    "Binary": "Byte[]",
    "Boolean": "Boolean",
    "Byte": "Byte",
    "DateTime": "DateTime",
    "Double": "Double",
    "Guid": "Guid",
    "Int16": "Int16",
    "Int32": "Int32",
    "Int64": "Int64",
    "String": "String",
}
WRITABLE_ALL_THE_SAME = {("SalesEntries", "Type")}  # 6.4: read only in metadata, yet sent


class BodyError(ValueError):
    """A body that cannot be read: status 400."""


def decode(raw: bytes) -> Any:
    """The JSON of a body; numbers with a point stay exact."""
    if not raw.strip():
        return None
    try:
        return json.loads(raw, parse_float=Decimal)
    except (ValueError, RecursionError) as problem:
        raise BodyError("Error processing request stream. JSON text specified is not valid.") from problem


def read_body(
    entity: Entity, data: Any, *, update: bool, newer_readonly: bool = False
) -> tuple[Row, dict[str, list[Row]]]:
    """Values by column, and the rows of collections inside (deep insert)."""
    if not isinstance(data, dict):
        raise BodyError("Error processing request stream. The request should be a valid top-level resource object.")
    values: Row = {}
    nested: dict[str, list[Row]] = {}
    for name, value in data.items():
        if name == "__metadata":
            continue
        field = entity.fields.get(name)
        if field is None or field.type == "Hidden":
            raise BodyError(
                f"Error processing request stream. The property name '{name}' specified for type "
                f"'{entity.model}' is not valid."
            )
        if field.collection is not None:
            if not field.readonly:
                nested[name] = _rows(field.collection, name, value, newer_readonly=newer_readonly)
            continue
        may = not field.readonly or (entity.name, name) in WRITABLE_ALL_THE_SAME
        if not may or (update and field.create_only) or (newer_readonly and field.newer):
            continue
        try:
            kept = incoming(entity.name, field, value)
        except (BadValueError, OverflowError) as problem:
            raise BodyError(
                "Error encountered in converting the value from request payload for property "
                f"'{name}' to type '{NET_TYPES[field.type]}', which is the property's expected type."
            ) from problem
        if field.stored or name == "Attachment":
            values[name] = kept
    return values, nested


def _rows(collection: str, name: str, value: Any, *, newer_readonly: bool) -> list[Row]:
    if isinstance(value, dict):
        value = value.get("results")
    if value is None:
        return []
    if not isinstance(value, list):
        raise BodyError(f"Error processing request stream. The property '{name}' must be a collection.")
    inner = entities().get(collection)
    if inner is None:
        return []
    return [read_body(inner, row, update=False, newer_readonly=newer_readonly)[0] for row in value]
