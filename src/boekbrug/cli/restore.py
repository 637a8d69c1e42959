"""`boekbrug restore`: a backup back into the database, and everything into review."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from boekbrug.cli.house import opened
from boekbrug.cli.language import _, ngettext
from boekbrug.cli.moment import now
from boekbrug.settings import Settings

if TYPE_CHECKING:
    from boekbrug.store.restoring import User


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before what is in the database is replaced.")
def command(*, file: Path, yes: bool) -> None:
    """Put a backup back; nothing is sent until each koppeling was held against Exact and a person resumes it."""
    with opened(schema=False) as ours:
        put = _put_back(ours, file, yes=yes)
        from boekbrug.store.secrets import unreadable

        closed = unreadable()
    click.echo(_("{file} is back in the database.", file=file))
    if put:
        click.echo(
            ngettext(
                "{count} koppeling is in review: nothing is sent. Log in to Exact anew (boekbrug integration "
                "authorise ID), let the review end, and go on with boekbrug integration resume ID.",
                "{count} koppelingen are in review: nothing is sent. Log in to Exact anew for each (boekbrug "
                "integration authorise ID), let the review end, and go on with boekbrug integration resume ID.",
                put,
            )
        )
    if closed:
        raise click.ClickException(
            _(
                "None of the keys opens the secrets of {rows}: put the keys of that time back, or enter these secrets "
                "anew.",
                rows=", ".join(closed),
            )
        )


def _put_back(ours: Settings, file: Path, *, yes: bool) -> int:
    from boekbrug import archive
    from boekbrug.store import restoring

    target = archive.database(ours, server_major=restoring.server_major(), newer_too=False)
    archive.check(target, file, table=restoring.TABLE)
    restoring.refuse_newer(archive.rows(target, file, table=restoring.MIGRATIONS))
    with restoring.alone():
        _refuse_users()
        if not (yes or restoring.is_empty()):
            click.confirm(_("What is in the database now is replaced by {file}. Go on?", file=file), abort=True)
            _refuse_users()
        archive.restore(target, file, before=restoring.CLEAR, after=restoring.MARK)
        return restoring.end_restore(now())


def _refuse_users() -> None:
    """Workers, web and other commands must have stopped: they would go on with what is no longer there."""
    from boekbrug.store import restoring

    users = restoring.users()
    if users:
        shown = ", ".join(map(_named, users))
        raise click.ClickException(
            ngettext(
                "Somebody else uses the database: {users}. Stop boekbrug serve, every worker and other command, and "
                "try again.",
                "{count} others use the database: {users}. Stop boekbrug serve, every worker and other command, and "
                "try again.",
                len(users),
                users=shown,
            )
        )


def _named(user: "User") -> str:
    return " ".join(filter(None, (user.program, user.machine, f"({user.process_id})")))
