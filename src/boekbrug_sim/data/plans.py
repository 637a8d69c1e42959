"""How a scenario plans an invoice: what it shows, what must become of it, and what is on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from boekbrug_sim.data.builder import Course, Item
from boekbrug_sim.data.dates import PracticeDates, month_start
from boekbrug_sim.data.records import Invoice

Result = Literal["booked", "held", "skipped"]
When = Literal["open", "closed-period", "before-start", "back-dated"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What must become of an invoice; the code is its first problem in rule order, or why it is skipped."""

    result: Result
    code: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One invoice of a scenario; `items` gets the invoice date, since courses are dated from it."""

    shows: str
    outcome: Outcome
    debtor: str | None
    items: Callable[[PracticeDates, date], tuple[Item, ...]]
    when: When = "open"
    letter: str = ""
    more: Mapping[str, object] = field(default_factory=dict)
    garbled: Mapping[str, object] = field(default_factory=dict)
    tweak: Callable[[Invoice], Invoice] | None = None


def booked(*warnings: str) -> Outcome:
    """It is booked, perhaps with warnings."""
    return Outcome(result="booked", warnings=warnings)


def held(code: str) -> Outcome:
    """It is held for this cause."""
    return Outcome(result="held", code=code)


def skipped(reason: str) -> Outcome:
    """It is skipped for this reason."""
    return Outcome(result="skipped", code=reason)


def course(kind: str, day: date, *, starts: int = 0, months: int = 1) -> Course:
    """A course that starts so many months after the month of `day` and runs for so many months."""
    start = month_start(day, starts) + timedelta(days=4)
    return Course(kind=kind, start=start, end=month_start(day, starts + months - 1) + timedelta(days=24))


def fixed(*items: Item) -> Callable[[PracticeDates, date], tuple[Item, ...]]:
    """Items that do not hang on a date."""
    return lambda _dates, _day: items


def taught(
    kind: str, *, starts: int = 0, months: int = 1, quantity: int = 1, request: str = "AV26001"
) -> Callable[[PracticeDates, date], tuple[Item, ...]]:
    """One line for one course."""

    def items(_dates: PracticeDates, day: date) -> tuple[Item, ...]:
        runs = course(kind, day, starts=starts, months=months)
        return (Item(kind=kind, quantity=Decimal(quantity), course=runs, request=request),)

    return items
