"""The koppelingen of an administration as a run sees them, and what it tells people about them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from boekbrug.domain.problem import Problem
from boekbrug.domain.schedule import ZONES
from boekbrug.store.leases import Shift, change
from boekbrug.store.models import Integration, IntegrationState, Organisation
from boekbrug.store.options import joined_texts
from boekbrug.store.prepared import prepared
from boekbrug.store.records import write
from boekbrug.sync.ports import Koppeling

GREEN, RED = "green", "red"
PARTIES = frozenset({"exact", "coachview"})


def koppelingen(shift: Shift) -> tuple[Koppeling, ...]:
    """The integrations of this administration that are active (not paused, deleted, waiting), or in review."""
    values = {"administration": shift.administration_id, "state": str(shift.koppelingen)}
    with prepared(_KOPPELINGEN, values) as cursor:
        return tuple(_koppeling(*row) for row in cursor)


# Each with the latest version of its own options, and of its organisation's.
_KOPPELINGEN = """
    SELECT integration.id, integration.organisation_id, integration.activated_at, integration.round_at,
           integration.round_state, own.number, own.values, shared.values
      FROM store_integration AS integration
      LEFT JOIN LATERAL (
               SELECT number, values FROM store_optionversion
                WHERE integration_id = integration.id AND organisation_id IS NULL ORDER BY number DESC LIMIT 1
           ) AS own ON TRUE
      LEFT JOIN LATERAL (
               SELECT number, values FROM store_optionversion
                WHERE organisation_id = integration.organisation_id AND integration_id IS NULL
                ORDER BY number DESC LIMIT 1
           ) AS shared ON TRUE
     WHERE integration.administration_id = %(administration)s AND integration.state = %(state)s
       AND integration.activated_at IS NOT NULL
     ORDER BY integration.id
"""


def _koppeling(
    integration_id: int, organisation_id: int, activated_at: datetime, round_at: datetime | None, *rest: Any
) -> Koppeling:
    round_state, number, own, shared = rest
    options = joined_texts(integration_id, own or "{}", shared or "{}")
    return Koppeling(
        integration_id=integration_id,
        organisation_id=organisation_id,
        options=replace(options, activated_on=activated_at.astimezone(ZONES[options.country]).date()),
        options_version=number or 0,
        round_at=round_at,
        bulk_running=bool(round_state),
    )


def connection_failed(shift: Shift, party: str, reason: str, detail: str) -> None:
    """Show red with the reason at every integration of the administration; `since` stays while it is the same."""
    with change(shift) as at:
        show(party, RED, at, Q(administration_id=shift.administration_id), reason=reason, detail=detail)


def connection_works(shift: Shift, party: str) -> None:
    """Show green again; what is green already costs one look and no change."""
    _demand_known(party)
    with prepared(_NOT_GREEN[party], {"administration": shift.administration_id}) as cursor:
        if cursor.fetchone() is None:
            return
    with change(shift) as at:
        show(party, GREEN, at, Q(administration_id=shift.administration_id))


_NOT_GREEN = {
    party: f"""
        SELECT id FROM store_integration
         WHERE administration_id = %(administration)s AND state <> 'deleted'
           AND NOT ({party}_state = 'green' AND {party}_reason = '' AND {party}_detail = '')
         LIMIT 1
    """  # noqa: S608 - made of constants
    for party in sorted(PARTIES)
}


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
