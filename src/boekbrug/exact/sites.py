"""The Exact site that an administration lives on, with our app there and the addresses below its base.

Everything hangs under one base per country (exact-rest.md 1.1); the practice book is one more base.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True, slots=True)
class App:
    """Our registration at Exact: the redirect address is exactly the registered one (exact-rest.md 1.2)."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExactSite:
    """One site with our app; `base` is its origin, without a slash at the end."""

    base: str
    app: App

    @property
    def authorise_address(self) -> str:
        """Where a person gives consent."""
        return f"{self.base}/api/oauth2/auth"

    @property
    def token_address(self) -> str:
        """Where codes and refresh tokens are exchanged."""
        return f"{self.base}/api/oauth2/token"

    @property
    def me_address(self) -> str:
        """The only data path without a division (exact-rest.md 3.1)."""
        return f"{self.base}/api/v1/current/Me"

    def data_address(self, division: int, path: str) -> str:
        """The address of a data path such as `crm/Accounts` in a division."""
        return f"{self.base}/api/v1/{division}/{path}"

    def owns(self, address: str) -> bool:
        """Whether `address` has this site's origin: no other one ever gets our token."""
        try:
            return origin_of(address) == self.base
        except ValueError:
            return False


def exact_site(*, address: str, client_id: str, client_secret: str, redirect_address: str) -> ExactSite:
    """The site at `address`, a value of the settings; raises ValueError for one that we do not send secrets to."""
    parts = urlsplit(address.strip())
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"the address of Exact has more than a host: {address!r}")
    app = App(client_id=client_id, client_secret=client_secret, redirect_address=redirect_address)
    return ExactSite(base=origin_of(address), app=app)


def origin_of(address: str) -> str:
    """Scheme, host and port in one spelling; only https, and http to this machine itself (the practice book)."""
    parts = urlsplit(address.strip())
    host = (parts.hostname or "").lower()
    if parts.username is not None or parts.password is not None or not host:
        raise ValueError("not the address of an Exact site")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise ValueError(f"the address of Exact must begin with https: {host}")
    usual = {"https": 443, "http": 80}[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port not in {None, usual} else "")


def entry_page(origin: str, division: int, entry_id: str) -> str:
    """Where a person sees one entry in his browser.

    INFERRED: Exact describes no such address (docs/decisions/0012-entry-page.md); this is the only place that knows it.
    """
    query = urlencode({"EntryID": f"{{{entry_id}}}", "_Division_": division})
    return f"{origin}/docs/FinEntryView.aspx?{query}"
