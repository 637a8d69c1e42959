"""The journal of all calls, for assertions and benchmarks."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

KEPT_CALLS = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call as it came in; status 0 means that the connection was closed without an answer."""

    at: float
    method: str
    path: str
    query: str
    status: int

    def as_dict(self, *, with_query: bool = False) -> dict[str, object]:
        """The shape of `GET /_sim/calls`; `at` is ISO text in real time, UTC."""
        row: dict[str, object] = {
            "at": datetime.fromtimestamp(self.at, UTC).isoformat(timespec="microseconds"),
            "method": self.method,
            "path": self.path,
            "status": self.status,
        }
        if with_query:
            row["query"] = self.query
        return row


class CallJournal:
    """The last million calls, oldest first; control calls are not in it."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __reversed__(self) -> Iterator[Call]:
        return reversed(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def latest(self, count: int) -> list[Call]:
        """The last calls, newest first."""
        return list(islice(reversed(self._calls), count))

    def note(self, call: Call) -> None:
        """Write one call down."""
        self._calls.append(call)

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
