"""`boekbrug doctor`: is everything here as it should be? Looks only; tells no secret."""

import json
import platform
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from importlib.metadata import version
from typing import Literal
from urllib.parse import urlsplit

import click

from boekbrug import __version__, embedded
from boekbrug.cli.doctor_reach import clocks, database_clock, reached
from boekbrug.cli.doctor_work import work
from boekbrug.cli.finding import Finding
from boekbrug.cli.house import opened
from boekbrug.cli.language import _, ngettext, told
from boekbrug.cli.moment import now
from boekbrug.settings import SITES, Settings, SettingsError, keys_file, settings

LIBRARIES = ("Django", "Procrastinate", "httpx2", "psycopg", "cryptography", "granian")
LOW_DISK_BYTES = 1_000_000_000


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--offline", is_flag=True, help="Reach for nobody outside this machine.")
def command(*, as_json: bool, offline: bool) -> None:
    """Check versions, database, keys, disk and connections; exit status 1 when something is wrong."""
    try:
        findings = _look(settings(), offline=offline)
    except SettingsError as error:
        if not as_json:
            raise
        findings = [Finding(subject="settings", state="wrong", text=told(error))]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _show(findings)
    if any(finding.state == "wrong" for finding in findings):
        raise click.exceptions.Exit(1)


def _look(ours: Settings, *, offline: bool) -> list[Finding]:
    coachview: list[str] = []
    return [
        *_versions(),
        Finding(
            subject="settings",
            state="ok",
            text=_("home {path}, web at {address}", path=ours.home, address=ours.public_url),
        ),
        *_keys(ours),
        *_disk(ours),
        *_database(coachview),
        *_exact(ours),
        *([] if offline else [*reached(ours, coachview), *clocks(ours)]),
    ]


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
        "settings": _("settings"),
        "due": _("due"),
        "koppelingen": _("koppelingen"),
        "secrets": _("secrets"),
        "clock": _("clock"),
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        table.add_row(words[finding.state], subjects.get(finding.subject, finding.subject), escape(finding.text))
    Console().print(table)


def _versions() -> Iterator[Finding]:
    libraries = ", ".join(f"{name} {version(name.lower())}" for name in LIBRARIES)
    machine = f"{platform.system()} {platform.release()}"
    text = f"Boekbrug {__version__}, Python {platform.python_version()}, {machine}"
    yield Finding(subject="program", state="ok", text=text)
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


def _database(coachview: list[str]) -> Iterator[Finding]:
    """What the database says, also the addresses of Coachview, which are reached for later."""
    from boekbrug.embedded import EmbeddedError

    with ExitStack() as stack:
        try:
            ours = stack.enter_context(opened(schema=False))
            yield from _inside_database(ours, coachview)
        except (EmbeddedError, SettingsError) as error:
            yield Finding(subject="database", state="wrong", text=told(error))


def _inside_database(ours: Settings, coachview: list[str]) -> Iterator[Finding]:
    from django.db import Error

    from boekbrug.store.reading.health import coachview_addresses, server_version

    try:
        server = server_version()
        yield _server(ours, server)
        behind = _behind()
        if behind is not None:
            yield Finding(subject="tables", state="wrong", text=behind)
            return
        yield Finding(subject="tables", state="ok", text=_("of this release"))
        coachview += coachview_addresses()
        if not ours.embedded:
            yield database_clock(urlsplit(ours.database_url).hostname or "PostgreSQL")
        yield from work(now())
    except Error as error:
        text = _("does not answer ({kind})", kind=type(error).__name__)
        yield Finding(subject="database", state="wrong", text=text)


def _server(ours: Settings, server: str) -> Finding:
    """An embedded server that was started from older programs runs on with those until it is stopped."""
    where = _("embedded") if ours.embedded else _("outside")
    if ours.embedded and (programs := embedded.programs_version()) not in {None, server}:
        text = _(
            "PostgreSQL {version} runs, {programs} is installed: stop all commands once",
            version=server,
            programs=programs,
        )
        return Finding(subject="database", state="warning", text=text)
    text = _("PostgreSQL {version} ({where}) answers", version=server, where=where)
    return Finding(subject="database", state="ok", text=text)


def _behind() -> str | None:
    """What keeps the tables from being used: migrations to do, or a restore that did not end."""
    from boekbrug.store.schema import SchemaError, demand, pending

    todo = pending()
    if todo:
        return _("migrations to do: {count}; run boekbrug migrate", count=len(todo))
    try:
        demand()
    except SchemaError as error:
        return told(error)
    return None


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
