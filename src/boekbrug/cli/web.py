"""`boekbrug web`: only the service center, for an installation whose workers run elsewhere."""

import os
import sys
from collections.abc import Mapping

import click

from boekbrug.cli.house import opened, wait_for_tables
from boekbrug.cli.language import _
from boekbrug.settings import settings

THREADS = 8
STOP_SECONDS = 10
"""How long a page under way may take when the web stops."""


@click.command(name="web")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web, else that of BOEKBRUG_LISTEN.")
def command(port: int | None) -> None:
    """Run only the web until it is stopped, on an outside database; it waits for the tables."""
    ours = settings()
    if ours.embedded:
        raise click.ClickException(
            _("The web on its own needs an outside database: set DATABASE_URL, or run boekbrug serve.")
        )
    with opened(schema=False):
        wait_for_tables()
    host, chosen = ours.listen_host, port or ours.listen_port
    words = server(host, chosen)
    os.execve(words[0], words, listening(os.environ, host, chosen))  # noqa: S606  # signals reach the server itself


def server(host: str, port: int) -> list[str]:
    """The command of the web server."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(THREADS), "--no-ws", "--respawn-failed-workers"),
        *("--log-level", "error", "--workers-kill-timeout", str(STOP_SECONDS), "boekbrug.web.wsgi:application"),
    ]


def listening(environment: Mapping[str, str], host: str, port: int) -> dict[str, str]:
    """The environment of a program that is to know where the web listens."""
    kept = {name: value for name, value in environment.items() if name != "BOEKBRUG_LISTEN_FILE"}
    return {**kept, "BOEKBRUG_LISTEN": f"{bracketed(host)}:{port}"}


def bracketed(host: str) -> str:
    """The host as it stands in an address."""
    return f"[{host}]" if ":" in host else host
