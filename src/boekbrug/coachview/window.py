"""A window on changed-at that moves over the list of invoices, in the environment's local time.

The list is asked in order of changed-at. A full page moves the start of the window to the last row's moment;
only when a whole page lies within one moment that the filter can tell apart does `skip` go on inside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from boekbrug.coachview.answers import Record
from boekbrug.coachview.profile import Profile
from boekbrug.coachview.values import at, moment_of
from boekbrug.sync.failures import Broken, Unreachable

# Coachview answers a high skip with 500, a time-out (coachview.md 4.2).
HIGHEST_SKIP = 9_000
# Rows read once more after a skip: when none of them is known, the list has shifted under our hands.
OVERLAP = 10
MOST_RESTARTS = 5
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@dataclass(kw_only=True, slots=True)
class Window:
    """Where the reading of one window stands."""

    profile: Profile
    since: datetime
    until: datetime
    ended: bool = False
    given_until: datetime = field(init=False)
    _start: datetime = field(init=False)
    _end: datetime = field(init=False)
    _skip: int = 0
    _restarts: int = 0
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.given_until = self.since
        self._start, self._end = _local_bounds(self.since, self.until, self.profile)

    def parameters(self, take: int) -> dict[str, str]:
        """The parameters of the next call: conditions, order, skip and take."""
        names = self.profile.list
        bounds = names.value_separator.join((self._stamp(self._start), self._stamp(self._end)))
        changed_at = self.profile.invoices.changed_at
        parameters = {
            names.where: f"{changed_at}={bounds}",
            names.order_by: f"{changed_at} asc",
            names.take: str(take),
        }
        return {**parameters, names.skip: str(self._skip)} if self._skip else parameters

    def accept(self, rows: Sequence[Record], take: int) -> list[Record]:
        """The rows that were not given before; moves the window on."""
        moments = [self._moment(row) for row in rows]
        self._demand_order([moment for moment in moments if moment])
        keys = [self._key(row) for row in rows]
        fresh = [row for row, key in zip(rows, keys, strict=True) if key not in self._seen]
        self._seen.update(keys)
        if self._skip and len(fresh) == len(rows):
            self._restart()
        elif len(rows) < take:
            self.ended, self.given_until = True, self.until
        elif self._move_start(moments[-1]):
            known = zip(moments, keys, strict=True)
            self._seen = {key for moment, key in known if moment and self._stamp(moment) == self._stamp(self._start)}
        else:
            self._skip_on(len(rows), has_fresh=bool(fresh))
        return fresh

    def _move_start(self, last: datetime | None) -> bool:
        """Begin the window at the last row's moment, when the filter can tell it from the present start."""
        if last is None or last <= self._start or self._stamp(last) == self._stamp(self._start):
            return False
        self._start, self._skip, self._restarts = last, 0, 0
        aware = last.replace(tzinfo=self.profile.formats.time_zone)
        self.given_until = max(self.given_until, min(aware, self.until))
        return True

    def _skip_on(self, count: int, *, has_fresh: bool) -> None:
        """Go on inside one moment; ends loudly when skip has no effect or would grow too high."""
        if self._skip and not self._restarts and not has_fresh:
            raise Broken(self.profile.invoices.path, "the list does not move on: skip is not heeded")
        self._skip += max(count - OVERLAP, 1)
        if self._skip > HIGHEST_SKIP:
            raise Broken(
                self.profile.invoices.path,
                f"more than {HIGHEST_SKIP} invoices changed at {self._stamp(self._start)}, more than can be read",
            )

    def _restart(self) -> None:
        """The list shifted while we skipped: begin again at the window's start, a few times at most."""
        self._restarts += 1
        if self._restarts > MOST_RESTARTS:
            raise Unreachable(f"{self.profile.invoices.path}: the list keeps changing while it is read")
        self._skip = 0

    def _demand_order(self, moments: Sequence[datetime]) -> None:
        """Rows out of order would let the window move past some that were not given."""
        if any(later < earlier for earlier, later in pairwise(moments)):
            raise Broken(self.profile.invoices.path, "the list is not in order of changed-at: orderby is not heeded")

    def _moment(self, row: Record) -> datetime | None:
        """The row's changed-at as naive local time; None when it has none."""
        path = self.profile.invoices.fields["changed_at"]
        moment = moment_of(at(row.value, path), self.profile.formats)
        return moment.replace(tzinfo=None) if moment else None

    def _key(self, row: Record) -> tuple[str, str]:
        fields = self.profile.invoices.fields
        return str(at(row.value, fields["id"])), str(at(row.value, fields["changed_at"]))

    def _stamp(self, moment: datetime) -> str:
        return moment.strftime(self.profile.formats.filter_datetime)


def _local_bounds(since: datetime, until: datetime, profile: Profile) -> tuple[datetime, datetime]:
    """The window in naive local time, never narrower than it was: when the clock goes back an hour, wider."""
    zone = profile.formats.time_zone
    start, end = since.astimezone(zone), until.astimezone(zone)
    back = (start.utcoffset() or HOUR) > (end.utcoffset() or HOUR)
    start, end = start.replace(tzinfo=None, microsecond=0), end.replace(tzinfo=None, microsecond=0) + SECOND
    return (start - HOUR, end + HOUR) if back else (start, end)
