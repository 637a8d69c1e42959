"""The cable of a host: what is cut is silent, whoever waits with a limit gives up, and mended it arrives."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from tests.crash.cable import LOOPBACK, FilteredCable

SHORT_SECONDS = 0.5


@asynccontextmanager
async def joined() -> AsyncIterator[tuple[FilteredCable, int, int]]:
    """A cable to somebody who says everything back in capitals, and its two ports."""

    async def say_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await reader.read(100):
                writer.write(said.upper())
        writer.close()

    async with await asyncio.start_server(say_back, LOOPBACK, 0) as server:
        port = int(server.sockets[0].getsockname()[1])
        cable = FilteredCable()
        try:
            yield cable, *await cable.lay(database=port, exact=port)
        finally:
            await cable.take_away()


async def ask(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that works."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(b"a")
    assert await reader.read(9) == b"A"
    return reader, writer


def test_what_is_cut_says_nothing_and_what_was_sent_meanwhile_arrives_when_it_is_mended() -> None:
    async def cut_and_mend() -> None:
        async with joined() as (cable, database, _):
            reader, writer = await ask(database)
            await cable.cut()
            writer.write(b"b")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(9), SHORT_SECONDS)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.open_connection(LOOPBACK, database), SHORT_SECONDS)
            await cable.mend()
            assert await reader.read(9) == b"B"
            writer.close()

    asyncio.run(cut_and_mend())


@pytest.mark.parametrize("waits", [True, False], ids=["for an answer", "for its packets to be confirmed"])
def test_no_connection_is_reset_by_a_cut_and_whoever_set_a_limit_gives_up_by_it(waits: bool) -> None:
    async def cut() -> None:
        async with joined() as (cable, database, _):
            reader, writer = await ask(database)
            ours = writer.get_extra_info("socket")
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT):
                ours.setsockopt(socket.IPPROTO_TCP, option, 1)
            ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000)
            await cable.cut()
            if not waits:
                writer.write(b"b")
            with pytest.raises(TimeoutError, match="110"):
                await reader.read(9)
            writer.close()

    asyncio.run(cut())


def test_a_call_is_cut_when_it_has_been_written_and_not_before() -> None:
    async def cut_in_call() -> None:
        async with joined() as (cable, database, exact):
            (to_exact, writing), (from_database, asking) = await ask(exact), await ask(database)
            await cable.cut_in_call(lambda: writing.write(b"call"))
            asking.write(b"b")
            for reader in (to_exact, from_database):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(reader.read(9), SHORT_SECONDS)
            await cable.mend()
            assert (await to_exact.read(9), await from_database.read(9)) == (b"CALL", b"B")
            writing.close()
            asking.close()

    asyncio.run(cut_in_call())
