"""A koppeling in plain values for its template: connection, options in their panels, and who saved what when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from boekbrug.store.reading import IntegrationDetail, SavedVersion
from boekbrug.web import connection, formats, words
from boekbrug.web.option_labels import COACHVIEW, LABELS, PANELS, Panel
from boekbrug.web.option_words import Shown, value_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One option with its value in words; `answer` is the icon of a yes or no, `quiet` means that nothing is set."""

    label: str
    help: str
    value: str
    answer: str
    quiet: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPanel:
    """Options under one heading; `light` is the state of the connection that they make."""

    key: str
    title: str
    options: tuple[Option, ...]
    light: connection.Light | None = None

    @property
    def authorises(self) -> bool:
        """Whether somebody has to log in to Exact here."""
        return self.key == "oauth" and self.light is not None and self.light.colour == "red"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One fact about the state."""

    word: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One save: who, when, and what became what."""

    number: int
    by: str
    at: datetime
    changes: tuple[str, ...]


def show(found: IntegrationDetail, language: str) -> dict[str, Any]:
    """What the template of one koppeling shows."""
    return {
        "integration": found.row,
        "status": connection.status_of(found.row),
        "panels": tuple(_panel(panel, found, language) for panel in (*PANELS, COACHVIEW)),
        "facts": tuple(_facts(found, language)),
        "versions": tuple(_version(version, language) for version in found.versions),
    }


def _panel(panel: Panel, found: IntegrationDetail, language: str) -> ShownPanel:
    lights = {"oauth": connection.light_of, "coachview": connection.coachview_light_of}
    return ShownPanel(
        key=panel.key,
        title=str(panel.title),
        options=tuple(
            _option(label.key, found.options[label.key], language)
            for label in panel.options
            if label.key in found.options
        ),
        light=lights[panel.key](found.row, language) if panel.key in lights else None,
    )


def _option(key: str, value: Any, language: str) -> Option:
    label, shown = LABELS[key], value_of(key, value, language)
    return Option(
        label=str(label.label), help=str(label.help), value=shown.text, answer=shown.icon, quiet=not shown.given
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


def _version(version: SavedVersion, language: str) -> Version:
    return Version(
        number=version.number,
        by=version.by,
        at=version.at,
        changes=() if version.number == 1 else tuple(_changes(version, language)),
    )


def _changes(version: SavedVersion, language: str) -> Iterable[str]:
    for key, both in version.changes.items():
        label = str(LABELS[key].label) if key in LABELS else key
        old, new = _word(key, both.get("old"), language), _word(key, both.get("new"), language)
        yield _("%(label)s: van %(old)s naar %(new)s") % {"label": label, "old": old, "new": new}


def _word(key: str, value: Any, language: str) -> str:
    shown: Shown = value_of(key, value, language)
    return shown.text
