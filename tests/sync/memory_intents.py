"""Intents in memory: the part of the port `Books` that keeps what was sent and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from boekbrug.domain.problem import Problem
from boekbrug.sync.failures import IntentKeyTaken, LeaseLost
from boekbrug.sync.ports import Answer, Body, Booking, Intent, IntentKind, Koppeling, Made

SETTLE_AFTER = timedelta(seconds=75)


class HandClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.date()

    def advance(self, **parts: float) -> None:
        self.moment += timedelta(**parts)


@dataclass
class KeptIntent:
    """An intent with what became of it."""

    intent: Intent
    state: str = "open"
    answer: Answer | None = None
    problems: tuple[Problem, ...] = ()
    left: bool = False
    done_at: datetime | None = None


class MemoryIntents:
    """The intents of one administration under one lease."""

    def __init__(self, clock: HandClock, koppelingen: Sequence[Koppeling]) -> None:
        self.clock = clock
        self.active = tuple(koppelingen)
        self.intents: dict[int, KeptIntent] = {}
        self.lease_held = True

    def has_open_intent(self, booking: Booking) -> bool:
        return any(kept.state == "open" and kept.intent.booking_id == booking.id for kept in self.intents.values())

    def may_send(self, booking: Booking) -> bool:
        return booking.integration_id in {koppeling.integration_id for koppeling in self.active}

    def _kept(self, kind: IntentKind, natural_key: str, state: str) -> KeptIntent | None:
        for kept in self.intents.values():
            if (kept.intent.kind, kept.intent.natural_key, kept.state) == (kind, natural_key, state):
                return kept
        return None

    def earlier(self, kind: IntentKind, natural_key: str) -> Answer | Intent | None:
        if done := self._kept(kind, natural_key, "done"):
            return done.answer
        kept = self._kept(kind, natural_key, "open")
        return kept.intent if kept else None

    def commit_intent(self, kind: IntentKind, natural_key: str, body: Body, *, booking: Booking | None) -> Intent:
        active = {koppeling.integration_id for koppeling in self.active}
        if not self.lease_held or (booking and booking.integration_id not in active):
            raise LeaseLost
        if self._kept(kind, natural_key, "done") or self._kept(kind, natural_key, "open"):
            raise IntentKeyTaken
        now = self.clock.now()
        intent = Intent(
            id=len(self.intents) + 1,
            kind=kind,
            booking_id=booking.id if booking else None,
            natural_key=natural_key,
            body=body,
            created_at=now,
            send_by=now + timedelta(seconds=10),
        )
        self.intents[intent.id] = KeptIntent(intent=intent)
        return intent

    def answered(self, intent: Intent, answer: Answer) -> None:
        kept = self.intents[intent.id]
        kept.state, kept.answer, kept.done_at = "done", answer, self.clock.now()

    def refused(self, intent: Intent, problems: tuple[Problem, ...]) -> None:
        kept = self.intents[intent.id]
        kept.state, kept.problems = "refused", problems

    def unsent(self, intent: Intent, why: str) -> None:
        del why
        self.intents[intent.id].state = "unsent"

    def made(self, booking: Booking, kind: IntentKind) -> tuple[Made, ...]:
        return tuple(
            Made(
                natural_key=kept.intent.natural_key,
                exact_id=kept.answer.exact_id,
                made_at=kept.done_at or kept.intent.created_at,
                left=kept.left,
            )
            for kept in self.intents.values()
            if kept.state == "done" and kept.answer and (kept.intent.kind, kept.intent.booking_id) == (kind, booking.id)
        )

    def _done(self, kind: IntentKind, exact_id: str) -> list[KeptIntent]:
        return [
            kept
            for kept in self.intents.values()
            if kept.state == "done" and kept.intent.kind is kind and kept.answer and kept.answer.exact_id == exact_id
        ]

    def removed(self, kind: IntentKind, exact_id: str) -> None:
        for kept in self._done(kind, exact_id):
            kept.state = "removed"

    def left(self, kind: IntentKind, exact_id: str, why: str) -> None:
        del why
        for kept in self._done(kind, exact_id):
            kept.left = True

    def unanswered(self, now: datetime) -> tuple[Intent, ...]:
        open_ones = [kept.intent for kept in self.intents.values() if kept.state == "open"]
        return tuple(intent for intent in open_ones if self._settle_at(intent) <= now)

    def _settle_at(self, intent: Intent) -> datetime:
        again = intent.absent_since + timedelta(seconds=60) if intent.absent_since else intent.created_at
        return max(intent.send_by + SETTLE_AFTER, again)

    def next_settlement(self) -> datetime | None:
        open_ones = [kept.intent for kept in self.intents.values() if kept.state == "open"]
        return min((self._settle_at(intent) for intent in open_ones), default=None)

    def absent(self, intent: Intent, now: datetime) -> None:
        self.intents[intent.id].intent = replace(intent, absent_since=now)
