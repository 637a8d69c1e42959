"""One id from what woke us to what came of it: each line of the log carries it as `wake_up`.

A webhook, a click or the clock gives the id; the row that says what is due keeps it until a worker does the step, and
what that step makes due in turn goes on under the same id (docs/decisions/0010-one-id.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from structlog.contextvars import bound_contextvars, get_contextvars

WAKE_UP = "wake_up"
ID_LENGTH = 16


def new() -> str:
    """An id that nobody else has."""
    return uuid4().hex[:ID_LENGTH]


def current() -> str:
    """The id of what is done now; empty when nothing woke us."""
    return str(get_contextvars().get(WAKE_UP, ""))


@contextmanager
def following(wake_up: str = "", **names: object) -> Iterator[None]:
    """Do something under this id, else under the present one, else under a new one; `names` go along in the log."""
    with bound_contextvars(**{WAKE_UP: wake_up or current() or new()}, **names):
        yield
