"""What people do about invoices, on a page of one invoice, of a cause or of a list: their words, and the one call in.

A deed that comes too late (a stale page) raises MovedOn and is told in a sentence; nothing has changed then.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from boekbrug.domain.actions import Action
from boekbrug.domain.states import Actor
from boekbrug.store import booking_again, debtors, decide, late_pdfs, reading
from boekbrug.store.moves import By, MovedOn

Words = str | Promise

LONGEST_REASON = 500

LABELS: Mapping[Action, Words] = {
    Action.BOOK_ANYWAY: _("Toch boeken"),
    Action.MAKE_CUSTOMER: _("Klant maken"),
    Action.LINK_CUSTOMER: _("Koppelen aan relatie"),
    Action.CREATE_CUSTOMER: _("Toch een nieuwe relatie maken"),
    Action.MAP_CODE: _("Code koppelen"),
    Action.ACCEPT_DIFFERENCE: _("Afwijking accepteren"),
    Action.UNSKIP: _("Toch boeken"),
    Action.BOOK_AGAIN: _("Opnieuw boeken"),
    Action.RETRY: _("Opnieuw proberen"),
    Action.CHANGE_OPTION: _("Instelling aanpassen"),
    Action.LINK_ENTRY: _("Koppelen aan bestaande boeking"),
    Action.SKIP: _("Overslaan"),
    Action.OPEN_IN_EXACT: _("Openen in Exact"),
    Action.FORWARD: _("Doorsturen naar accountant"),
}

MAP_LABELS: Mapping[str, Words] = {
    "vat_code": _("Btw-code koppelen"),
    "gl_account": _("Grootboekrekening koppelen"),
    "cost_centre": _("Kostenplaats koppelen"),
    "payment_term": _("Betalingsconditie kiezen"),
}

TABLES: Mapping[str, str] = {
    "vat": "vat_code",
    "gl": "gl_account",
    "cost": "cost_centre",
    "payment": "payment_term",
    "direct": "payment_term",
}
"""Which mapping table solves a problem, by the first word of its code."""


class Unsaid(Exception):
    """The form lacks what the deed needs; `sentence` tells the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def by(name: str) -> By:
    """The person who acts, for the history."""
    return By(kind=Actor.PERSON, name=name)


def table_of(code: str) -> str:
    """The mapping table in which the cause `code` is solved."""
    return TABLES.get(code.split("-", 1)[0], "vat_code")


def read_action(text: str) -> Action | None:
    """The action of a form; None for anything else."""
    return Action(text) if text in set(Action) else None


def act(action: Action | None, booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    """Do it to one invoice; what is then said. Raises MovedOn, NotFound or Unsaid."""
    if action is None or action not in ON_ONE:
        raise Unsaid(_now("Deze handeling bestaat niet. Er is niets gewijzigd."))
    return ON_ONE[action](booking_id, posted, who, now)


def _book_anyway(booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    del posted
    decide.book_anyway(booking_id, by=who, now=now)
    return _now("De factuur wordt toch geboekt, zodra de controle niets anders vindt.")


def _unskip(booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    del posted
    decide.unskip(booking_id, by=who, now=now)
    return _now("De factuur wordt niet meer overgeslagen en opnieuw gecontroleerd.")


def _retry(booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    del posted
    if late_pdfs.retry_pdfs([booking_id], by=who, now=now):
        return _now("De PDF wordt opnieuw opgehaald en naar Exact gestuurd.")
    if not decide.retry([booking_id], by=who, now=now):
        raise MovedOn
    return _now("De factuur wordt opnieuw uit Coachview gelezen en gecontroleerd.")


def _skip(booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    decide.skip(booking_id, reason_in(posted), by=who, now=now)
    return _now("De factuur is overgeslagen. U kunt dat altijd terugdraaien.")


def _accept(booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    decide.accept_difference(booking_id, reason_in(posted), by=who, now=now)
    return _now("De afwijking is geaccepteerd.")


def _link(booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    _choose(booking_id, posted, who, now, make_customer=False)
    return _now("De debiteur is gekoppeld. Al zijn facturen worden opnieuw gecontroleerd.")


def _make(booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    _choose(booking_id, posted, who, now, make_customer=True)
    return _now("De relatie wordt ook klant. De facturen van de debiteur worden opnieuw gecontroleerd.")


def _choose(booking_id: int, posted: QueryDict, who: By, now: datetime, *, make_customer: bool) -> None:
    customer_id = posted.get("relatie", "")[:40].replace("\x00", "")
    if not customer_id:
        raise Unsaid(_now("Kies eerst een relatie. Er is niets gewijzigd."))
    try:
        debtors.choose_customer(booking_id, customer_id, make_customer=make_customer, by=who, now=now)
    except debtors.NotYetCustomer as refusal:
        sentence = _now("Relatie %(code)s is in Exact nog geen klant. Kies Klant maken.")
        raise Unsaid(sentence % {"code": refusal.customer.code.strip()}) from refusal
    except debtors.RelationGone as gone:
        raise Unsaid(_now("Die relatie is niet meer te vinden. Er is niets gewijzigd.")) from gone


def _create(booking_id: int, posted: QueryDict, who: By, now: datetime) -> str:
    del posted
    debtors.want_new_customer(booking_id, by=who, now=now)
    return _now("Voor deze debiteur komt er een nieuwe relatie in Exact.")


One = Callable[[int, QueryDict, By, datetime], str]

ON_ONE: Mapping[Action, One] = {
    Action.BOOK_ANYWAY: _book_anyway,
    Action.UNSKIP: _unskip,
    Action.RETRY: _retry,
    Action.SKIP: _skip,
    Action.ACCEPT_DIFFERENCE: _accept,
    Action.LINK_CUSTOMER: _link,
    Action.MAKE_CUSTOMER: _make,
    Action.CREATE_CUSTOMER: _create,
}


def reason_in(posted: QueryDict) -> str:
    """The reason that a person gave; raises Unsaid without one."""
    reason = posted.get("reden", "").replace("\x00", "").strip()[:LONGEST_REASON]
    if not reason:
        raise Unsaid(_now("Vul een reden in. Er is niets gewijzigd."))
    return reason


def act_on_many(action: Action | None, ids: Sequence[int], posted: QueryDict, who: By, now: datetime) -> str:
    """Do it to several held invoices; those that moved on are left. What is then said."""
    if action is Action.RETRY:
        done = _counted(ids, lambda some: decide.retry(some, by=who, now=now))
        return _said_of(done, _retried(done))
    if action is Action.SKIP:
        reason = reason_in(posted)
        done = _counted(ids, lambda some: decide.skip_many(some, reason, by=who, now=now))
        return _said_of(done, ngettext("%(count)s factuur overgeslagen.", "%(count)s facturen overgeslagen.", done))
    if action is Action.BOOK_ANYWAY:
        done = _counted(ids, lambda some: decide.book_many_anyway(some, by=who, now=now))
        sentence = ngettext("%(count)s factuur wordt toch geboekt.", "%(count)s facturen worden toch geboekt.", done)
        return _said_of(done, sentence)
    if action in {Action.LINK_CUSTOMER, Action.MAKE_CUSTOMER, Action.CREATE_CUSTOMER}:
        said = [act(action, booking_id, posted, who, now) for booking_id in reading.one_per_debtor(ids)]
        return said[0] if said else _said_of(0, "")
    raise Unsaid(_now("Deze handeling bestaat niet. Er is niets gewijzigd."))


def _retried(done: int) -> str:
    return ngettext(
        "%(count)s factuur wordt opnieuw gelezen en gecontroleerd.",
        "%(count)s facturen worden opnieuw gelezen en gecontroleerd.",
        done,
    )


CHUNK = 1000


def _counted(ids: Sequence[int], do: Callable[[Sequence[int]], int]) -> int:
    """In pieces, so that nobody waits long for a row that we hold."""
    return sum(do(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def _said_of(done: int, sentence: str) -> str:
    return sentence % {"count": done} if done else _now("Er was niets meer te doen: deze facturen zijn al verder.")


DONE: Mapping[str, Words] = {
    decide.RETRIED: _("Opnieuw proberen gekozen"),
    late_pdfs.RETRIED_PDF: _("PDF opnieuw proberen gekozen"),
    decide.BOOK_ANYWAY: _("Toch boeken gekozen"),
    decide.UNSKIPPED: _("Overslaan teruggedraaid"),
    decide.LINKED_ENTRY: _("Gekoppeld aan boekstuk %(what)s in Exact"),
    booking_again.BOOKED_AGAIN: _("Opnieuw boeken gekozen: boekstuk %(what)s staat niet meer in Exact"),
    debtors.LINKED: _("Debiteur gekoppeld aan relatie %(what)s"),
    debtors.MADE: _("Relatie %(what)s ook klant gemaakt"),
    debtors.NEW: _("Nieuwe relatie gekozen"),
}
"""What a person did, by the word under which the history keeps it."""


def done_in_words(why: str) -> str:
    """What a person did, or the reason that he gave in his own words."""
    deed, _colon, what = why.partition(": ")
    return str(DONE[deed]) % {"what": what} if deed in DONE else why
