"""The state of the tables: what is still to be migrated, and one migration at a time.

Only `serve` and `migrate` migrate, under an advisory lock; workers wait (architecture.md).
"""

import time

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from boekbrug.spoken import Spoken

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
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        try:
            todo = pending()
            if todo:
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])
    return todo


def demand() -> None:
    """Raise SchemaError when something is pending."""
    todo = pending()
    if todo:
        raise SchemaError(
            "The database is not of this release ({count} to migrate): run boekbrug migrate first.", count=len(todo)
        )


def wait(limit_seconds: float) -> None:
    """Wait until nothing is pending; raises SchemaError when that takes too long."""
    deadline = time.monotonic() + limit_seconds
    while True:
        try:
            demand()
        except (SchemaError, OperationalError):
            if time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(_LOOK_SECONDS)
