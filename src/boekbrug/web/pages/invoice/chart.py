"""The deferred revenue of an invoice as bars per month, drawn on the server (feature N10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from boekbrug.domain.deferral import monthly_parts
from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.options import DeferralSplit
from boekbrug.domain.period import Month
from boekbrug.store.reading import InvoiceDetail
from boekbrug.web import formats

HEIGHT = 88
"""The height of the tallest bar; the base line is at 118."""
BASE = 118
STEP = 76
GAP = 22


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One month: where its bar stands, and what is written above and below it."""

    x: int
    y: int
    middle: int
    above: int
    width: int
    height: int
    amount: str
    word: str
    month: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """All bars, and the same in a sentence."""

    width: int
    bars: tuple[Bar, ...]
    sentence: str


def chart_of(found: InvoiceDetail, language: str) -> Chart | None:
    """The chart of what was sent; None when no line is deferred."""
    if found.sent is None:
        return None
    split = DeferralSplit(found.deferral_split) if found.deferral_split else DeferralSplit.MONTHS
    months = revenue_by_month(found.sent, split)
    if not months:
        return None
    largest = max((abs(amount) for amount in months.values()), default=Decimal(0)) or Decimal(1)
    bars = tuple(_bar(place, month, amount, largest, language) for place, (month, amount) in enumerate(months.items()))
    return Chart(width=len(bars) * STEP, bars=bars, sentence=_sentence(months, found, language))


def revenue_by_month(entry: SalesEntry, split: DeferralSplit) -> Mapping[Month, Decimal]:
    """The deferred revenue of all lines together, month by month in order."""
    months: dict[Month, Decimal] = {}
    for line in entry.lines:
        if line.deferral is not None:
            for month, amount in monthly_parts(line.amount, line.deferral, split):
                months[month] = months.get(month, Decimal(0)) + amount
    return dict(sorted(months.items()))


def _bar(place: int, month: Month, amount: Decimal, largest: Decimal, language: str) -> Bar:
    first = date(*month, 1)
    height = max(2, round(HEIGHT * abs(amount) / largest))
    return Bar(
        x=place * STEP + GAP // 2,
        y=BASE - height,
        middle=place * STEP + STEP // 2,
        above=BASE - height - 8,
        width=STEP - GAP,
        height=height,
        amount=formats.cents(amount, language),
        word=formats.short_month(first, language),
        month=formats.month(first, language),
    )


def _sentence(months: Mapping[Month, Decimal], found: InvoiceDetail, language: str) -> str:
    first, last = (date(*month, 1) for month in (min(months), max(months)))
    return _("%(total)s omzet, verdeeld van %(first)s tot en met %(last)s.") % {
        "total": formats.money(sum(months.values(), Decimal(0)), language, found.currency),
        "first": formats.month(first, language),
        "last": formats.month(last, language),
    }
