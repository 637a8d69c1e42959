"""The names that this Coachview speaks: read from the profile file beside this module, in no other place."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One entity: its path, its id field, where its change moment is, and our field name to its field path."""

    path: str
    id: str
    changed_at: Path
    fields: Mapping[str, Path]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A profile file in the shape that the server needs."""

    base: str
    token: str
    scopes: tuple[str, ...]
    list: Mapping[str, Any]
    limits: Mapping[str, str]
    datetime_format: str
    date_format: str
    time_zone: ZoneInfo
    invoices: Entity
    debtors: Entity
    line_fields: Mapping[str, Path]
    vat_fields: Mapping[str, Path]
    external_fields: Mapping[str, Path]
    definitive_status: str
    draft_status: str
    direct_debit: str
    pdf: str
    write_back_path: str
    write_back: Mapping[str, str]
    signature_header: str

    def relation(self, name: str) -> str:
        """The key under which an invoice carries a relation: debtor, lines or vat."""
        return self.invoices.fields[name][0]


@cache
def profile() -> Profile:
    """The profile of this simulator."""
    text = files("boekbrug_sim.coachview").joinpath("profile.toml").read_text(encoding="utf-8")
    return profile_of(tomllib.loads(text))


def profile_of(data: Mapping[str, Any]) -> Profile:
    """A profile from a decoded profile file."""
    write_back = dict(data["write_back"])
    return Profile(
        base=data["api"]["base"],
        token=data["api"]["token"],
        scopes=tuple(data["api"]["scopes"]),
        list=data["list"],
        limits=data["limits"],
        datetime_format=data["formats"]["datetime"],
        date_format=data["formats"]["date"],
        time_zone=ZoneInfo(data["formats"]["time_zone"]),
        invoices=_entity(data["invoices"]),
        debtors=_entity(data["debtors"]),
        line_fields=_paths(data["invoices"]["line_fields"]),
        vat_fields=_paths(data["invoices"]["vat_fields"]),
        external_fields=_paths(data["debtors"]["external_fields"]),
        definitive_status=data["invoices"]["definitive_status"],
        draft_status=data["invoices"]["draft_status"],
        direct_debit=data["invoices"]["values"]["direct_debit"],
        pdf=data["pdf"]["path"],
        write_back_path=write_back.pop("path"),
        write_back=write_back,
        signature_header=data["webhook"]["signature_header"],
    )


def _entity(data: Mapping[str, Any]) -> Entity:
    return Entity(
        path=data["path"],
        id=data["id"],
        changed_at=_path(data["changed_at"]),
        fields=_paths(data["fields"]),
    )


def _paths(names: Mapping[str, str]) -> dict[str, Path]:
    return {name: _path(path) for name, path in names.items() if path}


def _path(text: str) -> Path:
    return tuple(text.split("."))
