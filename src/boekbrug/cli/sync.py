"""`boekbrug sync`: do what is due now, and with --until-idle go on until nothing is left to do."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from boekbrug.cli.answers import PARTIES, in_words
from boekbrug.cli.house import opened
from boekbrug.cli.language import _, ngettext, spoken
from boekbrug.cli.moment import now
from boekbrug.sentences import connection

LOOK_SECONDS = 0.2
PATIENCE = timedelta(minutes=3)


@click.command(name="sync")
@click.argument("integration_id", metavar="[ID]", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="All koppelingen that are active.")
@click.option("--until-idle", is_flag=True, help="Go on until everything is booked, proven, held or skipped.")
def command(integration_id: int | None, *, everything: bool, until_idle: bool) -> None:
    """Fetch, check, book and prove now, without waiting for the clock or the night."""
    if (integration_id is None) == (not everything):
        raise click.UsageError(_("Say which koppeling by its ID, or --all."))
    with opened(), in_words():
        administrations = _administrations(integration_id)
        ask(administrations)
        if not until_idle:
            _one_slice_each(administrations)
            return
        left = work_until_idle(administrations)
        red = red_sentences(administrations)
        if red:
            raise click.ClickException("\n".join(red))
        if left.on_the_way:
            still = ngettext("{count} invoice still waits;", "{count} invoices still wait;", left.on_the_way)
            raise click.ClickException(f"{still} {left.sentence}")


def red_sentences(administrations: list[int]) -> list[str]:
    """What is wrong with the connections, a sentence each."""
    from boekbrug.store.integrations import list_integrations

    shown = [row for row in list_integrations() if row.administration_id in administrations]
    found = [("exact", *row.exact) for row in shown] + [("coachview", *row.coachview) for row in shown]
    sentences = (
        f"{PARTIES[party]}: {connection(party, reason, spoken())}" for party, state, reason in found if state == "red"
    )
    return list(dict.fromkeys(sentences))


def _administrations(integration_id: int | None) -> list[int]:
    from boekbrug.store.integrations import list_integrations, show_integration

    rows = list_integrations() if integration_id is None else [show_integration(integration_id)]
    active = [row for row in rows if row.state == "active" and row.administration_id is not None]
    if not active:
        raise click.ClickException(_("No koppeling is active: enable and connect one first."))
    return sorted({row.administration_id for row in active if row.administration_id is not None})


def ask(administrations: list[int]) -> None:
    """Make every step due, also what waits for the night."""
    from boekbrug.store.bookings import release_ready
    from boekbrug.store.steps import make_all_due

    for administration_id in administrations:
        release_ready(administration_id)
        make_all_due(administration_id, now())


def _one_slice_each(administrations: list[int]) -> None:
    from boekbrug import wiring

    for administration_id in administrations:
        wiring.run_slice(administration_id, "rt")


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is still on its way when nothing can be done soon."""

    on_the_way: int
    sentence: str


def work_until_idle(
    administrations: list[int], work: Callable[[int], object] | None = None, *, quiet: bool = False
) -> Left:
    """Run slices (or let workers do it, when `work` only looks) until nothing is due soon; shows the progress."""
    from boekbrug import wiring
    from boekbrug.store.report import report, still_waiting

    work = work or (lambda administration_id: wiring.run_slice(administration_id, "rt"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        bar = progress.add_task(_("booking"), total=None)
        released: set[int] = set()
        while any(_busy(one, work) or _released(one, released) for one in administrations):
            figures = report()
            done = figures.invoices - figures.on_the_way
            progress.update(bar, total=figures.invoices or None, completed=done)
        figures = report()
        progress.update(bar, total=figures.invoices, completed=figures.invoices - figures.on_the_way)
    return Left(on_the_way=still_waiting(administrations), sentence=_next_try(administrations))


def _busy(administration_id: int, work: Callable[[int], object]) -> bool:
    """Work once; whether there is more to do within our patience."""
    from boekbrug.store.steps import next_promising, prove_now

    work(administration_id)
    due = next_promising(administration_id)
    if due is not None and due <= now() + PATIENCE:
        if due > now():
            time.sleep(LOOK_SECONDS)
        return True
    return prove_now(administration_id, now())


def _released(administration_id: int, released: set[int]) -> bool:
    """Let what was checked for the coming night be booked now, once: a person asked."""
    from boekbrug.store.bookings import release_ready
    from boekbrug.store.steps import make_due
    from boekbrug.sync.ports import Step

    if administration_id in released or not release_ready(administration_id):
        return False
    released.add(administration_id)
    make_due(administration_id, Step.BOOK, now())
    return True


def _next_try(administrations: list[int]) -> str:
    from boekbrug.store.steps import next_due

    moments = [moment for moment in map(next_due, administrations) if moment is not None]
    if not moments:
        return _("nothing more is due.")
    return _("the next try is at {time}.", time=f"{min(moments).astimezone():%H:%M}")
