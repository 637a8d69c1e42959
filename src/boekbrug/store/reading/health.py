"""Whether the database can serve pages."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def ready() -> bool:
    """Whether the database answers and has every table of this release."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False
