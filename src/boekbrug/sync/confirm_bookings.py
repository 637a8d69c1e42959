"""Tell Coachview what became of an invoice: `Bevestigd` and its description, where the profile has them.

It comes last, costs no call to Exact, and never stands in the way of booking. Writing the same once more does no
harm, so no intent is needed: what was last written is kept per booking, and only something else is written.
Source: exactly-once.md, "Coachview's side"; coachview.md 3.3.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from boekbrug.domain.options import Purpose
from boekbrug.domain.problem import Severity
from boekbrug.domain.states import BookingState
from boekbrug.domain.texts import fit
from boekbrug.sentences import say, tell
from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown
from boekbrug.sync.ports import Said, Step, Unconfirmed
from boekbrug.sync.tools import Tools, at_coachview

log = structlog.get_logger()

BATCH = 50
MOST_TEXT = 250
"""How long Coachview's description may be is not known; this much is read in a list."""
LANGUAGE = "nl"
"""Coachview does not say in which language its people read."""
NOT_TAKEN = timedelta(minutes=15)
NO_RIGHT = timedelta(hours=1)
NOT_NAMED = "Schrijven"
"""What to call a right that Coachview refuses without our knowing its name."""


def confirm_bookings(tools: Tools) -> datetime | None:
    """Write what Coachview does not know yet; when to go on (None: when something changes)."""
    rows = tools.books.unconfirmed(BATCH)
    live = {each.integration_id for each in tools.books.koppelingen() if each.options.purpose is Purpose.LIVE}
    taken: set[int] = set()
    for row in _another_first_each_minute(rows, tools.clock.now()):
        if tools.slice_over():
            return tools.clock.now()
        if row.integration_id not in live:
            tools.books.confirmed(row, row.said)
            continue
        try:
            _confirm(tools, row, taken)
        except OutcomeUnknown as unknown:
            log.warning("Coachview did not take a confirmation", action="not-confirmed", detail=unknown.detail)
            return tools.clock.now() + NOT_TAKEN
        except NotAllowed as refusal:
            if refusal.reason != "scope-missing":
                raise
            tools.books.write_right(row.organisation_id, refusal.detail or NOT_NAMED)
            return tools.clock.now() + NO_RIGHT
    return tools.clock.now() if len(rows) == BATCH else None


def _another_first_each_minute(rows: Sequence[Unconfirmed], now: datetime) -> Sequence[Unconfirmed]:
    """So that one at which Coachview stumbles does not keep all others waiting."""
    first = now.minute % max(len(rows), 1)
    return (*rows[first:], *rows[:first])


def _confirm(tools: Tools, row: Unconfirmed, taken: set[int]) -> None:
    """Write one when it differs from what was written last; one that Coachview does not know any more is let go.

    `taken` are the organisations whose Coachview took one in this step: it is shown green once.
    """
    said = said_of(row)
    if said != row.said:
        try:
            with at_coachview():
                written = tools.source(row.organisation_id).confirm(
                    row.source_id, confirmed=said.confirmed, text=said.text
                )
        except Broken as broken:
            tools.books.broken(broken.endpoint, broken.detail)
            tools.books.confirmed(row, row.said)
            raise
        if written and row.organisation_id not in taken:
            taken.add(row.organisation_id)
            tools.books.write_right(row.organisation_id, "")
            if tools.books.step_failures(Step.CONFIRM):
                tools.books.connection_works("coachview")
    tools.books.confirmed(row, said)


def said_of(row: Unconfirmed) -> Said:
    """What Coachview's two fields are to say."""
    if row.state is BookingState.SKIPPED:
        return Said(confirmed=False, text=say("confirmed.skipped", LANGUAGE))
    if row.state is BookingState.HELD:
        holding = [problem for problem in row.problems if problem.severity is Severity.HOLDS]
        sentences = (tell(problem, LANGUAGE).sentence for problem in holding)
        return Said(confirmed=False, text=fit(" ".join(dict.fromkeys(sentences)), MOST_TEXT))
    text = say("confirmed.booked", LANGUAGE, number=row.entry_number, journal=row.journal)
    return Said(confirmed=True, text=text)
