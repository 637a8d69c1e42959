"""Fetch what changed in Coachview and store it: the window moves only after its rows are stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from boekbrug.domain.options import ExportMode
from boekbrug.sync.ports import Koppeling, Received, Step
from boekbrug.sync.tools import Tools, at_coachview

POLL = timedelta(minutes=5)
BATCH = 50


def fetch_invoices(tools: Tools) -> datetime | None:
    """Fetch for every organisation of this administration; when to poll again (None: only when asked).

    A bulk koppeling is fetched at its hour, a realtime one also every 5 minutes in case no webhook comes.
    """
    koppelingen = tools.books.koppelingen()
    for organisation_id in sorted({koppeling.organisation_id for koppeling in koppelingen}):
        _fetch(tools, organisation_id)
    return tools.clock.now() + POLL if any(_realtime(koppeling) for koppeling in koppelingen) else None


def _fetch(tools: Tools, organisation_id: int) -> None:
    window = tools.books.fetch_window(organisation_id, tools.clock.now())
    if window is None:
        return
    try:
        with at_coachview():
            for page, fetched_until in tools.source(organisation_id).changed_invoices(window.since, window.until):
                _receive(tools, organisation_id, page, fetched_until)
            _reread(tools, organisation_id, window.until)
        tools.books.connection_works("coachview")
    finally:
        tools.books.fetch_ended(organisation_id)


def _receive(tools: Tools, organisation_id: int, page: Sequence[Received], fetched_until: datetime) -> None:
    if tools.books.receive(organisation_id, page, fetched_until):
        tools.books.step_due(Step.CHECK, tools.clock.now())


def _reread(tools: Tools, organisation_id: int, fetched_until: datetime) -> None:
    """Held invoices that somebody wants to try again: a corrected debtor need not change the invoice's changed-at."""
    while ids := tools.books.to_reread(organisation_id, BATCH):
        _receive(tools, organisation_id, list(tools.source(organisation_id).invoices(ids)), fetched_until)


def _realtime(koppeling: Koppeling) -> bool:
    return koppeling.options.export_mode is ExportMode.REALTIME
