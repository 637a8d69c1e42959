"""`boekbrug keys`: the keys under which secrets are kept."""

import click

from boekbrug.cli.house import opened
from boekbrug.cli.language import _, ngettext
from boekbrug.settings import keys_file, settings


@click.group(name="keys")
def command() -> None:
    """The keys under which secrets are kept."""


@command.command()
def rotate() -> None:
    """Encrypt every secret anew under the first key, so that the other keys can go; safe to repeat."""
    with opened() as ours:
        from boekbrug.store.secrets import rotate as rotate_all

        done = rotate_all()
    if done.unreadable:
        raise click.ClickException(_unreadable(done.unreadable, done.sealed))
    click.echo(
        ngettext("{count} secret is under the first key.", "{count} secrets are under the first key.", done.sealed)
    )
    old = len(ours.secret_keys) - 1
    if old:
        where = _where()
        click.echo(
            ngettext(
                "The other key may be taken out of {where}, once every worker runs with the new list and no backup "
                "is left that you may want back.",
                "The other {count} keys may be taken out of {where}, once every worker runs with the new list and no "
                "backup is left that you may want back.",
                old,
                where=where,
            )
        )
    else:
        click.echo(_("There is no other key; put a new one in front of it in {where} to replace it.", where=_where()))


def _where() -> str:
    path = keys_file(settings().home)
    return str(path) if path.exists() else "BOEKBRUG_SECRET_KEYS"


def _unreadable(rows: tuple[str, ...], sealed: int) -> str:
    """One sentence: what no key opens, and that the rest is done."""
    shown = ", ".join(rows)
    if not sealed:
        return _(
            "None of the keys opens {rows}. Put the missing key back behind the first one and repeat, or enter these "
            "secrets anew.",
            rows=shown,
        )
    return ngettext(
        "None of the keys opens {rows}; {count} other secret is under the first key. Put the missing key back behind "
        "the first one and repeat, or enter these secrets anew.",
        "None of the keys opens {rows}; the other {count} secrets are under the first key. Put the missing key back "
        "behind the first one and repeat, or enter these secrets anew.",
        sealed,
        rows=shown,
    )
