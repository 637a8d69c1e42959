"""`boekbrug serve`: production on one machine, one process tree: database, web, workers.

Started: place in HOME, port, database, tables, parts; the address is printed once the web answers. Stopped: the web
first, then the workers, the database last.
"""

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import click
import httpx2

from boekbrug.cli import web
from boekbrug.cli.house import opened
from boekbrug.cli.language import _
from boekbrug.cli.only_one import leave, only_serve
from boekbrug.cli.set_up_link import set_up_link
from boekbrug.cli.tree import Child, Tree
from boekbrug.settings import Settings, settings

DATABASE_LOOK_SECONDS = 1.0
OPENING_SECONDS = 120.0
QUICK = 4
"""A web that dies, or answers with an error, so often in a row before it was ever ready does not start."""

WEB_AHEAD_SECONDS = 3.0
"""How long the web may take to stop before the workers are asked to stop too."""

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


@click.command(name="serve")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the web, else that of BOEKBRUG_LISTEN; 0 takes a free one."
)
def command(port: int | None) -> None:
    """Run database, web and workers on this machine until Ctrl-C."""
    ours = settings()
    _stop_when_the_terminal_closes()
    with only_serve(ours.home, waits=say_waiting) as place:
        host = ours.listen_host
        chosen = _free_port(host, ours.listen_port if port is None else port)
        with opened(schema=False):
            from boekbrug.store.schema import migrate

            migrate()
            environment = web.listening(os.environ, host, chosen)
            children = _children(ours, host, chosen, environment, place)
            opening = Opening(host, chosen, children[0], environment)
            keepers = (_database_keeper(ours), opening.look)
            stops = partial(_stopping, place)
            _run(Tree(children, keep=lambda: [keep() for keep in keepers], stops=stops))


def _run(tree: Tree) -> None:
    try:
        tree.run(lambda: False)
    except KeyboardInterrupt:
        return


def _stopping(place: int) -> None:
    """Whoever presses Ctrl-C again, or closes the terminal, does not break the order; nor does nobody reading it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    leave(place)
    with suppress(OSError):
        click.echo(_("Stopping."))


def say_waiting() -> None:
    """Tell that parts of an earlier `serve` are waited for."""
    click.echo(_("Waiting until the parts of an earlier serve have stopped."), err=True)


def _stop_when_the_terminal_closes() -> None:
    """As for SIGTERM, unless somebody (nohup) wants us to outlive the terminal."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))


def _children(settings: Settings, host: str, port: int, environment: dict[str, str], place: int) -> list[Child]:
    worker = [sys.executable, "-m", "boekbrug.cli", "worker"]
    workers = [(f"worker {number}", worker, 0.0) for number in range(1, settings.workers + 1)]
    return [
        Child(name=name, command=words, environment=environment, ahead_seconds=ahead, keeps=(place,))
        for name, words, ahead in (("web", web.server(host, port), WEB_AHEAD_SECONDS), *workers)
    ]


class Opening:
    """Looks until the web answers, and then says where; a web that does not start ends `serve`."""

    def __init__(self, host: str, port: int, child: Child, environment: dict[str, str]) -> None:
        self._address = f"http://{web.bracketed(host)}:{port}"
        self._ready = f"http://{web.bracketed(EVERYWHERE.get(host, host))}:{port}/readyz"
        self._child = child
        self._environment = environment
        self._deadline = time.monotonic() + OPENING_SECONDS
        self._open = False
        self._broken = 0

    def look(self) -> None:
        """One look."""
        if self._open:
            return
        if self._answers():
            self._open = True
            self._say()
        elif self._child.quick_deaths >= QUICK or self._broken >= QUICK:
            raise click.ClickException(_("The web does not start; the lines above say why."))
        elif time.monotonic() > self._deadline:
            raise click.ClickException(_("The workers, or the database, do not start; the lines above say why."))

    def _answers(self) -> bool:
        if self._child.process is None:
            return False
        try:
            answer = httpx2.get(self._ready, timeout=2.0, trust_env=False)
        except httpx2.HTTPError:
            return False
        self._broken += answer.status_code == httpx2.codes.INTERNAL_SERVER_ERROR
        return answer.status_code == httpx2.codes.OK

    def _say(self) -> None:
        lines = [f"Boekbrug: {self._address}/"]
        if link := set_up_link(self._environment):
            lines.append(_("Nobody can log in yet. Make the first institute at {link}", link=link))
        click.echo("\n".join(lines))


def _database_keeper(settings: Settings) -> Callable[[], None]:
    """Start the embedded server again when it dies under us; an outside one is somebody else's care."""
    if not settings.embedded:
        return lambda: None
    from boekbrug import embedded

    look_at = time.monotonic() + DATABASE_LOOK_SECONDS

    def keep() -> None:
        nonlocal look_at
        if time.monotonic() >= look_at:
            embedded.ensure_running(settings.home)
            look_at = time.monotonic() + DATABASE_LOOK_SECONDS

    return keep


def _free_port(host: str, port: int) -> int:
    """The port, after a check that we may have it; for 0 a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(_port_refused(error, host, port)) from None
        return int(probe.getsockname()[1])


def _port_refused(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return _(
            "Port {port} of {host} is in use by another program: stop that one, or choose another with --port.",
            port=port,
            host=host,
        )
    return _("Cannot listen on {host}:{port}: {reason}.", host=host, port=port, reason=error.strerror or error)
