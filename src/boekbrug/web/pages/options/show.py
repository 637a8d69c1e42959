"""Opties in plain values for its template: the panel, its saves, and who has access."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from boekbrug.store.reading import MemberRow, OrganisationOptions, SavedVersion
from boekbrug.web.access import Seat
from boekbrug.web.option_labels import INVOICE, Words
from boekbrug.web.pages.integration.controls import controls
from boekbrug.web.pages.integration.show import Fault, Version, changes_of, option_of
from boekbrug.web.pages.options.save import Draft


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleWords:
    """A role: its name and what one may do with it."""

    name: Words
    may: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person with access, and what he may do."""

    mail: str
    name: str
    role: RoleWords
    active: bool


ROLES: Mapping[str, RoleWords] = {
    "beheerder": RoleWords(name=_("Beheerder"), may=_("Ziet alles, handelt facturen af en stelt de koppeling in.")),
    "financieel": RoleWords(name=_("Financieel"), may=_("Ziet alles en handelt facturen af.")),
    "meekijker": RoleWords(name=_("Meekijker"), may=_("Ziet alles en verandert niets.")),
}
"""The roles of an institute in words. Source: service-center.md, "Who may do what"."""


def show(
    found: OrganisationOptions, people: Iterable[MemberRow], seat: Seat, draft: Draft | None, language: str
) -> dict[str, Any]:
    """What the template shows; with a `draft` the panel may be changed."""
    shown = {
        "organisation": seat.organisation,
        "title": str(INVOICE.title),
        "people": tuple(_member(row) for row in people),
        "versions": tuple(_version(version, language) for version in found.versions),
    }
    if draft is None:
        return shown | {
            "options": tuple(option_of(label.key, found.values[label.key], (), language) for label in INVOICE.options)
        }
    fields = tuple(controls(draft.form, {}))
    return shown | {
        "controls": fields,
        "number": draft.number,
        "outdated": draft.outdated,
        "since": tuple(_version(version, language) for version in draft.since),
        "summary": tuple(
            Fault(label=field.label, text=text, target=field.target) for field in fields for text in field.errors
        ),
    }


def _member(row: MemberRow) -> Member:
    return Member(mail=row.mail, name=row.name, role=ROLES[row.role], active=row.active)


def _version(version: SavedVersion, language: str) -> Version:
    changes = tuple(changes_of(version, language))
    return Version(number=version.number, by=version.by, at=version.at, changes=changes)
