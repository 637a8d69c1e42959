"""Who may ask what: the token endpoint (client credentials), bearer tokens, scopes. Source: coachview.md 4.1."""

import base64
import binascii
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

CLIENT_ID = "cv-client"
CLIENT_SECRET = "cv-secret"  # noqa: S105 - the practice account of the documentation
LIFETIME_SECONDS = 3600
BASE_SCOPE = "api"


class TokenRefused(Exception):
    """The token endpoint says no, in the words of OAuth."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a token may do."""

    scopes: frozenset[str]

    def may(self, entity: str, verb: str) -> bool:
        """Whether the scope `<Entity>.<verb>` was granted, or one of several entities joined with underscores."""
        for scope in self.scopes:
            entities, _, right = scope.lower().rpartition(".")
            if right == verb.lower() and entity.lower() in entities.split("_"):
                return True
        return False


class Access:
    """Tokens that were handed out; they are kept with the data."""

    def __init__(self, database: sqlite3.Connection, scopes: tuple[str, ...]) -> None:
        self._database = database
        self._scopes = scopes

    def grant(self, form: Mapping[str, str], now: float, *, withheld: frozenset[str]) -> dict[str, object]:
        """The answer of the token endpoint; without `scope` the client gets all that it has."""
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused("unsupported_grant_type")
        known = secrets.compare_digest(form.get("client_id", "").encode(), CLIENT_ID.encode())
        right = secrets.compare_digest(form.get("client_secret", "").encode(), CLIENT_SECRET.encode())
        if not (known and right):
            raise TokenRefused("invalid_client")
        asked = form.get("scope", "").split() or list(self._scopes)
        if not set(asked) <= set(self._scopes):
            raise TokenRefused("invalid_scope")
        granted = [scope for scope in asked if scope not in withheld]
        token = secrets.token_urlsafe(48)
        self._database.execute("delete from token where ends < ?", [now])
        self._database.execute("insert into token values (?, ?, ?)", [token, " ".join(granted), now + LIFETIME_SECONDS])
        return {
            "access_token": token,
            "expires_in": LIFETIME_SECONDS,
            "token_type": "Bearer",
            "scope": " ".join(granted),
        }

    def holder(self, header: str, now: float) -> Grant | None:
        """What the bearer of an Authorization header may do; None when the token is unknown or too old."""
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer":
            return None
        row = self._database.execute(
            "select scopes from token where token = ? and ends > ?", [token.strip(), now]
        ).fetchone()
        return Grant(scopes=frozenset(row[0].split())) if row else None

    def forget(self) -> None:
        """Make every token invalid."""
        self._database.execute("delete from token")


def credentials(form: Mapping[str, str], header: str) -> dict[str, str]:
    """The form with client id and secret of a Basic header, when they came that way."""
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return dict(form)
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return dict(form)
    return {**form, "client_id": name, "client_secret": secret}
