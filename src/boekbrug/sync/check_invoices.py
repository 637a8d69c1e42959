"""Check received invoices against the rules, without sending anything."""

from collections.abc import Sequence
from datetime import datetime

from boekbrug.domain.entry import Book, Decision, Hold
from boekbrug.domain.options import ExportMode
from boekbrug.domain.schedule import next_bulk_run
from boekbrug.sync.decide import decide, lay_out
from boekbrug.sync.ports import Booking, Decided, Koppeling, Step
from boekbrug.sync.refresh_reference import ask_for_refresh, refresh_for_want, wanting
from boekbrug.sync.tools import Tools

BATCH = 200


def check_invoices(tools: Tools) -> datetime | None:
    """Decide about everything that wants a check; due again at once when this slice ended first."""
    refreshed = False
    while bookings := tools.books.to_check(BATCH):
        decisions = _decide_all(tools, bookings)
        if not refreshed and any(_wanting(decision) for _, decision in decisions):
            refreshed = True
            if refresh_for_want(tools):
                decisions = _decide_all(tools, bookings)
            elif any(_wanting_more(booking, decision) for booking, decision in decisions):
                ask_for_refresh(tools)
        _write_down(tools, decisions)
        if tools.slice_over():
            return tools.clock.now()
    return None


def _decide_all(tools: Tools, bookings: Sequence[Booking]) -> list[tuple[Booking, Decision]]:
    desk = lay_out(tools.books, bookings, tools.checks)
    today = tools.clock.today()
    return [(booking, decide(desk, booking, today)) for booking in bookings]


def _write_down(tools: Tools, decisions: Sequence[tuple[Booking, Decision]]) -> None:
    now = tools.clock.now()
    koppelingen = {koppeling.integration_id: koppeling for koppeling in tools.books.koppelingen()}
    outcomes = [
        Decided(booking=booking, decision=decision, not_before=_not_before(koppelingen[booking.integration_id], now))
        for booking, decision in decisions
    ]
    tools.books.decided(outcomes)
    starts = [outcome.not_before or now for outcome in outcomes if isinstance(outcome.decision, Book)]
    if starts:
        tools.books.step_due(Step.BOOK, min(starts))
    if any(isinstance(outcome.decision, Hold) for outcome in outcomes):
        tools.books.step_due(Step.CONFIRM, now)


def _wanting(decision: Decision) -> bool:
    """Whether a fresh copy of Exact's reference data may solve a problem."""
    return isinstance(decision, Hold) and wanting(decision.problems)


def _wanting_more(booking: Booking, decision: Decision) -> bool:
    """Whether it wants something that did not hold it before: else each reading would ask for the next one."""
    if not isinstance(decision, Hold):
        return False
    known = {problem.cause for problem in booking.problems}
    return wanting(problem for problem in decision.problems if problem.cause not in known)


def _not_before(koppeling: Koppeling, now: datetime) -> datetime | None:
    """Realtime, and during a bulk run: at once. Else at the next bulk run."""
    if koppeling.options.export_mode is ExportMode.REALTIME or koppeling.bulk_running:
        return None
    return koppeling.round_at or next_bulk_run(koppeling.options, now)
