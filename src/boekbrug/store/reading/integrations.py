"""Koppelingen: their state, their connection, their options and who saved them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet

from boekbrug.store.models import CoachviewVersion, Integration, OptionVersion
from boekbrug.store.whole import VERSIONS, newest_values, with_due


@dataclass(frozen=True, kw_only=True, slots=True)
class IntegrationRow:
    """A koppeling in a list, with its connection and the calls that its administration has used today.

    `exact_state` is red or green, red with the reason; `token_at` is when the newest tokens came; `next_due_at` is
    the earliest moment at which a step of its administration is to run.
    """

    id: int
    name: str
    site: str
    state: str
    division: int | None
    administration: str
    exact_user: str
    exact_state: str
    exact_reason: str
    exact_since: datetime
    coachview_filled: bool
    coachview_state: str
    coachview_reason: str
    coachview_detail: str
    coachview_since: datetime
    token_at: datetime | None
    calls_used: int
    calls_limit: int
    calls_reset_at: datetime | None
    activated_at: datetime | None
    next_due_at: datetime | None
    write_scope_missing: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedVersion:
    """One save: its number, when, by whom, and per key the old and the new value."""

    number: int
    at: datetime
    by: str
    changes: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class IntegrationDetail:
    """A koppeling with its options as they stand (by the keys of options.md) and its newest saves.

    `coachview_versions` are the saves of the organisation's panel Coachview.
    """

    row: IntegrationRow
    organisation_id: int
    options: Mapping[str, Any]
    versions: tuple[SavedVersion, ...]
    coachview_versions: tuple[SavedVersion, ...] = ()


def owner_of_integration(integration_id: int) -> int | None:
    """The organisation that the koppeling belongs to."""
    return Integration.objects.filter(id=integration_id).values_list("organisation_id", flat=True).first()


def integrations(organisation_id: int) -> tuple[IntegrationRow, ...]:
    """The koppelingen of an organisation that are not deleted, by name."""
    return tuple(_row(row) for row in _known(organisation_id).exclude(state="deleted").order_by("name"))


def integration(organisation_id: int, integration_id: int) -> IntegrationDetail | None:
    """One koppeling, when it is this organisation's."""
    rows = _known(organisation_id).filter(id=integration_id)
    found = rows.annotate(shared_values=newest_values(organisation_id=OuterRef("organisation_id"))).first()
    if found is None:
        return None
    own = tuple(OptionVersion.objects.filter(integration_id=integration_id).order_by("-number")[:VERSIONS])
    return detail_of(found, own, getattr(found, "shared_values", None) or {})


def detail_of(row: Integration, own: Sequence[OptionVersion], shared: Mapping[str, Any]) -> IntegrationDetail:
    """The detail of a koppeling that was read already, with its newest saves and its organisation's values."""
    coachview = CoachviewVersion.objects.filter(organisation_id=row.organisation_id).order_by("-number")[:VERSIONS]
    return IntegrationDetail(
        row=_row(row),
        organisation_id=row.organisation_id,
        options={**_coachview(row), **(own[0].values if own else {}), **shared},
        versions=_versions(own),
        coachview_versions=_versions(coachview),
    )


def _versions(rows: Iterable[OptionVersion | CoachviewVersion]) -> tuple[SavedVersion, ...]:
    return tuple(SavedVersion(number=row.number, at=row.saved_at, by=row.saved_by, changes=row.changes) for row in rows)


def saved_values(integration_id: int, number: int) -> Mapping[str, Any]:
    """The values of one version of a koppeling's options; none when there is no such version."""
    rows = OptionVersion.objects.filter(integration_id=integration_id, number=number)
    return rows.values_list("values", flat=True).first() or {}


def _coachview(row: Integration) -> Mapping[str, Any]:
    """The values of panel Coachview; of the secrets only whether there is one."""
    place = row.organisation
    return {
        "coachview_url": place.coachview_url,
        "coachview_client_id": place.coachview_client_id,
        "coachview_client_secret": bool(place.coachview_secret_sealed),
        "profile": place.profile,
        "webhook_secret": bool(place.webhook_secret_sealed),
    }


def _filled(row: Integration) -> bool:
    """Whether there is anything to reach Coachview with."""
    place = row.organisation
    return bool(place.coachview_url and place.coachview_client_id and place.coachview_secret_sealed)


def _known(organisation_id: int) -> QuerySet[Integration]:
    return with_due(Integration.objects.filter(organisation_id=organisation_id))


def _row(row: Integration) -> IntegrationRow:
    administration, login = row.administration, row.login
    return IntegrationRow(
        id=row.pk,
        name=row.name,
        site=row.site,
        state=row.state,
        division=administration.division if administration else None,
        administration=administration.name if administration else "",
        exact_user=login.exact_user if login else "",
        exact_state=row.exact_state,
        exact_reason=row.exact_reason,
        exact_since=row.exact_since,
        coachview_filled=_filled(row),
        coachview_state=row.coachview_state,
        coachview_reason=row.coachview_reason,
        coachview_detail=row.coachview_detail,
        coachview_since=row.coachview_since,
        token_at=login.obtained_at if login else None,
        calls_used=administration.day_used if administration else 0,
        calls_limit=administration.day_limit if administration else 0,
        calls_reset_at=administration.day_resets_at if administration else None,
        activated_at=row.activated_at,
        next_due_at=getattr(row, "next_due_at", None),
        write_scope_missing=row.organisation.write_scope_missing,
    )
