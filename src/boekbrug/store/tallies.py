"""What this process counts, added now and then to what all processes counted (docs/decisions/0009-metrics.md).

A count costs no statement: it is kept in memory until `keep`, which the clock, the scrape and the end of a command
call. A process that is killed loses the counts of a few seconds, and nothing else.
"""

import threading
from collections.abc import Mapping
from functools import cache

from django.db import Error as DatabaseError
from django.db import connection

from boekbrug.store.models import Tally

CALLS = "calls"
DELAY = "wake-up-delay"
DELAY_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)
"""The upper ends of the classes in which wake-up delays are counted; what is longer is counted as `more`."""

Counted = tuple[str, str]
"""A metric and which of its kinds."""

MORE = "more"
SUM = "sum"


class Tallies:
    """The counts of one process that are not kept yet."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._counts: dict[Counted, float] = {}

    def call(self, party: str, result: str) -> None:
        """Count one call to an outside party by how it ended."""
        self._add({(CALLS, f"{party} {result}"): 1})

    def delay(self, seconds: float) -> None:
        """Count how long something that was due had to wait until a worker began with it."""
        fits = next((f"{end:g}" for end in DELAY_SECONDS if seconds <= end), MORE)
        self._add({(DELAY, fits): 1, (DELAY, SUM): max(seconds, 0.0)})

    def keep(self) -> None:
        """Add the counts to the database's; when it does not answer they are kept for the next time."""
        with self._guard:
            counts, self._counts = self._counts, {}
        try:
            _add_to_rows(counts)
        except DatabaseError:
            self._add(counts)

    def _add(self, counts: Mapping[Counted, float]) -> None:
        with self._guard:
            for counted, amount in counts.items():
                self._counts[counted] = self._counts.get(counted, 0.0) + amount


@cache
def tallies() -> Tallies:
    """The counts of this process."""
    return Tallies()


def kept(metric: str) -> dict[str, float]:
    """What all processes counted of a metric, by key."""
    return dict(Tally.objects.filter(metric=metric).values_list("key", "amount"))


def _add_to_rows(counts: Mapping[Counted, float]) -> None:
    """One statement, rows in one order, so that two processes never wait for each other crosswise."""
    if not counts:
        return
    rows = [(metric, key, amount) for (metric, key), amount in sorted(counts.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO store_tally AS known (metric, key, amount) VALUES {", ".join(["(%s, %s, %s)"] * len(rows))}
            ON CONFLICT (metric, key) DO UPDATE SET amount = known.amount + EXCLUDED.amount
            """,  # noqa: S608 - made of placeholders
            [value for row in rows for value in row],
        )
