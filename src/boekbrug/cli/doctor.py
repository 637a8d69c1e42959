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
from boekbrug.cli.language import _, ngettext, told
from boekbrug.settings import SITES, Settings, keys_file, settings

REACH_SECONDS = 3.0
LOW_DISK_BYTES = 1_000_000_000


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

    words = {
        "ok": f"[green]✓ {_('ok')}[/]",
        "warning": f"[yellow]! {_('look')}[/]",
        "wrong": f"[red]✗ {_('wrong')}[/]",
    }
    subjects = {
        "program": _("program"),
        "libraries": _("libraries"),
        "keys": _("keys"),
        "disk": _("disk"),
        "database": _("database"),
        "tables": _("tables"),
        "workers": _("workers"),
        "reach": _("reach"),
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        table.add_row(words[finding.state], subjects.get(finding.subject, finding.subject), escape(finding.text))
    Console().print(table)


def _versions() -> Iterator[Finding]:
    libraries = ", ".join(
        f"{name} {version(name.lower())}" for name in ("Django", "Procrastinate", "httpx2", "psycopg")
    )
    yield Finding(subject="program", state="ok", text=f"Boekbrug {__version__}, Python {platform.python_version()}")
    yield Finding(subject="libraries", state="ok", text=libraries)


def _keys(ours: Settings) -> Iterator[Finding]:
    path = keys_file(ours.home)
    count = ngettext("{count} key", "{count} keys", len(ours.secret_keys))
    if not path.exists():
        yield Finding(subject="keys", state="ok", text=_("{keys}, given by BOEKBRUG_SECRET_KEYS", keys=count))
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        text = _("{path} can be read by others (mode {mode}): chmod 600", path=path, mode=f"{mode:04o}")
        yield Finding(subject="keys", state="wrong", text=text)
    else:
        text = _("{keys} in {path}; keep a copy, it is in no backup", keys=count, path=path)
        yield Finding(subject="keys", state="ok", text=text)


def _disk(ours: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(ours.home).free
    state: Literal["ok", "warning"] = "warning" if free < LOW_DISK_BYTES else "ok"
    text = _("{size} GB free at {path}", size=f"{free / 1e9:.1f}", path=ours.home)
    yield Finding(subject="disk", state=state, text=text)


def _database() -> Iterator[Finding]:
    from boekbrug.embedded import EmbeddedError

    with ExitStack() as stack:
        try:
            ours = stack.enter_context(opened(schema=False))
            yield from _inside_database(ours)
        except EmbeddedError as error:
            yield Finding(subject="database", state="wrong", text=told(error))


def _inside_database(ours: Settings) -> Iterator[Finding]:
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            server = str(cursor.fetchone()[0])
        where = _("embedded") if ours.embedded else _("outside")
        text = _("PostgreSQL {version} ({where}) answers", version=server, where=where)
        yield Finding(subject="database", state="ok", text=text)
        yield from _schema()
    except Error as error:
        text = _("does not answer ({kind})", kind=type(error).__name__)
        yield Finding(subject="database", state="wrong", text=text)


def _schema() -> Iterator[Finding]:
    from boekbrug.queue.engine import ProcrastinateQueue
    from boekbrug.store.schema import pending

    todo = pending()
    if todo:
        text = _("migrations to do: {count}; run boekbrug migrate", count=len(todo))
        yield Finding(subject="tables", state="wrong", text=text)
        return
    yield Finding(subject="tables", state="ok", text=_("of this release"))
    health = ProcrastinateQueue().health()
    text = _("{workers} alive; jobs waiting {waiting}, running {running}, failed {failed}", **asdict(health))
    yield Finding(subject="workers", state="ok" if health.workers else "warning", text=text)


def _exact(ours: Settings) -> Iterator[Finding]:
    for site in SITES:
        app = ours.exact_app(site)
        if app.complete:
            yield Finding(
                subject=f"Exact {site}",
                state="ok",
                text=_("app {app} at {address}", app=app.client_id, address=app.url),
            )
        elif site != "practice":
            yield Finding(
                subject=f"Exact {site}", state="warning", text=_("no app: BOEKBRUG_EXACT_CLIENT_ID and _SECRET")
            )


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
            text = _("{host} cannot be reached ({error})", host=f"{host}:{port}", error=error)
            yield Finding(subject="reach", state="warning", text=text)
        else:
            yield Finding(subject="reach", state="ok", text=f"{host}:{port}")
