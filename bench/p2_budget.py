"""P2: use of the call budget, 300 invoices with PDF against 60 calls per window of 6 s, and 2 real minutes at 60.

Two workers share the budget. What the forecast said before a night is laid beside what the night then took.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.house import House, until

from bench.fire import inside
from bench.night import data_calls, institute

INVOICES = 300
CALLS = 60
CALLS_OF_EACH = 3
SHORT_SECONDS, MINUTE_SECONDS = 6, 60
MINUTES = 2
WORKERS = 2
LEAST = 0.98
MOST_OFF = 0.05
QUICK_MILLISECONDS, USUAL_MILLISECONDS = 5, 250
"""Windows of 6 s leave no time for Exact's usual speed; the real minutes have it."""
SCARCE_INVOICES, SCARCE_DAY = 200, 400
SECONDS = 900
AT_REST_SECONDS = 12
FORETELL_SECONDS = 10
THROTTLED = 429

Calls = Sequence[Mapping[str, Any]]


def measure(*, full: bool = False) -> dict[str, object]:
    """The share of the calls that the limit allows, until the last one of the night; answers 429; the forecast."""
    minutes = 5 if full else MINUTES
    short = _realtime(INVOICES)
    foretold, real, booked = _night(CALLS // CALLS_OF_EACH * (minutes + 1))
    first_day, scarce, booked_first_day = _scarce_day()
    value = {
        "invoices": INVOICES,
        "workers": WORKERS,
        "share_of_6_s_windows": share(short, SHORT_SECONDS),
        "share_of_real_minutes": share(real, MINUTE_SECONDS),
        "minutes": minutes,
        "answers_429": sum(call["status"] == THROTTLED for call in (*short, *real, *scarce)),
        "forecast_of_calls_off": _off(foretold["exact_calls"], len(real)),
        "forecast_of_time_off": _off(_took(foretold["begins_at"], foretold["ends_at"]), _took(*_span(real))),
        "forecast_of_first_day_off": _off(first_day, booked_first_day),
    }
    return {
        "value": value,
        "target": f">= {LEAST:.0%} of the calls that the limit allows until the last one; 0 answers 429; "
        f"forecast within {MOST_OFF:.0%}",
        "ok": min(value["share_of_6_s_windows"], value["share_of_real_minutes"]) >= LEAST
        and value["answers_429"] == 0
        and booked == foretold["invoices"]
        and all(off <= MOST_OFF for name, off in value.items() if name.startswith("forecast")),
    }


def _realtime(invoices: int) -> Calls:
    """The calls with which workers book everything against the limit of the short windows."""
    with institute(invoices, pdf=True, export_mode="realtime", window_seconds=SHORT_SECONDS) as ours:
        (koppeling,) = ours.json("integration", "list")
        ours.run("integration", "pause", str(koppeling["id"]))
        _limit(ours, QUICK_MILLISECONDS, minute=CALLS, minute_window_seconds=SHORT_SECONDS, day=100_000)
        before = len(data_calls(ours))
        with _workers(ours):
            ours.run("integration", "resume", str(koppeling["id"]))
            until(lambda: len(ours.entries()) >= invoices, seconds=SECONDS)
        return data_calls(ours)[before:]


def _night(invoices: int) -> tuple[Mapping[str, Any], Calls, int]:
    """A bulk run at Exact's usual limit: what was foretold before it, its calls, and how many it booked."""
    with _evening(invoices) as (ours, foretell):
        _limit(ours, USUAL_MILLISECONDS, minute=CALLS, minute_window_seconds=MINUTE_SECONDS, day=100_000)
        foretold = foretell()
        before = len(data_calls(ours))
        until(lambda: set(ours.states().values()) == {"proven"}, seconds=SECONDS)
        return foretold, data_calls(ours)[before:], len(ours.entries())


def _scarce_day() -> tuple[int, Calls, int]:
    """A night that the limit of the day stops: how many were foretold for its first day, its calls, and the booked."""
    with _evening(SCARCE_INVOICES) as (ours, foretell):
        used = len(data_calls(ours))
        _limit(ours, QUICK_MILLISECONDS, minute=100_000, day=used + SCARCE_DAY)
        foretold = foretell()
        before = len(data_calls(ours))
        until(ours.entries, seconds=SECONDS)
        _until_nothing_more(lambda: len(data_calls(ours)))
        return foretold["first_day"], data_calls(ours)[before:], len(ours.entries())


@contextmanager
def _evening(invoices: int) -> Iterator[tuple[House, Callable[[], Mapping[str, Any]]]]:
    """A bulk koppeling whose invoices were fetched and wait for the night, with its workers; and its forecast.

    The night is planned when the forecast is asked for: at a whole minute, for Exact's answers have told of a minute.
    """
    with institute(invoices, pdf=True, export_mode="bulk") as ours:
        (koppeling,) = ours.json("integration", "list")

        def foretell() -> Mapping[str, Any]:
            ours.run("integration", "check", str(koppeling["id"]))  # an answer that tells of the limits
            inside(ours, "plan_night.py", _soon().isoformat())
            found: Mapping[str, Any] = ours.json("integration", "show", str(koppeling["id"]))["forecast"]
            return found

        with _workers(ours):
            until(lambda: Counter(ours.states().values()) == Counter(ready=invoices), seconds=SECONDS)
            yield ours, foretell


@contextmanager
def _workers(ours: House) -> Iterator[None]:
    workers = [ours.start("worker") for _ in range(WORKERS)]
    yield
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.wait(timeout=60)


def _limit(ours: House, milliseconds: int, **limits: int) -> None:
    ours.book.exact.control("limits", limits)
    ours.book.exact.control("latency", {"milliseconds": milliseconds})


def _until_nothing_more(count: Callable[[], int]) -> None:
    """Wait until the count stands still for a while."""
    seen, since = count(), time.monotonic()
    while time.monotonic() - since < AT_REST_SECONDS:
        time.sleep(1)
        if (now := count()) != seen:
            seen, since = now, time.monotonic()


def _soon() -> datetime:
    """The next whole minute that leaves time to foretell what it begins."""
    soon = datetime.now(UTC) + timedelta(seconds=MINUTE_SECONDS + FORETELL_SECONDS)
    return soon.replace(second=0, microsecond=0)


def share(calls: Calls, window_seconds: int) -> float:
    """Calls in the whole windows (after the one in which the night began, before the last one), of what they allow."""
    windows = Counter(int(_seconds(call["at"]) // window_seconds) for call in calls if call["status"] != THROTTLED)
    whole = range(min(windows) + 1, max(windows))
    if not whole:
        raise RuntimeError("the night took no whole window")
    return round(sum(windows[window] for window in whole) / (CALLS * len(whole)), 4)


def _span(calls: Calls) -> tuple[str, str]:
    """The moments of the first and of the last call."""
    return min(call["at"] for call in calls), max(call["at"] for call in calls)


def _took(began: str, ended: str) -> float:
    return _seconds(ended) - _seconds(began)


def _off(foretold: float, happened: float) -> float:
    return round(abs(foretold - happened) / happened, 3)


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
