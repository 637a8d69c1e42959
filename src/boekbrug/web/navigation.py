"""The menu: which pages there are, which one is open, and how many invoices wait for a person."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from boekbrug.store import reading
from boekbrug.web.access import Seat

Words = str | Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One line of the menu; `waiting` is the count behind it."""

    word: Words
    address: str
    current: bool
    waiting: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Navigation:
    """The menu in its groups, and the organisation in which the person sits."""

    groups: tuple[tuple[Item, ...], ...]
    organisation: str


GROUPS = (
    (
        (_("Vandaag"), "today", ("today",)),
        (_("Actie nodig"), "causes", ("causes",)),
        (_("Facturen"), "invoices", ("invoices", "invoice")),
    ),
    (
        (_("Integraties"), "integrations", ("integrations", "integration", "mapping")),
        (_("Opties"), "options", ("options",)),
    ),
)
"""The lines by group: the word, the page it leads to, and the pages (with those below them) that belong to it."""


def navigation(request: HttpRequest) -> dict[str, Navigation]:
    """The menu for templates; a page without a seat has none."""
    seat: Seat | None = getattr(request, "seat", None)
    if seat is None:
        return {}
    here = (request.resolver_match.url_name if request.resolver_match else "") or ""
    waiting = reading.waiting(seat.organisation_id)
    groups = tuple(
        tuple(
            Item(
                word=word,
                address=reverse(page),
                current=any(here == name or here.startswith(f"{name}_") for name in pages),
                waiting=waiting if page == "causes" else 0,
            )
            for word, page, pages in group
        )
        for group in GROUPS
    )
    return {"navigation": Navigation(groups=groups, organisation=seat.organisation)}
