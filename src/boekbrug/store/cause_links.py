"""Doorsturen naar accountant: a secret link that shows one cause for 7 days, without an account.

Source: service-center.md, "Actions" and "Security, page by page" (128 bits, stored hashed, revocable; looking uses
nothing up).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum

from boekbrug.domain.problem import Problem
from boekbrug.store.models import Booking, CauseLink
from boekbrug.store.organisations import NotFound
from boekbrug.store.reading.causes import held_by
from boekbrug.store.reading.today import ZERO, Pile
from boekbrug.store.records import read_problems, storable_text

SECRET_BYTES = 16
OPENS_FOR = timedelta(days=7)
LONGEST_SECRET = 100
SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """A link as its makers see it: what it shows is told by the problem, None when nothing waits for it any more."""

    id: int
    problem: Problem | None
    made_at: datetime
    made_by: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a link opens: one cause of one organisation."""

    organisation_id: int
    organisation: str
    cause: str
    made_by: str
    expires_at: datetime


def forward(organisation_id: int, cause: str, *, who: str, now: datetime) -> tuple[str, datetime]:
    """The secret of a new link to this cause and until when it opens; raises NotFound when it holds no invoice."""
    if not held_by(organisation_id, cause):
        raise NotFound("No invoice waits for this cause any more.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = CauseLink.objects.create(
        organisation_id=organisation_id,
        cause=cause,
        secret_hash=_hash(secret),
        made_at=now,
        made_by=storable_text(who)[:200],
        expires_at=now + OPENS_FOR,
    )
    return secret, row.expires_at


def opened(secret: str, *, now: datetime) -> Opened:
    """What this secret opens; raises NotFound for one that is unknown, taken back or too old."""
    rows = CauseLink.objects.select_related("organisation").filter(_open(now), secret_hash=_hash(secret))
    row = rows.first() if len(secret) <= LONGEST_SECRET else None
    if row is None:
        raise NotFound("This link opens nothing (any more).")
    return Opened(
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        cause=row.cause,
        made_by=row.made_by,
        expires_at=row.expires_at,
    )


def links_of(organisation_id: int, *, now: datetime) -> tuple[Forwarded, ...]:
    """The organisation's links that still open, newest first."""
    rows = CauseLink.objects.filter(_open(now), organisation_id=organisation_id).order_by("-made_at", "-id")
    return tuple(
        Forwarded(
            id=row.id,
            problem=problem_of(organisation_id, row.cause),
            made_at=row.made_at,
            made_by=row.made_by,
            expires_at=row.expires_at,
        )
        for row in rows[:SHOWN]
    )


def revoke(organisation_id: int, link_id: int, *, who: str, now: datetime) -> bool:
    """Take a link back: it opens nothing from now on; whether it still did."""
    rows = CauseLink.objects.filter(_open(now), organisation_id=organisation_id, id=link_id)
    return rows.update(revoked_at=now, revoked_by=storable_text(who)[:200]) == 1


def problem_of(organisation_id: int, cause: str) -> Problem | None:
    """The problem by which this cause is told, from the first invoice that waits for it; None when none does."""
    mine = Booking.objects.filter(organisation_id=organisation_id, state="held", causes__contains=[cause])
    problems = read_problems(mine.order_by("id").values_list("problems", flat=True).first() or [])
    return next((problem for problem in problems if problem.cause.startswith(cause)), None)


def waiting_for(organisation_id: int, cause: str) -> Pile:
    """How many invoices wait for this cause, and their euros."""
    mine = Booking.objects.filter(organisation_id=organisation_id, state="held", causes__contains=[cause])
    found = mine.aggregate(count=Count("id"), total=Sum("invoice__total_incl"))
    return Pile(count=found["count"], total=found["total"] or ZERO)


def _open(now: datetime) -> Q:
    return Q(expires_at__gt=now, revoked_at__isnull=True)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
