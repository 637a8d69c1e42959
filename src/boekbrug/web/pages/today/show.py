"""Vandaag in plain values: the sentence, the tiles and a card per koppeling."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boekbrug.domain.forecast import Forecast
from boekbrug.domain.states import BookingState
from boekbrug.store.reading import IntegrationRow, Pile, Today
from boekbrug.web import connection, formats, words
from boekbrug.web.pages.integration.show import Fact
from boekbrug.web.pages.today.sentence import lead_of, sentence_of

NEEDS_ACTION = (BookingState.HELD, BookingState.DIFFERS)
UNDER_WAY = (BookingState.RECEIVED, BookingState.READY, BookingState.BOOKING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """A number of invoices and their euros; leads to the list of them."""

    word: str
    colour: str
    count: int
    total: Decimal
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Calls:
    """The day's call budget: in words, and as a bar from 0 to 100."""

    sentence: str
    percent: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One koppeling: its light, what it knows of itself, and what is the matter."""

    id: int
    name: str
    status: words.Status
    line: str
    facts: tuple[Fact, ...]
    calls: Calls | None
    troubles: tuple[str, ...]


def show(
    today: Today,
    integrations: Sequence[IntegrationRow],
    *,
    now: datetime,
    language: str,
    nights: Mapping[int, Forecast] | None = None,
) -> dict[str, Any]:
    """What the template of Vandaag shows; `nights` foretells the next run of a koppeling with invoices waiting."""
    nights = nights or {}
    tiles = tuple(_tiles(today))
    return {
        "sentence": sentence_of(today, integrations, now, language),
        "lead": lead_of(today, now, language),
        "tiles": tiles if integrations or any(tile.count for tile in tiles) else (),
        "cards": tuple(
            _card(row, tuple(_facts(row, today.fetched_at, nights.get(row.id), now, language)), now, language)
            for row in integrations
        ),
    }


def _tiles(today: Today) -> Iterable[Tile]:
    yield _tile(_("Geboekt"), "green", today.booked, _listed("geboekt"))
    yield _tile(_("Actie nodig"), "amber", today.of(*NEEDS_ACTION), reverse("causes"))
    yield _tile(_("Wordt geboekt"), "blue", today.of(*UNDER_WAY), _listed("onderweg"))
    yield _tile(_("Wordt nagegaan bij Exact"), "blue", today.of(BookingState.UNKNOWN), _listed("onderweg"))


def _listed(group: str) -> str:
    return f"{reverse('invoices')}?staat={group}"


def _tile(word: str, colour: str, pile: Pile, address: str) -> Tile:
    return Tile(word=word, colour=colour, count=pile.count, total=pile.total, address=address)


def _card(row: IntegrationRow, facts: tuple[Fact, ...], now: datetime, language: str) -> Card:
    lights = (connection.light_of(row, language), connection.coachview_light_of(row, language))
    red = [
        light.sentence for light in lights if light.colour in {"red", "amber"} and row.state in {"active", "enabled"}
    ]
    return Card(
        id=row.id,
        name=row.name,
        status=connection.status_of(row),
        line=connection.place_of(row),
        facts=facts,
        calls=_calls(row, now, language),
        troubles=tuple(red),
    )


def _facts(
    row: IntegrationRow, fetched_at: datetime | None, night: Forecast | None, now: datetime, language: str
) -> Iterable[Fact]:
    if row.token_at and row.exact_state == connection.GREEN:
        yield Fact(word=_("Verbinding vernieuwd"), value=_near(row.token_at, now, language))
    if fetched_at:
        yield Fact(word=_("Coachview gelezen tot"), value=_near(fetched_at, now, language))
    if row.state == "active" and row.next_due_at:
        due = timezone.localtime(row.next_due_at)
        value = formats.when(due, now, language) if due > now else _("nu")
        yield Fact(word=_("Volgende verwerking"), value=value)
    if row.state == "active" and night is not None:
        yield Fact(word=_("Naar verwachting klaar"), value=_foretold(night, now, language))


def _foretold(night: Forecast, now: datetime, language: str) -> str:
    """When the waiting invoices are booked and what that costs; what has to wait for another day's calls."""
    counted = {
        "time": _near(night.ends_at, now, language),
        "calls": formats.count(night.exact_calls, language),
        "count": formats.count(night.invoices - night.first_day, language),
    }
    if not night.waits:
        return _("%(time)s, met %(calls)s aanroepen van Exact") % counted
    return (
        ngettext(
            "%(time)s; %(count)s factuur wacht op de aanroepen van een volgende dag",
            "%(time)s; %(count)s facturen wachten op de aanroepen van een volgende dag",
            night.invoices - night.first_day,
        )
        % counted
    )


def _near(value: datetime, now: datetime, language: str) -> str:
    return formats.when(timezone.localtime(value), now, language)


def _calls(row: IntegrationRow, now: datetime, language: str) -> Calls | None:
    """The calls of the running day; a window that has ended counts as empty."""
    if not row.calls_limit:
        return None
    used = 0 if row.calls_reset_at and row.calls_reset_at <= now else row.calls_used
    sentence = _("Exact-aanroepen vandaag: %(used)s van %(limit)s") % {
        "used": formats.count(used, language),
        "limit": formats.count(row.calls_limit, language),
    }
    return Calls(sentence=sentence, percent=min(100, -(-100 * used // row.calls_limit)))
