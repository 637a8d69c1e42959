"""The present moment, for commands."""

from datetime import UTC, datetime


def now() -> datetime:
    """Now by the house's clock, for what others judge: hosts can be minutes apart. The house must be open."""
    from boekbrug.store.moment import moment

    return moment()


def now_here() -> datetime:
    """Now by this host's own clock, in UTC; it needs no database."""
    return datetime.now(UTC)
