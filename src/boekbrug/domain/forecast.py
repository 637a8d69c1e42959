"""When a night will be done, by the arithmetic of the call budget itself (feature N5; exactly-once.md, "Call budget").

An invoice is begun only in a window that has room for all of its calls; the minute and the day of Exact and the day
of Coachview each end when they say so. What is kept of the day for realtime is no room for a night.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from boekbrug.domain.entry import Book, CustomerAction, Decision

PDF_CALLS = 2
SECONDS_PER_CALL = 0.3
"""How long one call usually takes, ours included: where the limit is no hindrance, this is."""
LINES_PER_INVOICE = 6
LINES_PER_CALL = 1_000
MOST_WINDOWS = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """One limit: the calls that may be made until `ends_at`, how many are made, and how long the next ones last."""

    limit: int
    used: int
    ends_at: datetime
    length: timedelta

    def left(self) -> int:
        """The calls that are left."""
        return max(0, self.limit - self.used)

    def at(self, now: datetime) -> "Window":
        """The window as it is at `now`: a new one when this one is over."""
        if now < self.ends_at:
            return self
        over = (now - self.ends_at) // self.length
        return replace(self, used=0, ends_at=self.ends_at + self.length * (over + 1))

    def spent(self, calls: int) -> "Window":
        """The window after so many calls more."""
        return replace(self, used=self.used + calls)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The three windows that a night has to keep to; of Exact's day without what is kept for realtime."""

    minute: Window
    day: Window
    coachview: Window


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What costs the same each time: how many times, and the calls of each to both parties.

    `books` is false of what a night does around its invoices.
    """

    invoices: int
    exact: int
    coachview: int
    books: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """What a night will be: `first_day` are the invoices that go before a limit of the day stops it."""

    invoices: int
    exact_calls: int
    coachview_calls: int
    begins_at: datetime
    ends_at: datetime
    first_day: int

    @property
    def waits(self) -> bool:
        """Whether a limit of the day makes the rest wait for the next one."""
        return self.first_day < self.invoices


def calls_of(decision: Decision) -> int:
    """How many calls to Exact booking costs without a PDF: the entry, its customer with belongings, its projects."""
    if not isinstance(decision, Book):
        return 0
    change = decision.customer_change
    belongings = (change.contact, change.invoice_address, change.bank_account)
    customer = 0 if change.action is CustomerAction.USE else 1 + sum(part is not None for part in belongings)
    return 1 + customer + len(decision.projects)


def around(invoices: int) -> Work:
    """The calls that prove so many bookings."""
    return Work(invoices=-(-invoices * LINES_PER_INVOICE // LINES_PER_CALL), exact=1, coachview=0, books=False)


def reading(calls: int) -> Work:
    """The calls that read Exact's reference data, which a bulk run does before it books."""
    return Work(invoices=calls, exact=1, coachview=0, books=False)


def forecast(
    works: Sequence[Work], limits: Limits, *, begins_at: datetime, seconds_per_call: float = SECONDS_PER_CALL
) -> Forecast:
    """Let the night pass window by window; what proves the bookings comes last and is counted in the calls."""
    night = _Night(limits, begins_at, timedelta(seconds=seconds_per_call))
    invoices = sum(work.invoices for work in works if work.books)
    for work in (*works, around(invoices)):
        night.do(work)
    return Forecast(
        invoices=invoices,
        exact_calls=night.exact,
        coachview_calls=night.coachview,
        begins_at=begins_at,
        ends_at=night.now,
        first_day=night.first_day,
    )


class _Night:
    """The hand that goes from window to window."""

    def __init__(self, limits: Limits, begins_at: datetime, each: timedelta) -> None:
        self._limits, self._each = limits, each
        self.now = begins_at
        self.exact = self.coachview = self.first_day = 0
        self.stopped = False

    def do(self, work: Work) -> None:
        """All of these, as many per window as fit."""
        left = work.invoices
        for _ in range(MOST_WINDOWS):
            if left <= 0:
                return
            self._roll()
            fit = min(left, self._fit(work))
            if fit == 0:
                self._wait(work)
                continue
            left -= fit
            self._spend(work, fit)

    def _roll(self) -> None:
        now, limits = self.now, self._limits
        self._limits = Limits(minute=limits.minute.at(now), day=limits.day.at(now), coachview=limits.coachview.at(now))

    def _fit(self, work: Work) -> int:
        """How many fit in the windows as they are, and in the time that is left of the minute (one at least)."""
        limits = self._limits
        room = min(limits.minute.left(), limits.day.left()) // work.exact
        if work.coachview:
            room = min(room, limits.coachview.left() // work.coachview)
        in_time = (limits.minute.ends_at - self.now) // (self._each * work.exact) if self._each else room
        return min(room, max(1, in_time))

    def _wait(self, work: Work) -> None:
        limits = self._limits
        day = limits.day.left() < work.exact
        coachview = work.coachview > limits.coachview.left()
        self.stopped = self.stopped or day or coachview
        ends = [limits.day.ends_at] if day else [limits.coachview.ends_at] if coachview else [limits.minute.ends_at]
        self.now = max(ends)

    def _spend(self, work: Work, fit: int) -> None:
        limits, exact, coachview = self._limits, fit * work.exact, fit * work.coachview
        self._limits = Limits(
            minute=limits.minute.spent(exact), day=limits.day.spent(exact), coachview=limits.coachview.spent(coachview)
        )
        self.now += self._each * exact
        self.exact += exact
        self.coachview += coachview
        if work.books and not self.stopped:
            self.first_day += fit
