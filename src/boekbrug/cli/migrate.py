"""`boekbrug migrate`: bring the tables to this release."""

import click

from boekbrug.cli.house import opened
from boekbrug.cli.language import _, ngettext


@click.command(name="migrate")
def command() -> None:
    """Bring the database to this release; safe to run at any time, by several at once."""
    with opened(schema=False):
        from boekbrug.store.schema import migrate

        done = migrate()
    for name in done:
        click.echo(f"  {name}")
    click.echo(
        ngettext("{count} migration done.", "{count} migrations done.", len(done))
        if done
        else _("The database is of this release already.")
    )
