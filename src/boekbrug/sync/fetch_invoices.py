"""Fetch what changed in Coachview and store it: the window moves only after its rows are stored.

Here a round begins as well: at a bulk run, and once a day in realtime, all held invoices are read anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from boekbrug.domain.options import ExportMode
from boekbrug.domain.schedule import next_round
from boekbrug.sync.failures import NotAllowed, Throttled, Unreachable
from boekbrug.sync.ports import Koppeling, Received, Step
from boekbrug.sync.tools import Tools, at_coachview

POLL = timedelta(minutes=5)
SOMEBODY_ELSE = timedelta(seconds=15)
BATCH = 50


def fetch_invoices(tools: Tools) -> datetime | None:
    """Fetch for every organisation of this administration; when to fetch again (None: only when asked).

    A bulk koppeling is fetched at its hour, a realtime one also every 5 minutes in case no webhook comes. A round
    whose moment passed while nothing ran is made up, once.
    """
    _begin_rounds(tools)
    koppelingen = tools.books.koppelingen()
    for organisation_id in sorted({koppeling.organisation_id for koppeling in koppelingen}):
        again_at = _fetch(tools, organisation_id)
        if again_at is not None:
            return again_at
    if any(koppeling.bulk_running for koppeling in koppelingen):
        tools.books.bulk_fetched()
        tools.books.step_due(Step.BOOK, tools.clock.now())
    moments = [koppeling.round_at for koppeling in koppelingen if koppeling.round_at is not None]
    if any(_realtime(koppeling) for koppeling in koppelingen):
        moments.append(tools.clock.now() + POLL)
    return min(moments, default=None)


def _begin_rounds(tools: Tools) -> None:
    """Begin the rounds whose moment has come, also long ago; a bulk run reads Exact's reference data before it books.

    One that was not planned yet is planned only: nobody was promised that it would run by now.
    """
    now = tools.clock.now()
    for koppeling in tools.books.koppelingen():
        next_at = next_round(koppeling.options, now)
        if koppeling.round_at is None:
            tools.books.plan_round(koppeling, next_at)
        elif koppeling.round_at <= now:
            tools.books.begin_round(koppeling, next_at)
            tools.books.step_due(Step.CHECK, now)
            if not _realtime(koppeling):
                tools.books.step_due(Step.REFERENCE, now)


def _fetch(tools: Tools, organisation_id: int) -> datetime | None:
    """Fetch one organisation; when to come back because that did not come to its end."""
    window = tools.books.fetch_window(organisation_id, tools.clock.now())
    if window is None:
        return tools.clock.now() + SOMEBODY_ELSE
    try:
        with at_coachview():
            for page, fetched_until in tools.source(organisation_id).changed_invoices(window.since, window.until):
                _receive(tools, organisation_id, page, fetched_until)
            ended = _reread(tools, organisation_id, window.until)
        tools.books.connection_works("coachview")
    finally:
        tools.books.fetch_ended(organisation_id)
    return None if ended else tools.clock.now()


def _receive(tools: Tools, organisation_id: int, page: Sequence[Received], fetched_until: datetime) -> None:
    if tools.books.receive(organisation_id, page, fetched_until):
        tools.books.step_due(Step.CHECK, tools.clock.now())


def _reread(tools: Tools, organisation_id: int, fetched_until: datetime) -> bool:
    """Read held invoices anew, in batches: a corrected debtor need not change the invoice's changed-at.

    Whether all have been read. What was not read stays on the list; what Coachview makes us stumble over does
    not, so that it cannot keep everything else from being fetched.
    """
    while ids := tools.books.to_reread(organisation_id, BATCH):
        try:
            page = list(tools.source(organisation_id).invoices(ids))
        except (NotAllowed, Throttled, Unreachable):
            raise
        except Exception:
            tools.books.reread_done(organisation_id, ids)
            raise
        _receive(tools, organisation_id, page, fetched_until)
        tools.books.reread_done(organisation_id, ids)
        if tools.slice_over():
            return len(ids) < BATCH
    return True


def _realtime(koppeling: Koppeling) -> bool:
    return koppeling.options.export_mode is ExportMode.REALTIME
