"""Who may call what how often: limits with their headers, and the block after too many errors.

Source: exact-rest.md 2.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from boekbrug_sim.control import Allowance, Clock, Switches, Verdict

ERRORS_ALLOWED = 10
BLOCK_SECONDS = 3600
LONGEST_BLOCK_SECONDS = 86_400

Place = tuple[str, str, int, str]  # app, user, company, endpoint


def minute_headers(allowance: Allowance) -> dict[str, str]:
    """The headers of the minute limit; the reset is in milliseconds."""
    return {
        "X-RateLimit-Minutely-Limit": str(allowance.limit),
        "X-RateLimit-Minutely-Remaining": str(allowance.remaining),
        "X-RateLimit-Minutely-Reset": str(round(allowance.reset * 1000)),
    }


def day_headers(allowance: Allowance) -> dict[str, str]:
    """The headers of the day limit."""
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(round(allowance.reset * 1000)),
    }


def headers_of(verdict: Verdict) -> dict[str, str]:
    """All headers on an ordinary answer; only those of the limit that was hit on a 429."""
    if verdict.tripped == "minute":
        return minute_headers(verdict.minute)
    if verdict.tripped == "day":
        return day_headers(verdict.day)
    return day_headers(verdict.day) | minute_headers(verdict.minute)


def throttled(headers: dict[str, str], switches: Switches) -> web.Response:
    """429 with an empty body; switches add a text, or the seconds until the reset, which were not seen (8)."""
    if switches["retry_after"]:
        reset = next(int(value) for name, value in headers.items() if name.endswith("-Reset"))
        headers = headers | {"Retry-After": str(max(1, -(-(reset - int(time.time() * 1000)) // 1000)))}
    if switches["throttled_body"] == "json":
        body = {"error": {"code": "", "message": {"lang": "", "value": "Too many requests."}}}
        return web.json_response(body, status=429, headers=headers)
    return web.Response(status=429, headers=headers)


@dataclass(kw_only=True)
class ErrorBlock:
    """Counts errors per place within the last hour; more than ten of them block the place for an hour.

    A place that is blocked again is blocked for longer: twice as long each time, a day at most (the factor is guessed).
    """

    clock: Clock
    seconds: Callable[[], float] = lambda: BLOCK_SECONDS
    _seen: dict[Place, deque[float]] = field(default_factory=dict)
    _until: dict[Place, float] = field(default_factory=dict)
    _blocks: dict[Place, int] = field(default_factory=dict)

    def note(self, place: Place) -> None:
        """One more answer of 400, 401, 403 or 404."""
        now = self.clock.timestamp()
        seen = self._seen.setdefault(place, deque(maxlen=ERRORS_ALLOWED + 1))
        seen.append(now)
        if len(seen) > ERRORS_ALLOWED and now - seen[0] < BLOCK_SECONDS:
            before = self._blocks.get(place, 0)
            self._blocks[place] = before + 1
            longest = max(LONGEST_BLOCK_SECONDS, self.seconds())
            self._until[place] = now + min(self.seconds() * 2**before, longest)
            seen.clear()

    def is_blocked(self, place: Place) -> bool:
        """Whether this place is blocked now."""
        until = self._until.get(place)
        return until is not None and self.clock.timestamp() < until

    def blocked(self) -> list[Place]:
        """All places that are blocked now."""
        return [place for place in self._until if self.is_blocked(place)]

    def reset(self) -> None:
        """Forget everything."""
        self._seen.clear()
        self._until.clear()
        self._blocks.clear()
