"""All boundaries of one night, found by looking at an undisturbed one: what is sent, and what is written around it.

A boundary is a kind of call and a point of its way: before its intent, behind it, and so on until the answer is kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.crash.watch import Fit, Message, Moment

from boekbrug.sync.ports import IntentKind


class Point(StrEnum):
    """Where a worker is on the way of one call."""

    BEFORE_INTENT = "before the intent"
    INTENT_COMMITTED = "intent committed"
    REQUEST_SENT = "request sent"
    SERVER_COMMITTED = "server committed"
    ANSWER_RECEIVED = "answer received"
    ANSWER_COMMITTED = "answer committed"


OF_INTENTS = (Point.BEFORE_INTENT, Point.INTENT_COMMITTED)
NAMES = {
    "POST /api/v1/*/crm/Accounts": "customer",
    "PUT /api/v1/*/crm/Accounts*": "customer update",
    "POST /api/v1/*/crm/Contacts": "contact",
    "POST /api/v1/*/crm/Addresses": "address",
    "POST /api/v1/*/crm/BankAccounts": "bank account",
    "POST /api/v1/*/project/Projects": "project",
    "POST /api/v1/*/documents/Documents": "document",
    "POST /api/v1/*/documents/DocumentAttachments": "attachment",
    "POST /api/v1/*/salesentry/SalesEntries": "entry",
    "PUT /api/v1/Facturen/*": "write-back to Coachview",
}
"""What each changing call is called; the night makes every one of them, and no other."""

_INTENT = re.compile(r"\bINSERT INTO \"?store_intent\b")
_ANSWERED = re.compile(r"\bUPDATE \"?store_intent\b")
_WRITES = re.compile(r"\s*(?:WITH\b.*?\)\s*)?(?:INSERT INTO|UPDATE) \"?(\w+)", re.DOTALL)
_COUNTING = frozenset({"store_administration", "store_organisation"})
"""Tables in which calls are counted: what is written there around a call is not its outcome."""


class KindsDiffer(AssertionError):
    """The night does not make the calls that the list names: the harness would leave boundaries out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Boundary:
    """One kind of call, its intent's kind (None: it has none), where its outcome is written, and the point.

    `nth`: at which of the night's calls of this kind.
    """

    call: str
    intent: str | None
    kept_in: str
    point: Point
    nth: int = 1

    @property
    def kind(self) -> str:
        """What the kind of call is called."""
        return NAMES[self.call]

    def __str__(self) -> str:
        which = f" {self.nth}" if self.nth > 1 else ""
        return f"{self.kind}{which}, {self.point}"

    def fit(self) -> Fit:
        """Which message is held there."""
        match self.point:
            case Point.BEFORE_INTENT:
                return _Nth(self.nth, lambda message: self._is_intent(message, Moment.STATEMENT))
            case Point.INTENT_COMMITTED:
                return _Nth(self.nth, lambda message: self._is_intent(message, Moment.COMMITTED))
            case Point.REQUEST_SENT:
                return _Nth(self.nth, lambda message: self._is_call(message, Moment.REQUEST))
            case Point.SERVER_COMMITTED:
                return _Nth(self.nth, lambda message: self._is_call(message, Moment.ANSWER))
            case Point.ANSWER_RECEIVED:
                return _AfterAnswer(self, Moment.STATEMENT)
            case Point.ANSWER_COMMITTED:
                return _AfterAnswer(self, Moment.COMMITTED)

    def _is_call(self, message: Message, moment: Moment) -> bool:
        return message.moment is moment and message.text == self.call

    def _is_intent(self, message: Message, moment: Moment) -> bool:
        statement = message.text
        return message.moment is moment and bool(_INTENT.search(statement)) and f"'{self.intent}'" in statement

    def keeps(self, statement: str) -> bool:
        """Whether a statement behind the answer writes its outcome down."""
        return bool(_ANSWERED.search(statement)) if self.intent else _written(statement) == self.kept_in


@dataclass
class _Nth:
    """The nth message that is of a kind."""

    left: int
    fits: Fit

    def __call__(self, message: Message) -> bool:
        if not self.fits(message):
            return False
        self.left -= 1
        return self.left == 0


@dataclass
class _AfterAnswer:
    """The first statement behind the nth answer that writes its outcome down."""

    boundary: Boundary
    moment: Moment
    answers: int = 0

    def __call__(self, message: Message) -> bool:
        if message.moment is Moment.ANSWER and message.text == self.boundary.call:
            self.answers += 1
        answered = self.answers >= self.boundary.nth
        return answered and message.moment is self.moment and self.boundary.keeps(message.text)


def boundaries(night: Sequence[Message]) -> tuple[Boundary, ...]:
    """Every boundary of an undisturbed night; fails when it makes other calls than NAMES holds."""
    found: dict[str, tuple[str | None, str]] = {}
    for place, message in enumerate(night):
        if message.moment is Moment.REQUEST and message.text not in found:
            found[message.text] = (_intent_before(night[:place]), _kept_after(night[place:]))
    _demand_all(found)
    return tuple(
        Boundary(call=call, intent=intent, kept_in=kept_in, point=point)
        for call, (intent, kept_in) in found.items()
        for point in Point
        if intent or point not in OF_INTENTS
    )


def on_the_line(night: Sequence[Message]) -> tuple[Boundary, ...]:
    """The boundaries of the last entry but one, which is made ready and followed while another is on the line."""
    call = next(call for call, name in NAMES.items() if name == "entry")
    entries = sum(message.moment is Moment.REQUEST and message.text == call for message in night)
    intent = str(IntentKind.ENTRY)
    return tuple(
        Boundary(call=call, intent=intent, kept_in="store_intent", point=point, nth=entries - 1) for point in Point
    )


def _demand_all(found: dict[str, tuple[str | None, str]]) -> None:
    if found.keys() != NAMES.keys():
        raise KindsDiffer(
            f"calls without a name: {found.keys() - NAMES.keys()}; never made: {NAMES.keys() - found.keys()}"
        )
    intents = {intent for intent, _ in found.values() if intent}
    if intents != set(IntentKind):
        raise KindsDiffer(f"intents that no call was found for: {set(IntentKind) ^ intents}")


def _intent_before(night: Sequence[Message]) -> str | None:
    """The kind of the intent that was committed since the call before; a POST without one is a mistake of ours."""
    for message in reversed(night):
        if message.moment is Moment.REQUEST:
            return None
        if message.moment is Moment.COMMITTED and _INTENT.search(message.text):
            return next(str(kind) for kind in IntentKind if f"'{kind}'" in message.text)
    return None


def _kept_after(night: Sequence[Message]) -> str:
    """The table that the outcome is written in first."""
    statements = (message.text for message in night if message.moment is Moment.STATEMENT)
    tables = (_written(statement) for statement in statements)
    return next(table for table in tables if table and table not in _COUNTING)


def _written(statement: str) -> str:
    """The table that a statement writes in; empty when it only reads."""
    found = _WRITES.match(statement)
    return found[1] if found else ""
