"""Saving panel Factuur, on top of the version that it was made from."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from boekbrug.store import reading
from boekbrug.store.integrations import set_organisation_options
from boekbrug.store.options import OptionsRefused, SavedMeanwhile
from boekbrug.store.reading import OrganisationOptions, SavedVersion
from boekbrug.web.pages.options.forms import InvoiceForm

VERSION = "version"
"""The input that holds the version that the form was made from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The panel as it is shown.

    `outdated`: it was made from another version than the newest; `since` are those that others saved meanwhile.
    """

    form: InvoiceForm
    number: int
    outdated: bool = False
    since: tuple[SavedVersion, ...] = ()


def opened(found: OrganisationOptions) -> Draft:
    """The panel as it was saved."""
    return Draft(form=InvoiceForm(initial=dict(found.values)), number=found.number)


def save(organisation_id: int, data: QueryDict, *, who: str, now: datetime, language: str) -> int | Draft:
    """Save what was chosen: the version that holds now, or the panel with the reason why nothing was saved."""
    found = reading.organisation_options(organisation_id)
    made_from = _whole(data.get(VERSION, ""))
    form = InvoiceForm(data, initial=dict(found.values))
    form.full_clean()
    chosen = {name: form.cleaned_data.get(name, "") for name in form.fields}
    try:
        return set_organisation_options(organisation_id, chosen, who=who, now=now, expected_version=made_from)
    except OptionsRefused as refused:
        for refusal in refused.refusals:
            form.refuse(refusal, language)
        return Draft(form=form, number=made_from)
    except SavedMeanwhile:
        newest = reading.organisation_options(organisation_id)
        since = tuple(version for version in newest.versions if version.number > made_from >= 0)
        again = InvoiceForm(initial={**newest.values, **chosen})
        return Draft(form=again, number=newest.number, outdated=True, since=since)


def _whole(text: str) -> int:
    """The number that a form names; what is none names a version that never was."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
