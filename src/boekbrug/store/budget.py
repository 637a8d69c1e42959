"""The call budget of an administration: one guarded UPDATE reserves a call before it is sent (exactly-once.md).

Each window (minute, day) has the limit that Exact's last header named, lower too, our count, and its end. A call
without an answer when a window ends counts in the next one too, for it may have arrived there.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from django.db import connection, transaction

from boekbrug.store.models import Administration, EndpointErrors, Organisation
from boekbrug.sync.failures import Throttled

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SKEW = timedelta(seconds=1)
LONGEST = timedelta(hours=25)
COUNTED_ERRORS = frozenset({400, 401, 403, 404})
MOST_ERRORS = 8
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
    """The calls to Exact of one administration, whoever makes them; each method is one transaction."""

    def __init__(self, administration_id: int) -> None:
        self._id = administration_id

    def room_at(self, calls: int, now: datetime, priority: str = "bulk") -> datetime:
        """From when on so many calls may be sent without waiting: `now`, or the reset of the limit in the way."""
        row = Administration.objects.get(id=self._id)
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
        used, limit, _ = _window(Administration.objects.get(id=self._id), "day", now)
        return max(0, limit - used)

    def reserve(self, priority: str, endpoint: str, now: datetime) -> None:
        """Count one call that is about to be sent; raises Throttled (until when) when none is allowed."""
        stopped = self._stopped_until(endpoint, now)
        if stopped is not None:
            raise Throttled(stopped, f"{endpoint}: stopped after {MOST_ERRORS} errors in an hour")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_RESERVE, {**_times(now), "id": self._id, "kept": KEPT[priority]})
            if cursor.rowcount == 1:
                cursor.execute(_COUNT, [self._id, now.astimezone(UTC).date(), priority])
                return
        raise Throttled(self._full_until(priority, now), f"no calls left for {priority}")

    def learn(self, minute: HeaderWindow | None, day: HeaderWindow | None, now: datetime) -> None:
        """Take over what an answer says: limits as they are, the calls used only upwards; one call has its answer."""
        with transaction.atomic():
            row = Administration.objects.select_for_update(no_key=True).get(id=self._id)
            _learn(row, "minute", minute, now)
            _learn(row, "day", day, now)
            row.save(update_fields=_BUDGET_COLUMNS)

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


def _window(row: Administration, name: str, now: datetime) -> tuple[int, int, datetime]:
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


def _learn(row: Administration, name: str, header: HeaderWindow | None, now: datetime) -> None:
    used, _, resets_at = _window(row, name, now)
    rolled = getattr(row, f"{name}_resets_at") is None or getattr(row, f"{name}_resets_at") <= now
    learned = getattr(row, f"{name}_learned") and not rolled
    pending = 0 if rolled else max(getattr(row, f"{name}_pending") - 1, 0)
    if header is not None:
        if header.limit is not None:
            setattr(row, f"{name}_limit", header.limit)
        theirs = None if header.remaining is None else getattr(row, f"{name}_limit") - header.remaining
        window = _corrected(header.reset, theirs, now=now, used=used, resets_at=resets_at, learned=learned)
        used, resets_at, learned = max(window[0], pending), window[1], window[2]
    setattr(row, f"{name}_used", used)
    setattr(row, f"{name}_pending", pending)
    setattr(row, f"{name}_resets_at", resets_at)
    setattr(row, f"{name}_learned", learned)


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


_BUDGET_COLUMNS = [
    f"{name}_{column}" for name in ("minute", "day") for column in ("limit", "used", "pending", "resets_at", "learned")
]


def _set(name: str) -> str:
    over = f"({name}_resets_at IS NULL OR {name}_resets_at <= %(now)s)"
    return f"""
        {name}_used = CASE WHEN {over} THEN {name}_pending ELSE {name}_used END + 1,
        {name}_pending = CASE WHEN {over} THEN 0 ELSE {name}_pending END + 1,
        {name}_learned = CASE WHEN {over} THEN FALSE ELSE {name}_learned END,
        {name}_resets_at = CASE WHEN {over} THEN %({name}_guess)s ELSE {name}_resets_at END
    """


def _free(name: str, kept: str) -> str:
    over = f"({name}_resets_at IS NULL OR {name}_resets_at <= %(now)s)"
    limit = f"LEAST({name}_limit, COALESCE({name}_cap, {name}_limit))"
    return f"CASE WHEN {over} THEN {name}_pending ELSE {name}_used END < {limit} - {limit} * {kept} / 1000"


_RESERVE = f"""
    UPDATE store_administration SET {_set("minute")}, {_set("day")}
     WHERE id = %(id)s AND {_free("minute", "0")} AND {_free("day", "%(kept)s")}
"""  # noqa: S608 - made of constants
_COUNT = """
    INSERT INTO store_callsused (administration_id, day, priority, calls) VALUES (%s, %s, %s, 1)
    ON CONFLICT (administration_id, day, priority) DO UPDATE SET calls = store_callsused.calls + 1
"""
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

    def reserve(self) -> None:
        """Reserve one call that is about to be sent; raises Throttled when there is none left."""
        now = self._now()
        with connection.cursor() as cursor:
            cursor.execute(_RESERVE_COACHVIEW, {"id": self._id, "now": now, "guess": now + DAY})
            if cursor.rowcount == 1:
                return
        resets_at = Organisation.objects.values_list("coachview_calls_resets_at", flat=True).get(id=self._id)
        raise Throttled(max(resets_at or now, now + SKEW), "no Coachview calls left today")

    def learn(self, limit: int | None, remaining: int | None, reset: datetime | None) -> None:
        """Take over what the headers of an answer say: the limit as it is, the calls used only upwards."""
        now = self._now()
        with transaction.atomic():
            row = Organisation.objects.select_for_update(no_key=True).get(id=self._id)
            row.coachview_calls_limit = row.coachview_calls_limit if limit is None else limit
            if remaining is not None:
                theirs = max(row.coachview_calls_limit - remaining, 0)
                row.coachview_calls_used = max(row.coachview_calls_used, theirs)
            if reset is not None and now < reset <= now + LONGEST:
                row.coachview_calls_resets_at = reset
            row.save(update_fields=["coachview_calls_limit", "coachview_calls_used", "coachview_calls_resets_at"])


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
"""
