"""`boekbrug doctor`: is everything here as it should be? Looks only; tells no secret."""

import json
import platform
import shutil
import socket
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Literal
from urllib.parse import urlsplit

import click

from boekbrug import __version__
from boekbrug.cli.house import opened
from boekbrug.settings import SITES, Settings, keys_file, settings

REACH_SECONDS = 3.0
LOW_DISK_BYTES = 1_000_000_000
WORDS = {"ok": "[green]✓ ok[/]", "warning": "[yellow]! look[/]", "wrong": "[red]✗ wrong[/]"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: Literal["ok", "warning", "wrong"]
    text: str


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--offline", is_flag=True, help="Reach for nobody outside this machine.")
def command(*, as_json: bool, offline: bool) -> None:
    """Check versions, database, keys, disk and connections; exit status 1 when something is wrong."""
    ours = settings()
    findings = [
        *_versions(),
        *_keys(ours),
        *_disk(ours),
        *_database(),
        *_exact(ours),
        *([] if offline else reached(ours)),
    ]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _show(findings)
    if any(finding.state == "wrong" for finding in findings):
        raise click.exceptions.Exit(1)


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        table.add_row(WORDS[finding.state], finding.subject, escape(finding.text))
    Console().print(table)


def _versions() -> Iterator[Finding]:
    libraries = ", ".join(
        f"{name} {version(name.lower())}" for name in ("Django", "Procrastinate", "httpx2", "psycopg")
    )
    yield Finding(subject="program", state="ok", text=f"Boekbrug {__version__}, Python {platform.python_version()}")
    yield Finding(subject="libraries", state="ok", text=libraries)


def _keys(ours: Settings) -> Iterator[Finding]:
    path = keys_file(ours.home)
    count = f"{len(ours.secret_keys)} key{'s' if len(ours.secret_keys) > 1 else ''}"
    if not path.exists():
        yield Finding(subject="keys", state="ok", text=f"{count}, given by BOEKBRUG_SECRET_KEYS")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Finding(subject="keys", state="wrong", text=f"{path} can be read by others (mode {mode:04o}): chmod 600")
    else:
        yield Finding(subject="keys", state="ok", text=f"{count} in {path}; keep a copy, it is in no backup")


def _disk(ours: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(ours.home).free
    state: Literal["ok", "warning"] = "warning" if free < LOW_DISK_BYTES else "ok"
    yield Finding(subject="disk", state=state, text=f"{free / 1e9:.1f} GB free at {ours.home}")


def _database() -> Iterator[Finding]:
    from boekbrug.embedded import EmbeddedError

    with ExitStack() as stack:
        try:
            ours = stack.enter_context(opened(schema=False))
            yield from _inside_database(ours)
        except EmbeddedError as error:
            yield Finding(subject="database", state="wrong", text=str(error))


def _inside_database(ours: Settings) -> Iterator[Finding]:
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            server = str(cursor.fetchone()[0])
        where = "embedded" if ours.embedded else "outside"
        yield Finding(subject="database", state="ok", text=f"PostgreSQL {server} ({where}) answers")
        yield from _schema()
    except Error as error:
        yield Finding(subject="database", state="wrong", text=f"does not answer ({type(error).__name__})")


def _schema() -> Iterator[Finding]:
    from boekbrug.queue.engine import ProcrastinateQueue
    from boekbrug.store.schema import pending

    todo = pending()
    if todo:
        yield Finding(subject="tables", state="wrong", text=f"{len(todo)} migrations to do: run boekbrug migrate")
        return
    yield Finding(subject="tables", state="ok", text="of this release")
    health = ProcrastinateQueue().health()
    text = f"{health.workers} alive, {health.waiting} jobs wait, {health.running} run, {health.failed} failed"
    yield Finding(subject="workers", state="ok" if health.workers else "warning", text=text)


def _exact(ours: Settings) -> Iterator[Finding]:
    for site in SITES:
        app = ours.exact_app(site)
        if app.complete:
            yield Finding(subject=f"Exact {site}", state="ok", text=f"app {app.client_id} at {app.url}")
        elif site != "practice":
            yield Finding(subject=f"Exact {site}", state="warning", text="no app: BOEKBRUG_EXACT_CLIENT_ID and _SECRET")


def reached(ours: Settings) -> Iterator[Finding]:
    """Whether somebody listens at each Exact and Coachview that is set up; nothing is sent."""
    addresses = [ours.exact_app(site).url for site in SITES if ours.exact_app(site).complete]
    addresses += [f"https://{host}" for host in ours.coachview_hosts if "*" not in host]
    for address in addresses:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((host, port), timeout=REACH_SECONDS).close()
        except OSError as error:
            yield Finding(subject="reach", state="warning", text=f"{host}:{port} cannot be reached ({error})")
        else:
            yield Finding(subject="reach", state="ok", text=f"{host}:{port}")
