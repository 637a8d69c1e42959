"""The description of this Coachview in OpenAPI, made from the profile: what it names, and nothing else."""

import types
import typing
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from boekbrug_sim.coachview.catalogue import SHELVES, STAMP, schema_of, scopes
from boekbrug_sim.coachview.fields import FieldType
from boekbrug_sim.coachview.profile import Entity, Path, Profile
from boekbrug_sim.data.records import Debtor, ExternalId, Invoice, Line, VatAmount

Schema = dict[str, Any]

_PLAIN: Mapping[type, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer", "format": "int32"},
    Decimal: {"type": "number", "format": "double"},
    datetime: {"type": "string", "format": "date-time", "nullable": True},
    date: {"type": "string", "format": "date", "nullable": True},
    str: {"type": "string", "nullable": True},
}


_BY_TYPE: Mapping[FieldType, Schema] = {
    "text": _PLAIN[str],
    "number": _PLAIN[Decimal],
    "flag": _PLAIN[bool],
    "date": _PLAIN[datetime],
}


def description(names: Profile) -> Schema:
    """The whole document, as `/swagger/v1/swagger.json` gives it."""
    schemas = _schemas(names)
    base = names.base
    paths: Schema = {}
    for entity, schema in ((names.invoices, "Factuur"), (names.debtors, "Debiteur")):
        reference = {"$ref": f"#/components/schemas/{schema}"}
        paths[f"{base}/{entity.path}"] = {"get": _listing(names, entity, reference)}
        paths[f"{base}/{entity.path}/{{id}}"] = {"get": _operation(entity, reference, [_ID])}
    for shelf in SHELVES.values():
        schemas[shelf.path] = schema_of(shelf, _BY_TYPE)
        reference = {"$ref": f"#/components/schemas/{shelf.path}"}
        entity = Entity(path=shelf.path, id="id", changed_at=STAMP, fields={})
        paths[f"{base}/{shelf.path}"] = {"get": _listing(names, entity, reference)}
        paths[f"{base}/{shelf.path}/{{id}}"] = {"get": _operation(entity, reference, [_ID])}
    paths.setdefault(f"{base}/{names.write_back_path}", {})["put"] = {
        "tags": [names.invoices.path],
        "parameters": [_ID],
        "requestBody": _content({"$ref": "#/components/schemas/FactuurWijzigen"}),
        "responses": {"204": {"description": "No Content"}},
    }
    paths[f"{base}/{names.pdf}"] = {
        "get": {
            "tags": [names.invoices.path],
            "parameters": [_ID],
            "responses": {
                "200": {
                    "description": "OK",
                    "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
                }
            },
        }
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": "Coachview practice API", "version": "v1"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "oauth2": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": names.token,
                            "scopes": {scope: scope for scope in (*names.scopes, *scopes())},
                        }
                    },
                }
            },
        },
    }


_ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}


def _schemas(names: Profile) -> Schema:
    schemas: Schema = {}
    written = {name: _written_type(key) for key, name in names.write_back.items()}
    schemas["FactuurWijzigen"] = _object((((name,), _PLAIN[kind]) for name, kind in written.items()))
    lines = _object(_typed(names.line_fields, Line))
    vat = _object(_typed(names.vat_fields, VatAmount))
    external = _object(_typed(names.external_fields, ExternalId))
    debtor = _typed(names.debtors.fields, Debtor, {"company_external": external, "person_external": external})
    debtor.append((names.debtors.changed_at, _PLAIN[datetime]))
    special = {
        "status": {"type": "string", "enum": [names.draft_status, names.definitive_status]},
        "payment_method_type": _PLAIN[str],
        "debtor_id": {"type": "string", "format": "uuid", "nullable": True},
        "debtor": {"$ref": "#/components/schemas/Debiteur"},
        "lines": {"$ref": "#/components/schemas/Factuurregel"},
        "vat": {"$ref": "#/components/schemas/BtwSpecificatie"},
    }
    schemas["Factuurregel"], schemas["BtwSpecificatie"], schemas["Debiteur"] = lines, vat, _object(debtor)
    invoice = _typed(names.invoices.fields, Invoice, special)
    invoice += [((name,), _PLAIN[kind]) for name, kind in written.items()]
    schemas["Factuur"] = _object(invoice)
    for name in ("lines", "vat"):
        key = names.relation(name)
        schemas["Factuur"]["properties"][key] = {"type": "array", "items": special[name]}
    for name in ("company_external", "person_external"):
        _make_list(schemas["Debiteur"], names.debtors.fields.get(name), external)
    return schemas


def _written_type(key: str) -> type:
    return {"confirmed": bool, "paid": bool, "paid_on": date, "paid_amount": Decimal}.get(key, str)


def _typed(
    fields: Mapping[str, Path], record: type, special: Mapping[str, Schema] | None = None
) -> list[tuple[Path, Schema]]:
    hints = typing.get_type_hints(record)
    known = special or {}
    return [(path, known[name] if name in known else _PLAIN[_bare(hints[name])]) for name, path in fields.items()]


def _bare(hint: Any) -> type:
    """The type without `None`; what is no plain value is text."""
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    return hint if hint in _PLAIN else str


def _object(fields: Iterable[tuple[Path, Schema]]) -> Schema:
    made: Schema = {"type": "object", "properties": {}}
    for path, schema in fields:
        target = made
        for key in path[:-1]:
            target = target["properties"].setdefault(key, {"type": "object", "properties": {}, "nullable": True})
        target["properties"].setdefault(path[-1], schema)
    return made


def _make_list(schema: Schema, path: Path | None, items: Schema) -> None:
    if path is None:
        return
    for key in path[:-1]:
        schema = schema["properties"][key]
    schema["properties"][path[-1]] = {"type": "array", "items": items}


def _listing(names: Profile, entity: Entity, reference: Schema) -> Schema:
    words = names.list
    texts = [words["where"], words["order_by"]]
    numbers = [words["skip"], words["take"]]
    flags = [words["count"], words["relations"], words["calculated"], "InclusiefVrijevelden"]
    kinds = [(texts, _PLAIN[str]), (numbers, _PLAIN[int]), (flags, _PLAIN[bool])]
    parameters = [{"name": name, "in": "query", "schema": schema} for names_of, schema in kinds for name in names_of]
    return _operation(entity, {"type": "array", "items": reference}, parameters)


def _operation(entity: Entity, schema: Schema, parameters: list[Schema]) -> Schema:
    return {
        "tags": [entity.path],
        "parameters": parameters,
        "responses": {"200": {"description": "OK", **_content(schema)}},
    }


def _content(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}
