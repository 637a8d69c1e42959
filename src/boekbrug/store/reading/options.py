"""The options that hold for a whole organisation (panel Factuur), and who saved them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boekbrug.domain.option_values import ORGANISATION_KEYS, write_options
from boekbrug.domain.options import Options
from boekbrug.store.models import OptionVersion
from boekbrug.store.reading.integrations import SavedVersion
from boekbrug.store.whole import VERSIONS


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationOptions:
    """The values as they stand by the keys of options.md, the number of the save that made them, the newest saves."""

    values: Mapping[str, Any]
    number: int
    versions: tuple[SavedVersion, ...]


def organisation_options(organisation_id: int) -> OrganisationOptions:
    """The latest options of an organisation; the defaults when it saved none, under number 0."""
    rows = tuple(OptionVersion.objects.filter(organisation_id=organisation_id).order_by("-number")[:VERSIONS])
    defaults = {key: value for key, value in write_options(Options()).items() if key in ORGANISATION_KEYS}
    return OrganisationOptions(
        values={**defaults, **(rows[0].values if rows else {})},
        number=rows[0].number if rows else 0,
        versions=tuple(
            SavedVersion(number=row.number, at=row.saved_at, by=row.saved_by, changes=row.changes) for row in rows
        ),
    )
