"""The call budget of an administration: one guarded UPDATE reserves a call before it is sent (exactly-once.md).

Each window (minute, day) has the limit that Exact's last header named, lower too, our count, and its end. A call
without an answer when a window ends counts in the next one too, for it may have arrived there.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from django.db import connection, transaction

from boekbrug.store.models import Administration, EndpointErrors, Organisation
from boekbrug.store.prepared import prepared
from boekbrug.sync.failures import Throttled

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SKEW = timedelta(seconds=1)
LONGEST = timedelta(hours=25)
COUNTED_ERRORS = frozenset({400, 401, 403, 404})
MOST_ERRORS = 8
MOST_TRIES = 3
URGENT = frozenset({"settle", "realtime"})
# The part of the day in thousandths that is kept for what is more urgent: a tenth for realtime and unknowns, and
# a little more behind each in the order of exactly-once.md, "Call budget".
KEPT = {
    "settle": 0,
    "realtime": 0,
    "bulk": 100,
    "payments": 110,
    "late_pdf": 120,
    "proof": 130,
    "reference": 140,
}


class HeaderWindow(Protocol):
    """What the headers of one answer say of one limit; None is what they do not say."""

    @property
    def limit(self) -> int | None:
        """The calls of a whole window."""

    @property
    def remaining(self) -> int | None:
        """The calls that are left."""

    @property
    def reset(self) -> datetime | None:
        """When the window ends."""


class AdministrationBudget:
    """The calls to Exact of one administration, whoever makes them; each method is one transaction.

    With `patient`, an answer that teaches nothing new is written down with the next call, or by `rest`; until then
    its call counts as one without an answer, which only ever holds back.
    """

    def __init__(self, administration_id: int, *, patient: bool = False) -> None:
        self._id, self._patient = administration_id, patient
        self._seen: _Windows | None = None
        self._answered = 0

    def room_at(self, calls: int, now: datetime, priority: str = "bulk") -> datetime:
        """From when on so many calls may be sent without waiting: `now`, or the reset of the limit in the way.

        Told from what the last call of this object saw; whether there still is room, the reservation decides.
        """
        row = self._seen or self._read()
        resets = [
            reset
            for name, kept in (("minute", 0), ("day", KEPT[priority]))
            for used, limit, reset in [_window(row, name, now)]
            for mine in [limit - limit * kept // 1000]
            if used + calls > mine and (used > 0 or mine <= 0)
        ]
        return max(resets, default=now)

    def left(self, now: datetime) -> int:
        """How many calls of the day are left."""
        used, limit, _ = _window(self._read(), "day", now)
        return max(0, limit - used)

    def reserve(self, priority: str, endpoint: str, now: datetime) -> None:
        """Count one call that is about to be sent; raises Throttled (until when) when none is allowed."""
        values = {**_times(now), **self._owed(), "kept": KEPT[priority], "endpoint": endpoint[:200]}
        with prepared(_RESERVE, {**values, "today": now.astimezone(UTC).date(), "priority": str(priority)}) as cursor:
            row = cursor.fetchone()
        if row is not None:
            self._seen, self._answered = _Windows(*row), 0
            return
        self.rest()
        self._seen = None
        stopped = self._stopped_until(endpoint, now)
        if stopped is not None:
            raise Throttled(stopped, f"{endpoint}: stopped after {MOST_ERRORS} errors in an hour")
        raise Throttled(self._full_until(priority, now), f"no calls left for {priority}")

    def learn(self, minute: HeaderWindow | None, day: HeaderWindow | None, now: datetime) -> None:
        """Take over what an answer says: limits as they are, the calls used only upwards; one call has its answer.

        Worked out from the row as it was last seen; where somebody else wrote meanwhile, from the row as it is now.
        """
        if self._patient and self._seen is not None:
            learned = _learned(self._seen, minute, day, now)
            if learned == _one_answered(self._seen):
                self._seen, self._answered = learned, self._answered + 1
                return
            self.rest()
        seen = self._seen or self._read()
        for _ in range(MOST_TRIES):
            learned = _learned(seen, minute, day, now)
            if self._replace(seen, learned):
                self._seen = learned
                return
            seen = self._read()
        with transaction.atomic():
            Administration.objects.select_for_update(no_key=True).get(id=self._id)
            seen = self._read()
            self._seen = _learned(seen, minute, day, now)
            self._replace(seen, self._seen)

    def rest(self) -> None:
        """Write down the answers that wait for the next call: there is none for now."""
        if not self._answered:
            return
        with prepared(_REST, self._owed()):
            pass
        self._seen, self._answered = None, 0

    def _owed(self) -> dict[str, Any]:
        """Whose row it is, and the answers that it does not know of, with the windows that they came in."""
        minute, day = (self._seen.minute_resets_at, self._seen.day_resets_at) if self._seen else (None, None)
        return {"id": self._id, "answered": self._answered, "minute_seen": minute, "day_seen": day}

    def _read(self) -> "_Windows":
        with prepared(_READ, {"id": self._id}) as cursor:
            row = cursor.fetchone()
        if row is None:
            raise Administration.DoesNotExist(f"administration {self._id}")
        return _Windows(*row)

    def _replace(self, seen: "_Windows", learned: "_Windows") -> bool:
        """Write the row if it still is what was seen."""
        with connection.cursor() as cursor:
            cursor.execute(_REPLACE, [*learned, self._id, *seen])
            return bool(cursor.rowcount == 1)

    def error(self, endpoint: str, status: int, now: datetime) -> None:
        """Count an answer 400, 401, 403 or 404 per endpoint and hour; at 8 the endpoint rests for the hour's rest."""
        if status not in COUNTED_ERRORS:
            return
        hour = now.replace(minute=0, second=0, microsecond=0)
        with connection.cursor() as cursor:
            cursor.execute(
                _ERROR,
                {
                    "id": self._id,
                    "endpoint": endpoint[:200],
                    "hour": hour,
                    "next": hour + timedelta(hours=1),
                    "most": MOST_ERRORS,
                },
            )

    def _stopped_until(self, endpoint: str, now: datetime) -> datetime | None:
        rows = EndpointErrors.objects.filter(administration_id=self._id, endpoint=endpoint[:200], stopped_until__gt=now)
        return rows.values_list("stopped_until", flat=True).first()

    def _full_until(self, priority: str, now: datetime) -> datetime:
        return max(self.room_at(1, now, priority), now + SKEW)


class _Windows(NamedTuple):
    """The budget's columns of an administration."""

    minute_limit: int
    minute_cap: int | None
    minute_used: int
    minute_pending: int
    minute_resets_at: datetime | None
    minute_learned: bool
    day_limit: int
    day_cap: int | None
    day_used: int
    day_pending: int
    day_resets_at: datetime | None
    day_learned: bool


def _window(row: _Windows, name: str, now: datetime) -> tuple[int, int, datetime]:
    """Calls used, limit and end of a window as they are at `now`."""
    resets_at: datetime | None = getattr(row, f"{name}_resets_at")
    limit: int = getattr(row, f"{name}_limit")
    cap: int | None = getattr(row, f"{name}_cap")
    over = resets_at is None or resets_at <= now
    used = getattr(row, f"{name}_pending" if over else f"{name}_used")
    return used, limit if cap is None else min(limit, cap), resets_at if resets_at and not over else _guess(name, now)


def _guess(name: str, now: datetime) -> datetime:
    """The end of a window that no header has named yet: a whole minute on, or the next midnight UTC."""
    if name == "minute":
        return now + MINUTE
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY


def _learned(row: _Windows, minute: HeaderWindow | None, day: HeaderWindow | None, now: datetime) -> _Windows:
    """The row after an answer."""
    return row._replace(**_after(row, "minute", minute, now), **_after(row, "day", day, now))


def _one_answered(row: _Windows) -> _Windows:
    """The row after an answer that says nothing that we did not know."""
    return row._replace(minute_pending=max(row.minute_pending - 1, 0), day_pending=max(row.day_pending - 1, 0))


def _after(row: _Windows, name: str, header: HeaderWindow | None, now: datetime) -> dict[str, Any]:
    used, _, resets_at = _window(row, name, now)
    rolled = getattr(row, f"{name}_resets_at") is None or getattr(row, f"{name}_resets_at") <= now
    learned = getattr(row, f"{name}_learned") and not rolled
    pending = 0 if rolled else max(getattr(row, f"{name}_pending") - 1, 0)
    limit = getattr(row, f"{name}_limit")
    if header is not None:
        limit = limit if header.limit is None else header.limit
        theirs = None if header.remaining is None else limit - header.remaining
        window = _corrected(header.reset, theirs, now=now, used=used, resets_at=resets_at, learned=learned)
        used, resets_at, learned = max(window[0], pending), window[1], window[2]
    return {
        f"{name}_limit": limit,
        f"{name}_used": used,
        f"{name}_pending": pending,
        f"{name}_resets_at": resets_at,
        f"{name}_learned": learned,
    }


def _corrected(
    reset: datetime | None, theirs: int | None, *, now: datetime, used: int, resets_at: datetime, learned: bool
) -> tuple[int, datetime, bool]:
    """Count, end and sureness of the window after a header that counts `theirs`.

    A late header of a window that is over says nothing; a later window than ours begins with its own count.
    """
    if reset is None or reset > now + LONGEST or (learned and reset < resets_at):
        return used, resets_at, learned
    if learned and reset > resets_at and theirs is not None:
        return theirs, reset, True
    counted = used if theirs is None else max(used, theirs)
    # Their clock is behind ours: the window that we thought over is not; we look again in a second.
    return (counted, reset, True) if reset > now else (counted, now + SKEW, False)


def _times(now: datetime) -> dict[str, datetime]:
    return {"now": now, "minute_guess": _guess("minute", now), "day_guess": _guess("day", now)}


def _set(name: str) -> str:
    over = f"({name}_resets_at IS NULL OR {name}_resets_at <= %(now)s)"
    return f"""
        {name}_used = CASE WHEN {over} THEN {_unanswered(name)} ELSE {name}_used END + 1,
        {name}_pending = CASE WHEN {over} THEN 0 ELSE {_unanswered(name)} END + 1,
        {name}_learned = CASE WHEN {over} THEN FALSE ELSE {name}_learned END,
        {name}_resets_at = CASE WHEN {over} THEN %({name}_guess)s ELSE {name}_resets_at END
    """


def _free(name: str, kept: str) -> str:
    over = f"({name}_resets_at IS NULL OR {name}_resets_at <= %(now)s)"
    limit = f"LEAST({name}_limit, COALESCE({name}_cap, {name}_limit))"
    return f"CASE WHEN {over} THEN {_unanswered(name)} ELSE {name}_used END < {limit} - {limit} * {kept} / 1000"


def _unanswered(name: str) -> str:
    """Calls without an answer; those that we were answered count no more, in the window in which that was."""
    same = f"{name}_resets_at IS NOT DISTINCT FROM %({name}_seen)s::timestamptz"
    return f"CASE WHEN {same} THEN GREATEST({name}_pending - %(answered)s, 0) ELSE {name}_pending END"


_COLUMNS = ", ".join(_Windows._fields)
# One statement: nothing is counted for an endpoint that rests, or when the windows have no room.
_RESERVE = f"""
    WITH reserved AS (
        UPDATE store_administration SET {_set("minute")}, {_set("day")}
         WHERE id = %(id)s AND {_free("minute", "0")} AND {_free("day", "%(kept)s")}
           AND NOT EXISTS (SELECT FROM store_endpointerrors WHERE administration_id = %(id)s
                              AND endpoint = %(endpoint)s AND stopped_until > %(now)s)
        RETURNING id, {_COLUMNS}
    ), counted AS (
        INSERT INTO store_callsused (administration_id, day, priority, calls)
        SELECT id, %(today)s, %(priority)s, 1 FROM reserved
        ON CONFLICT (administration_id, day, priority) DO UPDATE SET calls = store_callsused.calls + 1
    )
    SELECT {_COLUMNS} FROM reserved
"""  # noqa: S608 - made of constants
_READ = f"SELECT {_COLUMNS} FROM store_administration WHERE id = %(id)s"  # noqa: S608 - made of constants
_REPLACE = f"""
    UPDATE store_administration SET ({_COLUMNS}) = ({", ".join(["%s"] * len(_Windows._fields))})
     WHERE id = %s AND ({_COLUMNS}) IS NOT DISTINCT FROM ({", ".join(["%s"] * len(_Windows._fields))})
"""  # noqa: S608 - made of constants
_REST = f"""
    UPDATE store_administration
       SET minute_pending = {_unanswered("minute")}, day_pending = {_unanswered("day")}
     WHERE id = %(id)s
"""  # noqa: S608 - made of constants
_ERROR = """
    INSERT INTO store_endpointerrors AS known (administration_id, endpoint, hour, errors, stopped_until)
    VALUES (%(id)s, %(endpoint)s, %(hour)s, 1, NULL)
    ON CONFLICT (administration_id, endpoint) DO UPDATE SET
           errors = CASE WHEN known.hour = EXCLUDED.hour THEN known.errors ELSE 0 END + 1,
           hour = EXCLUDED.hour,
           stopped_until = CASE
               WHEN known.hour = EXCLUDED.hour AND known.errors + 1 >= %(most)s THEN %(next)s
               ELSE NULL
           END
"""


class OrganisationBudget:
    """Coachview's calls of a day for one environment: 5,000 unless its header says otherwise (coachview.md 4.2)."""

    def __init__(self, organisation_id: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._id, self._now = organisation_id, now
        self._seen: tuple[int, int, datetime] | None = None

    def reserve(self) -> None:
        """Reserve one call that is about to be sent; raises Throttled when there is none left."""
        now = self._now()
        with prepared(_RESERVE_COACHVIEW, {"id": self._id, "now": now, "guess": now + DAY}) as cursor:
            self._seen = cursor.fetchone()
            if self._seen is not None:
                return
        resets_at = Organisation.objects.values_list("coachview_calls_resets_at", flat=True).get(id=self._id)
        raise Throttled(max(resets_at or now, now + SKEW), "no Coachview calls left today")

    def learn(self, limit: int | None, remaining: int | None, reset: datetime | None) -> None:
        """Take over what the headers of an answer say: the limit as it is, the calls used only upwards."""
        now = self._now()
        believed = reset if reset is not None and now < reset <= now + LONGEST else None
        if self._knows(limit, remaining, believed):
            return
        with connection.cursor() as cursor:
            cursor.execute(_LEARN_COACHVIEW, {"id": self._id, "limit": limit, "left": remaining, "reset": believed})

    def _knows(self, limit: int | None, remaining: int | None, reset: datetime | None) -> bool:
        """Whether these say nothing that the last reserved call of this object did not see."""
        seen = self._seen  # threads share this object
        if seen is None:
            return False
        known_limit, used, resets_at = seen
        theirs = None if remaining is None else (known_limit if limit is None else limit) - remaining
        return limit in {None, known_limit} and (theirs is None or theirs <= used) and reset in {None, resets_at}


_LEARN_COACHVIEW = """
    UPDATE store_organisation SET
           coachview_calls_limit = COALESCE(%(limit)s::int, coachview_calls_limit),
           coachview_calls_used = GREATEST(
               coachview_calls_used, COALESCE(%(limit)s::int, coachview_calls_limit) - %(left)s::int
           ),
           coachview_calls_resets_at = COALESCE(%(reset)s::timestamptz, coachview_calls_resets_at)
     WHERE id = %(id)s
"""
_RESERVE_COACHVIEW = """
    UPDATE store_organisation SET
           coachview_calls_used =
               CASE WHEN coachview_calls_resets_at IS NULL OR coachview_calls_resets_at <= %(now)s
                    THEN 0 ELSE coachview_calls_used END + 1,
           coachview_calls_resets_at =
               CASE WHEN coachview_calls_resets_at IS NULL OR coachview_calls_resets_at <= %(now)s
                    THEN %(guess)s ELSE coachview_calls_resets_at END
     WHERE id = %(id)s
       AND (coachview_calls_resets_at IS NULL OR coachview_calls_resets_at <= %(now)s
            OR coachview_calls_used < coachview_calls_limit)
    RETURNING coachview_calls_limit, coachview_calls_used, coachview_calls_resets_at
"""
