"""Option versions: each save is a new row with who, when, and the old and new values; none is ever changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Q

from boekbrug.domain.option_values import ORGANISATION_KEYS, Refusal, read_options, write_options
from boekbrug.domain.options import Options
from boekbrug.store.models import Integration, OptionVersion, Organisation

OPTIONS_AT_HAND = 2000


class OptionsRefused(Exception):
    """Options that are not taken; nothing was saved. `refusals` name the keys and sentences."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(", ".join(f"{refusal.key}: {refusal.code}" for refusal in refusals))
        self.refusals = refusals


class SavedMeanwhile(Exception):
    """Somebody saved a newer version than the one that the changes were made from; nothing was saved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """The options of an integration as they are now, its organisation's among them; `number` counts its saves."""

    options: Options
    number: int


def options_of(integration_id: int) -> Saved:
    """The latest options of an integration together with those of its organisation."""
    organisation_id = Integration.objects.values_list("organisation_id", flat=True).get(id=integration_id)
    return options_of_each({integration_id: organisation_id})[integration_id]


def options_of_each(integrations: Mapping[int, int]) -> dict[int, Saved]:
    """The latest options of each integration (with its organisation), by one query: every slice asks for them."""
    rows = OptionVersion.objects.filter(
        Q(integration_id__in=list(integrations)) | Q(organisation_id__in=set(integrations.values()))
    )
    latest = rows.order_by("integration_id", "organisation_id", "-number").distinct("integration_id", "organisation_id")
    newest = {(row.integration_id, row.organisation_id): row for row in latest}
    return {
        one: _saved(one, newest.get((one, None)), newest.get((None, organisation)))
        for one, organisation in integrations.items()
    }


def _saved(integration_id: int, own: OptionVersion | None, shared: OptionVersion | None) -> Saved:
    options = joined(integration_id, own.values if own else {}, shared.values if shared else {})
    return Saved(options=options, number=own.number if own else 0)


@lru_cache(maxsize=OPTIONS_AT_HAND)
def joined_texts(integration_id: int, own: str, shared: str) -> Options:
    """`joined` of values as they are stored; kept in the process, because every slice reads the same ones."""
    return joined(integration_id, json.loads(own), json.loads(shared))


def joined(integration_id: int, own: Mapping[str, Any], shared: Mapping[str, Any]) -> Options:
    """The options that an integration's values and those of its organisation make; raises ValueError."""
    options, refusals = read_options({**own, **shared})
    if refusals:
        raise ValueError(f"integration {integration_id}: stored options cannot be read: {refusals}")
    return options


def organisation_values(organisation_id: int) -> dict[str, Any]:
    """The latest values of panel Factuur, which hold for all koppelingen of the organisation."""
    version = _latest(organisation_id=organisation_id)
    return dict(version.values) if version else {}


def save_integration_options(integration_id: int, options: Options, *, who: str, at: datetime) -> int:
    """Save the integration's own keys as a new version, when something differs; the number that now holds."""
    values = {key: value for key, value in write_options(options).items() if key not in ORGANISATION_KEYS}
    with transaction.atomic():
        Integration.objects.select_for_update(no_key=True).get(id=integration_id)
        latest = _latest(integration_id=integration_id)
        return _append(latest, values, {}, who=who, at=at, integration_id=integration_id)


def save_organisation_options(
    organisation_id: int,
    values: Mapping[str, object],
    *,
    who: str,
    at: datetime,
    expected_version: int | None = None,
) -> int:
    """Save panel Factuur as a new version, when something differs; raises OptionsRefused.

    `expected_version` is the version that the changes were made from: raises SavedMeanwhile when another one holds.
    """
    unknown = tuple(Refusal(key=key, code="option-unknown") for key in values if key not in ORGANISATION_KEYS)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(id=organisation_id)
        latest = _latest(organisation_id=organisation_id)
        if expected_version not in {None, latest.number if latest else 0}:
            raise SavedMeanwhile
        options, refusals = read_options({**(latest.values if latest else {}), **values})
        if unknown or refusals:
            raise OptionsRefused((*unknown, *refusals))
        written = {key: value for key, value in write_options(options).items() if key in ORGANISATION_KEYS}
        first = {} if latest else {key: value for key, value in write_options(Options()).items() if key in written}
        return _append(latest, written, first, who=who, at=at, organisation_id=organisation_id)


def _append(
    latest: OptionVersion | None,
    values: Mapping[str, object],
    first: Mapping[str, object],
    *,
    who: str,
    at: datetime,
    **owner: int,
) -> int:
    """Add a version when it differs from the latest; `first` is what held before there was any."""
    before = latest.values if latest else first
    changes = {key: {"old": before.get(key), "new": value} for key, value in values.items() if before.get(key) != value}
    if not changes and (latest or first):
        return latest.number if latest else 0
    number = latest.number + 1 if latest else 1
    OptionVersion.objects.create(
        number=number, saved_at=at, saved_by=who[:200], values=values, changes=changes, **owner
    )
    return number


def _latest(**owner: int) -> OptionVersion | None:
    return OptionVersion.objects.filter(**owner).order_by("-number").first()
