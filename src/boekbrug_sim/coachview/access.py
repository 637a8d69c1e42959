"""Who may ask what: the token endpoint (client credentials), bearer tokens, scopes. Source: coachview.md 4.1."""

import base64
import binascii
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CLIENT_ID = "cv-client"
CLIENT_SECRET = "cv-secret"  # noqa: S105 - the practice account of the documentation
BASE_SCOPE = "api"


class TokenRefused(Exception):
    """The token endpoint says no, in the words of OAuth."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a token may do."""

    scopes: frozenset[str]

    def may(self, entity: str, verb: str) -> bool:
        """Whether the scope `<Entity>.<verb>` was granted, or one of several entities joined with underscores."""
        return any(f"{entity}.{verb}".lower() in _parts(scope) for scope in self.scopes)


class Access:
    """Tokens that were handed out; they are kept with the data."""

    def __init__(self, database: sqlite3.Connection, scopes: tuple[str, ...]) -> None:
        self._database = database
        self._scopes = scopes
        self._known = {part for scope in scopes for part in _parts(scope)}

    def grant(
        self, form: Mapping[str, str], now: float, *, withheld: frozenset[str], seconds: float
    ) -> dict[str, object]:
        """The answer of the token endpoint; without `scope` the client gets all that it has."""
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused("unsupported_grant_type" if form.get("grant_type") else "invalid_request")
        known = secrets.compare_digest(form.get("client_id", "").encode(), CLIENT_ID.encode())
        right = secrets.compare_digest(form.get("client_secret", "").encode(), CLIENT_SECRET.encode())
        if not (known and right):
            raise TokenRefused("invalid_client")
        asked = form.get("scope", "").split() or list(self._scopes)
        if any(not _parts(scope) <= self._known for scope in asked):
            raise TokenRefused("invalid_scope")
        granted = [scope for scope in asked if scope not in withheld]
        token = secrets.token_urlsafe(48)
        self._database.execute("delete from token where ends < ?", [now])
        self._database.execute("insert into token values (?, ?, ?)", [token, " ".join(granted), now + seconds])
        return {
            "access_token": token,
            "expires_in": int(seconds),
            "token_type": "Bearer",
            "scope": " ".join(granted),
        }

    def holder(self, header: str, now: float) -> Grant | None:
        """What the bearer of an Authorization header may do; None when the token is unknown or too old."""
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or not token.isascii():
            return None
        row = self._database.execute(
            "select scopes from token where token = ? and ends > ?", [token.strip(), now]
        ).fetchone()
        return Grant(scopes=frozenset(row[0].split())) if row else None

    def forget(self) -> None:
        """Make every token invalid."""
        self._database.execute("delete from token")


def token_form(pairs: Iterable[tuple[str, str]], header: str) -> dict[str, str]:
    """The form of a token request, with client id and secret of a Basic header when they came that way."""
    form: dict[str, str] = {}
    for name, value in pairs:
        if name in form:
            raise TokenRefused("invalid_request")
        form[name] = value
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return form
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise TokenRefused("invalid_client") from None
    return {**form, "client_id": name, "client_secret": secret}


def _parts(scope: str) -> set[str]:
    """`Facturen_Debiteuren.Lezen` as the scopes that it joins, in small letters."""
    entities, dot, verb = scope.lower().rpartition(".")
    return {f"{entity}.{verb}" for entity in entities.split("_")} if dot else {scope.lower()}
