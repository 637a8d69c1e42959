"""Outgoing webhooks: a signed POST per changed record to every registered address, tried a few times.

The event's shape and the signature of outgoing hooks are not public (coachview.md 4.5); the header follows the
profile, the body says only which record changed. Switches make them late, double, lost or wrongly signed.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import sqlite3
from dataclasses import dataclass

import aiohttp

from boekbrug_sim.control import Switches

RETRY_SECONDS = (1.0, 2.0, 4.0)
TIMEOUT_SECONDS = 10.0
MOST_WAITING = 10_000


@dataclass(frozen=True, kw_only=True)
class Event:
    """One record that changed or came into being."""

    entity: str
    id: str
    at: str

    def body(self) -> bytes:
        """The body as it is signed and sent."""
        event = {"event": f"{self.entity}.Gewijzigd", "entiteit": self.entity, "id": self.id, "datumTijd": self.at}
        return json.dumps(event).encode()


def signature(body: bytes, secret: str) -> str:
    """HMAC-SHA512 over the body, in hex. Source: coachview.md 4.5."""
    return hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()


class Webhooks:
    """The registered addresses and the messages under way."""

    def __init__(self, database: sqlite3.Connection, header: str, switches: Switches) -> None:
        self._database = database
        self._header = header
        self._switches = switches
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(maxsize=MOST_WAITING)
        self._under_way: set[asyncio.Task[None]] = set()

    def register(self, url: str, secret: str) -> None:
        """Call this address from now on; the same one again only changes its secret."""
        self._database.execute("insert or replace into hook values (?, ?)", [url, secret])

    def registered(self) -> dict[str, str]:
        """Secret by address."""
        return dict(self._database.execute("select url, secret from hook").fetchall())

    def forget(self) -> None:
        """Call nobody any more."""
        self._database.execute("delete from hook")

    def announce(self, event: Event) -> None:
        """Have an event sent; when far too many wait, the newest is dropped, as webhooks may be lost."""
        with contextlib.suppress(asyncio.QueueFull):
            self._waiting.put_nowait(event)

    async def send_all(self) -> None:
        """Send what is announced, until cancelled; a slow address does not hold up the next event."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)) as session:
            try:
                while True:
                    event = await self._waiting.get()
                    for url, secret in self.registered().items():
                        for _ in range(int(self._switches.number("webhook_times"))):
                            task = asyncio.create_task(self._send(session, url, secret, event.body()))
                            self._under_way.add(task)
                            task.add_done_callback(self._under_way.discard)
            finally:
                for task in self._under_way:
                    task.cancel()

    async def _send(self, session: aiohttp.ClientSession, url: str, secret: str, body: bytes) -> None:
        headers = {"Content-Type": "application/json", **self._signed(body, secret)}
        await asyncio.sleep(self._switches.number("webhook_seconds_late"))
        for pause in (*RETRY_SECONDS, None):
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.post(url, data=body, headers=headers) as answer:
                    if answer.ok:
                        return
            if pause is not None:
                await asyncio.sleep(pause)

    def _signed(self, body: bytes, secret: str) -> dict[str, str]:
        match self._switches["webhook_signature"]:
            case "none":
                return {}
            case "wrong":
                return {self._header: signature(body, f"{secret}, but another")}
            case _:
                return {self._header: signature(body, secret)}
