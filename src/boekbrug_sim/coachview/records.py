"""What this Coachview holds: the scenario, made when asked for, and over it every change, kept in SQLite.

So a million invoices cost nothing until they are read, and a change survives `kill -9` when there is a file.
"""

import heapq
import json
import sqlite3
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from boekbrug_sim.coachview.catalogue import SHELVES, STAMP
from boekbrug_sim.coachview.fields import Fields, debtor_fields, invoice_fields, shelf_fields
from boekbrug_sim.coachview.profile import Entity, Profile
from boekbrug_sim.coachview.where import SECOND, Span, stored_moment
from boekbrug_sim.coachview.wire import Json, Wire, merged, nested
from boekbrug_sim.data.dates import dates_of
from boekbrug_sim.data.records import Debtor, Invoice
from boekbrug_sim.data.scenarios import Collection, Scenario, scenario

Order = Literal["natural", "changed", "changed-desc"]
Kind = str  # "invoices", "debtors", or the path of another entity in small letters

_SCHEMA = """
create table if not exists setting (name text primary key, value text not null) without rowid;
create table if not exists change (
    kind text not null, place integer not null, id text not null, changed_at text not null, fields text not null,
    primary key (kind, place)
) without rowid;
create unique index if not exists change_by_id on change (kind, id);
create index if not exists change_by_moment on change (kind, changed_at, place);
create table if not exists hook (url text primary key, secret text not null) without rowid;
create table if not exists token (token text primary key, scopes text not null, ends real not null) without rowid;
"""

_SELECT_TOUCHED = "select changed_at, place from change where kind = ? and changed_at between ? and ? order by "
_TOUCHED: Mapping[Order, str] = {
    "natural": _SELECT_TOUCHED + "place",
    "changed": _SELECT_TOUCHED + "changed_at, place",
    "changed-desc": _SELECT_TOUCHED + "changed_at desc, place desc",
}


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Which scenario is in force, and the day that it started on."""

    name: str
    seed: int
    invoices: int | None
    today: date


class Records:
    """Invoices and debtors by place (creation order), as Coachview sends them."""

    def __init__(self, names: Profile, state: Path | None) -> None:
        self._names = names
        self._wire = Wire(names)
        self.database = sqlite3.connect(state or ":memory:", isolation_level=None, check_same_thread=False)
        self.database.execute("pragma journal_mode = wal")
        self.database.execute("pragma synchronous = normal")
        self.database.executescript(_SCHEMA)
        self._scenario: Scenario | None = None
        self._changed: dict[Kind, set[int]] = {kind: set() for kind in ("invoices", "debtors", *SHELVES)}
        self._fields: Mapping[Kind, Fields] = {
            "invoices": invoice_fields(names),
            "debtors": debtor_fields(names),
            **{kind: shelf_fields(shelf.fields, STAMP) for kind, shelf in SHELVES.items()},
        }
        self._shelved: dict[Kind, Collection[Json]] = {}

    def close(self) -> None:
        """Give the file back."""
        self.database.close()

    def loaded(self) -> Loaded | None:
        """The scenario that the state file holds, if any."""
        data = self.kept("scenario")
        return None if data is None else Loaded(**{**data, "today": date.fromisoformat(data["today"])})

    def keep(self, name: str, value: object) -> None:
        """Keep a small thing under a name, for the next start."""
        self.database.execute("insert or replace into setting values (?, ?)", [name, json.dumps(value)])

    def kept(self, name: str) -> Any:
        """What was kept under a name; None when nothing was."""
        row = self.database.execute("select value from setting where name = ?", [name]).fetchone()
        return None if row is None else json.loads(row[0])

    def load(self, wanted: Loaded, *, keep_changes: bool = False) -> None:
        """Put a scenario in force; without `keep_changes` every change is forgotten."""
        self._scenario = scenario(
            wanted.name, seed=wanted.seed, invoices=wanted.invoices, dates=dates_of(wanted.name, wanted.today)
        )
        self._shelved = {}
        settings = {
            "name": wanted.name,
            "seed": wanted.seed,
            "invoices": wanted.invoices,
            "today": wanted.today.isoformat(),
        }
        with self._transaction():
            if not keep_changes:
                self.database.execute("delete from change")
            self.keep("scenario", settings)
        for kind in self._changed:
            rows = self.database.execute("select place from change where kind = ?", [kind])
            self._changed[kind] = {place for (place,) in rows}

    def entity(self, kind: Kind) -> Entity:
        """The names of one kind of record."""
        if kind in SHELVES:
            return Entity(path=SHELVES[kind].path, id="id", changed_at=STAMP, fields={})
        return self._names.invoices if kind == "invoices" else self._names.debtors

    def fields(self, kind: Kind) -> Fields:
        """The fields that can be filtered and sorted on, with their types."""
        return self._fields[kind]

    def kind_of(self, name: str) -> Kind | None:
        """The kind that a path or section name means, without regard to case."""
        for kind in self._changed:
            if name.lower() in {kind, self.entity(kind).path.lower()}:
                return kind
        return None

    def place_of(self, kind: Kind, record_id: str) -> int | None:
        """Where a record is, by its id."""
        place = self._collection(kind).find(record_id.lower())
        if place is not None:
            return place
        row = self.database.execute(
            "select place from change where kind = ? and id = ?", [kind, record_id.lower()]
        ).fetchone()
        return row[0] if row else None

    def places_of_numbers(self, kind: Kind, numbers: Iterable[str]) -> set[int] | None:
        """Where records with these numbers can be: as they were made, or changed since; None when nobody knows."""
        find = self._collection(kind).find_number
        if find is None:
            return None
        made = {place for place in map(find, numbers) if place is not None}
        return made | self._changed[kind]

    def read(self, kind: Kind, place: int) -> Json:
        """The whole record at a place, changes included, with its relations."""
        collection = self._collection(kind)
        written: Json = {}
        if place < collection.count:
            record = collection.at(place)
            written = self._written(record)
            if isinstance(record, Invoice) and record.debtor and self._changed["debtors"]:
                written = self._with_changed_debtor(written, record.debtor)
        if place in self._changed[kind]:
            (fields,) = self.database.execute(
                "select fields from change where kind = ? and place = ?", [kind, place]
            ).fetchone()
            written = merged(written, json.loads(fields))
        return written

    def change(self, kind: Kind, place: int, values: Mapping[str, Any], now: datetime) -> None:
        """Change fields of one record; its change moment becomes `now`."""
        entity = self.entity(kind)
        fields: Json = {}
        if place in self._changed[kind]:
            row = self.database.execute(
                "select fields from change where kind = ? and place = ?", [kind, place]
            ).fetchone()
            fields = json.loads(row[0])
        collection = self._collection(kind)
        before = self._written(collection.at(place)) if place < collection.count else {}
        stamp = {".".join(entity.changed_at): self._wire.plain(now)}
        fields = merged(merged(fields, nested(stamp)), _spelled(nested(values), merged(before, fields)))
        record = merged(before, fields)
        moment = _moment_in(record, entity) or now
        self.database.execute(
            "insert or replace into change values (?, ?, ?, ?, ?)",
            [kind, place, str(record[entity.id]).lower(), moment.isoformat(), json.dumps(fields)],
        )
        self._changed[kind].add(place)

    def create(self, kind: Kind, values: Mapping[str, Any], now: datetime) -> str:
        """Add a record; gives its new id."""
        record_id = str(uuid.uuid4())
        row = self.database.execute("select max(place) from change where kind = ?", [kind]).fetchone()
        place = max(row[0] or 0, self._collection(kind).count - 1) + 1
        self.change(kind, place, {**values, self.entity(kind).id: record_id}, now)
        return record_id

    def places(self, kind: Kind, span: Span, order: Order) -> Iterator[int]:
        """The records whose change moment lies in the span, in the order asked for."""
        low, high = self._unchanged_range(kind, span)
        changed, moment = self._changed[kind], self._collection(kind).moment
        unchanged = (place for place in range(low, high) if place not in changed)
        if order == "natural":
            touched = self._touched(kind, span, "natural")
            return heapq.merge(unchanged, (place for _, place in touched))
        if order == "changed":
            stamped = ((moment(place).isoformat(), place) for place in unchanged)
            return (place for _, place in heapq.merge(stamped, self._touched(kind, span, order)))
        backwards = (place for place in range(high - 1, low - 1, -1) if place not in changed)
        stamped = ((moment(place).isoformat(), place) for place in backwards)
        touched = self._touched(kind, span, order)
        return (place for _, place in heapq.merge(stamped, touched, reverse=True))

    def changed_at(self, kind: Kind, place: int) -> datetime:
        """When the record at a place last changed."""
        if place not in self._changed[kind]:
            return self._collection(kind).moment(place)
        query = "select changed_at from change where kind = ? and place = ?"
        return datetime.fromisoformat(self.database.execute(query, [kind, place]).fetchone()[0])

    def arrived(self, kind: Kind, span: Span) -> Iterator[int]:
        """Unchanged records whose moment lies after the first second of the span, up to its last."""
        low, high = self._unchanged_range(kind, Span(first=span.first and span.first + SECOND, last=span.last))
        return (place for place in range(low, high) if place not in self._changed[kind])

    def scenario_name(self) -> str:
        """The scenario in force."""
        return self._current().name

    def count(self, kind: Kind, span: Span) -> int:
        """How many records have their change moment in the span."""
        low, high = self._unchanged_range(kind, span)
        gone = sum(1 for place in self._changed[kind] if low <= place < high)
        return high - low - gone + sum(1 for _ in self._touched(kind, span, "natural"))

    def _touched(self, kind: Kind, span: Span, order: Order) -> Iterator[tuple[str, int]]:
        first = span.first.isoformat() if span.first else ""
        last = span.last.isoformat() if span.last else "~"
        return iter(self.database.execute(_TOUCHED[order], [kind, first, last]).fetchall())

    def _unchanged_range(self, kind: Kind, span: Span) -> tuple[int, int]:
        """First place and the one after the last whose scenario moment lies in the span: they rise with the place."""
        places = range(self._collection(kind).count)

        moment = self._collection(kind).moment
        low = 0 if span.first is None else bisect_left(places, span.first, key=moment)
        high = len(places) if span.last is None else bisect_right(places, span.last, key=moment)
        return low, max(low, high)

    def _collection(self, kind: Kind) -> Collection[Invoice] | Collection[Debtor] | Collection[Json]:
        current = self._current()
        if kind in SHELVES:
            if kind not in self._shelved:
                self._shelved[kind] = SHELVES[kind].make(current)
            return self._shelved[kind]
        return current.invoices if kind == "invoices" else current.debtors

    def _current(self) -> Scenario:
        if self._scenario is None:
            raise RuntimeError("no scenario is loaded")
        return self._scenario

    def _written(self, record: Invoice | Debtor | Json) -> Json:
        if isinstance(record, dict):
            start = datetime.combine(self._current().dates.recent_from, datetime.min.time())
            return {**record, **nested({".".join(STAMP): self._wire.plain(start)})}
        if isinstance(record, Invoice):
            written = self._wire.invoice(record)
            return merged(written, self._stamped(written, self._names.relation("debtor")))
        return merged(self._wire.debtor(record), self._debtor_stamp())

    def _stamped(self, written: Json, relation: str) -> Json:
        return {relation: self._debtor_stamp()} if isinstance(written.get(relation), dict) else {}

    def _debtor_stamp(self) -> Json:
        start = datetime.combine(self._current().dates.recent_from, datetime.min.time())
        return nested({".".join(self._names.debtors.changed_at): self._wire.plain(start)})

    def _with_changed_debtor(self, written: Json, debtor: Debtor) -> Json:
        place = self._current().debtors.find(debtor.id)
        if place is None or place not in self._changed["debtors"]:
            return written
        return {**written, self._names.relation("debtor"): self.read("debtors", place)}

    def _transaction(self) -> "_Transaction":
        return _Transaction(self.database)


class _Transaction:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("begin immediate")

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        self._database.execute("rollback" if kind else "commit")


def _moment_in(record: Json, entity: Entity) -> datetime | None:
    value: Any = record
    for key in entity.changed_at:
        value = value.get(key) if isinstance(value, dict) else None
    return stored_moment(value)


def _spelled(values: Json, record: Json) -> Json:
    """The values under the keys that the record spells, whatever the capitals of the caller."""
    known: Mapping[str, str] = {key.lower(): key for key in record}
    result: Json = {}
    for key, value in values.items():
        name = known.get(key.lower(), key)
        before = record.get(name)
        result[name] = _spelled(value, before) if isinstance(value, dict) and isinstance(before, dict) else value
    return result
