"""The words of states, people and fields that several pages share, each status with its icon and colour.

Source: service-center.md, "Status words" and "Buttons that the manual names".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from boekbrug.domain.problem import Problem, Who
from boekbrug.domain.states import Actor, BookingState, PdfState
from boekbrug.sentences import say, tell
from boekbrug.web import formats
from boekbrug.web.option_labels import LABELS

Words = str | Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """A status as the pages show it: always icon, word and colour together."""

    word: Words
    icon: str
    colour: str


class Stands(Protocol):
    """Anything that stands somewhere on its way into Exact."""

    @property
    def state(self) -> BookingState:
        """Its state."""

    @property
    def pdf_state(self) -> PdfState:
        """Where its PDF stands."""

    @property
    def retry_at(self) -> datetime | None:
        """Not before this moment."""

    @property
    def tried(self) -> bool:
        """Whether it was on its way to Exact before."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What holds it."""


def _status(word: Words, icon: str, colour: str = "") -> Status:
    return Status(word=word, icon=icon, colour=colour)


STATES: Mapping[str, tuple[str, str]] = {
    "received": ("inbox", ""),
    "ready": ("clock", ""),
    "retry": ("clock", ""),
    "held": ("hand", "amber"),
    "not-booked": ("stop", "red"),
    "skipped": ("skip", ""),
    "booking": ("arrow", "blue"),
    "unknown": ("search", "blue"),
    "booked": ("check", "green"),
    "proven": ("double-check", "green"),
    "pdf-missing": ("page", "amber"),
    "differs": ("differs", "red"),
}
"""Icon and colour of each status; its word is the message `state.<key>`."""

ACTORS: Mapping[Who, Status] = {
    Who.FINANCE: _status(_("U"), "person", "amber"),
    Who.ADMINISTRATOR: _status(_("Beheerder"), "person", "amber"),
    Who.ACCOUNTANT: _status(_("Accountant"), "person", "blue"),
    Who.OPERATOR: _status(_("Boekbrug"), "info"),
    Who.EXACT: _status(_("Exact"), "info"),
}
"""Who acts, as a pill before the title of a problem."""

INTEGRATION_STATES: Mapping[str, Status] = {
    "draft": _status(_("Nog niet ingeschakeld"), "dot"),
    "enabled": _status(_("Ingeschakeld, wacht op verbinding"), "clock", "amber"),
    "active": _status(_("Actief"), "check", "green"),
    "paused": _status(_("Gepauzeerd"), "pause", "amber"),
    "review": _status(_("Nakijken na herstel"), "search", "amber"),
    "deleted": _status(_("Verwijderd"), "cross"),
}

PDF_WORDS: Mapping[PdfState, Words] = {
    PdfState.NONE: _("Wordt niet meegestuurd"),
    PdfState.DUE: _("Gaat nog mee"),
    PdfState.DONE: _("Staat in Exact"),
    PdfState.MISSING: _("Ontbreekt nog; wij proberen het opnieuw"),
}

FIELDS: Mapping[str, Words] = {
    "amount": _("Bedrag"),
    "cost_centre": _("Kostenplaats"),
    "currency": _("Valuta"),
    "customer": _("Relatie"),
    "deferral": _("Uitgestelde omzet"),
    "description": _("Omschrijving"),
    "document": _("PDF"),
    "due_date": _("Vervaldatum"),
    "entry_date": _("Boekdatum"),
    "entry_number": _("Boekstuknummer"),
    "gl_account": _("Grootboekrekening"),
    "invoice_date": _("Factuurdatum"),
    "journal": _("Dagboek"),
    "kind": _("Soort boeking"),
    "line": _("Regel"),
    "number": _("Factuurnummer"),
    "period": _("Periode"),
    "project": _("Project"),
    "quantity": _("Aantal"),
    "reference": _("Referentie"),
    "total_excl": _("Totaal exclusief btw"),
    "total_incl": _("Totaal inclusief btw"),
    "total_vat": _("Totaal btw"),
    "unit_price": _("Prijs per stuk"),
    "vat_amount": _("Btw-bedrag"),
    "vat_code": _("Btw-code"),
    "vat_percentage": _("Btw-percentage"),
    "year": _("Boekjaar"),
}
"""Fields of an entry or an invoice, as differences and reasons name them."""

SOURCES: Mapping[str, Words] = {
    "line.amount": _("Bedrag van de factuurregel"),
    "line.cost_centre": _("Kostenplaats van de factuurregel"),
    "line.description": _("Omschrijving van de factuurregel"),
    "line.gl_account": _("Grootboekrekening van de factuurregel"),
    "line.vat_amount": _("Btw-bedrag van de factuurregel"),
    "line.vat_code": _("Btw-code van de factuurregel"),
    "line.vat_percentage": _("Btw-percentage van de factuurregel"),
    "line.opleiding": _("Start- en einddatum van de opleiding"),
    "line.opleidingsonderdelen": _("Eerste en laatste les van de opleiding"),
    "line.aanvraag": _("Start- en einddatum van de aanvraag"),
    "invoice.vat": _("Btw van de hele factuur, verdeeld over de regels"),
    "aanvraagnummer": _("Aanvraagnummer"),
    "aanvraag_referentie": _("Referentie van de aanvraag"),
    "factuur_referentie": _("Referentie van de factuur"),
    "opleidingscode": _("Opleidingscode"),
    "opleidingssoortcode": _("Opleidingssoortcode"),
}
"""Where the value of a field came from (`Why.source`)."""


def state_of(row: Stands, language: str) -> Status:
    """The status of an invoice, in the reader's language."""
    key = _state_key(row)
    time = ""
    if key == "retry" and row.retry_at:
        time = formats.at(timezone.localtime(row.retry_at), timezone.localtime(), language)
    icon, colour = STATES[key]
    return _status(say(f"state.{key}", language, time=time), icon, colour)


def _state_key(row: Stands) -> str:
    if row.state is BookingState.HELD and not is_for_user(row.problems):
        return "not-booked"
    if row.pdf_state is PdfState.MISSING and row.state in {BookingState.BOOKED, BookingState.PROVEN}:
        return "pdf-missing"
    if row.state is BookingState.READY and row.retry_at and row.tried:
        return "retry"
    return row.state.value


def moved_to(state: BookingState, language: str) -> Status:
    """The status that a move led to, for the history."""
    icon, colour = STATES[state.value]
    if state is BookingState.RECEIVED:
        return _status(_now("Ontvangen uit Coachview"), icon, colour)
    return _status(say(f"state.{state.value}", language), icon, colour)


def is_for_user(problems: Sequence[Problem]) -> bool:
    """Whether finance or administrator acts first (service-center.md: then it waits for the reader)."""
    return not problems or problems[0].who in {Who.FINANCE, Who.ADMINISTRATOR}


def cause_of(row: "HasCause", language: str) -> str:
    """Why an invoice is not booked, in one line; nothing when it is."""
    if row.skip_reason:
        return say(f"skip.{row.skip_reason}", language, **dict(row.skip_values))
    if not row.problems or row.state is not BookingState.HELD:
        return ""
    first = tell(row.problems[0], language).title
    others = len(row.problems) - 1
    return f"{first} (+{others})" if others else first


class HasCause(Stands, Protocol):
    """Something that stands somewhere, and may be skipped with a reason."""

    @property
    def skip_reason(self) -> str:
        """Why it was left out."""

    @property
    def skip_values(self) -> tuple[tuple[str, str], ...]:
        """What fills the reason's sentence."""


def who_of(who: Who) -> Status:
    """The person who can solve a problem."""
    return ACTORS[who]


def actor_of(kind: str, name: str) -> str:
    """Who made a move: a person by name, a run, or Boekbrug by itself."""
    if kind == Actor.PERSON:
        return name or _now("iemand")
    return _now("verwerking") if kind == Actor.RUN else "Boekbrug"


def pdf_of(state: PdfState) -> str:
    """Where the PDF stands, in words."""
    return str(PDF_WORDS[state])


def field_of(field: str) -> str:
    """A field by its word; one that has none by its own name."""
    return str(FIELDS.get(field, field))


def source_of(source: str) -> str:
    """A source by its words; one that has none by its own name."""
    return str(SOURCES.get(source, source))


def option_of(option: str) -> str:
    """The option, or the table, that decided."""
    if option == "mapping":
        return _now("Koppeltabel")
    return str(LABELS[option].label) if option in LABELS else option


def lower_first(text: str) -> str:
    """`text` to go on with after a colon: its first letter small, unless the word is written in capitals."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]
