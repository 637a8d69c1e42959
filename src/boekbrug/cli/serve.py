"""`boekbrug serve`: production on one machine, one process tree: database, web, workers."""

import os
import socket
import sys
import time
from collections.abc import Callable

import click

from boekbrug.cli.house import opened
from boekbrug.cli.language import _
from boekbrug.cli.set_up_link import set_up_link
from boekbrug.cli.tree import Child, Tree
from boekbrug.settings import Settings

DATABASE_LOOK_SECONDS = 1.0
WEB_THREADS = 8


@click.command(name="serve")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the web, else that of BOEKBRUG_LISTEN; 0 takes a free one."
)
def command(port: int | None) -> None:
    """Run database, web and workers on this machine until Ctrl-C."""
    with opened(schema=False) as settings:
        from boekbrug.store.schema import migrate

        migrate()
        host, chosen = settings.listen_host, settings.listen_port if port is None else port
        chosen = _free_port(host, chosen)
        environment = {**os.environ, "BOEKBRUG_LISTEN": f"{_bracketed(host)}:{chosen}"}
        tree = Tree(_children(settings, host, chosen, environment), keep=_database_keeper(settings))
        click.echo(f"Boekbrug: http://{_bracketed(host)}:{chosen}/")
        if link := set_up_link(environment):
            click.echo(_("Nobody can log in yet. Make the first institute at {link}", link=link))
        try:
            tree.run(lambda: False)
        except KeyboardInterrupt:
            click.echo(_("Stopping."))


def _children(settings: Settings, host: str, port: int, environment: dict[str, str]) -> list[Child]:
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(WEB_THREADS), "--no-ws", "--respawn-failed-workers"),
        *("--log-level", "error", "--workers-kill-timeout", "10", "boekbrug.web.wsgi:application"),
    ]
    worker = [sys.executable, "-m", "boekbrug.cli", "worker"]
    commands = [("web", web), *((f"worker {number}", worker) for number in range(1, settings.workers + 1))]
    return [Child(name=name, command=words, environment=environment) for name, words in commands]


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
            raise click.ClickException(
                _("Cannot listen on {host}:{port}: {reason}.", host=host, port=port, reason=error.strerror)
            ) from None
        return int(probe.getsockname()[1])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
