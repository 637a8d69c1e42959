"""A koppeling in plain values for its template: connection, options in their panels, and who saved what when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from boekbrug.domain.option_values import READERS, Refusal, read_options, write_options
from boekbrug.store.reading import IntegrationDetail, SavedVersion
from boekbrug.web import connection, formats, words
from boekbrug.web.option_labels import LABELS, PANELS, Panel
from boekbrug.web.option_words import SECRETS, Shown, told, value_of
from boekbrug.web.pages.integration.configure import Draft
from boekbrug.web.pages.integration.controls import Control, controls, notes_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One option with its value in words; `answer` is the icon of a yes or no, `quiet` means that nothing is set."""

    label: str
    help: str
    value: str
    answer: str
    quiet: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPanel:
    """Options under one heading, to read or to change; `light` is the state of the connection that they make."""

    key: str
    title: str
    options: tuple[Option, ...] = ()
    controls: tuple[Control, ...] = ()
    light: connection.Light | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One save: who, when, and what became what."""

    number: int
    by: str
    at: datetime
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What others saved while somebody was typing, and his own values of the same options."""

    versions: tuple[Version, ...]
    mine: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One line of the summary: what is wrong, and the field that it leads to."""

    label: str
    text: str
    target: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One fact about the state."""

    word: str
    value: str


def show(found: IntegrationDetail, warnings: Sequence[Refusal], language: str) -> dict[str, Any]:
    """What the template shows of one koppeling to somebody who may only read it."""
    panels = tuple(_read_only(panel, found, warnings, language) for panel in PANELS)
    return _around(found, language) | {"panels": panels}


def show_draft(found: IntegrationDetail, draft: Draft, warnings: Sequence[Refusal], language: str) -> dict[str, Any]:
    """What the template shows of one koppeling to somebody who may change it."""
    notes = notes_of(warnings, language)
    panels = tuple(
        ShownPanel(
            key=form.panel.key,
            title=str(form.panel.title),
            controls=tuple(controls(form, notes)),
            light=_light(form.panel, found, language),
        )
        for form in draft.forms
    )
    return _around(found, language) | {
        "panels": panels,
        "form": True,
        "number": draft.number,
        "coachview_number": draft.coachview_number,
        "summary": tuple(_faults(panels, draft)),
        "beside": _beside(draft, language) if draft.since else None,
    }


def _beside(draft: Draft, language: str) -> Beside:
    """What others saved meanwhile, and what this person typed for the same options."""
    changed = {key for version in draft.since for key in version.changes}
    mine = tuple(
        _("%(label)s: %(value)s") % {"label": LABELS[key].label, "value": _typed(key, value, language)}
        for key, value in draft.typed.items()
        if key in changed
    )
    return Beside(versions=tuple(_told_whole(version, language) for version in draft.since), mine=mine)


def _told_whole(version: SavedVersion, language: str) -> Version:
    return replace(version_of(version, language), changes=tuple(changes_of(version, language)))


def _typed(key: str, value: Any, language: str) -> str:
    """What somebody typed in words, as far as it can be read."""
    if key in SECRETS:
        return _("een nieuw geheim")
    if key not in READERS:
        return str(value)
    options, unread = read_options({key: value})
    return str(value) if unread else value_of(key, write_options(options)[key], language).text


def _faults(panels: Iterable[ShownPanel], draft: Draft) -> Iterable[Fault]:
    for form in draft.forms:
        yield from (Fault(label="", text=str(text), target="") for text in form.non_field_errors())
    for panel in panels:
        for control in panel.controls:
            yield from (Fault(label=control.label, text=text, target=control.target) for text in control.errors)


def _around(found: IntegrationDetail, language: str) -> dict[str, Any]:
    return {
        "integration": found.row,
        "status": connection.status_of(found.row),
        "facts": tuple(_facts(found, language)),
        "versions": tuple(version_of(version, language) for version in found.versions),
        "coachview_versions": tuple(_told_whole(version, language) for version in found.coachview_versions),
    }


def _read_only(panel: Panel, found: IntegrationDetail, warnings: Sequence[Refusal], language: str) -> ShownPanel:
    return ShownPanel(
        key=panel.key,
        title=str(panel.title),
        options=tuple(
            option_of(label.key, found.options[label.key], warnings, language)
            for label in panel.options
            if label.key in found.options
        ),
        light=_light(panel, found, language),
    )


def _light(panel: Panel, found: IntegrationDetail, language: str) -> connection.Light | None:
    lights = {"oauth": connection.light_of, "coachview": connection.coachview_light_of}
    return lights[panel.key](found.row, language) if panel.key in lights else None


def option_of(key: str, value: Any, warnings: Sequence[Refusal], language: str) -> Option:
    """One option with its value in words, and the warnings that are about it."""
    """One option to read: its value in words, and what to mind."""
    label, shown = LABELS[key], value_of(key, value, language)
    return Option(
        label=str(label.label),
        help=str(label.help),
        value=shown.text,
        answer=shown.icon,
        quiet=not shown.given,
        warnings=tuple(told(warning, language) for warning in warnings if warning.key == key),
    )


def _facts(found: IntegrationDetail, language: str) -> Iterable[Fact]:
    row = found.row
    facts = (
        Fact(word=_("Toestand"), value=str(words.INTEGRATION_STATES[row.state].word)),
        Fact(word=_("Administratie"), value=" · ".join(filter(None, (str(row.division or ""), row.administration)))),
        Fact(word=_("Ingelogd als"), value=row.exact_user),
        Fact(
            word=_("Ingeschakeld"),
            value=_stamp(row.activated_at),
        ),
        Fact(word=_("Aanroepen vandaag"), value=calls_of(row.calls_used, row.calls_limit, language)),
    )
    return (fact for fact in facts if fact.value)


def _stamp(value: datetime | None) -> str:
    return formats.stamp(timezone.localtime(value)) if value else ""


def calls_of(used: int, limit: int, language: str) -> str:
    """How much of the day's call budget is used; nothing without a budget."""
    if not limit:
        return ""
    return _("%(used)s van %(limit)s") % {
        "used": formats.count(used, language),
        "limit": formats.count(limit, language),
    }


def version_of(version: SavedVersion, language: str) -> Version:
    """One save in words."""
    return Version(
        number=version.number,
        by=version.by,
        at=version.at,
        changes=() if version.number == 1 else tuple(changes_of(version, language)),
    )


def changes_of(version: SavedVersion, language: str) -> Iterable[str]:
    """What became what in one save, an option a line."""
    for key, both in version.changes.items():
        label = str(LABELS[key].label) if key in LABELS else key
        if key in SECRETS:
            yield _secret_change(label, both)
            continue
        old, new = _word(key, both.get("old"), language), _word(key, both.get("new"), language)
        yield _("%(label)s: van %(old)s naar %(new)s") % {"label": label, "old": old, "new": new}


def _secret_change(label: str, both: Mapping[str, Any]) -> str:
    if not both.get("new"):
        return _("%(label)s: weggehaald") % {"label": label}
    words = _("%(label)s: vervangen") if both.get("old") else _("%(label)s: ingevuld")
    return words % {"label": label}


def _word(key: str, value: Any, language: str) -> str:
    shown: Shown = value_of(key, value, language)
    return shown.text
