"""One slice of a run: the steps that are due, in their fixed order; every failure class is handled here, once."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from boekbrug import trail
from boekbrug.sync.attach_pdfs import attach_pdfs
from boekbrug.sync.backoff import wait_after
from boekbrug.sync.book_invoices import book_invoices
from boekbrug.sync.check_invoices import check_invoices
from boekbrug.sync.confirm_bookings import confirm_bookings
from boekbrug.sync.failures import Broken, NotAllowed, OutsideFailure, Throttled
from boekbrug.sync.fetch_invoices import fetch_invoices
from boekbrug.sync.ports import Step
from boekbrug.sync.prove_entries import prove_entries
from boekbrug.sync.refresh_reference import refresh_when_stale
from boekbrug.sync.review_entries import review_entries
from boekbrug.sync.settle_unknown import settle_unknown
from boekbrug.sync.tools import Tools

log = structlog.get_logger()

VERBS: Mapping[Step, Callable[[Tools], datetime | None]] = {
    Step.REVIEW: review_entries,
    Step.SETTLE: settle_unknown,
    Step.REFERENCE: refresh_when_stale,
    Step.FETCH: fetch_invoices,
    Step.CHECK: check_invoices,
    Step.BOOK: book_invoices,
    Step.PDF: attach_pdfs,
    Step.PROVE: prove_entries,
    Step.CONFIRM: confirm_bookings,
}
WAIT_WHEN_NOT_ALLOWED = timedelta(hours=1)
WAIT_WHEN_BROKEN = timedelta(hours=1)


def run(tools: Tools) -> None:
    """Do what is due, until the slice is over; each step writes down when it is due next."""
    with trail.following():
        _do_what_is_due(tools)


def _do_what_is_due(tools: Tools) -> None:
    if tools.books.orphans_to_unknown():
        tools.books.step_due(Step.SETTLE, tools.books.next_settlement() or tools.clock.now())
        tools.books.step_due(Step.BOOK, tools.clock.now())
    done: set[Step] = set()
    while not tools.slice_over() and (step := _next_step(tools, done)):
        done.add(step)
        with trail.following(tools.books.wake_up(step), step=step):
            _run_step(tools, step)


def _next_step(tools: Tools, done: set[Step]) -> Step | None:
    """The first due step that this slice has not done: a step may make a later one due."""
    return next((step for step in tools.books.due_steps(tools.clock.now()) if step not in done), None)


def _run_step(tools: Tools, step: Step) -> None:
    calls = tools.ledger.calls
    try:
        next_at = VERBS[step](tools)
    except OutsideFailure as failure:
        next_at = _next_try(tools, step, failure)
        log.warning("a step has to wait", action="step-failed", step=step, until=next_at, detail=failure.detail)
        tools.books.step_failed(step, next_at, type(failure).__name__)
    else:
        tools.books.step_done(step, next_at)
        if tools.ledger.calls > calls:
            tools.books.connection_works("exact")


def _next_try(tools: Tools, step: Step, failure: OutsideFailure) -> datetime:
    """When the step is tried again after this failure, having shown it where a person must act."""
    now = tools.clock.now()
    if isinstance(failure, Throttled):
        return failure.until
    if isinstance(failure, NotAllowed):
        tools.books.connection_failed(failure.party, failure.reason, failure.detail)
        latest = now + WAIT_WHEN_NOT_ALLOWED
        return latest if failure.until is None or failure.until <= now else min(failure.until, latest)
    if isinstance(failure, Broken):
        tools.books.broken(failure.endpoint, failure.detail)
        return now + WAIT_WHEN_BROKEN
    tools.books.connection_failed(failure.party, "unreachable", failure.detail)
    dice = random.random()  # noqa: S311 - spreads retries, guards nothing
    return now + wait_after(tools.books.step_failures(step) + 1, dice)
