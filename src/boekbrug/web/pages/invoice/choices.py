"""What the reader can do about the invoice, as the page offers it: buttons, links, and forms that ask for more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from boekbrug.domain.actions import OPTIONS, OWN, Action, actions_on, in_order
from boekbrug.domain.customers import Customer
from boekbrug.domain.problem import Problem, Severity
from boekbrug.store.debtors import CUSTOMER, find_customers, named_customers
from boekbrug.store.late_pdfs import can_retry
from boekbrug.store.reading import InvoiceDetail
from boekbrug.web import deeds
from boekbrug.web.pages.invoice.in_exact import entry_address, is_missing

LONGEST_CAUSE = 300

ASKS: Mapping[Action, str] = {
    Action.SKIP: "reason",
    Action.ACCEPT_DIFFERENCE: "reason",
    Action.LINK_CUSTOMER: "customers",
    Action.MAKE_CUSTOMER: "make",
    Action.LINK_ENTRY: "entry",
    Action.BOOK_AGAIN: "again",
    Action.FORWARD: "forward",
}
"""Actions that ask for something first, and what; the others are one click."""

NEEDS_KOPPELING = frozenset({Action.MAP_CODE, Action.LINK_ENTRY, *ASKS}) - {
    Action.SKIP,
    Action.ACCEPT_DIFFERENCE,
    Action.FORWARD,
}
"""Actions that mean nothing for an invoice that belongs to no koppeling."""

QUIET = frozenset({Action.BOOK_AGAIN, Action.OPEN_IN_EXACT, Action.FORWARD})
"""Actions that nobody is led to: they come in useful, and solve nothing by themselves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One action: `kind` is button, link, or what it asks for."""

    action: str
    label: str
    kind: str
    address: str = ""
    primary: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """A relation of Exact to link to; `note` says what it is when it is no customer, `usable` whether it may serve."""

    exact_id: str
    code: str
    name: str
    place: str
    note: str
    action: str
    label: str
    usable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """Everything that the page offers; `searched` is what was asked for among the relations."""

    offered: tuple[Choice, ...]
    relations: tuple[Relation, ...]
    found: tuple[Relation, ...]
    searched: str
    entry_number: str
    cause: str

    @property
    def urgent(self) -> bool:
        """Whether one of them solves something; the others stand behind what the page is about."""
        return any(choice.primary for choice in self.offered)


def choices_for(found: InvoiceDetail, searched: str) -> Choices:
    """What can be done about the invoice as it stands, the cause's own action first."""
    actions = _actions(found)
    administration_id = found.administration_id
    named: tuple[Customer, ...] = ()
    asked: tuple[Customer, ...] = ()
    if administration_id is not None and Action.LINK_CUSTOMER in actions:
        named, asked = named_customers(administration_id, found.problems), find_customers(administration_id, searched)
    first = Action.BOOK_AGAIN if is_missing(found) else next((one for one in actions if one not in QUIET), None)
    offered = [_choice(action, found, primary=action is first) for action in actions]
    return Choices(
        offered=tuple(choice for choice in offered if choice is not None),
        relations=tuple(_relation(customer) for customer in named),
        found=tuple(_relation(customer) for customer in asked),
        searched=searched,
        entry_number="".join(char for char in found.number if char.isascii() and char.isdigit()),
        cause=_cause(found),
    )


def _actions(found: InvoiceDetail) -> list[Action]:
    """What the state and the problems offer, with the PDF that is missing; an entry that is gone comes first."""
    actions = [*actions_on(found.state, found.problems, found.skip_reason)]
    if can_retry(found.state, found.pdf_state):
        actions = in_order({*actions, Action.RETRY})
    if is_missing(found) and Action.BOOK_AGAIN in actions:
        actions = [Action.BOOK_AGAIN, *(action for action in actions if action is not Action.BOOK_AGAIN)]
    return actions


def _cause(found: InvoiceDetail) -> str:
    """The cause by which the invoice is one line with others; empty when nothing holds it."""
    held = (problem.cause for problem in found.problems if problem.severity is Severity.HOLDS)
    return next(held, "")[:LONGEST_CAUSE]


def _choice(action: Action, found: InvoiceDetail, *, primary: bool) -> Choice | None:
    """The action as it is offered; None when there is no koppeling to do it with."""
    label, kind, address = str(deeds.LABELS[action]), ASKS.get(action, "button"), ""
    if action in NEEDS_KOPPELING and (found.integration_id is None or found.administration_id is None):
        return None
    if action is Action.MAP_CODE and found.integration_id:
        kind, (address, label) = "link", mapping_link(found.problems, found.integration_id)
    if action is Action.CHANGE_OPTION:
        kind, address = "link", option_link(found.problems, found.integration_id)
    if action is Action.OPEN_IN_EXACT:
        kind, address = "outside", entry_address(found)
    if (kind == "outside" and not address) or (kind == "forward" and not _cause(found)):
        return None
    return Choice(action=action.value, label=label, kind=kind, address=address, primary=primary)


def mapping_link(problems: Sequence[Problem], integration_id: int) -> tuple[str, str]:
    """Where the code of the first of these problems is mapped, and what to call that."""
    code = next((problem.code for problem in problems if Action.MAP_CODE in OWN.get(problem.code, ())), "")
    table = deeds.table_of(code)
    return reverse("mapping", args=[integration_id]) + f"#tabel-{table}", str(deeds.MAP_LABELS[table])


def option_link(problems: Sequence[Problem], integration_id: int | None) -> str:
    """The field of the koppeling that lets invoices with the first of these problems through; else all koppelingen."""
    if integration_id is None:
        return reverse("integrations")
    key = next((OPTIONS[problem.code] for problem in problems if problem.code in OPTIONS), "")
    return reverse("integration", args=[integration_id]) + (f"#id_{key}" if key else "")


def _relation(customer: Customer) -> Relation:
    is_customer = customer.status == CUSTOMER
    note = ""
    if customer.blocked:
        note = _("geblokkeerd")
    elif not is_customer:
        note = _("leverancier") if customer.supplier else _("nog geen klant")
    action = Action.LINK_CUSTOMER if is_customer else Action.MAKE_CUSTOMER
    return Relation(
        exact_id=customer.exact_id,
        code=customer.code.strip(),
        name=customer.name,
        place=customer.address.city,
        note=note,
        action=action.value,
        label=_("Koppelen") if is_customer else _("Klant maken"),
        usable=not customer.blocked,
    )
