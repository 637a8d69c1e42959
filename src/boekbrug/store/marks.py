"""The mark of a booking: 8 hex characters by which its document is found again in Exact.

It is made from the invoice's identity, so that a booking that a restore forgot gets the same mark again.
"""

from collections.abc import Iterable
from hashlib import sha256

from boekbrug.store.models import Booking

LONGEST_ID = 100
MOST_TRIES = 1000


def choose_marks(organisation_id: int, source_ids: Iterable[str]) -> dict[str, str]:
    """A free mark for each new invoice; when two would get the same one, the later takes the next that is free."""
    wanted = list(dict.fromkeys(source_ids))
    first = {source_id: _mark(organisation_id, source_id, 0) for source_id in wanted}
    taken = set(Booking.objects.filter(mark__in=first.values()).values_list("mark", flat=True))
    chosen: dict[str, str] = {}
    for source_id in wanted:
        chosen[source_id] = _free(organisation_id, source_id, taken)
        taken.add(chosen[source_id])
    return chosen


def _free(organisation_id: int, source_id: str, taken: set[str]) -> str:
    for attempt in range(MOST_TRIES):
        mark = _mark(organisation_id, source_id, attempt)
        if mark not in taken and not (attempt and Booking.objects.filter(mark=mark).exists()):
            return mark
    raise ValueError("no free mark")


def _mark(organisation_id: int, source_id: str, attempt: int) -> str:
    return sha256(f"{organisation_id}:{source_id}:{attempt}".encode()).hexdigest()[:8]


def stored_id(source_id: str) -> str:
    """The source's id as we keep it; an absurdly long one is shortened so that it stays one of a kind."""
    if len(source_id) <= LONGEST_ID:
        return source_id
    return f"{source_id[:60]}{sha256(source_id.encode('utf-8', 'replace')).hexdigest()[:40]}"
