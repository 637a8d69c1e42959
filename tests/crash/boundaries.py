"""All boundaries of one night, found by looking at an undisturbed one: what is sent, and what is written around it.

A boundary is a kind of call and a point of its way: before its intent, behind it, and so on until the answer is kept.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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


AFTERWARDS = "the day after"
OF_INTENTS = (Point.BEFORE_INTENT, Point.INTENT_COMMITTED)
OF_READING = (Point.ANSWER_RECEIVED, Point.ANSWER_COMMITTED)
FIRST_NIGHT = {
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
DAY_AFTER = {
    "PUT /api/v1/*/crm/Contacts*": "contact update",
    "PUT /api/v1/*/crm/Addresses*": "address update",
    "PUT /api/v1/*/crm/BankAccounts*": "bank account update",
    "POST /api/v1/*/documents/Documents of a booked entry": "late document",
    "POST /api/v1/*/documents/DocumentAttachments of a booked entry": "late attachment",
    "DELETE /api/v1/*/documents/Documents*": "removal of a document",
    "GET /api/v1/*/crm/Accounts by its id": "look-up whether a customer is gone",
    "GET /api/v1/*/project/Projects by its id": "look-up whether a project is gone",
    "GET /api/v1/*/documents/Documents by its id": "look-up whether a document is gone",
    "GET /api/v1/*/documents/DocumentAttachments by its id": "look-up whether a file is gone",
}
NAMES = {**FIRST_NIGHT, **DAY_AFTER}
"""What each call is called that changes something, or after which something is let go of; the nights together make
every one of them, and no other. Those of the first night are made in the other one as well."""

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

    `nth`: at which of the night's calls of this kind; `nth_intent`: at which intent of its kind, which another kind of
    call may share. `night` says which one it is, where it is not the first.
    """

    call: str
    intent: str | None
    kept_in: str
    point: Point
    nth: int = 1
    nth_intent: int = 1
    night: str = ""

    @property
    def again(self) -> bool:
        """Whether the first night has calls of this kind too, and this is one that makes anew what is gone."""
        return self.night == AFTERWARDS and self.call in FIRST_NIGHT

    @property
    def kind(self) -> str:
        """What the kind of call is called."""
        return NAMES[self.call]

    def __str__(self) -> str:
        return f"{self.title}, {self.point}"

    @property
    def title(self) -> str:
        """The kind, and in which night."""
        return f"{self.kind}, {self.night}" if self.night else self.kind

    def fit(self) -> Fit:
        """Which message is held there."""
        match self.point:
            case Point.BEFORE_INTENT:
                return _Nth(self.nth_intent, lambda message: self._is_intent(message, Moment.STATEMENT))
            case Point.INTENT_COMMITTED:
                return _Nth(self.nth_intent, lambda message: self._is_intent(message, Moment.COMMITTED))
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
    """Every boundary of an undisturbed night, at the first call of each kind; fails when one has no name."""
    calls = dict.fromkeys(_calls(night))
    found = [_boundary(call, 1, night) for call in calls]
    return tuple(replace(each, point=point) for each in found for point in _points(each))


def afterwards(night: Sequence[Message]) -> tuple[Boundary, ...]:
    """The boundaries of a night after somebody deleted things in Exact and a PDF came late.

    Of what the first night makes as well it is the last call, by which something is made anew.
    """
    calls = Counter(_calls(night))
    found = [_boundary(call, times if call in FIRST_NIGHT else 1, night) for call, times in calls.items()]
    return tuple(replace(each, point=point, night=AFTERWARDS) for each in found for point in _points(each))


def on_the_line(night: Sequence[Message]) -> tuple[Boundary, ...]:
    """The boundaries of the last entry but one, which is made ready and followed while another is on the line."""
    call = next(call for call, name in NAMES.items() if name == "entry")
    entries = sum(message.moment is Moment.REQUEST and message.text == call for message in night)
    last_but_one = Boundary(
        call=call,
        intent=str(IntentKind.ENTRY),
        kept_in="store_intent",
        point=Point.REQUEST_SENT,
        nth=entries - 1,
        nth_intent=entries - 1,
        night="with another on the line",
    )
    return tuple(replace(last_but_one, point=point) for point in Point)


def demand_all(found: Iterable[Boundary]) -> None:
    """Fail unless these nights together make every call that the list names, and commit every kind of intent."""
    there = tuple(found)
    if missing := NAMES.keys() - {each.call for each in there}:
        raise KindsDiffer(f"never made: {missing}")
    if unsent := set(IntentKind) - {each.intent for each in there}:
        raise KindsDiffer(f"intents that no call was found for: {unsent}")


def _calls(night: Sequence[Message]) -> list[str]:
    """Every call in order; fails when one has no name."""
    asked = [message.text for message in night if message.moment is Moment.REQUEST]
    if nameless := set(asked) - NAMES.keys():
        raise KindsDiffer(f"calls without a name: {nameless}")
    return asked


def _boundary(call: str, nth: int, night: Sequence[Message]) -> Boundary:
    """The boundary of the nth such call as far as its night shows it; its point is still to be chosen."""
    places = [at for at, each in enumerate(night) if each.moment is Moment.REQUEST and each.text == call]
    before, onwards = night[: places[nth - 1]], night[places[nth - 1] :]
    intent = _intent_before(before) if call.startswith("POST ") else None
    if intent is None and call.startswith("POST "):
        raise KindsDiffer(f"a POST without an intent: {call}")
    committed = [each.text for each in before if each.moment is Moment.COMMITTED and _INTENT.search(each.text)]
    return Boundary(
        call=call,
        intent=intent,
        kept_in=_kept_after(onwards),
        point=Point.REQUEST_SENT,
        nth=nth,
        nth_intent=sum(f"'{intent}'" in text for text in committed) if intent else 1,
    )


def _points(boundary: Boundary) -> tuple[Point, ...]:
    """A PUT has no intent: it is read, compared and repeated. A reading is nothing until what it found is kept."""
    if boundary.call.startswith("GET "):
        return OF_READING
    return tuple(point for point in Point if boundary.intent or point not in OF_INTENTS)


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
