"""The last thirty days as bars, drawn on the server; the words stand beside the drawing, so that it may stretch."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boekbrug.store.reading import Day
from boekbrug.web import formats

DAYS = 30
HEIGHT = 100
SMALLEST = 3
"""The height of a day on which little or nothing happened, so that every day can be seen."""
APART = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One day: the heights of its two parts from the ground up, and the same in words."""

    x: int
    booked_y: int
    booked_height: int
    waiting_y: int
    waiting_height: int
    day: str
    booked: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DayChart:
    """All bars, what they say together, and the first day under them."""

    bars: tuple[Bar, ...]
    sentence: str
    first: str
    waits: bool

    @property
    def busy(self) -> tuple[Bar, ...]:
        """The days on which something happened, newest first, for the table."""
        return tuple(bar for bar in reversed(self.bars) if bar.booked or bar.waiting)


def chart_of(days: Sequence[Day], language: str) -> DayChart | None:
    """The chart; None when nothing happened on any of these days."""
    largest = max((day.booked + day.waiting for day in days), default=0)
    if not largest:
        return None
    return DayChart(
        bars=tuple(_bar(place, day, largest, language) for place, day in enumerate(days)),
        sentence=_sentence(days, language),
        first=formats.day_in_words(days[0].day, language),
        waits=any(day.waiting for day in days),
    )


def _bar(place: int, day: Day, largest: int, language: str) -> Bar:
    room = HEIGHT - SMALLEST - APART
    booked = max(SMALLEST, round(room * day.booked / largest))
    waiting = max(SMALLEST, round(room * day.waiting / largest)) if day.waiting else 0
    return Bar(
        x=place * 10 + 2,
        booked_y=HEIGHT - booked,
        booked_height=booked,
        waiting_y=HEIGHT - booked - APART - waiting,
        waiting_height=waiting,
        day=formats.day_in_words(day.day, language),
        booked=day.booked,
        waiting=day.waiting,
    )


def _sentence(days: Sequence[Day], language: str) -> str:
    total = sum(day.booked for day in days)
    if not total:
        return _("In deze dagen is niets geboekt.")
    busiest = max(days, key=lambda day: day.booked)
    return ngettext(
        "%(count)s factuur geboekt; de drukste dag was %(day)s, met %(most)s.",
        "%(count)s facturen geboekt; de drukste dag was %(day)s, met %(most)s.",
        total,
    ) % {
        "count": formats.count(total, language),
        "day": formats.day_in_words(busiest.day, language),
        "most": formats.count(busiest.booked, language),
    }
