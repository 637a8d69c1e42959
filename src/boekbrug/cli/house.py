"""Opens the house for a command: database running, Django ready, tables there."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from boekbrug.cli.language import _, told
from boekbrug.settings import Settings, settings

TABLES_LIMIT_SECONDS = 600.0


@contextmanager
def opened(*, schema: bool = True) -> Iterator[Settings]:
    """Run a command's body with everything it needs; with `schema`, old or missing tables are an error.

    Imports of models belong inside the block. The embedded server is started when needed and stopped by the last
    command that leaves.
    """
    ours = settings()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boekbrug.django_settings")
    with ExitStack() as stack:
        if ours.embedded:
            from boekbrug import embedded

            stack.enter_context(embedded.server(ours.home))
        import django
        from django.db import connections

        django.setup()
        from boekbrug.store.tallies import tallies

        stack.callback(connections.close_all)
        stack.callback(tallies().keep)
        if schema:
            from boekbrug.store.schema import demand

            demand()
        yield ours


def wait_for_tables() -> None:
    """Wait until the database is of this release, and say so; raises SchemaError when that takes too long."""
    from boekbrug.store.schema import wait

    wait(TABLES_LIMIT_SECONDS, lambda lack: click.echo(_("Waiting. {why}", why=told(lack)), err=True))
