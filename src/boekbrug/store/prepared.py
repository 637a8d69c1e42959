"""Statements that every invoice makes: planned once per connection by the server, with their values beside them.

Django writes the values into the text, so that the server reads and plans each statement anew: for these it costs
more than carrying them out (docs/decisions/0013-own-cost.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import Cursor

MANY = 1_000_000
"""Nothing is prepared by itself, however often it is run."""


@contextmanager
def prepared(query: str, values: Mapping[str, Any] | Sequence[Any]) -> Iterator[Cursor[tuple[Any, ...]]]:
    """Run one prepared statement on this thread's connection, inside its transaction if there is one."""
    connection.ensure_connection()
    if connection.connection.prepare_threshold is None:  # Django's way to say: never, not even when asked
        connection.connection.prepare_threshold = MANY
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(query, values, prepare=True)
        yield cursor
