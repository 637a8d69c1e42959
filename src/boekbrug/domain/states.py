"""The states of a booking and the only moves between them (exactly-once.md, "States of a booking")."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class BookingState(StrEnum):
    """Where an invoice stands on its way into Exact."""

    RECEIVED = "received"
    READY = "ready"
    HELD = "held"
    SKIPPED = "skipped"
    BOOKING = "booking"
    UNKNOWN = "unknown"
    BOOKED = "booked"
    PROVEN = "proven"
    DIFFERS = "differs"


class Actor(StrEnum):
    """Who makes a move: a person on a page, a run over due work, or the system that repairs after a death."""

    PERSON = "person"
    RUN = "run"
    SYSTEM = "system"


class PdfState(StrEnum):
    """Where the PDF of a booking stands."""

    NONE = "none"
    DUE = "due"
    DONE = "done"
    MISSING = "missing"


class PaymentState(StrEnum):
    """How far the customer has paid."""

    OPEN = "open"
    PARTLY = "partly"
    PAID = "paid"


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One allowed move: from one state to another, who makes it and when."""

    old: BookingState
    new: BookingState
    who: tuple[Actor, ...]
    when: str


def _move(old: BookingState, new: BookingState, who: tuple[Actor, ...], when: str) -> Move:
    return Move(old=old, new=new, who=who, when=when)


_S = BookingState
_RUN = (Actor.RUN,)
_PERSON = (Actor.PERSON,)
_EITHER = (Actor.RUN, Actor.PERSON)

MOVES: tuple[Move, ...] = (
    _move(_S.RECEIVED, _S.READY, _RUN, "the check found nothing that holds it"),
    _move(_S.RECEIVED, _S.HELD, _RUN, "the check found a problem"),
    _move(_S.RECEIVED, _S.SKIPPED, _RUN, "the check found nothing to book"),
    _move(_S.READY, _S.BOOKING, _RUN, "the intent is committed and the call follows"),
    _move(_S.READY, _S.HELD, _EITHER, "a later check found a problem, or a person holds it"),
    _move(_S.READY, _S.SKIPPED, _EITHER, "it is no longer definitive, or a person skips it"),
    _move(_S.READY, _S.BOOKED, _EITHER, "an entry that exists already is adopted"),
    _move(_S.BOOKING, _S.BOOKED, _RUN, "Exact answered with the entry's id"),
    _move(_S.BOOKING, _S.HELD, _RUN, "Exact refused it"),
    _move(_S.BOOKING, _S.READY, (Actor.RUN, Actor.SYSTEM), "nothing was sent: it is tried again at a later time"),
    _move(_S.BOOKING, _S.UNKNOWN, (Actor.RUN, Actor.SYSTEM), "it was sent and no answer came"),
    _move(_S.UNKNOWN, _S.BOOKED, _EITHER, "the look-up found our entry, or a person says which it is"),
    _move(_S.UNKNOWN, _S.READY, _RUN, "the look-up found that it is certainly not there"),
    _move(_S.UNKNOWN, _S.HELD, _RUN, "the look-up found something that a person must judge"),
    _move(_S.BOOKED, _S.PROVEN, _RUN, "what Exact stored equals what was sent"),
    _move(_S.BOOKED, _S.DIFFERS, _RUN, "what Exact stored is not what was sent"),
    _move(_S.DIFFERS, _S.PROVEN, _PERSON, "a person accepts the difference, with a reason"),
    _move(_S.PROVEN, _S.DIFFERS, _RUN, "a later reading found a difference"),
    _move(_S.HELD, _S.READY, _EITHER, "what held it is solved"),
    _move(_S.HELD, _S.SKIPPED, _EITHER, "a person skips it, or it is no longer definitive"),
    _move(_S.HELD, _S.BOOKED, _PERSON, "a person links it to an entry that exists already"),
    _move(_S.SKIPPED, _S.READY, _EITHER, "a person wants it booked after all, or it is definitive again"),
    _move(_S.SKIPPED, _S.BOOKED, _EITHER, "an entry that exists already is adopted"),
    _move(_S.BOOKED, _S.READY, _PERSON, "a person books it anew: its entry is gone from Exact"),
    _move(_S.PROVEN, _S.READY, _PERSON, "a person books it anew: its entry is gone from Exact"),
    _move(_S.DIFFERS, _S.READY, _PERSON, "a person books it anew: its entry is gone from Exact"),
)

ALLOWED: Mapping[BookingState, frozenset[BookingState]] = MappingProxyType(
    {state: frozenset(move.new for move in MOVES if move.old is state) for state in BookingState}
)


def may_move(old: BookingState, new: BookingState) -> bool:
    """Whether a booking in `old` may go to `new`."""
    return new in ALLOWED[old]
