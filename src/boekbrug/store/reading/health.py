"""How the installation is: what keeps work from being done."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from boekbrug.store.models import DueStep, Integration, IntegrationState, Organisation

WATCHED = (IntegrationState.ACTIVE, IntegrationState.ENABLED, IntegrationState.REVIEW)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """A koppeling that cannot work: which party is red and why; nothing of both when it is in review or stopped."""

    integration_id: int
    name: str
    state: str
    party: str = ""
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Overdue:
    """The step that should have been done longest ago; `failures` in a row say that it was tried."""

    administration_id: int
    step: str
    due_at: datetime
    failures: int


def server_version() -> str:
    """The version of the database server, such as 18.4; raises what the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def troubles() -> tuple[Trouble, ...]:
    """Koppelingen that are switched on and red, in review, or stopped by us."""
    rows = Integration.objects.filter(state__in=WATCHED) | Integration.objects.filter(
        state=IntegrationState.PAUSED, stopped_problem__isnull=False
    )
    return tuple(trouble for row in rows.order_by("id") for trouble in _troubles_of(row))


def _troubles_of(row: Integration) -> tuple[Trouble, ...]:
    if row.state in {IntegrationState.REVIEW, IntegrationState.PAUSED}:
        return (Trouble(integration_id=row.id, name=row.name, state=row.state),)
    sides = (
        ("exact", row.exact_state, row.exact_reason, row.exact_detail),
        ("coachview", row.coachview_state, row.coachview_reason, row.coachview_detail),
    )
    return tuple(
        Trouble(integration_id=row.id, name=row.name, state=row.state, party=party, reason=reason, detail=detail)
        for party, colour, reason, detail in sides
        if colour == "red" and (row.state == IntegrationState.ACTIVE or reason != "not-connected")
    )


def oldest_due(now: datetime) -> Overdue | None:
    """What should have been done longest ago; None when nothing waits."""
    row = DueStep.objects.filter(due_at__lt=now).order_by("due_at", "id").first()
    if row is None:
        return None
    return Overdue(administration_id=row.administration_id, step=row.step, due_at=row.due_at, failures=row.failures)


def coachview_addresses() -> tuple[str, ...]:
    """The addresses of all institutes' Coachview."""
    rows = Organisation.objects.exclude(coachview_url="").order_by("coachview_url")
    return tuple(rows.values_list("coachview_url", flat=True).distinct())
