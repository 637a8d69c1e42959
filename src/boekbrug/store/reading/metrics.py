"""What the metrics show: numbers of the whole installation, of no institute in particular (0009-metrics.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count

from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store.budget import KEPT
from boekbrug.store.models import Booking, Finding, FindingState, Integration, IntegrationState, OperatorNotice
from boekbrug.store.tallies import CALLS, DELAY, kept

PARTIES = ("exact", "coachview")


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetLeft:
    """What is left of a limit, over all who have one: calls together, the smallest share, who has none for a night."""

    party: str
    window: str
    calls: int
    lowest_share: float
    used_up: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Everything that the database says at one moment; ages in seconds, 0 when nothing waits."""

    bookings: Mapping[str, int]
    pdfs: Mapping[str, int]
    calls: Mapping[str, float]
    delays: Mapping[str, float]
    budgets: Sequence[BudgetLeft]
    due: Mapping[str, int]
    failing: Mapping[str, int]
    queue_age_seconds: float
    unknown_outcomes: int
    unknown_age_seconds: float
    koppelingen: Mapping[str, int]
    red: Mapping[str, int]
    findings: int
    notices: int


def figures(now: datetime) -> Figures:
    """Read it all; about a dozen small queries, and one that counts the bookings by an index."""
    due, failing, age = _steps(now)
    unknown, unknown_age = _unknown(now)
    return Figures(
        bookings=dict.fromkeys(BookingState, 0) | _counted("state"),
        pdfs=_pdfs(),
        calls=kept(CALLS),
        delays=kept(DELAY),
        budgets=(*(_exact_budget(window, now) for window in ("minute", "day")), _coachview_budget(now)),
        due=due,
        failing=failing,
        queue_age_seconds=age,
        unknown_outcomes=unknown,
        unknown_age_seconds=unknown_age,
        koppelingen=dict.fromkeys(IntegrationState.values, 0) | _koppelingen(),
        red=_red(),
        findings=Finding.objects.filter(state=FindingState.OPEN).count(),
        notices=OperatorNotice.objects.filter(solved_at__isnull=True).count(),
    )


def _counted(field: str) -> dict[str, int]:
    rows = Booking.objects.order_by().values(field).annotate(times=Count("*"))
    return {str(row[field]): row["times"] for row in rows}


def _pdfs() -> dict[str, int]:
    waiting = (PdfState.DUE, PdfState.MISSING)
    rows = Booking.objects.filter(pdf_state__in=["due", "missing"]).order_by().values("pdf_state")
    found = {str(row["pdf_state"]): row["times"] for row in rows.annotate(times=Count("*"))}
    return {str(state): found.get(str(state), 0) for state in waiting}


def _koppelingen() -> dict[str, int]:
    rows = Integration.objects.order_by().values("state").annotate(times=Count("*"))
    return {str(row["state"]): row["times"] for row in rows}


def _red() -> dict[str, int]:
    """Active koppelingen that cannot work, by whose side is red."""
    active = Integration.objects.filter(state=IntegrationState.ACTIVE)
    return {party: active.filter(**{f"{party}_state": "red"}).count() for party in PARTIES}


def _steps(now: datetime) -> tuple[dict[str, int], dict[str, int], float]:
    """What is due and what fails, of the administrations that somebody can work for; the age of the oldest."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, {"now": now})
        rows = cursor.fetchall()
    oldest = min((row[3] for row in rows if row[3] is not None), default=now)
    due = {step: count for step, count, _failing, _first in rows if count}
    return due, {step: count for step, _due, count, _first in rows if count}, (now - oldest).total_seconds()


def _unknown(now: datetime) -> tuple[int, float]:
    """POSTs whose outcome is not known: no answer came although the last moment to send has passed."""
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, {"now": now})
        count, oldest = cursor.fetchone()
    return count, (now - oldest).total_seconds() if oldest else 0.0


def _exact_budget(window: str, now: datetime) -> BudgetLeft:
    kept_of_bulk = KEPT["bulk"] if window == "day" else 0
    query = _BUDGET.format(
        used=f"CASE WHEN {window}_resets_at > %(now)s THEN {window}_used ELSE {window}_pending END",
        limit=f"LEAST({window}_limit, COALESCE({window}_cap, {window}_limit))",
        kept=kept_of_bulk,
        table="store_administration WHERE EXISTS (SELECT FROM store_integration AS integration"
        " WHERE integration.administration_id = store_administration.id AND integration.state = 'active')",
    )
    return _budget("exact", window, query, {"now": now})


def _coachview_budget(now: datetime) -> BudgetLeft:
    query = _BUDGET.format(
        used="CASE WHEN coachview_calls_resets_at > %(now)s THEN coachview_calls_used ELSE 0 END",
        limit="coachview_calls_limit",
        kept=0,
        table="store_organisation",
    )
    return _budget("coachview", "day", query, {"now": now})


def _budget(party: str, window: str, query: str, values: Mapping[str, Any]) -> BudgetLeft:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        calls, lowest, used_up = cursor.fetchone()
    return BudgetLeft(party=party, window=window, calls=calls, lowest_share=lowest, used_up=used_up)


_STEPS = """
    SELECT step, count(*) FILTER (WHERE due_at <= %(now)s AND failures = 0), count(*) FILTER (WHERE failures > 0),
           min(due_at) FILTER (WHERE due_at <= %(now)s AND failures = 0)
      FROM store_duestep
     WHERE EXISTS (
               SELECT FROM store_integration AS integration
                 JOIN store_login AS login ON login.id = integration.login_id
                WHERE integration.administration_id = store_duestep.administration_id
                  AND integration.state IN ('active', 'review') AND login.refresh_mark <> ''
           )
     GROUP BY step
"""
_UNKNOWN = "SELECT count(*), min(created_at) FROM store_intent WHERE state = 'open' AND send_by <= %(now)s"
_BUDGET = """
    SELECT COALESCE(sum(whole.left), 0)::bigint, COALESCE(min(whole.left::float / GREATEST(whole.calls, 1)), 1.0),
           count(*) FILTER (WHERE whole.left <= whole.calls * {kept} / 1000)
      FROM (SELECT GREATEST({limit} - ({used}), 0) AS left, {limit} AS calls FROM {table}) AS whole
"""
