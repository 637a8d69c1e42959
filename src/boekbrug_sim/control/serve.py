"""Serving a simulator: as a program of its own, or in a thread of a test."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from aiohttp import web

HOST = "127.0.0.1"
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_LINE_BYTES = 64 * 1024
"""A long $filter is refused by what it says, not by the length of its request line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A simulator that listens."""

    address: str
    port: int


def serve(app: web.Application, *, port: int, title: str, cert: Path | None = None) -> None:
    """Serve until SIGINT or SIGTERM; prints one line with the address when it listens."""
    with _runner() as runner:
        runner.run(_serve(app, port, title, cert))


def _runner() -> asyncio.Runner:
    if os.name == "nt":
        return asyncio.Runner()
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def _serve(app: web.Application, port: int, title: str, cert: Path | None) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    runner, listening = await _listen(app, port, cert)
    click.echo(f"{title}: {listening.address}")
    try:
        await stopped.wait()
    finally:
        await runner.cleanup()


async def _listen(app: web.Application, port: int, cert: Path | None) -> tuple[web.AppRunner, Running]:
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=1.0, max_line_size=MAX_LINE_BYTES, max_field_size=MAX_LINE_BYTES
    )
    await runner.setup()
    listener = socket.create_server((HOST, port), backlog=512)
    found = listener.getsockname()[1]
    context: ssl.SSLContext | None = None
    if cert is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert)
    await web.SockSite(runner, listener, ssl_context=context).start()
    return runner, Running(address=f"{'https' if cert else 'http'}://{HOST}:{found}", port=found)


@contextlib.contextmanager
def running(app: web.Application, *, port: int = 0, cert: Path | None = None) -> Iterator[Running]:
    """Serve in a thread with an event loop of its own, for the time of a `with` block."""
    ready = threading.Event()
    state: dict[str, Running] = {}
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stopped = asyncio.Event()
        runner, state["running"] = await _listen(app, port, cert)
        loops.append((asyncio.get_running_loop(), stopped))
        ready.set()
        try:
            await stopped.wait()
        finally:
            await runner.cleanup()

    def work() -> None:
        try:
            with _runner() as runner:
                runner.run(main())
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="simulator", daemon=True)
    thread.start()
    ready.wait()
    if "running" not in state:
        raise RuntimeError("the simulator did not start; its thread printed why")
    try:
        yield state["running"]
    finally:
        loop, stopped = loops[0]
        loop.call_soon_threadsafe(stopped.set)
        thread.join()
