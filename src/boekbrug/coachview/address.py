"""Which addresses an institute may give as its Coachview (options.md, panel Coachview).

Nothing of ours is sent anywhere else.
"""

from urllib.parse import urlsplit

import httpx2

from boekbrug.coachview.connection import origin_of
from boekbrug.coachview.profile import Profile
from boekbrug.domain.option_values import Refusal

KEY = "coachview_url"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PATIENCE_SECONDS = 5.0


def unusable(address: str, *, allowed: bool, hosts: tuple[str, ...]) -> Refusal | None:
    """Why an address is refused before anybody asks it; `allowed` says whether its host is one of `hosts`."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if not host or parts.scheme not in {"http", "https"}:
            return Refusal(key=KEY, code="coachview-not-an-address")
        origin_of(address)
    except ValueError:
        plain = address.startswith("http://")
        return Refusal(key=KEY, code="coachview-not-https" if plain else "coachview-not-an-address")
    if allowed:
        return None
    return Refusal(key=KEY, code="coachview-host", values=(("host", host), ("hosts", ", ".join(hosts))))


def led_elsewhere(address: str, profile: Profile, *, transport: httpx2.BaseTransport | None = None) -> Refusal | None:
    """Refused: an environment that sends us on to another one. One that does not answer now is taken as it is."""
    place = address.rstrip("/") + profile.base.rstrip("/") + "/" + profile.invoices.path.lstrip("/")
    try:
        with (
            httpx2.Client(transport=transport, timeout=PATIENCE_SECONDS, follow_redirects=False) as client,
            client.stream("GET", place) as answer,
        ):
            target = answer.headers.get("Location", "") if answer.status_code in REDIRECTS else ""
            url = answer.request.url.join(target)
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError):
        return None
    if not target or _origin(str(url)) == origin_of(address):
        return None
    return Refusal(key=KEY, code="coachview-redirects", values=(("host", url.host or target[:100]),))


def _origin(address: str) -> str:
    """Scheme, host and port; empty for what is no address of Coachview."""
    try:
        return origin_of(address.partition("?")[0].partition("#")[0])
    except ValueError:
        return ""
