"""Saving the panels of a koppeling: all of them or nothing, on top of the version that they were made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from boekbrug import environments
from boekbrug.domain.option_values import Refusal, write_options
from boekbrug.domain.options import Options
from boekbrug.store import reading
from boekbrug.store.integrations import set_options
from boekbrug.store.options import OptionsRefused, SavedMeanwhile
from boekbrug.store.reading import Configuring, IntegrationDetail, SavedVersion
from boekbrug.web.option_words import told
from boekbrug.web.pages.integration.forms import PANELS, PanelForm, as_typed

VERSION, COACHVIEW_VERSION = "version", "coachview_version"
"""The inputs that hold the versions that the form was made from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The panels as they are shown, with what keeps them from being saved.

    `since` are the versions that others saved while this person was typing, `typed` what he typed meanwhile.
    """

    forms: tuple[PanelForm, ...]
    number: int
    coachview_number: int
    since: tuple[SavedVersion, ...] = ()
    typed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether some field says why it is not taken."""
        return any(form.errors for form in self.forms)


def opened(place: Configuring, language: str) -> Draft:
    """The panels as they were saved."""
    found = place.detail
    return Draft(
        forms=_panels(place, found.options, language),
        number=_newest(found.versions),
        coachview_number=_newest(found.coachview_versions),
    )


def save(place: Configuring, data: QueryDict, *, who: str, now: datetime, language: str) -> int | Draft:
    """Save what was typed: the version that holds now, or the panels with the reasons why nothing was saved."""
    found = place.detail
    made_from, coachview_from = _whole(data.get(VERSION, "")), _whole(data.get(COACHVIEW_VERSION, ""))
    base = {**_before(found, coachview_from), **reading.saved_values(found.row.id, made_from)}
    forms = _panels(place, base, language, data)
    unread = [form for form in forms if not form.is_valid()]
    typed = {key: value for form in forms for key, value in form.typed().items()}
    draft = Draft(forms=forms, number=made_from, coachview_number=coachview_from)
    if unread:
        return draft
    try:
        return set_options(
            found.row.id,
            typed,
            who=who,
            now=now,
            expected_version=made_from,
            expected_coachview=coachview_from,
            refused=environments.refusals(typed, str(found.options["profile"])),
        )
    except OptionsRefused as refusal:
        for one in refusal.refusals:
            _refuse(forms, one, language)
        return draft
    except SavedMeanwhile:
        return _beside(place, draft, typed, language)


def saved_as(number: int, before: int) -> str:
    """What a person reads after saving."""
    if number == before:
        return _("Er is niets gewijzigd: versie %(number)s blijft gelden.") % {"number": number}
    return _("Opgeslagen als versie %(number)s.") % {"number": number}


def _refuse(forms: tuple[PanelForm, ...], refusal: Refusal, language: str) -> None:
    """Say it at its field; what has no field is said on top."""
    here = [form for form in forms if form.refuse(refusal, language)]
    if not here:
        forms[0].add_error(None, told(refusal, language))


def _beside(place: Configuring, draft: Draft, typed: Mapping[str, Any], language: str) -> Draft:
    """The newest options with what this person changed on top of them, to be saved once more if he wants."""
    found = place.detail
    changed = {name: form[name].value() for form in draft.forms for name in form.changed_data}
    initial = {**as_typed(found.options, language), **changed}
    panels = tuple(panel(initial=initial, lists=place.lists) for panel in PANELS)
    since = [version for version in found.versions if version.number > draft.number]
    since += [version for version in found.coachview_versions if version.number > draft.coachview_number]
    return Draft(
        forms=panels,
        number=_newest(found.versions),
        coachview_number=_newest(found.coachview_versions),
        since=tuple(since),
        typed=typed,
    )


def _before(found: IntegrationDetail, coachview_number: int) -> dict[str, Any]:
    """The options, with panel Coachview as it was at one of its versions."""
    options = dict(found.options)
    for version in found.coachview_versions:
        if version.number > coachview_number:
            options |= {key: both["old"] for key, both in version.changes.items()}
    return options


def _panels(
    place: Configuring, values: Mapping[str, Any], language: str, data: QueryDict | None = None
) -> tuple[PanelForm, ...]:
    initial = as_typed({**write_options(Options()), **values}, language)
    return tuple(panel(data, initial=initial, lists=place.lists) for panel in PANELS)


def _newest(versions: tuple[SavedVersion, ...]) -> int:
    return versions[0].number if versions else 0


def _whole(text: str) -> int:
    """The number that a form names; what is none names no version."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
