"""`boekbrug backup`: the whole database in one file."""

from pathlib import Path

import click

from boekbrug.cli.house import opened
from boekbrug.cli.language import _
from boekbrug.cli.moment import now
from boekbrug.settings import keys_file


@click.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file when it is there already.")
def command(*, file: Path, force: bool) -> None:
    """Write the whole database to FILE; the keys under which secrets are kept are not in it."""
    with opened() as ours:
        from boekbrug import archive
        from boekbrug.store import restoring

        archive.refuse_existing(file, force=force)
        source = archive.database(ours, server_major=restoring.server_major(), newer_too=True)
        restoring.begin_backup(now())
        size = archive.dump(source, file.absolute(), force=force)
    click.echo(_("{file} is written ({size} MB).", file=file, size=f"{size / 1e6:.1f}"))
    keys = keys_file(ours.home)
    click.echo(
        _(
            "The keys are not in it: keep a copy of {keys} in another place. Without them no login or secret opens.",
            keys=keys if keys.exists() else "BOEKBRUG_SECRET_KEYS",
        )
    )
