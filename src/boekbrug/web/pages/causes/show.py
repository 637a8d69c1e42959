"""The causes in plain values for their template: one card per cause, one of them opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boekbrug.asking import page_there
from boekbrug.domain.actions import Action, actions_of
from boekbrug.domain.customers import Customer
from boekbrug.domain.states import BookingState
from boekbrug.sentences import tell
from boekbrug.store.debtors import CUSTOMER
from boekbrug.store.reading import CauseRow, Causes, InvoiceRow, Pile
from boekbrug.store.reading.causes import CAUSES
from boekbrug.web import deeds, formats, words
from boekbrug.web.pages.invoice.choices import mapping_link, option_link

ONE_CLICK = frozenset({Action.RETRY, Action.BOOK_ANYWAY, Action.CREATE_CUSTOMER})
"""Actions that a whole cause takes without another question."""

LAST = frozenset({Action.OPEN_IN_EXACT, Action.FORWARD})
"""Actions that come behind Overslaan, and that no cause leads to first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """One action of a card: a link when there is an address, else a button that sends `action` (and `relation`).

    `goes` is the page that a button sends the cause to, when that is another one than its own.
    """

    label: str
    address: str = ""
    action: str = ""
    relation: str = ""
    goes: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to do, with where it is done."""

    text: str
    address: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One cause."""

    cause: str
    title: str
    who: words.Status
    count: int
    total: Decimal
    since: datetime
    address: str
    opened: bool
    sentence: str
    steps: tuple[Step, ...]
    primary: Button | None
    others: tuple[Button, ...]
    skips: bool
    last: tuple[Button, ...]
    code: str
    values: tuple[tuple[str, str], ...]
    list_address: str


def show(
    found: Causes, *, opened: str, invoices: Sequence[InvoiceRow], named: Sequence[Customer], skip: int, language: str
) -> dict[str, Any]:
    """What the template shows; `invoices` are those of the opened cause, `named` the relations that it is about."""
    cards = tuple(_card(row, row.cause == opened, named if row.cause == opened else (), language) for row in found.rows)
    differing, unknown = found.of(BookingState.DIFFERS), found.of(BookingState.UNKNOWN)
    return {
        "sentence": _sentence(found, language),
        "lead": _lead(found, language),
        "cards": cards,
        "invoices": tuple(invoices),
        "differing": differing if differing.count else None,
        "unknown": _unknown(unknown, language) if unknown.count else "",
        "before": _address("", max(skip - CAUSES, 0)) if skip else "",
        "after": _address("", skip + CAUSES) if found.more else "",
    }


def _sentence(found: Causes, language: str) -> str:
    waiting = found.of(BookingState.HELD).count + found.of(BookingState.DIFFERS).count
    if not waiting:
        return _("Er wacht niets op u.")
    return ngettext("%(count)s factuur vraagt uw aandacht.", "%(count)s facturen vragen uw aandacht.", waiting) % {
        "count": formats.count(waiting, language)
    }


def _lead(found: Causes, language: str) -> str:
    """How many causes, and that nothing of it was booked."""
    held = found.of(BookingState.HELD)
    if not held.count:
        return ""
    total = formats.money(held.total, language)
    if found.more or len(found.rows) == CAUSES:
        return _("%(total)s wacht. Er is niets van geboekt.") % {"total": total}
    sentence = ngettext(
        "%(count)s oorzaak, %(total)s. Er is niets van geboekt.",
        "%(count)s oorzaken, %(total)s. Er is niets van geboekt.",
        len(found.rows),
    )
    return sentence % {"count": len(found.rows), "total": total}


def _unknown(pile: Pile, language: str) -> str:
    sentence = ngettext(
        "Exact antwoordde niet op tijd bij %(count)s factuur (%(total)s). Wij gaan zelf na of die is aangekomen; "
        "u hoeft niets te doen.",
        "Exact antwoordde niet op tijd bij %(count)s facturen (%(total)s). Wij gaan zelf na of die zijn aangekomen; "
        "u hoeft niets te doen.",
        pile.count,
    )
    return sentence % {"count": formats.count(pile.count, language), "total": formats.money(pile.total, language)}


def _card(row: CauseRow, opened: bool, named: Sequence[Customer], language: str) -> Card:
    problem = row.problem
    telling = tell(problem, language)
    actions = actions_of(problem.code)
    buttons = [button for action in actions if action not in LAST for button in _buttons(action, row, named)]
    last = [button for action in actions if action in LAST for button in _buttons(action, row, named)]
    return Card(
        cause=row.cause,
        title=telling.title,
        who=words.who_of(problem.who),
        count=row.count,
        total=row.total,
        since=row.since,
        address=_address(row.cause),
        opened=opened,
        sentence=telling.sentence,
        steps=_steps(row, telling.action) if opened else (),
        primary=buttons[0] if buttons else None,
        others=tuple(buttons[1:]) if opened else (),
        skips=opened and Action.SKIP in actions,
        last=tuple(last) if opened else (),
        code=problem.code,
        values=problem.values,
        list_address=reverse("invoices") + "?" + urlencode({"oorzaak": row.cause}),
    )


def _buttons(action: Action, row: CauseRow, named: Sequence[Customer]) -> list[Button]:
    """What an action becomes on a card: for several relations several buttons, for a question of its own none."""
    label = str(deeds.LABELS[action])
    if action in ONE_CLICK:
        return [Button(label=label, action=action.value)]
    if action is Action.MAP_CODE and row.integration_id is not None:
        address, label = mapping_link([row.problem], row.integration_id)
        return [Button(label=label, address=address)]
    if action is Action.CHANGE_OPTION:
        return [Button(label=label, address=option_link([row.problem], row.integration_id))]
    if action is Action.FORWARD:
        return [Button(label=label, goes=reverse("forward"))]
    if action is Action.OPEN_IN_EXACT:
        address = page_there(row.administration_id, dict(row.problem.values).get("there_entry_id", ""))
        return [Button(label=label, address=address)] if address and row.count == 1 else []
    invoice = reverse("invoice", args=[row.first_id])
    if action is Action.LINK_ENTRY:
        return [Button(label=label, address=invoice + "#boeking")] if row.count == 1 else []
    if action is Action.MAKE_CUSTOMER:
        return [_with_relation(action, customer) for customer in named if customer.status != CUSTOMER]
    if action is Action.LINK_CUSTOMER:
        linked = [_with_relation(action, customer) for customer in named if _serves(customer)]
        return [*linked, Button(label=_("Relatie zoeken"), address=invoice + "#relatie")]
    return []


def _serves(customer: Customer) -> bool:
    return customer.status == CUSTOMER and not customer.blocked


def _with_relation(action: Action, customer: Customer) -> Button:
    values = {"code": customer.code.strip(), "name": customer.name}
    text = _("Koppelen aan %(code)s · %(name)s")
    if action is Action.MAKE_CUSTOMER:
        text = _("%(code)s · %(name)s ook klant maken")
    return Button(label=text % values, action=action.value, relation=customer.exact_id)


def _steps(row: CauseRow, action: str) -> tuple[Step, ...]:
    """At most three: what to do, where, and what follows by itself."""
    steps = [Step(text=action)] if action else []
    offered = actions_of(row.problem.code)
    if Action.MAP_CODE in offered and row.integration_id is not None:
        address, label = mapping_link([row.problem], row.integration_id)
        steps = [Step(text=action, address=address, label=label)]
    elif Action.CHANGE_OPTION in offered and row.integration_id is not None:
        address = option_link([row.problem], row.integration_id)
        steps = [Step(text=action, address=address, label=_("Naar de instelling"))]
    follows = ngettext(
        "Daarna controleren en boeken wij deze factuur vanzelf.",
        "Daarna controleren en boeken wij deze %(count)s facturen vanzelf.",
        row.count,
    )
    return (*steps, Step(text=follows % {"count": row.count}))


def _address(cause: str, skip: int = 0) -> str:
    parts = {"oorzaak": cause, "vanaf": str(skip) if skip else ""}
    query = urlencode({name: value for name, value in parts.items() if value})
    return reverse("causes") + (f"?{query}" if query else "")
