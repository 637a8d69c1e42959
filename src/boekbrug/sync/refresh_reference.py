"""Refresh the local copy of what Exact has, without paying per invoice (exactly-once.md, "Reference data")."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from boekbrug.domain.problem import Problem
from boekbrug.sync.ports import Step
from boekbrug.sync.tools import Tools

STALE = timedelta(days=1)
AT_ONCE_AT_MOST = timedelta(minutes=5)
WANTING = frozenset(
    {
        "vat-code-unknown", "gl-account-unknown", "cost-centre-unknown", "project-unknown", "journal-unknown",
        "period-absent", "period-closed", "deferral-period-absent", "customer-is-supplier", "customer-is-prospect",
    }
)  # fmt: skip
PUT_RIGHT_IN_EXACT = WANTING | frozenset(
    {
        "vat-code-blocked", "vat-code-purchase-only", "vat-code-inclusive", "vat-percentage-differs",
        "gl-account-blocked", "gl-account-type", "cost-centre-ended", "cost-centre-mandatory",
        "cost-centre-not-allowed", "customer-blocked", "customer-ambiguous", "customer-looks-different",
        "customer-maybe-exists", "journal-not-sales", "journal-blocked", "receivables-account-differs",
        "payment-condition-missing", "direct-debit-condition-missing", "currency-not-allowed",
    }
)  # fmt: skip
"""What somebody may have changed in Exact when he asks to try again; a check by itself wants only what lacks."""


def refresh_reference(tools: Tools) -> datetime | None:
    """Read everything anew; when the copy will be stale."""
    read_at, calls = tools.clock.now(), tools.ledger.calls
    reference = tools.ledger.read_reference(_years(tools.clock.today()))
    tools.books.keep_reference(reference, read_at, tools.ledger.calls - calls)
    _read_changed(tools)
    tools.books.connection_works("exact")
    return read_at + STALE


def refresh_when_stale(tools: Tools) -> datetime | None:
    """The step of a run: a copy of the last 5 minutes is not paid for again, however many ask for it.

    A bulk run that waits for it books what it allows, or ends.
    """
    read_at, now = tools.books.reference_read_at(), tools.clock.now()
    fresh = read_at is not None and now - read_at < AT_ONCE_AT_MOST
    next_at = read_at + STALE if fresh and read_at is not None else refresh_reference(tools)
    if any(koppeling.bulk_running for koppeling in tools.books.koppelingen()):
        tools.books.step_due(Step.BOOK, now)
    return next_at


def refresh_for_want(tools: Tools) -> bool:
    """Refresh because a check failed for want of something, at most once in 5 minutes; whether it did."""
    read_at = tools.books.reference_read_at()
    if read_at is not None and tools.clock.now() - read_at < AT_ONCE_AT_MOST:
        return False
    refresh_reference(tools)
    return True


def wanting(problems: Iterable[Problem]) -> bool:
    """Whether a fresh copy of Exact's reference data may solve one of these."""
    return any(problem.code in WANTING for problem in problems)


def solved_by_reading(problems: Iterable[Problem]) -> bool:
    """Whether one of these may be gone once somebody has put it right in Exact."""
    return any(problem.code in PUT_RIGHT_IN_EXACT for problem in problems)


def ask_for_refresh(tools: Tools) -> None:
    """Exact refused what our copy allows: it changed since we read it, so read it as soon as that is allowed again."""
    tools.books.step_due(Step.REFERENCE, next_reading(tools.books.reference_read_at(), tools.clock.now()))


def next_reading(read_at: datetime | None, now: datetime) -> datetime:
    """The first moment at which reading for want of something is allowed, after a reading at `read_at`."""
    return now if read_at is None else max(now, read_at + AT_ONCE_AT_MOST)


def _read_changed(tools: Tools) -> None:
    """Customers and projects by their timestamps: one call each when nothing much changed."""
    for page in tools.ledger.read_customers(tools.books.timestamp("customers")):
        tools.books.keep_page("customers", page)
    for page in tools.ledger.read_projects(tools.books.timestamp("projects")):
        tools.books.keep_page("projects", page)


def _years(today: date) -> tuple[int, ...]:
    """The years in use: last year's invoices may still come, deferral reaches into the years ahead."""
    return tuple(range(today.year - 1, today.year + 3))
