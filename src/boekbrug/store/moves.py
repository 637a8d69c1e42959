"""The one way in which a booking changes state: one guarded UPDATE, and a history row in the same transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from boekbrug.domain.states import Actor, BookingState, may_move
from boekbrug.store.models import Booking, BookingHistory
from boekbrug.sync.failures import LeaseLost

VIA_READY = frozenset({(BookingState.BOOKING, BookingState.SKIPPED), (BookingState.SKIPPED, BookingState.HELD)})


class MovedOn(Exception):
    """The invoice is not in the state that the person saw; nothing was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Who makes a move: a person by name, a run by its owner, or the system."""

    kind: Actor
    name: str = ""


SYSTEM = By(kind=Actor.SYSTEM)


def route(old: BookingState, new: BookingState) -> tuple[BookingState, ...]:
    """The states that a move passes, the new one last; two moves of the check go by way of `ready`.

    Raises ValueError when the table of moves does not allow it.
    """
    if may_move(old, new):
        return (new,)
    if (old, new) in VIA_READY:
        return (BookingState.READY, new)
    raise ValueError(f"a booking does not move from {old} to {new}")


def move(
    booking_id: int,
    old: BookingState,
    new: BookingState,
    *,
    by: By,
    at: datetime,
    why: str,
    **values: Any,
) -> None:
    """Move one booking from `old` to `new` and write `values` with it; must run inside a transaction.

    Raises LeaseLost when the booking is not in `old` any more: somebody else has taken over.
    """
    hops = route(old, new)
    rows = Booking.objects.filter(id=booking_id, state=old)
    if rows.update(state=new, state_since=at, **values) != 1:
        raise LeaseLost(f"booking {booking_id} is not in {old} any more")
    BookingHistory.objects.bulk_create(_history(booking_id, (old, *hops), by, at, why))


def history(by: By, why: str) -> dict[str, Any]:
    """The values of `history_of`; its `%(at)s` is the statement's own."""
    return {"who_kind": str(by.kind), "who_name": by.name[:200], "why": why}


def history_of(moved: str, old: str, new: str) -> str:
    """A part of one statement that moves bookings: the history rows of those in `moved`, which has their ids."""
    if not may_move(BookingState(old), BookingState(new)):
        raise ValueError(f"a booking does not move from {old} to {new}")
    return f"""
        {moved}_history AS (
            INSERT INTO store_bookinghistory (booking_id, at, who_kind, who_name, from_state, to_state, why)
            SELECT id, %(at)s, %(who_kind)s, %(who_name)s, '{old}', '{new}', %(why)s FROM {moved}
        )
    """  # noqa: S608 - made of names of ours


def write_history(moves: Iterable[tuple[int, str, str, str]], *, by: By, at: datetime) -> None:
    """The history of moves that were written already, each as (booking, old, new, why); one that stayed has none."""
    BookingHistory.objects.bulk_create(
        row
        for booking_id, old, new, why in moves
        if old != new
        for row in _history(booking_id, (BookingState(old), *route(BookingState(old), BookingState(new))), by, at, why)
    )


def stay(booking_id: int, state: BookingState, **values: Any) -> None:
    """Write values of a booking that stays in its state; raises LeaseLost when it is not there any more."""
    if Booking.objects.filter(id=booking_id, state=state).update(**values) != 1:
        raise LeaseLost(f"booking {booking_id} is not in {state} any more")


def move_all(
    booking_ids: Iterable[int], old: BookingState, new: BookingState, *, by: By, at: datetime, why: str
) -> None:
    """Move several bookings at once, all or none; raises LeaseLost when one is not in `old` any more."""
    hops = route(old, new)
    ids = sorted(set(booking_ids))
    locked = list(Booking.objects.select_for_update().filter(id__in=ids, state=old).order_by("id").values_list("id"))
    if len(locked) != len(ids):
        raise LeaseLost(f"{len(ids) - len(locked)} of {len(ids)} bookings are not in {old} any more")
    Booking.objects.filter(id__in=ids).update(state=new, state_since=at)
    BookingHistory.objects.bulk_create(
        [row for booking_id in ids for row in _history(booking_id, (old, *hops), by, at, why)]
    )


def remark(booking_ids: Iterable[int], state: BookingState, *, by: By, at: datetime, why: str) -> None:
    """Write into the history what somebody did with bookings that stay where they are."""
    rows = [row for booking_id in booking_ids for row in _history(booking_id, (state, state), by, at, why)]
    BookingHistory.objects.bulk_create(rows, batch_size=1000)


def _history(booking_id: int, states: tuple[BookingState, ...], by: By, at: datetime, why: str) -> list[BookingHistory]:
    return [
        BookingHistory(
            booking_id=booking_id,
            at=at,
            who_kind=by.kind,
            who_name=by.name[:200],
            from_state=old,
            to_state=new,
            why=why,
        )
        for old, new in pairwise(states)
    ]
