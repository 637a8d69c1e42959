"""Verbinding testen: what both parties said, a line each, green or red with the fix."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug import starting, wiring
from boekbrug.sentences import connection, say
from boekbrug.starting import Trial
from boekbrug.store import reading
from boekbrug.sync.failures import NotAllowed
from boekbrug.web import formats, outside
from boekbrug.web.access import Seat
from boekbrug.web.middleware import allow_forms_to

ICONS = {"green": "check", "amber": "hand", "red": "stop"}
FEW_CALLS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing that was tried."""

    colour: str
    title: str
    says: str

    @property
    def icon(self) -> str:
        """The icon of its colour."""
        return ICONS[self.colour]


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """Try both connections now, for 3 seconds at most; a party that fails is a red line."""
    found = reading.integration(seat.organisation_id, id)
    if found is None or found.row.state == "deleted":
        return redirect("integrations")
    tested = starting.try_connections(id)
    lines = tuple(lines_of(tested, get_language() or "nl"))
    shown = {
        "integration": found.row,
        "lines": lines,
        "works": all(line.colour != "red" for line in lines),
        "log_in_again": isinstance(tested.failures.get("exact"), NotAllowed),
    }
    return allow_forms_to(render(request, "integration/tried.html", shown), wiring.exact_origin(found.row.site))


def lines_of(tested: Trial, language: str) -> Iterator[Line]:
    """The lines in their order: the login, the administration, rights, calls, Coachview."""
    if tested.user:
        yield Line(colour="green", title=_("Ingelogd bij Exact"), says=tested.user)
        yield from _division(tested)
        yield from _rights(tested, language)
        yield from _calls(tested, language)
    if "exact" in tested.failures:
        yield Line(colour="red", title=_("Exact"), says=outside.told(tested.failures["exact"], language))
    elif "exact" in tested.late:
        yield _late("Exact", whole=not tested.user)
    yield from _coachview(tested, language)


def _division(tested: Trial) -> Iterator[Line]:
    division = tested.division
    title = _("Administratie")
    if division and division.usable:
        yield Line(colour="green", title=title, says=f"{division.number} · {division.name}")
    elif division:
        says = _("Administratie %(number)s is in Exact gearchiveerd of geblokkeerd.") % {"number": division.number}
        yield Line(colour="red", title=title, says=says)
    elif tested.rights or "exact" in tested.failures:
        says = _("Deze gebruiker bereikt de administratie niet. Authenticeer met een gebruiker die toegang heeft.")
        yield Line(colour="red", title=title, says=says)


def _rights(tested: Trial, language: str) -> Iterator[Line]:
    missing = [path for path, reason in tested.rights.items() if reason is not None]
    title = _("Rechten")
    if missing:
        names = ", ".join(say(f"list.{path}", language) for path in missing)
        says = _("Niet te lezen: %(lists)s. Geef de gebruiker in Exact dit recht, of de app deze toestemming.")
        yield Line(colour="red", title=title, says=says % {"lists": names})
    elif tested.complete:
        yield Line(colour="green", title=title, says=_("Alle gegevens die nodig zijn, zijn te lezen."))


def _calls(tested: Trial, language: str) -> Iterator[Line]:
    left = tested.calls_left
    if left is None:
        return
    says = _("Vandaag nog %(count)s over.") % {"count": formats.count(left, language)}
    if left < FEW_CALLS:
        says += " " + _("Als ze op zijn, gaat de verwerking na middernacht vanzelf verder.")
    yield Line(colour="green" if left >= FEW_CALLS else "amber", title=_("Aanroepen bij Exact"), says=says)


def _coachview(tested: Trial, language: str) -> Iterator[Line]:
    if "coachview" in tested.failures:
        yield Line(colour="red", title="Coachview", says=outside.told(tested.failures["coachview"], language))
    elif tested.source is None:
        yield _late("Coachview", whole=True)
    elif tested.source.latest_number:
        says = _("Facturen zijn te lezen; de laatste is %(number)s.") % {"number": tested.source.latest_number}
        yield Line(colour="green", title="Coachview", says=says)
    else:
        says = connection("coachview", "connected", language) + " " + _("Er zijn nog geen facturen.")
        yield Line(colour="green", title="Coachview", says=says)


def _late(party: str, *, whole: bool) -> Line:
    if whole:
        says = _("%(party)s antwoordde niet binnen 3 seconden. Probeer het over een paar minuten opnieuw.")
        return Line(colour="red", title=party, says=says % {"party": party})
    says = _("%(party)s antwoordt traag: niet alles is getest. Probeer het over een paar minuten opnieuw.")
    return Line(colour="amber", title=party, says=says % {"party": party})
