"""A POST that is sent once: a committed intent, then the answer or an unknown outcome (exactly-once.md, "Intents")."""

from collections.abc import Callable
from functools import partial

from boekbrug.sync.failures import (
    Broken,
    IntentKeyTaken,
    NotAllowed,
    OutcomeUnknown,
    OutsideFailure,
    Refused,
    Throttled,
    Unreachable,
)
from boekbrug.sync.ports import Answer, Body, Booking, Books, Found, Intent, IntentKind, Ledger, SomethingElse

PERHAPS_OURS = frozenset({"entry-number-in-use", "customer-code-in-use"})


def once(
    books: Books,
    ledger: Ledger,
    kind: IntentKind,
    natural_key: str,
    body: Body,
    *,
    booking: Booking | None,
    look_first: bool = False,
) -> Answer:
    """The answer of the one POST with this natural key: the earlier answer, or that of sending it now.

    With `look_first`, the caller's or the booking's, nothing is sent when the look-up finds it: somebody else, or we
    before a restore, may have made it. Raises
    OutcomeUnknown when an earlier one is still open, or when this one's outcome is not known; the intent then stays
    open for `settle_unknown`. With every other failure nothing was carried out, and the intent is closed.
    """
    intent = begin(books, kind, natural_key, body, booking=booking)
    if isinstance(intent, Answer):
        return intent
    doubtful = look_first or (booking is not None and booking.look_first)
    there = _there_already(books, ledger, intent) if doubtful else None
    return there or hear(books, ledger, intent, partial(ledger.send, intent))


def begin(books: Books, kind: IntentKind, natural_key: str, body: Body, *, booking: Booking | None) -> Intent | Answer:
    """The committed intent of the one POST with this natural key, or the answer that it has already.

    Raises OutcomeUnknown when an earlier one is still open.
    """
    try:
        return books.commit_intent(kind, natural_key, body, booking=booking)
    except IntentKeyTaken:
        earlier = books.earlier(kind, natural_key)
        if isinstance(earlier, Answer):
            return earlier
        if earlier is None:  # the booking has another entry: our own mistake
            raise
        raise OutcomeUnknown(f"an earlier {kind} is still being verified") from None


def _there_already(books: Books, ledger: Ledger, intent: Intent) -> Answer | None:
    """The answer that a look-up before sending gives; one that fails sends nothing."""
    try:
        found = ledger.look_up(intent)
    except OutsideFailure as failure:
        books.unsent(intent, failure.detail or type(failure).__name__)
        raise
    if not isinstance(found, Found):
        return None
    books.answered(intent, found.answer)
    return found.answer


def hear(books: Books, ledger: Ledger, intent: Intent, waiting: Callable[[], Answer]) -> Answer:
    """The answer that comes of `waiting`, committed on its intent; raises as `once` does."""
    try:
        answer = waiting()
    except Refused as refusal:
        return _refused(books, ledger, intent, refusal)
    except (NotAllowed, Throttled, Unreachable, Broken) as failure:
        books.unsent(intent, failure.detail or type(failure).__name__)
        raise
    books.answered(intent, answer)
    return answer


def _refused(books: Books, ledger: Ledger, intent: Intent, refusal: Refused) -> Answer:
    """A key that is in use may be our own lost success: it leads to a look-up first."""
    if any(problem.code in PERHAPS_OURS for problem in refusal.problems):
        try:
            found = ledger.look_up(intent)
        except OutsideFailure as failure:
            raise OutcomeUnknown(f"look-up after a refusal failed: {failure.detail}") from failure
        if isinstance(found, Found):
            books.answered(intent, found.answer)
            return found.answer
        if isinstance(found, SomethingElse):
            refusal = Refused((found.problem,), refusal.detail)
    books.refused(intent, refusal.problems)
    raise refusal
