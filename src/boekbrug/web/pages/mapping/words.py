"""The words of the mapping tables: their names, why a code is proposed, and what is wrong with one."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from boekbrug.domain.payment import DIRECT_DEBIT
from boekbrug.domain.proposals import CodeKind, Fault, Reason
from boekbrug.store.mapping import CannotServe, ChangedMeanwhile, MappingRow

Words = str | Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class TableWords:
    """What a table is called, what one of its codes is called, and when it needs a row."""

    title: Words
    noun: Words
    help: Words


TABLES: Mapping[CodeKind, TableWords] = {
    CodeKind.VAT_CODE: TableWords(
        title=_("Btw-codes"),
        noun=_("Btw-code"),
        help=_("Een btw-code van Exact moet voor verkoop zijn, exclusief, en hetzelfde percentage hebben."),
    ),
    CodeKind.GL_ACCOUNT: TableWords(
        title=_("Grootboekrekeningen"),
        noun=_("Grootboekrekening"),
        help=_("De rekening waarop een factuurregel in Exact wordt geboekt, meestal een omzetrekening."),
    ),
    CodeKind.COST_CENTRE: TableWords(
        title=_("Kostenplaatsen"),
        noun=_("Kostenplaats"),
        help=_("Gaat alleen mee als de koppeling kostenplaatsen meestuurt."),
    ),
    CodeKind.PAYMENT_TERM: TableWords(
        title=_("Betalingstermijnen"),
        noun=_("Betalingstermijn"),
        help=_("Zonder rij kiest Boekbrug de enige conditie met evenveel dagen, en anders Exact zijn eigen standaard."),
    ),
}

REASONS: Mapping[Reason, Words] = {
    Reason.SAME_NUMBER: _("zelfde nummer"),
    Reason.SAME_PERCENTAGE: _("zelfde percentage, en de enige die past"),
    Reason.SAME_NAME: _("zelfde naam"),
    Reason.SAME_DAYS: _("zelfde aantal dagen"),
    Reason.ONLY_COLLECTION: _("de enige betalingsconditie voor incasso"),
}

FAULTS: Mapping[Fault, Words] = {
    Fault.MISSING: _("Nog niet gekozen"),
    Fault.UNKNOWN: _("Staat niet in Exact"),
    Fault.BLOCKED: _("In Exact geblokkeerd"),
    Fault.PURCHASE_ONLY: _("In Exact alleen voor inkoop"),
    Fault.INCLUSIVE: _("In Exact van het type inclusief"),
    Fault.PERCENTAGE: _("Heeft in Exact een ander percentage"),
    Fault.TYPE: _("Kan niet op een verkoopregel staan"),
    Fault.ENDED: _("In Exact niet meer actief"),
    Fault.NOT_COLLECTION: _("Is in Exact geen incasso"),
}


def code_of(kind: CodeKind, code: str) -> str:
    """A code of Coachview as people say it."""
    if kind is CodeKind.PAYMENT_TERM:
        return _now("Incasso") if code == DIRECT_DEBIT else _now("%(days)s dagen") % {"days": code}
    return code


def changed_meanwhile(refusal: ChangedMeanwhile) -> list[str]:
    """What somebody else decided since the page was opened."""
    return [_changed(row) for row in refusal.rows]


def _changed(row: MappingRow) -> str:
    values = {"code": _named(row.kind, row.from_code), "exact": row.to_code, "who": row.who or _now("iemand anders")}
    if row.to_code:
        return _now("%(code)s is intussen door %(who)s gekoppeld aan %(exact)s. Er is niets opgeslagen.") % values
    return _now("De rij van %(code)s is intussen door %(who)s weggehaald. Er is niets opgeslagen.") % values


def cannot_serve(refusal: CannotServe) -> list[str]:
    """Why Exact's codes cannot be used."""
    return [
        _now("%(code)s kan niet %(exact)s worden: %(fault)s.")
        % {
            "code": _named(wish.kind, wish.from_code),
            "exact": wish.to_code,
            "fault": lower(str(FAULTS[fault])),
        }
        for wish, fault in refusal.refused
    ]


def _named(kind: str, code: str) -> str:
    table = CodeKind(kind)
    if table is CodeKind.PAYMENT_TERM and code == DIRECT_DEBIT:
        return code_of(table, code)
    return f"{TABLES[table].noun} {code_of(table, code)}"


def lower(text: str) -> str:
    """To go on with after a colon; the name of Exact keeps its capital, being no first word."""
    return text[:1].lower() + text[1:]
