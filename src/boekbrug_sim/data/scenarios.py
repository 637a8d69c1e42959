"""The named scenarios: for each, the invoices and debtors of the practice institute, by index and by id."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Generic, TypeVar

from boekbrug_sim.data.dates import PracticeDates
from boekbrug_sim.data.demo import demo_debtors, demo_invoices
from boekbrug_sim.data.load import index_of_load_invoice, index_of_load_number, load_invoice, more_demo_invoices
from boekbrug_sim.data.recipes import CASTS
from boekbrug_sim.data.records import Debtor, Invoice

MOST_INVOICES = 1_000_000

RecordT = TypeVar("RecordT")
KeptT = TypeVar("KeptT", Invoice, Debtor)


@dataclass(frozen=True, kw_only=True)
class Collection(Generic[RecordT]):
    """Records that can be asked for one at a time, in order of their last change; nothing need be kept."""

    count: int
    at: Callable[[int], RecordT]
    find: Callable[[str], int | None]
    moment: Callable[[int], datetime]
    """When the record last changed, without making it; rises with the index."""
    find_number: Callable[[str], int | None] | None = None
    """Where the record with a number is, when that can be told without looking at all of them."""

    def __iter__(self) -> Iterator[RecordT]:
        return (self.at(index) for index in range(self.count))


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One named set of practice data."""

    name: str
    seed: int
    dates: PracticeDates
    invoices: Collection[Invoice]
    debtors: Collection[Debtor]


def scenario(name: str, *, seed: int, invoices: int | None, dates: PracticeDates) -> Scenario:
    """The scenario of that name; an unknown name or an impossible size is a ValueError."""
    maker = _SCENARIOS.get(name)
    if maker is None:
        raise ValueError(f"unknown scenario {name!r}; known: {', '.join(sorted(_SCENARIOS))}")
    if invoices is not None and not 0 <= invoices <= MOST_INVOICES:
        raise ValueError(f"invoices must be from 0 to {MOST_INVOICES}")
    return maker(name, seed, invoices, dates)


def scenario_names() -> tuple[str, ...]:
    """Every scenario that can be loaded."""
    return tuple(sorted(_SCENARIOS))


def _demo(name: str, seed: int, invoices: int | None, dates: PracticeDates) -> Scenario:
    """The sixty; asked for more, bookable ones of known debtors are added to both number series."""
    sixty = demo_invoices(dates)
    more = more_demo_invoices(max((invoices or 0) - len(sixty), 0), seed=seed, dates=dates)
    ordered = sorted((*sixty, *more), key=lambda invoice: (invoice.changed_at, str(invoice.number)))
    return Scenario(
        name=name,
        seed=seed,
        dates=dates,
        invoices=_kept(tuple(ordered)[:invoices], dates),
        debtors=_kept(demo_debtors(), dates),
    )


def _streamed(name: str, seed: int, invoices: int | None, dates: PracticeDates) -> Scenario:
    cast = CASTS[name]
    count = cast.invoices if invoices is None else invoices
    debtors = cast.debtors or max(count, 1)
    recipe = cast.recipe(debtors)

    def at(index: int) -> Invoice:
        return load_invoice(index, count=count, seed=seed, dates=dates, recipe=recipe)

    return Scenario(
        name=name,
        seed=seed,
        dates=dates,
        invoices=Collection(
            count=count,
            at=at,
            find=_below(count, index_of_load_invoice),
            moment=lambda index: recipe.moment(index, count, dates),
            find_number=_below(count, index_of_load_number),
        ),
        debtors=Collection(
            count=debtors,
            at=lambda index: cast.debtor_at(index, debtors),
            find=_below(debtors, cast.index_of_debtor),
            moment=lambda _index: _start(dates),
        ),
    )


def _below(count: int, index_of: Callable[[str], int | None]) -> Callable[[str], int | None]:
    """Only indexes of records that exist."""

    def find(record_id: str) -> int | None:
        index = index_of(record_id)
        return index if index is not None and index < count else None

    return find


def _kept(records: tuple[KeptT, ...], dates: PracticeDates) -> Collection[KeptT]:
    places = {record.id: index for index, record in enumerate(records)}
    moments = [record.changed_at or _start(dates) for record in records]
    return Collection(count=len(records), at=records.__getitem__, find=places.get, moment=moments.__getitem__)


def _start(dates: PracticeDates) -> datetime:
    """Since when debtors are as they are."""
    return datetime.combine(dates.recent_from, time.min)


_SCENARIOS: dict[str, Callable[[str, int, int | None, PracticeDates], Scenario]] = {
    "demo": _demo,
    **dict.fromkeys(CASTS, _streamed),
}
