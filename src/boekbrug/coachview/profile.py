"""How one Coachview environment names things: a profile file, read and checked once.

Coachview's REST names for invoices, lines, debtors and paid-status are not public (coachview.md 4.4), so an
operator adapts a file and no code. Every key must be there; an empty text means "this environment has no
such field", which only the fields without which no invoice can be booked may not say.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from boekbrug.coachview.fields import (
    DEBTOR_FIELDS,
    EXTERNAL_FIELDS,
    INVOICE_FIELDS,
    LINE_FIELDS,
    LISTS,
    NEEDED,
    VAT_FIELDS,
    WRITE_BACK_FIELDS,
)
from boekbrug.sentences import tell_faults

FieldPaths = Mapping[str, tuple[str, ...]]

PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


Fault = tuple[str, Mapping[str, str]]
"""One thing that is wrong: its word in `boekbrug.sentences` (behind `profile.`), and the values of its sentence."""


class ProfileError(ValueError):
    """A profile that cannot be used; `faults` says why, a fault for each thing that is wrong, without doubles."""

    def __init__(self, name: str, *faults: Fault) -> None:
        self.name = name
        self.faults = tuple(fault for place, fault in enumerate(faults) if fault not in faults[:place])
        super().__init__(f"Coachview profile '{name}': {tell_faults(self.faults, 'en')}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListNames:
    """What the parameters of a list are called (coachview.md 4.3)."""

    where: str
    skip: str
    take: str
    take_max: int
    order_by: str
    count: str
    count_header: str
    relations: str
    calculated: str
    condition_separator: str
    value_separator: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitHeaders:
    """The headers that tell what is left of the calls of a day (coachview.md 4.2)."""

    limit: str
    remaining: str
    reset: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Formats:
    """How dates and date-times are written, and the time zone of those that carry none (coachview.md 4.3)."""

    filter_datetime: str
    datetime: str
    date: str
    time_zone: ZoneInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceNames:
    """Where invoices are and what their fields, lines and VAT totals are called."""

    path: str
    id: str
    changed_at: str
    definitive_status: str
    draft_status: str
    direct_debit: str
    fields: FieldPaths
    line_fields: FieldPaths
    vat_fields: FieldPaths


@dataclass(frozen=True, kw_only=True, slots=True)
class DebtorNames:
    """Where debtors are and what their fields and external ids are called."""

    path: str
    id: str
    changed_at: str
    fields: FieldPaths
    external_fields: FieldPaths


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteBackNames:
    """Where an invoice is written back and what the written fields are called; an empty name is not written."""

    path: str
    fields: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Everything that one Coachview environment calls by a name."""

    name: str
    version: int
    base: str
    token: str
    scopes: tuple[str, ...]
    list: ListNames
    limits: LimitHeaders
    formats: Formats
    invoices: InvoiceNames
    debtors: DebtorNames
    pdf_path: str
    write_back: WriteBackNames
    signature_header: str

    def scope_for(self, path: str, *, write: bool = False) -> str:
        """The scope that `path` most likely needs: `<Entity>.Lezen` or `.Schrijven` (coachview.md 4.1)."""
        entity = path.strip("/").split("/")[0]
        return f"{entity}.{'Schrijven' if write else 'Lezen'}"


class _Reader:
    """Takes values out of a profile's tables and remembers every fault instead of stopping at the first."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.faults: list[Fault] = []

    def wrong(self, code: str, section: str, key: str, value: str = "") -> None:
        """Remember what is wrong with a value."""
        values = {"name": f"{section}.{key}"} | ({"value": value} if value else {})
        self.faults.append((code, values))

    def table(self, section: str) -> Mapping[str, Any]:
        found: Any = self._data
        for part in section.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping):
            return found
        self.faults.append(("table-missing", {"name": f"[{section}]"}))
        return {}

    def text(self, section: str, key: str, *, empty: bool = False) -> str:
        value = self._value(section, key)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong("not-text", section, key)
            return ""
        if not value.strip() and not empty:
            self.wrong("empty", section, key)
        return value

    def whole_number(self, section: str, key: str) -> int:
        value = self._value(section, key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            self.wrong("not-a-number", section, key)
            return 1
        return int(value or 1)

    def texts(self, section: str, key: str) -> tuple[str, ...]:
        value = self._value(section, key)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            self.wrong("not-texts", section, key)
            return ()
        return tuple(value)

    def names(self, section: str, keys: tuple[str, ...]) -> Mapping[str, str]:
        table = self.table(section)
        for key in table:
            if key not in keys:
                self.wrong("unknown-name", section, key)
        needed: tuple[str, ...] = NEEDED.get(section, ())
        return MappingProxyType({key: self.text(section, key, empty=key not in needed) for key in keys})

    def paths(self, section: str, keys: tuple[str, ...]) -> FieldPaths:
        names = self.names(section, keys)
        for key, name in names.items():
            if name and not all(part.removesuffix("[]") for part in name.split(".")):
                self.wrong("empty-part", section, key, name)
            if "[]" in name and (section, key) not in LISTS:
                self.wrong("one-value", section, key, name)
        return MappingProxyType({key: tuple(name.split(".")) if name else () for key, name in names.items()})

    def time_zone(self, section: str, key: str) -> ZoneInfo:
        name = self.text(section, key)
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            if name:
                self.wrong("no-time-zone", section, key, name)
            return ZoneInfo("UTC")

    def _value(self, section: str, key: str) -> Any:
        table = self.table(section)
        if key not in table and self.table(section):
            self.wrong("missing", section, key)
        return table.get(key)


def known(folder: Path | None = None) -> tuple[str, ...]:
    """The names of all profiles: the ones that come with the program and the operator's own in `folder`."""
    own = [path.stem for path in folder.glob("*.toml")] if folder else []
    packaged = [entry.name.removesuffix(".toml") for entry in _packaged().iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted({*own, *packaged}))


def load(name: str, folder: Path | None = None) -> Profile:
    """The profile called `name`; the operator's own file in `folder` comes before the one in the package.

    Raises ProfileError when there is none (listing the known ones) or when the file is not right.
    """
    choices = known(folder)
    if not PLAIN_NAME.fullmatch(name) or name not in choices:
        raise ProfileError(name, ("not-there", {"known": ", ".join(choices)}))
    own = folder / f"{name}.toml" if folder else None
    try:
        if own and own.is_file():
            text = own.read_text(encoding="utf-8")
        else:
            text = (_packaged() / f"{name}.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(name, ("unreadable", {"error": str(error)})) from error
    return parse(text, name)


def parse(text: str, name: str) -> Profile:
    """The profile in `text`, which must call itself `name`; raises ProfileError with every fault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(name, ("not-toml", {"error": str(error)})) from error
    reader = _Reader(data)
    profile = _read(reader)
    if profile.name and profile.name != name:
        reader.faults.append(("other-name", {"value": profile.name, "name": name}))
    if not profile.invoices.fields["debtor"] and not profile.invoices.fields["debtor_id"]:
        reader.faults.append(("needs-debtor", {}))
    if profile.pdf_path and "{id}" not in profile.pdf_path:
        reader.faults.append(("needs-id", {"name": "pdf.path", "id": "{id}"}))
    if profile.write_back.path and "{id}" not in profile.write_back.path:
        reader.faults.append(("needs-id", {"name": "write_back.path", "id": "{id}"}))
    if reader.faults:
        raise ProfileError(name, *reader.faults)
    return profile


def _read(reader: _Reader) -> Profile:
    return Profile(
        name=reader.text("profile", "name"),
        version=reader.whole_number("profile", "version"),
        base=reader.text("api", "base"),
        token=reader.text("api", "token"),
        scopes=reader.texts("api", "scopes"),
        list=_list_names(reader),
        limits=LimitHeaders(**{key: reader.text("limits", key) for key in ("limit", "remaining", "reset")}),
        formats=Formats(
            filter_datetime=reader.text("formats", "filter_datetime"),
            datetime=reader.text("formats", "datetime"),
            date=reader.text("formats", "date"),
            time_zone=reader.time_zone("formats", "time_zone"),
        ),
        invoices=_invoice_names(reader),
        debtors=DebtorNames(
            path=reader.text("debtors", "path"),
            id=reader.text("debtors", "id"),
            changed_at=reader.text("debtors", "changed_at"),
            fields=reader.paths("debtors.fields", DEBTOR_FIELDS),
            external_fields=reader.paths("debtors.external_fields", EXTERNAL_FIELDS),
        ),
        pdf_path=reader.text("pdf", "path", empty=True),
        write_back=_write_back_names(reader),
        signature_header=reader.text("webhook", "signature_header"),
    )


def _list_names(reader: _Reader) -> ListNames:
    texts = ["where", "skip", "take", "order_by", "count", "count_header", "relations", "calculated"]
    return ListNames(
        **{key: reader.text("list", key) for key in texts},
        take_max=reader.whole_number("list", "take_max"),
        condition_separator=reader.text("list", "condition_separator"),
        value_separator=reader.text("list", "value_separator"),
    )


def _invoice_names(reader: _Reader) -> InvoiceNames:
    return InvoiceNames(
        path=reader.text("invoices", "path"),
        id=reader.text("invoices", "id"),
        changed_at=reader.text("invoices", "changed_at"),
        definitive_status=reader.text("invoices", "definitive_status"),
        draft_status=reader.text("invoices", "draft_status"),
        direct_debit=reader.text("invoices.values", "direct_debit", empty=True),
        fields=reader.paths("invoices.fields", INVOICE_FIELDS),
        line_fields=reader.paths("invoices.line_fields", LINE_FIELDS),
        vat_fields=reader.paths("invoices.vat_fields", VAT_FIELDS),
    )


def _write_back_names(reader: _Reader) -> WriteBackNames:
    table = reader.table("write_back")
    for key in table:
        if key not in {"path", *WRITE_BACK_FIELDS}:
            reader.wrong("unknown-name", "write_back", key)
    return WriteBackNames(
        path=reader.text("write_back", "path", empty=True),
        fields=MappingProxyType({key: reader.text("write_back", key, empty=True) for key in WRITE_BACK_FIELDS}),
    )


def _packaged() -> Any:
    return files("boekbrug.coachview") / "profiles"
