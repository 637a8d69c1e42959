"""The load: as many bookable invoices of three lines as asked for, each made when it is needed, none kept."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from boekbrug_sim.data.builder import Course, Head, Item, make_invoice, make_line
from boekbrug_sim.data.courses import COURSE_KINDS, CourseKind
from boekbrug_sim.data.dates import PracticeDates, month_start
from boekbrug_sim.data.life import credit_items, credited_by, facts_of, lived, words_for
from boekbrug_sim.data.people import KNOWN_DEBTORS, demo_debtor
from boekbrug_sim.data.records import Debtor, Invoice

FIRST_NUMBER = 30_000_001
LINES = 3
MOST_MORE = 9_700
"""How many invoices fit in the two number series of the demo beside the sixty."""

_INVOICE_IDS = uuid.UUID("1f0ad000-0000-4000-8000-000000000000").int
_LINE_IDS = uuid.UUID("1f0ad001-0000-4000-8000-000000000000").int
_INDEX_BITS = 48

_KINDS = tuple(COURSE_KINDS.values())
_QUANTITIES = (1, 1, 1, 2, 2, 3, 4, 6, 8, 12)
_DAY_SECONDS = 86_400


def load_invoice_id(index: int) -> str:
    """The id of the invoice of that index; the index can be read back from it."""
    return str(uuid.UUID(int=_INVOICE_IDS + index))


def index_of_load_invoice(invoice_id: str) -> int | None:
    """The index that an id of `load_invoice_id` was made of."""
    try:
        offset = uuid.UUID(invoice_id).int - _INVOICE_IDS
    except ValueError:
        return None
    return offset if 0 <= offset < 1 << _INDEX_BITS else None


def index_of_load_number(number: str) -> int | None:
    """The index that an invoice number was made of."""
    if not (number.isascii() and number.isdecimal() and len(number) < 12) or str(int(number)) != number:
        return None
    offset = int(number) - FIRST_NUMBER
    return offset if offset >= 0 else None


def _as_it_is(item: Item, _debtor: Debtor) -> Item:
    return item


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How the invoices of a streamed scenario are made; every part is a function of the draw and the index.

    `local` fits an item to the institute's own books, after real life; `credits` takes some invoices back by later
    ones; `rough` brings what a person must look at.
    """

    debtor_of: Callable[[random.Random, int], Debtor]
    moment: Callable[[int, int, PracticeDates], datetime]
    item: Callable[[random.Random, date, int], Item]
    more: Callable[[random.Random, int], dict[str, object]]
    local: Callable[[Item, Debtor], Item] = _as_it_is
    home: str = "NL"
    credits: bool = True
    rough: bool = False


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """An invoice before it is added up; `facts` override what a head has by itself."""

    debtor: Debtor
    items: tuple[Item, ...]
    facts: dict[str, object]


def load_invoice(index: int, *, count: int, seed: int, dates: PracticeDates, recipe: Recipe) -> Invoice:
    """Invoice `index` of `count`; dates and changes rise with the index."""
    changed_at = recipe.moment(index, count, dates)
    plan = _plan(index, count, seed, dates, recipe)
    credited = credited_by(index) if recipe.credits else None
    if credited is not None and credited >= 0:
        original = load_invoice(credited, count=count, seed=seed, dates=dates, recipe=recipe)
        before = _plan(credited, count, seed, dates, recipe)
        text = words_for(before.debtor).credit.format(number=original.number)
        facts = {**plan.facts, "text": text, "reference": original.reference}
        plan = _Plan(debtor=before.debtor, items=credit_items(index, original, before.items), facts=facts)
    head = Head(
        **{  # type: ignore[arg-type]
            "id": load_invoice_id(index),
            "number": str(FIRST_NUMBER + index),
            "debtor": plan.debtor,
            "invoice_date": changed_at.date(),
            "changed_at": changed_at,
            **plan.facts,
        }
    )
    items = tuple(recipe.local(item, plan.debtor) for item in plan.items)
    return make_invoice(head, tuple(make_line(item, _line_id(index, place)) for place, item in enumerate(items)))


def _plan(index: int, count: int, seed: int, dates: PracticeDates, recipe: Recipe) -> _Plan:
    draw = random.Random(seed * 1_000_003 + index)
    day = recipe.moment(index, count, dates).date()
    debtor = recipe.debtor_of(draw, index)
    facts = {**facts_of(index, rough=recipe.rough), **recipe.more(draw, index)}
    items = tuple(recipe.item(draw, day, index) for _ in range(LINES))
    return _Plan(
        debtor=debtor,
        items=lived(index, items, debtor, recipe.home, rough=recipe.rough),
        facts=facts,
    )


def purchase_reference(draw: random.Random, _index: int) -> dict[str, object]:
    """Three in ten customers give an order number."""
    return {"reference": f"PO-{draw.randrange(10_000, 99_999)}"} if draw.random() < 0.3 else {}


def more_demo_invoices(count: int, *, seed: int, dates: PracticeDates) -> tuple[Invoice, ...]:
    """Bookable invoices that follow the sixty of the demo, alternating between its two number series."""
    if count > MOST_MORE:
        raise ValueError(f"the demo takes at most {MOST_MORE + 60} invoices; use the scenario load for more")
    invoices = []
    for index in range(count):
        draw = random.Random(seed * 1_000_003 + index)
        changed_at = load_moment(index, count, dates)
        number = (20_260_101 if index % 2 == 0 else 20_265_101) + index // 2
        head = Head(
            id=load_invoice_id(index),
            number=str(number),
            debtor=demo_debtor(draw.choice(KNOWN_DEBTORS)),
            invoice_date=changed_at.date(),
            changed_at=changed_at,
        )
        lines = (make_line(load_item(draw, head.invoice_date, index), _line_id(index, place)) for place in range(LINES))
        invoices.append(make_invoice(head, tuple(lines)))
    return tuple(invoices)


def load_moment(index: int, count: int, dates: PracticeDates) -> datetime:
    """When invoice `index` of `count` became definitive: evenly from the first day of last month until today."""
    span = (dates.today - dates.recent_from).days * _DAY_SECONDS
    start = datetime.combine(dates.recent_from, time.min)
    return start + timedelta(seconds=span * index // max(count, 1))


def _line_id(index: int, place: int) -> str:
    return str(uuid.UUID(int=_LINE_IDS + index * LINES + place))


def load_item(draw: random.Random, day: date, index: int) -> Item:
    """A course, or now and then a book; price agreements give odd cents."""
    kind = draw.choice(_KINDS)
    if draw.random() < 0.15:
        return Item(
            kind=kind.code,
            quantity=Decimal(draw.choice(_QUANTITIES)),
            price=Decimal(draw.randrange(995, 6995)) / 100,
            description=f"Lesboek {kind.name}",
            vat_code="2",
            gl_account="8070",
            cost_centre="Intern",
        )
    return Item(
        kind=kind.code,
        quantity=Decimal(draw.choice(_QUANTITIES)),
        price=_price(draw, kind),
        course=course_of(kind.code, month_start(day, draw.randrange(4))),
        request=f"AV{index:05d}",
    )


def _price(draw: random.Random, kind: CourseKind) -> Decimal:
    """The list price, or a price agreement with odd cents."""
    if draw.random() < 0.6:
        return kind.price
    return (kind.price * draw.randrange(80, 100) / 100).quantize(Decimal("0.01"))


def course_of(kind: str, month: date) -> Course:
    """The course of a kind that starts in a month: one to three months, always on the same days."""
    serial = sum(map(ord, kind)) + month.year * 12 + month.month
    months = (1, 1, 1, 2, 3)[serial % 5]
    start = month + timedelta(days=serial % 20)
    return Course(kind=kind, start=start, end=month_start(month, months - 1) + timedelta(days=20 + serial % 8))
