"""The command `boekbrug-sim`: starts one of the two simulators."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


@click.group()
def main() -> None:
    """Practice book: Exact Online and Coachview on your own machine, without an account."""


def _options(default_port: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    path = click.Path(dir_okay=False, path_type=Path)
    readable = click.Path(exists=True, dir_okay=False, path_type=Path)
    options = (
        click.option(
            "--port",
            type=click.IntRange(0, 65_535),
            default=default_port,
            show_default=True,
            help="Port; 0 takes a free one.",
        ),
        click.option("--state", type=path, help="Keep the data in this file; without it, in memory."),
        click.option("--fresh", is_flag=True, help="Throw the data of --state away first."),
        click.option("--seed", default=1, show_default=True, help="Seed of the practice data."),
        click.option("--scenario", default="demo", show_default=True, help="Which practice data to load."),
        click.option("--invoices", type=click.IntRange(min=0), help="Size of the practice data."),
        click.option("--cert", type=readable, help="PEM file with certificate and key: serve over TLS."),
    )

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@main.command()
@_options(8101)
def exact(**options: Any) -> None:
    """Serve the Exact Online simulator."""
    from boekbrug_sim.exact.app import run

    _told(run, options)


@main.command()
@_options(8102)
def coachview(**options: Any) -> None:
    """Serve the Coachview simulator."""
    from boekbrug_sim.coachview.app import run

    _told(run, options)


def _told(run: Callable[..., None], options: dict[str, Any]) -> None:
    """Run a simulator; what keeps it from starting is told in one sentence."""
    try:
        run(**options)
    except sqlite3.Error as problem:
        raise click.ClickException(f"the state file {options['state']} cannot be used: {problem}") from problem
    except (ValueError, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
