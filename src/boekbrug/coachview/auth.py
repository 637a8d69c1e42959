"""Access to Coachview by client credentials: who we are, and the token that we hold for a while.

A token lives 15 minutes, 1 hour or 8 hours, as the client was made; a new one is asked only when it is nearly
over (coachview.md 4.1). It is kept in memory only. Neither secret nor token shows in a `repr`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

# A token this close to its end is not used for a new call.
MARGIN_SECONDS = 30.0
# The shortest life that Coachview gives a token: taken when the answer does not say.
SHORTEST_LIFE_SECONDS = 900.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """The client id and secret that were made on Coachview's authorisation page."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """An access token and the moment, on a clock that only runs forward, at which it ends."""

    text: str = field(repr=False)
    ends_at_seconds: float


Key = tuple[str, Credentials]


class Tokens:
    """The tokens of this process: made once, shared by its clients, one fetch at a time for each environment."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._held: dict[Key, Token] = {}
        self._locks: dict[Key, threading.Lock] = {}
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"<Tokens of {len(self._held)} clients>"

    def get(self, key: Key, ask: Callable[[], tuple[str, float | None]]) -> str:
        """The token for `key`; `ask` gives a new one with its life in seconds when there is none that is good."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            token = self._held.get(key)
            if token is None or token.ends_at_seconds - MARGIN_SECONDS <= self._seconds():
                asked_at = self._seconds()
                text, life = ask()
                token = Token(text=text, ends_at_seconds=asked_at + (life or SHORTEST_LIFE_SECONDS))
                self._held[key] = token
            return token.text

    def refused(self, key: Key, text: str) -> None:
        """Forget this token, which Coachview refused; a newer one that another thread has got stays."""
        with self._guard:
            token = self._held.get(key)
            if token is not None and token.text == text:
                del self._held[key]
