"""Holding a booking: its problems, and the causes by which held invoices are one line (feature N6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from boekbrug.domain.problem import Problem, Severity
from boekbrug.domain.states import BookingState
from boekbrug.store.assignment import Candidate
from boekbrug.store.models import Booking
from boekbrug.store.moves import By, move, stay
from boekbrug.store.records import storable_text, write_problems


def hold(
    booking: Booking, problems: Sequence[Problem], owner: Candidate | None, *, why: str, by: By, at: datetime
) -> None:
    """Hold a booking that nothing was decided about in this transaction; without an owner it belongs to nobody."""
    values = {
        **held_values(problems),
        "integration_id": owner.integration_id if owner else None,
        "administration_id": owner.administration_id if owner else None,
    }
    state = BookingState(booking.state)
    if state is BookingState.HELD:
        stay(booking.id, state, **values)
    else:
        move(booking.id, state, BookingState.HELD, by=by, at=at, why=why, **values)


def held_values(problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> dict[str, Any]:
    """The columns of a booking that is held by these problems."""
    causes = [storable_text(problem.cause)[:300] for problem in problems if problem.severity is Severity.HOLDS]
    return {
        "problems": write_problems(problems),
        "warnings": write_problems(warnings),
        "causes": list(dict.fromkeys(causes)),
        "needs_check": False,
        "retry_at": None,
        "unconfirmed": True,
        **NOT_SKIPPED,
    }


def because(problems: Sequence[Problem]) -> str:
    """What held it, in codes, for the history."""
    return ", ".join(dict.fromkeys(problem.code for problem in problems))


NOT_SKIPPED: dict[str, Any] = {"skip_reason": "", "skip_values": []}
NOT_HELD: dict[str, Any] = {"problems": [], "causes": []}
