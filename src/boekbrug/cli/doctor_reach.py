"""What `doctor` sees of the outside parties: whether they answer, and whether our clock agrees with theirs."""

import socket
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx2

from boekbrug.cli.finding import Finding, State
from boekbrug.cli.language import _
from boekbrug.cli.moment import now, now_here
from boekbrug.settings import SITES, Settings

REACH_SECONDS = 3.0
SKEW_SEEN_SECONDS = 5.0
SKEW_WRONG_SECONDS = 30.0
"""An intent may be sent for 10 seconds, and a token counts for 600: more than this breaks both."""


def reached(ours: Settings, coachview: Iterable[str] = ()) -> Iterator[Finding]:
    """Whether somebody listens at each Exact that is set up, and at each institute's Coachview; nothing is sent.

    Without an institute the hosts of the settings stand for Coachview.
    """
    addresses = [ours.exact_app(site).url for site in SITES if ours.exact_app(site).complete]
    hosts = [f"https://{host}" for host in ours.coachview_hosts if "*" not in host]
    for address in dict.fromkeys((*addresses, *(tuple(coachview) or hosts))):
        yield _reach(address)


def _reach(address: str) -> Finding:
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((host, port), timeout=REACH_SECONDS).close()
    except OSError as error:
        text = _("{host} cannot be reached ({error})", host=f"{host}:{port}", error=error)
        return Finding(subject="reach", state="warning", text=text)
    return Finding(subject="reach", state="ok", text=f"{host}:{port}")


def clocks(
    ours: Settings, *, clock: Callable[[], datetime] = now_here, transport: httpx2.BaseTransport | None = None
) -> Iterator[Finding]:
    """How far our clock is from that of each Exact, by the `Date` of an answer to nobody in particular."""
    for address in dict.fromkeys(ours.exact_app(site).url for site in SITES if ours.exact_app(site).complete):
        found = _skew(address, clock, transport)
        if found is not None:
            yield found


def _skew(address: str, clock: Callable[[], datetime], transport: httpx2.BaseTransport | None) -> Finding | None:
    """None when it does not answer, or says no time: `reached` has told the first."""
    try:
        with httpx2.Client(transport=transport, timeout=REACH_SECONDS, trust_env=False) as http:
            before = clock()
            date = http.head(address).headers.get("Date")
            middle = before + (clock() - before) / 2
        theirs = parsedate_to_datetime(date or "").astimezone(UTC)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, TypeError):
        return None
    return _apart((middle - theirs).total_seconds(), urlsplit(address).hostname or "")


def database_clock(
    host: str, *, theirs: Callable[[], datetime] = now, clock: Callable[[], datetime] = now_here
) -> Finding:
    """How far our clock is from the database's, which is the clock of the house (docs/decisions/0016)."""
    before = clock()
    moment = theirs()
    return _apart((before + (clock() - before) / 2 - moment).total_seconds(), host)


def _apart(seconds: float, host: str) -> Finding:
    off = abs(seconds)
    state: State = "wrong" if off > SKEW_WRONG_SECONDS else "warning" if off > SKEW_SEEN_SECONDS else "ok"
    if state == "ok":
        return Finding(subject="clock", state=state, text=_("agrees with {host}", host=host))
    shown = f"{seconds:+.0f}"
    text = _("{seconds} seconds from {host}: let this machine follow a time server", seconds=shown, host=host)
    return Finding(subject="clock", state=state, text=text)
