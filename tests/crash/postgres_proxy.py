"""A door before PostgreSQL: knows enough of the wire protocol to see a statement, and that it has been committed.

Source: PostgreSQL's "Frontend/Backend Protocol", version 3: a message is a type byte, a length and a body.
"""

import asyncio
import struct
from contextlib import suppress
from dataclasses import dataclass, field

from tests.crash.watch import Lost, Message, Moment, Watch

ENCRYPTION_REQUESTS = (80877103, 80877104)
QUERY, PARSE, BIND, READY, IDLE = b"Q", b"P", b"B", b"Z", b"I"
GONE = (ConnectionError, asyncio.IncompleteReadError, Lost)


@dataclass(kw_only=True)
class _Connection:
    """One connection of the worker; `asked` is what its open transaction asked, oldest first.

    `prepared` is the text of statements by the name under which they are bound to values.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    asked: list[str] = field(default_factory=list)
    prepared: dict[bytes, str] = field(default_factory=dict)

    def statement(self, kind: bytes, body: bytes) -> str | None:
        """The statement that a message carries out, with its values behind it; None when it carries out none."""
        if kind == QUERY:
            return _text(body[:-1])
        if kind == PARSE:
            name, query, _ = body.split(b"\0", 2)
            self.prepared[name] = _text(query)
        if kind == BIND:
            _portal, name, values = body.split(b"\0", 2)
            return f"{self.prepared.get(name, '')} -- {_values(values)}"
        return None


class PostgresProxy:
    """Listens on a port of its own and passes everything on to the server's socket, past the watch."""

    def __init__(self, server_socket: str, watch: Watch) -> None:
        self._server_socket, self._watch = server_socket, watch
        self._server: asyncio.Server | None = None
        self._at_work: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """The port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the door; what is open is cut off."""
        if self._server is not None:
            self._server.close()
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*GONE):
            greeting = await _greeting(reader, writer)
            server_reader, server_writer = await asyncio.open_unix_connection(self._server_socket)
            server_writer.write(greeting)
            ours = _Connection(reader=reader, writer=writer)
            ways = {
                asyncio.create_task(self._ask(ours, server_writer)),
                asyncio.create_task(self._answer(ours, server_reader)),
            }
            self._at_work |= ways
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._at_work -= ways
            server_writer.close()
        writer.close()

    async def _ask(self, ours: _Connection, server: asyncio.StreamWriter) -> None:
        while True:
            kind, raw = await _message(ours.reader)
            text = ours.statement(kind, raw[5:])
            if text is not None:
                await self._watch.see(Message(moment=Moment.STATEMENT, text=text))
                ours.asked.append(text)
            server.write(raw)
            await server.drain()

    async def _answer(self, ours: _Connection, server: asyncio.StreamReader) -> None:
        """Answers wait until they are whole, so that none is seen whose commit is still held."""
        waiting = bytearray()
        while True:
            kind, raw = await _message(server)
            waiting += raw
            if kind == READY and raw[5:6] == IDLE:
                asked, ours.asked = ours.asked, []
                for text in asked:
                    await self._watch.see(Message(moment=Moment.COMMITTED, text=text))
            if kind == READY or not ours.asked:
                ours.writer.write(bytes(waiting))
                waiting.clear()
                await ours.writer.drain()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _values(raw: bytes) -> str:
    """The values of a Bind message as literals: format codes, a count, and each value behind its length."""
    (codes,) = struct.unpack_from("!h", raw)
    place = 2 + 2 * codes
    (count,) = struct.unpack_from("!h", raw, place)
    place += 2
    found = []
    for _ in range(count):
        (length,) = struct.unpack_from("!i", raw, place)
        place += 4
        found.append("NULL" if length < 0 else f"'{_text(raw[place : place + length])}'")
        place += max(length, 0)
    return ", ".join(found)


async def _greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """The first message, which alone has no type byte; encryption is declined."""
    while True:
        head = await reader.readexactly(8)
        length, code = struct.unpack("!ii", head)
        body = await reader.readexactly(length - 8)
        if code not in ENCRYPTION_REQUESTS:
            return head + body
        writer.write(b"N")


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The type of the next message, and all of it."""
    head = await reader.readexactly(5)
    (length,) = struct.unpack("!i", head[1:])
    return head[:1], head + await reader.readexactly(length - 4)
