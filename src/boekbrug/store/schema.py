"""The state of the tables: what is still to be migrated, and one migration at a time.

Only `serve` and `migrate` migrate, under an advisory lock; workers wait (architecture.md).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from boekbrug.spoken import Spoken

RESTORING = "boekbrug_restoring"
"""A table that is there from the moment that a dump is back until everything in it is in review."""

_ADVISORY_LOCK = 7_102_026_001
_LOOK_SECONDS = 0.5


class SchemaError(Spoken):
    """The tables are not there, or not of this release; the message says what to do."""


def pending() -> list[str]:
    """The migrations that are still to be done, as `app.name`."""
    connection = connections[DEFAULT_DB_ALIAS]
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrate() -> list[str]:
    """Do what is pending; two at once wait for each other. Returns what was done."""
    with advisory_lock():
        _refuse_half_restored()
        return migrate_restored()


def migrate_restored() -> list[str]:
    """Do what is pending, also in tables that a restore has just put back; only under the lock."""
    todo = pending()
    if todo:
        _migrate()
    return todo


@contextmanager
def advisory_lock() -> Iterator[None]:
    """Held by the one who migrates or restores; others wait for it."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])


def _refuse_half_restored() -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"public.{RESTORING}"])
        if cursor.fetchone()[0] is not None:
            raise SchemaError("A restore did not come to its end: run boekbrug restore with the same file again.")


def _migrate() -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise SchemaError(
            "The database cannot be brought to this release ({reason}). What had been migrated stays, nothing is half "
            "done: put it right, and start again.",
            reason=(str(error).strip().splitlines() or [type(error).__name__])[0],
        ) from error


def demand() -> None:
    """Raise SchemaError when something is pending, or a restore did not come to its end."""
    _refuse_half_restored()
    todo = pending()
    if todo:
        raise SchemaError(
            "The database is not of this release ({count} to migrate): run boekbrug migrate first.", count=len(todo)
        )


def lacking() -> SchemaError | None:
    """Why the tables cannot be used yet; None when they can."""
    try:
        demand()
    except SchemaError as lack:
        return lack
    except OperationalError:
        connections[DEFAULT_DB_ALIAS].close()
        return SchemaError("The database does not answer.")
    return None


def wait(
    limit_seconds: float,
    waits: Callable[[SchemaError], None] = lambda _: None,
    *,
    lack: Callable[[], SchemaError | None] = lacking,
) -> None:
    """Wait until nothing is lacking; `waits` is called with each new reason to wait.

    Raises SchemaError when it takes too long.
    """
    deadline, told = time.monotonic() + limit_seconds, ""
    while (reason := lack()) is not None:
        if time.monotonic() > deadline:
            raise reason
        if reason.message != told:
            waits(reason)
            told = reason.message
        time.sleep(_LOOK_SECONDS)
