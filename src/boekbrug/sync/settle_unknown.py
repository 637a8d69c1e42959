"""Settle what is unknown: look each unanswered intent up in Exact and move its booking on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from boekbrug.domain.states import BookingState
from boekbrug.sync.failures import Unreachable
from boekbrug.sync.ports import Intent, NotThere, Step
from boekbrug.sync.tools import Tools

log = structlog.get_logger()

SECOND_LOOK = timedelta(seconds=60)
NEXT_LOOK = timedelta(minutes=1)


def settle_unknown(tools: Tools) -> datetime | None:
    """Look up every intent that may be settled now; when the next one may be.

    A failed look-up leaves everything as it was: it is never a "not there". The first one raises; one that fails
    while others are answered is no outage, and is made again in a minute. After a failure another intent comes first,
    so that one which always fails keeps no other from being settled.
    """
    answered = False
    for intent in _by_turns(tools, tools.books.unanswered(tools.clock.now())):
        if tools.slice_over():
            return tools.clock.now()
        try:
            _settle(tools, intent)
        except Unreachable as failure:
            if not answered:
                raise
            log.warning("a look-up failed, others did not", action="look-up-failed", detail=failure.detail)
            return tools.clock.now() + NEXT_LOOK
        answered = True
    return tools.books.next_settlement()


def _by_turns(tools: Tools, intents: Sequence[Intent]) -> Sequence[Intent]:
    """The oldest first; after so many failures in a row as many of them come last."""
    if len(intents) < 2:
        return intents
    first = tools.books.step_failures(Step.SETTLE) % len(intents)
    return (*intents[first:], *intents[:first])


def _settle(tools: Tools, intent: Intent) -> None:
    """Kinds that Exact does not guard must be "not there" twice, 60 seconds apart."""
    outcome = tools.ledger.look_up(intent)
    if isinstance(outcome, NotThere) and not intent.kind.guarded_by_exact and not _looked_before(tools, intent):
        if intent.absent_since is None:
            tools.books.absent(intent, tools.clock.now())
        return
    if tools.books.settled(intent, outcome) is BookingState.READY:
        tools.books.step_due(Step.BOOK, tools.clock.now())


def _looked_before(tools: Tools, intent: Intent) -> bool:
    return intent.absent_since is not None and tools.clock.now() - intent.absent_since >= SECOND_LOOK
