"""What passes between a worker and its two neighbours, Exact and the database, message by message.

The product has no switch for these tests: whoever stands between it and its neighbours sees where it is.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Moment(StrEnum):
    """Which half of an exchange a message is: asked, or answered (for a statement: and committed)."""

    STATEMENT = "statement"
    COMMITTED = "committed"
    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message: a statement's text, or `POST /path` of a request."""

    moment: Moment
    text: str


class Lost(Exception):
    """The message does not arrive: whoever carries it breaks the connection."""


class Watch(Protocol):
    """Sees every message before it is passed on; takes as long as it likes, or loses it (Lost)."""

    async def see(self, message: Message) -> None:
        """Return to let the message pass."""


class Recorder:
    """Lets everything pass and remembers it."""

    def __init__(self) -> None:
        self.seen: list[Message] = []

    async def see(self, message: Message) -> None:
        """Remember it."""
        self.seen.append(message)


class Trap:
    """Holds the first message that fits; everything before and after it passes."""

    def __init__(self, fits: "Fit") -> None:
        self._fits = fits
        self._caught = asyncio.Event()
        self._passes: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.held: Message | None = None

    async def see(self, message: Message) -> None:
        """Hold it when it is the one."""
        if self.held is None and self._fits(message):
            self.held = message
            self._caught.set()
            if not await asyncio.shield(self._passes):
                raise Lost

    async def caught(self, seconds: float) -> Message:
        """The message that is held now; TimeoutError when none came."""
        await asyncio.wait_for(self._caught.wait(), seconds)
        assert self.held is not None
        return self.held

    def let_go(self, *, arrives: bool) -> None:
        """End the hold: the message arrives, or is lost."""
        if not self._passes.done():
            self._passes.set_result(arrives)


class Fit(Protocol):
    """Whether a message is the one to hold; called for each in order, so it may remember what came before."""

    def __call__(self, message: Message, /) -> bool: ...
