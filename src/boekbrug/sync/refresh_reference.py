"""Refresh the local copy of what Exact has, without paying per invoice (exactly-once.md, "Reference data")."""

from datetime import date, datetime, timedelta

from boekbrug.sync.tools import Tools

STALE = timedelta(days=1)
AT_ONCE_AT_MOST = timedelta(minutes=5)


def refresh_reference(tools: Tools) -> datetime | None:
    """Read everything anew; when the copy will be stale."""
    read_at = tools.clock.now()
    tools.books.keep_reference(tools.ledger.read_reference(_years(tools.clock.today())), read_at)
    _read_changed(tools)
    tools.books.connection_works("exact")
    return read_at + STALE


def refresh_when_stale(tools: Tools) -> datetime | None:
    """The step of a run: a copy of the last 5 minutes is not paid for again, however many ask for it."""
    read_at = tools.books.reference_read_at()
    if read_at is not None and tools.clock.now() - read_at < AT_ONCE_AT_MOST:
        return read_at + STALE
    return refresh_reference(tools)


def refresh_for_want(tools: Tools) -> bool:
    """Refresh because a check failed for want of something, at most once in 5 minutes; whether it did."""
    read_at = tools.books.reference_read_at()
    if read_at is not None and tools.clock.now() - read_at < AT_ONCE_AT_MOST:
        return False
    refresh_reference(tools)
    return True


def _read_changed(tools: Tools) -> None:
    """Customers and projects by their timestamps: one call each when nothing much changed."""
    for page in tools.ledger.read_customers(tools.books.timestamp("customers")):
        tools.books.keep_page("customers", page)
    for page in tools.ledger.read_projects(tools.books.timestamp("projects")):
        tools.books.keep_page("projects", page)


def _years(today: date) -> tuple[int, ...]:
    """The years in use: last year's invoices may still come, deferral reaches into the years ahead."""
    return tuple(range(today.year - 1, today.year + 3))
