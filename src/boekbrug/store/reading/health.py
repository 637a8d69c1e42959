"""Whether the database can serve pages."""

from django.db import DatabaseError

from boekbrug.store import schema


def ready() -> bool:
    """Whether the database answers and has every table of this release."""
    try:
        return not schema.pending()
    except DatabaseError:
        return False
