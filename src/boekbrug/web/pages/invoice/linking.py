"""Koppelen aan bestaande boeking: look it up, show both sides where they differ, and keep what a person says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug import asking, wiring
from boekbrug.domain.statement import Difference
from boekbrug.sentences import tell
from boekbrug.store.linking import EntryTaken, link_entry
from boekbrug.store.moment import moment
from boekbrug.store.moves import MovedOn
from boekbrug.store.organisations import NotFound
from boekbrug.sync.failures import OutsideFailure
from boekbrug.sync.link_entry import Beside, NotActive
from boekbrug.web import deeds, words

LONGEST = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryBeside:
    """An entry of Exact that was not linked by itself: why, both sides, and whether a person may say that it is."""

    number: int
    sentence: str
    entry_id: str
    day: date | None
    total: Decimal | None
    rows: tuple[tuple[str, str, str], ...]
    may_link: bool


def link(request: HttpRequest, organisation_id: int, booking_id: int) -> EntryBeside | None:
    """Look the entry up and link it; what a person must judge first, or None when it is done or cannot be."""
    text = request.POST.get("boekstuk", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        _told(request, _("Vul een boekstuknummer van alleen cijfers in. Er is niets gewijzigd."))
        return None
    try:
        beside = asking.entry_beside(booking_id, int(text))
        said_yes = beside.may_be_ours and beside.stored and request.POST.get("toch", "") == beside.stored.entry_id
        if not (beside.is_ours or said_yes) or beside.entry is None or beside.made is None:
            return shown(beside)
        by = deeds.by(str(request.user))
        link_entry(booking_id, beside.entry, beside.made, by=by, now=moment())
    except NotFound as gone:
        raise Http404 from gone
    except (MovedOn, NotActive, EntryTaken, OutsideFailure) as refusal:
        _told(request, _why_not(refusal))
        return None
    sentence = _("De factuur is gekoppeld aan boekstuk %(number)s in Exact en geldt als geboekt.")
    messages.success(request, sentence % {"number": beside.number}, extra_tags="green")
    wiring.go_on(organisation_id)
    return None


def _told(request: HttpRequest, sentence: str) -> None:
    messages.warning(request, sentence, extra_tags="amber")


def _why_not(refusal: Exception) -> str:
    if isinstance(refusal, MovedOn):
        return _("Deze factuur was al verder. Er is niets gewijzigd.")
    if isinstance(refusal, NotActive):
        return _("De koppeling van deze factuur is niet actief. Er is niets gewijzigd.")
    if isinstance(refusal, EntryTaken):
        return _("Deze boeking hoort al bij een andere factuur. Er is niets gewijzigd.")
    return _("Exact kon de boeking nu niet laten zien. Er is niets gewijzigd; probeer het later opnieuw.")


def shown(beside: Beside) -> EntryBeside:
    """Both sides where they differ, for a person to judge."""
    stored = beside.stored
    return EntryBeside(
        number=beside.number,
        sentence=_sentence(beside),
        entry_id=stored.entry_id if stored else "",
        day=stored.entry_date if stored else None,
        total=stored.total_incl if stored else None,
        rows=tuple(_rows(beside.differences)),
        may_link=beside.may_be_ours,
    )


def _sentence(beside: Beside) -> str:
    values = {"number": beside.number, "journal": beside.journal}
    if beside.stored is None and beside.problems:
        first = tell(beside.problems[0], get_language() or "nl").title
        text = _("Vergelijken kan pas als dit is opgelost: %(problem)s. Er is niets gewijzigd.")
        return text % {"problem": words.lower_first(first)}
    if beside.stored is None:
        return _("In dagboek %(journal)s staat geen verkoopboeking %(number)s. Er is niets gewijzigd.") % values
    if not beside.may_be_ours:
        return _("Boekstuk %(number)s heeft een ander totaal. Het is niet gekoppeld en er is niets gewijzigd.") % values
    return _("Boekstuk %(number)s lijkt op deze factuur, maar is niet gelijk. Er is nog niets gewijzigd.") % values


def _rows(differences: Sequence[Difference]) -> list[tuple[str, str, str]]:
    return [(_field(one), one.sent, one.stored) for one in differences]


def _field(one: Difference) -> str:
    name = words.field_of(one.field)
    return name if one.line is None else _("%(field)s, regel %(line)s") % {"field": name, "line": one.line}
