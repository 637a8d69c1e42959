"""The cable of one host: what is cut says nothing any more, also not that it was cut, and may be mended later.

A relay that stops reading would still confirm what it receives, as its system does that. So the system is told to throw
away every packet that arrives at the relay's sockets, as a cable does that is not there: nothing is confirmed, a
connection is neither refused nor reset, and what was sent is sent again and again. That needs no right of the machine.
"""

import asyncio
import ctypes
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

LOOPBACK = "127.0.0.1"
ATTACH_FILTER, DETACH_FILTER = 26, 27
"""Of Linux's asm-generic/socket.h; Python does not name them."""

THROW_AWAY = struct.pack("HBBI", 0x06, 0, 0, 0)
"""A filter of one instruction: return 0, keep no byte of the packet."""

TRYING = "02"
"""The state of a connection whose first packet nobody answers (Linux's net/tcp_states.h)."""

LOOK_SECONDS = 0.05
PIECE = 65_536


class Cable(Protocol):
    """What joins a host to the database and to Exact."""

    before: tuple[str, ...]
    """The words before a command that is to run at this cable's end."""

    async def lay(self, *, database: int, exact: int) -> tuple[int, int]:
        """Join to these ports here; the ports of the database and of Exact as the host sees them."""

    async def cut(self) -> None:
        """From now on nothing passes."""

    async def mend(self) -> None:
        """All passes again; what was sent meanwhile and not given up arrives now."""

    async def take_away(self) -> None:
        """Give back what it took."""


@dataclass
class Line:
    """One address behind the cable."""

    target: int
    port: int = 0
    _listening: asyncio.Server | None = None
    _sockets: list[Any] = field(default_factory=list)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _at_work: set["asyncio.Task[None]"] = field(default_factory=set)
    _whole: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> int:
        """Listen; the port."""
        self._whole.set()
        self._listening = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self._sockets.extend(self._listening.sockets)
        self.port = int(self._listening.sockets[0].getsockname()[1])
        return self.port

    def cut(self) -> None:
        """Throw away what arrives from the host, and keep back what goes there."""
        self._whole.clear()
        for each in self._sockets:
            _darken(each)

    def mend(self) -> None:
        """Let all pass."""
        for each in self._sockets:
            each.setsockopt(socket.SOL_SOCKET, DETACH_FILTER, 0)
        self._whole.set()

    async def written(self) -> None:
        """Wait until the host has written something that nobody confirms, or waits for its first packet's answer."""
        while not self._unconfirmed():  # noqa: ASYNC110 - the system tells no event
            await asyncio.sleep(LOOK_SECONDS)

    def _unconfirmed(self) -> bool:
        """Whether the system holds bytes for a connection to our port: `rem_address st tx_queue:rx_queue`."""
        rows = (row.split() for row in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:])
        mine = [row for row in rows if int(row[2].partition(":")[2], 16) == self.port]
        return any(row[3] == TRYING or int(row[4].partition(":")[0], 16) for row in mine)

    async def close(self) -> None:
        """Stop listening and cut off what is open."""
        if self._listening is not None:
            self._listening.close()
        self._whole.set()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._at_work)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving is not None
        self._at_work.add(serving)
        mine = writer.get_extra_info("socket")
        self._sockets.append(mine)
        if not self._whole.is_set():
            _darken(mine)
        there_reader, there_writer = await asyncio.open_connection(LOOPBACK, self.target)
        both = [writer, there_writer]
        self._writers.extend(both)
        await asyncio.gather(self._pass(reader, there_writer), self._pass(there_reader, writer))
        self._sockets.remove(mine)
        for each in both:
            self._writers.remove(each)
            with suppress(OSError):
                await each.wait_closed()
        self._at_work.remove(serving)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until one side ends; that it did is told to the other when the cable is whole."""
        with suppress(OSError):
            while data := await reader.read(PIECE):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        await self._whole.wait()
        writer.transport.abort()


def _darken(each: Any) -> None:
    code = ctypes.create_string_buffer(THROW_AWAY)
    each.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(code)))


class FilteredCable:
    """Two lines of which the system throws away what arrives; works on every Linux, for everybody."""

    before: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._database, self._exact = Line(0), Line(0)

    async def lay(self, *, database: int, exact: int) -> tuple[int, int]:
        """Open both lines."""
        self._database.target, self._exact.target = database, exact
        return await self._database.open(), await self._exact.open()

    async def cut(self) -> None:
        """Both lines."""
        self._exact.cut()
        self._database.cut()

    async def cut_in_call(self, goes_on: Callable[[], None]) -> None:
        """Cut the line to Exact, let the host go on, and cut the rest when it has written a call into the void."""
        self._exact.cut()
        goes_on()
        await self._exact.written()
        self._database.cut()

    async def mend(self) -> None:
        """Both lines."""
        self._exact.mend()
        self._database.mend()

    async def take_away(self) -> None:
        """Close both lines."""
        await self._exact.close()
        await self._database.close()
