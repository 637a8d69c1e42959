"""What an outside party did, in the words of the connection states."""

from boekbrug.sentences import connection
from boekbrug.sync.failures import OutsideFailure, Throttled, reason_of


def told(failure: OutsideFailure, language: str) -> str:
    """The sentence of a failure; the detail stands in it only where it is written for people."""
    values = {"until": failure.until.isoformat()} if isinstance(failure, Throttled) else {}
    return connection(failure.party, reason_of(failure), language, detail=failure.detail, **values)
