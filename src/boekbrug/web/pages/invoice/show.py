"""An invoice in plain values for its template: the sentence first, then problems, entry, facts and history."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from boekbrug.domain.problem import Problem, Severity
from boekbrug.domain.states import Actor, BookingState, PdfState
from boekbrug.sentences import tell
from boekbrug.store.reading import HistoryStep, InvoiceDetail
from boekbrug.sync.ports import IntentKind
from boekbrug.web import deeds, formats, words
from boekbrug.web.pages.invoice.chart import chart_of
from boekbrug.web.pages.invoice.customer import changes_of
from boekbrug.web.pages.invoice.in_exact import entry_address
from boekbrug.web.pages.invoice.journal import journal_of, lines_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A problem in plain words, with who acts."""

    title: str
    sentence: str
    action: str
    who: str
    who_icon: str
    who_colour: str
    holds: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One fact beside the entry; `address` leads to where it comes from."""

    word: str
    value: str
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of the history."""

    word: str
    icon: str
    colour: str
    at: datetime
    actor: str
    why: str
    address: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DifferenceRow:
    """One field that is not the same on both sides."""

    field: str
    line: int | None
    sent: str
    stored: str


def show(found: InvoiceDetail, language: str) -> dict[str, Any]:
    """What the template of one invoice shows."""
    return {
        "invoice": found,
        "sentence": sentence_of(found, language),
        "status": words.state_of(found, language),
        "statuses": _other_statuses(found),
        "problems": tuple(_told(problem, language) for problem in (*found.problems, *found.warnings)),
        "reason": words.cause_of(found, language) if found.skip_reason else "",
        "findings": _differences(found),
        "customer": changes_of(found),
        "journal": journal_of(found, language),
        "lines": () if found.sent else lines_of(found, language),
        "chart": chart_of(found, language),
        "facts": _facts(found, language),
        "history": _steps(found, language),
    }


def sentence_of(found: InvoiceDetail, language: str) -> str:
    """How things stand with this invoice, in one sentence."""
    values: dict[str, Any] = {"number": found.number or _("zonder nummer"), "entry": found.entry_number}
    if found.problems and found.state is BookingState.HELD:
        values["title"] = words.lower_first(tell(found.problems[0], language).title).rstrip(".")
        if words.is_for_user(found.problems):
            return _("Factuur %(number)s wacht op u: %(title)s.") % values
        return _("Factuur %(number)s is niet geboekt: %(title)s.") % values
    if found.state is BookingState.READY and found.retry_at:
        values["time"] = _moment(found.retry_at, language)
        return _("Factuur %(number)s wordt %(time)s geboekt.") % values
    return _sentences()[found.state] % values


def _sentences() -> dict[BookingState, str]:
    return {
        BookingState.RECEIVED: _("Factuur %(number)s is ontvangen en wordt gecontroleerd."),
        BookingState.READY: _("Factuur %(number)s is klaar om te boeken."),
        BookingState.HELD: _("Factuur %(number)s wacht op u."),
        BookingState.SKIPPED: _("Factuur %(number)s is overgeslagen."),
        BookingState.BOOKING: _("Factuur %(number)s wordt nu geboekt."),
        BookingState.UNKNOWN: _(
            "Exact antwoordde niet op tijd. Wij gaan na of factuur %(number)s is aangekomen; u hoeft niets te doen."
        ),
        BookingState.BOOKED: _("Factuur %(number)s is geboekt onder boekstuknummer %(entry)s."),
        BookingState.PROVEN: _("Factuur %(number)s is geboekt onder boekstuknummer %(entry)s en gecontroleerd."),
        BookingState.DIFFERS: _("Factuur %(number)s is geboekt, maar Exact heeft iets anders dan wij stuurden."),
    }


def _other_statuses(found: InvoiceDetail) -> tuple[words.Status, ...]:
    booked = found.state in {BookingState.BOOKED, BookingState.PROVEN, BookingState.DIFFERS}
    if found.pdf_state is PdfState.DONE:
        return (words.Status(word=_("PDF in Exact"), icon="page", colour="green"),)
    if found.pdf_state is PdfState.DUE and not booked:
        return (words.Status(word=_("PDF gaat mee"), icon="page", colour=""),)
    return ()


def _told(problem: Problem, language: str) -> Told:
    telling = tell(problem, language)
    who = words.who_of(problem.who)
    return Told(
        title=telling.title,
        sentence=telling.sentence,
        action=telling.action,
        who=str(who.word),
        who_icon=who.icon,
        who_colour=who.colour,
        holds=problem.severity is Severity.HOLDS,
    )


def _differences(found: InvoiceDetail) -> tuple[DifferenceRow, ...]:
    return tuple(
        DifferenceRow(field=words.field_of(row.field), line=row.line, sent=row.sent, stored=row.stored)
        for finding in found.findings
        for row in finding.differences
    )


def _facts(found: InvoiceDetail, language: str) -> tuple[Fact, ...]:
    facts = (
        Fact(word=_("Debiteur"), value=found.debtor),
        Fact(word=_("Debiteurnummer"), value=found.sent.customer_code if found.sent else ""),
        Fact(word=_("Factuurdatum"), value=_day(found.invoice_date, language)),
        Fact(word=_("Vervaldatum"), value=_day(found.due_date, language)),
        Fact(word=_("Boekstuknummer"), value=str(found.entry_number or "")),
        Fact(word=_("Dagboek"), value=_journal(found)),
        Fact(word=_("Periode"), value=_period(found)),
        Fact(word=_("Administratie"), value=str(found.division or "")),
        Fact(word=_("Koppeling"), value=found.integration, address=_integration(found)),
        Fact(word=_("PDF"), value=_pdf(found)),
        Fact(word=_("Ontvangen"), value=_moment(found.received_at, language)),
    )
    return tuple(fact for fact in facts if fact.value)


def _day(value: date | None, language: str) -> str:
    return formats.day_in_words(value, language) if value else ""


def _moment(value: datetime, language: str) -> str:
    return formats.when(timezone.localtime(value), timezone.localtime(), language)


def _pdf(found: InvoiceDetail) -> str:
    """Where the PDF stands, once that has been decided."""
    return words.pdf_of(found.pdf_state) if found.sent or found.pdf_state is not PdfState.NONE else ""


def _journal(found: InvoiceDetail) -> str:
    if found.sent is None:
        return ""
    name = found.names.get(("journal", found.sent.journal), "")
    return f"{found.sent.journal} · {name}" if name else found.sent.journal


def _period(found: InvoiceDetail) -> str:
    return f"{found.sent.reporting_period} / {found.sent.reporting_year}" if found.sent else ""


def _integration(found: InvoiceDetail) -> str:
    return reverse("integration", args=[found.integration_id]) if found.integration_id else ""


def _steps(found: InvoiceDetail, language: str) -> tuple[Step, ...]:
    """The moves and what was made in Exact on the way, newest first.

    The last booking leads to the entry in Exact, when it is there still; the last skip says which document stays there.
    """
    steps = [_step(step, language) for step in found.history]
    booked, skipped = _last(found, BookingState.BOOKED), _last(found, BookingState.SKIPPED)
    if booked is not None and found.entry_id:
        steps[booked] = replace(steps[booked], address=entry_address(found))
    left = next((made.subject for made in reversed(found.made) if made.kind == IntentKind.DOCUMENT), "")
    if skipped is not None and left and found.state is BookingState.SKIPPED:
        told = _("Het document “%(subject)s” staat nog in Exact. Wordt de factuur alsnog geboekt, dan gaat het mee.")
        steps[skipped] = replace(steps[skipped], note=told % {"subject": left})
    # Of two at one moment, what was made comes before the move that it led to.
    return tuple(sorted([*steps[::-1], *_made_steps(found)], key=lambda step: step.at, reverse=True))


def _made_steps(found: InvoiceDetail) -> Iterable[Step]:
    """What was made in Exact beside the entry, for the history."""
    code = found.sent.customer_code if found.sent else ""
    words_of = {
        IntentKind.CUSTOMER.value: _("Klant %(code)s gemaakt in Exact") % {"code": code},
        IntentKind.ATTACHMENT.value: _("PDF in Exact gezet"),
    }
    for made in reversed(found.made):
        if made.kind in words_of:
            icon = "page" if made.kind == IntentKind.ATTACHMENT else "person"
            actor = words.actor_of(Actor.RUN, "")
            yield Step(word=words_of[made.kind], icon=icon, colour="", at=made.at, actor=actor, why="")


def _last(found: InvoiceDetail, state: BookingState) -> int | None:
    """Which of its moves led into this state last."""
    places = [place for place, step in enumerate(found.history) if step.new is state and step.old is not state]
    return places[-1] if places else None


def _step(step: HistoryStep, language: str) -> Step:
    if step.old is step.new:  # a person did something, and the invoice stayed where it was
        actor = words.actor_of(step.who, step.name)
        word = deeds.done_in_words(step.why)
        return Step(word=word, icon="person", colour="", at=step.at, actor=actor, why="")
    status = words.moved_to(step.new, language)
    return Step(
        word=str(status.word),
        icon=status.icon,
        colour=status.colour,
        at=step.at,
        actor=words.actor_of(step.who, step.name),
        why=deeds.done_in_words(step.why) if step.who == Actor.PERSON else "",
    )
