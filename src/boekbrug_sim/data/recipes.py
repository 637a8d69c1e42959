"""The streamed scenarios: who is in them and how their invoices are made."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from boekbrug_sim.data.builder import Item
from boekbrug_sim.data.courses import COURSE_KINDS, CourseKind
from boekbrug_sim.data.dates import PracticeDates, month_start
from boekbrug_sim.data.lively import lively_debtor, rough_debtor
from boekbrug_sim.data.load import Recipe, load_item, load_moment, purchase_reference
from boekbrug_sim.data.numbers import structured_message
from boekbrug_sim.data.people import (
    BELGIAN_DEBTORS,
    LOAD_DEBTORS,
    belgian_debtor,
    index_of_belgian_debtor,
    index_of_load_debtor,
)
from boekbrug_sim.data.records import Debtor

BELGIAN_ACCOUNTS = {
    "8000": "700000",
    "8010": "701000",
    "8020": "700000",
    "8030": "702000",
    "8040": "701000",
    "8070": "703000",
    "8090": "708000",
}
BELGIAN_COST_CENTRES = {"OPL": "OPL", "INC": "INC", "UTR": "OPL", "ELE": "OPL", "Intern": "Intern"}
FRENCH_COURSES = {
    "VCA": "Sécurité VCA de base",
    "BHV": "Secourisme en entreprise",
    "PM": "Gestion de projet",
    "XLS": "Excel, niveau avancé",
    "LDR": "Diriger une équipe au quotidien",
    "NT2": "Néerlandais, deuxième langue",
    "PED": "Accueil de l'enfance, niveau 3",
    "ELE": "Protection des données en ligne",
}
LIVE_SHARE = 10  # on the first day, one invoice in ten is made while people look on


@dataclass(frozen=True, kw_only=True)
class Cast:
    """One streamed scenario: usual size, debtors (0: one for every invoice), and the recipe."""

    invoices: int
    debtors: int
    recipe: Callable[[int], Recipe]
    debtor_at: Callable[[int, int], Debtor]
    index_of_debtor: Callable[[str], int | None] = index_of_load_debtor


def _load_at(index: int, count: int) -> Debtor:
    return lively_debtor(index, count=count)


def _rough_at(index: int, count: int) -> Debtor:
    return rough_debtor(index, count=count)


def _load(debtors: int) -> Recipe:
    return Recipe(
        debtor_of=lambda draw, _index: lively_debtor(draw.randrange(debtors), count=debtors),
        moment=load_moment,
        item=load_item,
        more=purchase_reference,
    )


def _load_new(debtors: int) -> Recipe:
    """One new debtor for every invoice, so none of them is ever credited."""
    return replace(_load(debtors), debtor_of=lambda _draw, index: lively_debtor(index, count=debtors), credits=False)


def _rough(debtors: int) -> Recipe:
    """Real life with what a person must look at."""
    return replace(
        _load(debtors),
        debtor_of=lambda draw, _index: rough_debtor(draw.randrange(debtors), count=debtors),
        rough=True,
    )


# ---- month-end: last month has just been closed; cost centres are missing here and there ----


def _month_end(debtors: int) -> Recipe:
    return replace(_rough(debtors), item=_hasty_item)


def _hasty_item(draw: random.Random, day: date, index: int) -> Item:
    item = load_item(draw, day, index)
    if draw.random() < 0.2:
        return replace(item, cost_centre="Intern", request=None)
    return item


# ---- first-day: two years of history, and invoices that come in while people look on ----


def _first_day(debtors: int) -> Recipe:
    return replace(_rough(debtors), moment=_first_day_moment)


def _first_day_moment(index: int, count: int, dates: PracticeDates) -> datetime:
    live = count // LIVE_SHARE
    old = count - live
    start = datetime.combine(month_start(dates.today, -24), time.min)
    today = datetime.combine(dates.today, time.min)
    if index < old:
        return start + timedelta(seconds=int((today - start).total_seconds()) * index // max(old, 1))
    return today + timedelta(hours=8, seconds=36_000 * (index - old) // max(live, 1))


# ---- broken-master-data: few causes, many invoices ----


def _broken(debtors: int) -> Recipe:
    return Recipe(
        debtor_of=lambda draw, _index: broken_debtor(draw.randrange(debtors), debtors),
        moment=load_moment,
        item=_broken_item,
        more=purchase_reference,
    )


def broken_debtor(index: int, count: int) -> Debtor:
    """A debtor of the scenario broken-master-data: some with a wrong IBAN or VAT number."""
    debtor = lively_debtor(index, count=count)
    match index % count % 10:
        case 2:
            return replace(debtor, iban="NL00INGB0001234567")
        case 3:
            return replace(debtor, vat_number="NL123456789B99")
        case _:
            return debtor


def _broken_item(draw: random.Random, day: date, index: int) -> Item:
    item, fate = load_item(draw, day, index), draw.random()
    if fate < 0.12:
        return replace(item, vat_code="21H", percentage=Decimal("0.21"))
    if fate < 0.18:
        return replace(item, gl_account="8999")
    if fate < 0.22:
        return replace(item, cost_centre="ZEELAND")
    if fate < 0.24:
        return replace(item, gl_account="8050")
    return item


# ---- belgium: two languages, 21, 6 and 0%, structured messages, customers abroad ----


def _belgium(debtors: int) -> Recipe:
    return Recipe(
        debtor_of=lambda draw, _index: belgian_debtor(draw.randrange(debtors)),
        moment=load_moment,
        item=load_item,
        more=lambda _draw, index: {"payment_reference": structured_message(3_000_000_000 + index)},
        local=_belgian_item,
        home="BE",
    )


def _belgian_item(item: Item, debtor: Debtor) -> Item:
    kind = COURSE_KINDS[item.kind]
    book = item.gl_account == "8070"
    return replace(
        item,
        description=_in_french(item, kind, book=book) if debtor.language == "fr" else item.description,
        gl_account=BELGIAN_ACCOUNTS[item.gl_account or kind.gl_account],
        cost_centre=BELGIAN_COST_CENTRES[item.cost_centre or kind.cost_centre],
        percentage=Decimal("0.06") if item.vat_code == "2" else None,
    )


def _in_french(item: Item, kind: CourseKind, *, book: bool) -> str:
    course = FRENCH_COURSES[kind.code]
    if item.description is None:
        return course
    return f"Manuel « {course} »" if book and item.description.startswith("Lesboek") else item.description


CASTS = {
    "load": Cast(invoices=500, debtors=LOAD_DEBTORS, recipe=_load, debtor_at=_load_at),
    "load-new": Cast(invoices=500, debtors=0, recipe=_load_new, debtor_at=_load_at),
    "month-end": Cast(invoices=240, debtors=LOAD_DEBTORS, recipe=_month_end, debtor_at=_rough_at),
    "first-day": Cast(invoices=600, debtors=LOAD_DEBTORS, recipe=_first_day, debtor_at=_rough_at),
    "broken-master-data": Cast(invoices=400, debtors=LOAD_DEBTORS, recipe=_broken, debtor_at=broken_debtor),
    "belgium": Cast(
        invoices=120,
        debtors=BELGIAN_DEBTORS,
        recipe=_belgium,
        debtor_at=lambda index, _count: belgian_debtor(index),
        index_of_debtor=index_of_belgian_debtor,
    ),
}
"""Every streamed scenario by name."""
