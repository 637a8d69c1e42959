"""The live checklist beside the form: what is red first, then amber, and what is in order folded away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boekbrug.domain.checklist import Colour, Facts, Item
from boekbrug.domain.checklist import checklist as items_of
from boekbrug.sentences import tell_item
from boekbrug.web import formats

ICONS = {Colour.GREEN: "check", Colour.AMBER: "question", Colour.RED: "stop"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One item in words; `link` leads to where it is changed, `by` says who confirmed it and when."""

    key: str
    colour: str
    icon: str
    title: str
    why: str
    fix: str
    link: str
    option: str
    asks: bool
    by: str


def beside(facts: Facts, integration_id: int, language: str) -> dict[str, Any]:
    """What the template shows of the checklist, from the local copy of Exact's data, and of when that is."""
    lines = [line_of(item, integration_id, language) for item in items_of(facts)]
    colours = {colour.value: [line for line in lines if line.colour == colour.value] for colour in Colour}
    tally = _tally(len(colours["red"]), len(colours["amber"]))
    return {"checklist": {**colours, "tally": tally, "read_at": facts.read_at}}


def _tally(red: int, amber: int) -> str:
    """How many items ask for something."""
    parts = (
        ngettext("%(count)s punt houdt het boeken tegen", "%(count)s punten houden het boeken tegen", red)
        % {"count": red},
        ngettext("%(count)s punt om te bekijken", "%(count)s punten om te bekijken", amber) % {"count": amber},
    )
    told = ", ".join(part for part, count in zip(parts, (red, amber), strict=True) if count)
    return told or _("alles is in orde")


def line_of(item: Item, integration_id: int, language: str) -> Line:
    """An item in words."""
    told, values = tell_item(item, language), dict(item.values)
    confirmed = item.asks and item.colour is Colour.GREEN
    day = formats.day(datetime.fromisoformat(values["date"]), language) if confirmed else ""
    return Line(
        key=item.key,
        colour=item.colour.value,
        icon=ICONS[item.colour],
        title=told.title,
        why=told.sentence,
        fix=told.action,
        link=reverse("mapping", args=[integration_id]) if item.table else "",
        option=item.option,
        asks=item.asks,
        by=f"{values['who']}, {day}" if confirmed else "",
    )
