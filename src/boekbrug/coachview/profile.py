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

FieldPaths = Mapping[str, tuple[str, ...]]

PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class ProfileError(ValueError):
    """A profile that cannot be used; `faults` says why, one sentence for each thing that is wrong."""

    def __init__(self, name: str, faults: tuple[str, ...]) -> None:
        self.name = name
        self.faults = faults
        super().__init__(f"Coachview profile '{name}': " + "; ".join(faults))


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
        self.faults: list[str] = []

    def table(self, section: str) -> Mapping[str, Any]:
        found: Any = self._data
        for part in section.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping):
            return found
        fault = f"table [{section}] is missing"
        if fault not in self.faults:
            self.faults.append(fault)
        return {}

    def text(self, section: str, key: str, *, empty: bool = False) -> str:
        value = self._value(section, key)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.faults.append(f"{section}.{key} must be text")
            return ""
        if not value.strip() and not empty:
            self.faults.append(f"{section}.{key} is empty")
        return value

    def whole_number(self, section: str, key: str) -> int:
        value = self._value(section, key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            self.faults.append(f"{section}.{key} must be a whole number above 0")
            return 1
        return int(value or 1)

    def texts(self, section: str, key: str) -> tuple[str, ...]:
        value = self._value(section, key)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            self.faults.append(f"{section}.{key} must be a list of texts")
            return ()
        return tuple(value)

    def names(self, section: str, keys: tuple[str, ...]) -> Mapping[str, str]:
        table = self.table(section)
        self.faults += [f"{section}.{key} is not a name that is known" for key in table if key not in keys]
        needed: tuple[str, ...] = NEEDED.get(section, ())
        return MappingProxyType({key: self.text(section, key, empty=key not in needed) for key in keys})

    def paths(self, section: str, keys: tuple[str, ...]) -> FieldPaths:
        names = self.names(section, keys)
        for key, name in names.items():
            if name and not all(part.removesuffix("[]") for part in name.split(".")):
                self.faults.append(f"{section}.{key} has an empty part: {name!r}")
            if "[]" in name and (section, key) not in LISTS:
                self.faults.append(f"{section}.{key} is one value and cannot go through a list: {name!r}")
        return MappingProxyType({key: tuple(name.split(".")) if name else () for key, name in names.items()})

    def time_zone(self, section: str, key: str) -> ZoneInfo:
        name = self.text(section, key)
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            if name:
                self.faults.append(f"{section}.{key} is not a time zone: {name!r}")
            return ZoneInfo("UTC")

    def _value(self, section: str, key: str) -> Any:
        table = self.table(section)
        if key not in table and self.table(section):
            self.faults.append(f"{section}.{key} is missing")
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
        raise ProfileError(name, (f"there is no profile of this name; known are: {', '.join(choices)}",))
    own = folder / f"{name}.toml" if folder else None
    try:
        if own and own.is_file():
            text = own.read_text(encoding="utf-8")
        else:
            text = (_packaged() / f"{name}.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(name, (f"the file cannot be read: {error}",)) from error
    return parse(text, name)


def parse(text: str, name: str) -> Profile:
    """The profile in `text`, which must call itself `name`; raises ProfileError with every fault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(name, (f"the file is not TOML: {error}",)) from error
    reader = _Reader(data)
    profile = _read(reader)
    if profile.name and profile.name != name:
        reader.faults.append(f"profile.name is {profile.name!r}, but the file is called {name!r}")
    if not profile.invoices.fields["debtor"] and not profile.invoices.fields["debtor_id"]:
        reader.faults.append("invoices.fields needs debtor or debtor_id")
    if profile.pdf_path and "{id}" not in profile.pdf_path:
        reader.faults.append("pdf.path must hold {id}")
    if profile.write_back.path and "{id}" not in profile.write_back.path:
        reader.faults.append("write_back.path must hold {id}")
    if reader.faults:
        raise ProfileError(name, tuple(dict.fromkeys(reader.faults)))
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
    unknown = [key for key in table if key not in {"path", *WRITE_BACK_FIELDS}]
    reader.faults += [f"write_back.{key} is not a name that is known" for key in unknown]
    return WriteBackNames(
        path=reader.text("write_back", "path", empty=True),
        fields=MappingProxyType({key: reader.text("write_back", key, empty=True) for key in WRITE_BACK_FIELDS}),
    )


def _packaged() -> Any:
    return files("boekbrug.coachview") / "profiles"
