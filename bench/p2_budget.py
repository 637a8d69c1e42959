"""P2: use of the call budget, 300 invoices with PDF against 60 calls per window of 6 s, and 2 real minutes at 60."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.journeys.house import House, until

from bench.night import data_calls, institute

INVOICES = 300
CALLS = 60
CALLS_OF_EACH = 3
SHORT_SECONDS, MINUTE_SECONDS = 6, 60
MINUTES = 2
LEAST = 0.98
MOST_OFF = 0.05
QUICK_MILLISECONDS, USUAL_MILLISECONDS = 5, 250
"""Windows of 6 s leave no time for Exact's usual speed; the real minutes have it."""
SECONDS = 900
THROTTLED = 429


def measure(*, full: bool = False) -> dict[str, object]:
    """The share of the calls that the limit allows, until the last one of the night; answers 429; the forecast."""
    minutes = 5 if full else MINUTES
    short = _night(INVOICES, SHORT_SECONDS, QUICK_MILLISECONDS)
    real = _night(CALLS // CALLS_OF_EACH * (minutes + 1), MINUTE_SECONDS, USUAL_MILLISECONDS)
    value = {
        "invoices": INVOICES,
        "share_of_6_s_windows": short["share"],
        "share_of_real_minutes": real["share"],
        "minutes": minutes,
        "answers_429": short["throttled"] + real["throttled"],
        "forecast_of_calls_off": real["calls_off"],
        "forecast_of_time_off": real["time_off"],
    }
    return {
        "value": value,
        "target": f">= {LEAST:.0%} of the calls that the limit allows until the last one; 0 answers 429; "
        f"forecast within {MOST_OFF:.0%}",
        "ok": min(short["share"], real["share"]) >= LEAST
        and value["answers_429"] == 0
        and max(real["calls_off"], real["time_off"]) <= MOST_OFF,
    }


def _night(invoices: int, window_seconds: int, milliseconds: int) -> dict[str, Any]:
    """Let a worker book everything; what it made of the limit, and how right the forecast of its first minute was."""
    with institute(invoices, pdf=True, export_mode="realtime") as ours:
        (koppeling,) = ours.json("integration", "list")
        ours.run("integration", "pause", str(koppeling["id"]))
        limits = {"minute": CALLS, "minute_window_seconds": window_seconds, "day": 100_000}
        ours.book.exact.control("limits", limits)
        ours.book.exact.control("latency", {"milliseconds": milliseconds})
        _let_the_minute_end()
        before = len(data_calls(ours))
        ours.start("worker")
        ours.run("integration", "resume", str(koppeling["id"]))
        until(ours.entries, seconds=SECONDS)
        foretold = ours.json("integration", "show", str(koppeling["id"]))["forecast"]
        until(lambda: _booked(ours, invoices), seconds=SECONDS)
        calls = data_calls(ours)[before:]
    of_limit, throttled = share(calls, window_seconds), sum(call["status"] == THROTTLED for call in calls)
    return {"share": of_limit, "throttled": throttled, **_off(foretold, calls)}


def _let_the_minute_end() -> None:
    """The setting up was told of windows of a minute, and no answer may shorten the window that has begun."""
    time.sleep(MINUTE_SECONDS - time.time() % MINUTE_SECONDS + 1)


def _booked(ours: House, invoices: int) -> bool:
    return len(ours.entries()) >= invoices


def share(calls: Sequence[Mapping[str, Any]], window_seconds: int) -> float:
    """Calls in the whole windows (after the one in which the night began, before the last one), of what they allow."""
    windows = Counter(int(_seconds(call["at"]) // window_seconds) for call in calls if call["status"] != THROTTLED)
    whole = range(min(windows) + 1, max(windows))
    if not whole:
        raise RuntimeError("the night took no whole window")
    return round(sum(windows[window] for window in whole) / (CALLS * len(whole)), 4)


def _off(foretold: Mapping[str, Any], calls: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """How far calls and time of the forecast, made while the night had begun, are from what then happened."""
    began, ends = _seconds(foretold["begins_at"]), _seconds(foretold["ends_at"])
    later = [_seconds(call["at"]) for call in calls if _seconds(call["at"]) > began]
    took = max(later) - began
    return {
        "calls_off": round(abs(foretold["exact_calls"] - len(later)) / len(later), 3),
        "time_off": round(abs(ends - began - took) / took, 3),
    }


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
