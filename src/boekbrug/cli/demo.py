"""`./run demo`: book a practice institute's invoices against both simulators, prove them, show the service center."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.panel import Panel

from boekbrug import embedded
from boekbrug.cli.house import opened
from boekbrug.cli.language import _
from boekbrug.cli.only_one import only_serve
from boekbrug.cli.practice import COACHVIEW_CLIENT, EXACT_CLIENT, PracticeBook, practice_book
from boekbrug.cli.serve import say_waiting
from boekbrug.cli.sync import ask, work_until_idle
from boekbrug.cli.with_parent import with_parent

HOME = Path("var/demo")
MINUTE_LIMIT = 600
MAIL, PASSWORD = "demo@boekbrug.example", "oefenboek-2026"
SERVE_SECONDS = 60


@click.command(name="demo")
@click.option("--once", is_flag=True, help="End by itself; exit status 0 only when all is booked and proven.")
@click.option(
    "--report", "report_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here."
)
@click.option("--fresh", is_flag=True, help="Forget what an earlier demo left in var/demo.")
@click.option("--invoices", type=click.IntRange(60, 9760), help="How many invoices the institute has.")
@click.option("--port", type=click.IntRange(0, 65535), default=8100, show_default=True, help="0 takes a free one.")
def command(*, once: bool, report_file: Path | None, fresh: bool, invoices: int | None, port: int) -> None:
    """Book the demo institute's invoices, and show the service center until Ctrl-C."""
    began = time.monotonic()
    home = HOME.absolute()
    if fresh:
        _forget(home)
    home.mkdir(parents=True, exist_ok=True)
    with practice_book(state=home, scenario="demo", invoices=invoices) as book:
        environment = _environment(home, book)
        os.environ.update(environment)
        with _served(port, environment) as address:
            outcome = _book(book)
            report = _report(outcome, book, seconds=round(time.monotonic() - began, 1))
            if report_file:
                report_file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
            good = _told(report, outcome, address)
            if not once:
                click.echo(_("Ctrl-C ends it."))
                _wait_for_ctrl_c()
    if once and not good:
        raise click.exceptions.Exit(1)


def _forget(home: Path) -> None:
    """Throw away what an earlier demo left, once nothing of it runs any more."""
    if not home.exists():
        return
    with only_serve(home, waits=say_waiting):
        if embedded.answers(home):
            with embedded.server(home):
                pass  # whoever leaves last stops it
        shutil.rmtree(home, ignore_errors=True)


def _environment(home: Path, book: PracticeBook) -> dict[str, str]:
    """The settings of a machine that knows only the practice book; nothing else of it is special."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOEKBRUG_")}
    for name in os.environ.keys() - kept.keys():
        del os.environ[name]
    os.environ.pop("DATABASE_URL", None)
    kept.pop("DATABASE_URL", None)
    book.exact.control("limits", {"minute": MINUTE_LIMIT})
    return {
        **kept,
        "BOEKBRUG_HOME": str(home),
        "BOEKBRUG_EXACT_URL_PRACTICE": book.exact.address,
        "BOEKBRUG_EXACT_CLIENT_ID_PRACTICE": EXACT_CLIENT[0],
        "BOEKBRUG_EXACT_CLIENT_SECRET_PRACTICE": EXACT_CLIENT[1],
        "BOEKBRUG_COACHVIEW_HOSTS": "127.0.0.1",
    }


@contextmanager
def _served(port: int, environment: dict[str, str]) -> Iterator[str]:
    """`boekbrug serve` as a child: database, web and worker; its address once it prints it. It ends when we do."""
    log = Path(environment["BOEKBRUG_HOME"]) / "serve.log"
    words = with_parent([sys.executable, "-m", "boekbrug.cli", "serve", "--port", str(port)])
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        )
        try:
            yield _address(process, log)
        finally:
            process.terminate()
            process.wait(SERVE_SECONDS)


def _address(process: "subprocess.Popen[str]", log: Path) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if "http" not in line:
        process.wait(SERVE_SECONDS)
        last = log.read_text(encoding="utf-8").strip().splitlines()[-1:]
        raise click.ClickException(_("The service center did not start. {said}", said=" ".join(last)))
    return "http" + line.strip().split("http", 1)[1]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the demo did: since when, and at which organisation."""

    since: datetime
    organisation_id: int
    unfinished: str


def _book(book: PracticeBook) -> Outcome:
    """Set up what is not there yet, and let the worker do the rest while the progress is shown."""
    since = datetime.now(UTC)
    with opened():
        from boekbrug.cli.demo_institute import settle_in

        institute = settle_in(book, user=(MAIL, PASSWORD), coachview_client=COACHVIEW_CLIENT)
        ask(institute.administrations)
        left = work_until_idle(institute.administrations, work=_look)
    return Outcome(
        since=since,
        organisation_id=institute.organisation_id,
        unfinished=left.sentence if left.on_the_way else "",
    )


def _look(_administration_id: int) -> None:
    """The worker works; we look on."""
    time.sleep(0.2)


def _report(outcome: Outcome, book: PracticeBook, *, seconds: float) -> dict[str, Any]:
    with opened():
        from boekbrug.cli.demo_report import demo_report

        return demo_report(outcome.organisation_id, outcome.since, book.exact, seconds=seconds)


def _told(report: dict[str, Any], outcome: Outcome, address: str) -> bool:
    """Print the figures and where to look; whether everything that should be booked is booked and proven."""
    console = Console()
    with opened():
        from boekbrug.cli.demo_report import report_table

        console.print(report_table(report))
    login = _("login [bold]{mail}[/]  password [bold]{password}[/]", mail=MAIL, password=PASSWORD)
    console.print(Panel(f"[bold]{address}[/]\n{login}", title=_("Service center"), expand=False))
    if outcome.unfinished:
        console.print("[red]" + _("Not everything is done: {why}", why=outcome.unfinished) + "[/]")
    equal = report["coachview_total"] == report["exact_total"]
    return equal and report["proven"] == report["booked"] and not outcome.unfinished


def _wait_for_ctrl_c() -> None:
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo(_("Stopping."))
