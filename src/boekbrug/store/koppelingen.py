"""The koppelingen of an administration as a run sees them, and what it tells people about them."""

from dataclasses import replace
from datetime import datetime

from django.db import connection
from django.db.models import Q

from boekbrug.domain.problem import Problem
from boekbrug.domain.schedule import ZONES
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import Integration, IntegrationState, Organisation
from boekbrug.store.options import Saved, options_of_each
from boekbrug.store.records import write
from boekbrug.sync.ports import Koppeling

GREEN, RED = "green", "red"
PARTIES = frozenset({"exact", "coachview"})


def koppelingen(shift: Shift) -> tuple[Koppeling, ...]:
    """The integrations of this administration that are active (not paused, deleted, waiting), or in review."""
    rows = Integration.objects.filter(
        administration_id=shift.administration_id, state=shift.koppelingen, activated_at__isnull=False
    ).order_by("id")
    saved = options_of_each({row.id: row.organisation_id for row in rows})
    return tuple(_koppeling(row, saved[row.id]) for row in rows)


def _koppeling(row: Integration, saved: Saved) -> Koppeling:
    zone = ZONES[saved.options.country]
    activated_on = row.activated_at.astimezone(zone).date() if row.activated_at else None
    return Koppeling(
        integration_id=row.id,
        organisation_id=row.organisation_id,
        options=replace(saved.options, activated_on=activated_on),
        options_version=saved.number,
        round_at=row.round_at,
        bulk_running=bool(row.round_state),
    )


def connection_failed(shift: Shift, party: str, reason: str, detail: str) -> None:
    """Show red with the reason at every integration of the administration; `since` stays while it is the same."""
    with change(shift) as at:
        show(party, RED, at, Q(administration_id=shift.administration_id), reason=reason, detail=detail)


def connection_works(shift: Shift, party: str) -> None:
    """Show green again; what is green already costs one look and no change."""
    _demand_known(party)
    mine = Integration.objects.filter(administration_id=shift.administration_id).exclude(state=IntegrationState.DELETED)
    if not mine.exclude(**{f"{party}_state": GREEN, f"{party}_reason": "", f"{party}_detail": ""}).exists():
        return
    with change(shift) as at:
        show(party, GREEN, at, Q(administration_id=shift.administration_id))


def coachview_seen(organisation_id: int, at: datetime, *, reason: str = "", detail: str = "") -> None:
    """Show how a person's test found Coachview: green, or red with the reason."""
    show("coachview", RED if reason else GREEN, at, Q(organisation_id=organisation_id), reason=reason, detail=detail)


def coachview_changed(organisation_id: int, at: datetime) -> None:
    """Other data to reach Coachview with: why the former were refused says nothing any more."""
    show("coachview", RED, at, Q(organisation_id=organisation_id, coachview_state=RED), reason="not-connected")
    Organisation.objects.filter(id=organisation_id).update(write_scope_missing="")


def show(party: str, state: str, at: datetime, which: Q, *, reason: str = "", detail: str = "") -> None:
    """Write a connection state of a party (`exact` or `coachview`) where it differs."""
    _demand_known(party)
    reason = reason[:100]
    rows = Integration.objects.filter(which).exclude(state=IntegrationState.DELETED)
    same = rows.filter(**{f"{party}_state": state, f"{party}_reason": reason})
    same.exclude(**{f"{party}_detail": detail}).update(**{f"{party}_detail": detail})
    rows.exclude(**{f"{party}_state": state, f"{party}_reason": reason}).update(
        **{
            f"{party}_state": state,
            f"{party}_reason": reason,
            f"{party}_detail": detail,
            f"{party}_since": at,
        }
    )


def _demand_known(party: str) -> None:
    if party not in PARTIES:
        raise ValueError(f"no such party: {party}")


def stop(shift: Shift, integration_id: int, problem: Problem) -> None:
    """Pause the integration because of this problem and show it to a person (`entry-number-ignored`)."""
    with change(shift) as at:
        rows = Integration.objects.filter(
            id=integration_id, administration_id=shift.administration_id, state=IntegrationState.ACTIVE
        )
        rows.update(state=IntegrationState.PAUSED, state_since=at, stopped_problem=write(problem))


def broken(shift: Shift, endpoint: str, detail: str) -> None:
    """Tell the operator that we asked this endpoint wrongly; several on one day are one row."""
    with change(shift) as at, connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO store_operatornotice (administration_id, day, endpoint, detail, times, last_at)
            VALUES (%s, %s, %s, %s, 1, %s)
            ON CONFLICT (administration_id, day, endpoint) DO UPDATE
               SET times = store_operatornotice.times + 1, detail = EXCLUDED.detail, last_at = EXCLUDED.last_at,
                   solved_at = NULL
            """,
            [shift.administration_id, at.date(), endpoint[:200], detail, at],
        )
