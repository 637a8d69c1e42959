"""The login at Exact: consent, code, and the chain of single-use refresh tokens (exact-rest.md 1, exactly-once.md).

The chain is kept alive by five rules: refresh at expiry or after a 401, never before 570 s; one refresh at a time
per login; nobody offers a token again while its answer may still come; the new pair is stored before it is used;
only `invalid_grant`, or an old refresh token without a newer one, ends the login - an outage never does.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from boekbrug.exact.exchange import NETWORK_ERRORS, Answer, AnswerTooLarge, Time, exchange
from boekbrug.exact.failures import NEVER_SENT, Call, failure_of_answer
from boekbrug.exact.sites import ExactSite
from boekbrug.sync.failures import OK, Broken, NotAllowed, OutsideFailure, Throttled, Unreachable, result_of

LIFE = timedelta(seconds=600)
MARGIN = timedelta(seconds=5)
NOT_BEFORE = timedelta(seconds=570)
STILL_GOOD = timedelta(seconds=60)
LARGEST_TOKEN_BYTES = 64 * 1024
LONGEST_LIFE_SECONDS = 86_400
WAIT_SECONDS = 0.25
MOST_WAITS = 40
CALL = Call(method="GET", endpoint="oauth2/token")


class StoredTokens(Protocol):
    """A token pair as the store gives it."""

    @property
    def access(self) -> str:
        """The access token."""

    @property
    def refresh(self) -> str:
        """The single-use refresh token."""

    @property
    def issued_at(self) -> datetime:
        """When Exact gave the pair."""

    @property
    def expires_at(self) -> datetime:
        """When the access token ends."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """A token pair; neither secret shows."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime


class TokenStore(Protocol):
    """Where the pair of one login is kept; each method is one committed transaction."""

    def read(self) -> StoredTokens | None:
        """The pair, or None when nobody is logged in."""

    def start_refresh(self, old_refresh: str, now: datetime) -> bool:
        """Claim the one refresh of this token.

        False when the token is another one now, or when another's claim is younger than 75 seconds.
        """

    def finish_refresh(self, old_refresh: str, new: Tokens) -> bool:
        """Store the new pair and end the claim, if the token is still the old one."""

    def abandon_refresh(self, old_refresh: str) -> None:
        """End the claim: it is certain that the token was not used."""

    def disconnected(self, reason: str) -> None:
        """Forget the pair: Exact has ended the login."""


class JustObtained:
    """A token store for the minutes between a consent and its being kept: the pair is used and never refreshed."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def read(self) -> Tokens:
        """The pair."""
        return self._tokens

    def start_refresh(self, old_refresh: str, now: datetime) -> bool:
        """Nobody may refresh what is not kept yet."""
        del old_refresh, now
        return False

    def finish_refresh(self, old_refresh: str, new: Tokens) -> bool:
        """Never: no refresh was started."""
        del old_refresh, new
        return False

    def abandon_refresh(self, old_refresh: str) -> None:
        """No refresh was started."""

    def disconnected(self, reason: str) -> None:
        """Nothing was connected yet."""


class TokenCalls:
    """The token endpoint of one site."""

    def __init__(
        self,
        site: ExactSite,
        http: httpx2.Client,
        clock: Time,
        *,
        count: Callable[[str], None] = lambda _result: None,
    ) -> None:
        self._site, self._http, self._clock, self._count = site, http, clock, count

    def authorise_address(self, state: str, *, force_login: bool = False) -> str:
        """Where a person logs in and consents; `state` comes back unchanged."""
        query = {
            "client_id": self._site.app.client_id,
            "redirect_uri": self._site.app.redirect_address,
            "response_type": "code",
            "state": state,
            "force_login": "1" if force_login else "0",
        }
        return f"{self._site.authorise_address}?{urlencode(query)}"

    def exchange_code(self, code: str) -> Tokens:
        """The first pair for a code, decoded once; a code counts once and for about 3 minutes."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._site.app.redirect_address}
        try:
            answer = self.ask(form)
        except (*NETWORK_ERRORS, AnswerTooLarge) as error:
            raise Unreachable(f"{CALL.endpoint}: {type(error).__name__}") from error
        if answer.status in {400, 401} and error_of(answer)[0] in {"invalid_request", "invalid_grant"}:
            raise NotAllowed("code-refused", f"{CALL.endpoint}: {' '.join(error_of(answer))}")
        return self.tokens_of(answer)

    def refresh(self, old_refresh: str) -> Answer:
        """Offer the refresh token; the errors of the way are httpx2's."""
        return self.ask({"grant_type": "refresh_token", "refresh_token": old_refresh})

    def ask(self, form: dict[str, str]) -> Answer:
        """POST a form with the app's own secrets."""
        app = self._site.app
        data = {"client_id": app.client_id, "client_secret": app.client_secret, **form}
        headers = {"Accept": "application/json"}
        request = self._http.build_request("POST", self._site.token_address, data=data, headers=headers)
        try:
            answer = exchange(self._http, request, clock=self._clock, largest_bytes=LARGEST_TOKEN_BYTES)
        except Exception:
            self._count(result_of(Unreachable))
            raise
        self._count(self._result(answer))
        return answer

    def _result(self, answer: Answer) -> str:
        """How a token call ended; a 400 tells of the token or the code that was offered, not of our question."""
        if 200 <= answer.status < 300:
            return OK if _has_tokens(_object(answer)) else result_of(Unreachable)
        if answer.status in {400, 401}:
            return result_of(NotAllowed)
        return result_of(type(_token_failure(answer, self._clock.now())))

    def tokens_of(self, answer: Answer) -> Tokens:
        """The pair in an answer, or the failure that it is."""
        if 200 <= answer.status < 300:
            return parse_tokens(answer, self._clock.now())
        raise _token_failure(answer, self._clock.now())


def code_of(return_address: str) -> tuple[str, str]:
    """The code, decoded once, and the state of the address that Exact sent the person back to.

    Raises NotAllowed when there is no code in it: the person refused, or it is another address.
    """
    query = parse_qs(urlsplit(return_address.strip()).query)
    code, state = query.get("code", [""])[0], query.get("state", [""])[0]
    if not code:
        raise NotAllowed("consent-refused", query.get("error", ["no code in the address"])[0][:100])
    return code, state


def parse_tokens(answer: Answer, now: datetime) -> Tokens:
    """The pair in a good answer; `expires_in` is text or a number (exact-rest.md 1.3). Raises Unreachable."""
    body = _object(answer)
    if not _has_tokens(body):
        # Never part of a message: what is no good token may still be somebody's.
        raise Unreachable(f"{CALL.endpoint}: the answer holds no tokens")
    expires_at = now + _life(body.get("expires_in"))
    return Tokens(access=body["access_token"], refresh=body["refresh_token"], issued_at=now, expires_at=expires_at)


def _has_tokens(body: Mapping[str, Any]) -> bool:
    return _token(body.get("access_token")) and _token(body.get("refresh_token"))


def _token(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())


def _life(value: Any) -> timedelta:
    text = str(value).strip()
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    return timedelta(seconds=seconds) if 0 < seconds <= LONGEST_LIFE_SECONDS else LIFE


def error_of(answer: Answer) -> tuple[str, str]:
    """The error and its description of a refused token call; empty texts when there are none."""
    body = _object(answer)
    error, description = body.get("error"), body.get("error_description")
    return (
        error if isinstance(error, str) else "",
        description[:200] if isinstance(description, str) else "",
    )


def _object(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _token_failure(answer: Answer, now: datetime) -> OutsideFailure:
    """A token call that failed and says nothing about the token itself."""
    error, description = error_of(answer)
    if answer.status in {400, 401} and error in {"invalid_client", "unauthorized_client"}:
        return NotAllowed("app-refused", f"{CALL.endpoint}: {error} {description}")
    # Without the body: whatever it is, it may hold a token.
    failure = failure_of_answer(CALL, replace(answer, content=b""), now)
    if isinstance(failure, Throttled | NotAllowed | Broken):
        return failure
    return Unreachable(f"{CALL.endpoint}: status {answer.status}")


class Login:
    """The login of one administration's user: gives an access token that is good for a call that starts now."""

    def __init__(self, calls: TokenCalls, store: TokenStore, clock: Time) -> None:
        self._calls, self._store, self._clock = calls, store, clock
        self._held: StoredTokens | None = None

    def access(self) -> str:
        """An access token with more than 5 seconds left; refreshes at or after expiry, one worker at a time."""
        return self._good(lambda tokens, now: now < tokens.expires_at - MARGIN)

    def refused(self, access: str) -> str | None:
        """Another access token after a 401, or None when the one we have is fresh: then we are not allowed.

        A token younger than 570 seconds is never refreshed; a newer one that another worker stored is used.
        """
        self._held = self._read()
        if self._held.access != access:
            return self.access()
        if self._clock.now() < self._held.issued_at + NOT_BEFORE:
            return None
        other = self._good(lambda tokens, _: tokens.access != access, due=True)
        return None if other == access else other

    def refreshable_at(self) -> datetime | None:
        """When the token that was refused may be refreshed: it may have ended early at Exact."""
        return self._held.issued_at + NOT_BEFORE if self._held is not None else None

    def _good(self, good: Callable[[StoredTokens, datetime], bool], *, due: bool = False) -> str:
        for _ in range(MOST_WAITS):
            if self._held is not None and good(self._held, self._clock.now()):
                return self._held.access
            self._held = self._read()
            now = self._clock.now()
            if good(self._held, now):
                return self._held.access
            if not due and now < self._held.expires_at:
                self._clock.wait((self._held.expires_at - now).total_seconds())
            elif not self._store.start_refresh(self._held.refresh, now):
                self._clock.wait(WAIT_SECONDS)
            else:
                self._held = self._refresh(self._held)
                return self._held.access
        raise Unreachable(f"{CALL.endpoint}: another worker's refresh has no answer yet")

    def _read(self) -> StoredTokens:
        tokens = self._store.read()
        if tokens is None:
            raise NotAllowed("not-connected")
        return tokens

    def _refresh(self, old: StoredTokens) -> StoredTokens:
        """Offer the token that we claimed. An answer that is lost leaves the claim: it may have been used."""
        try:
            answer = self._calls.refresh(old.refresh)
        except NEVER_SENT as error:
            self._store.abandon_refresh(old.refresh)
            raise Unreachable(f"{CALL.endpoint}: {type(error).__name__}") from error
        except (*NETWORK_ERRORS, AnswerTooLarge) as error:
            raise Unreachable(f"{CALL.endpoint}: {type(error).__name__}, offered again after 75 seconds") from error
        if 200 <= answer.status < 300:
            new = parse_tokens(answer, self._clock.now())
            return new if self._store.finish_refresh(old.refresh, new) else self._read()
        return self._not_refreshed(old, answer)

    def _not_refreshed(self, old: StoredTokens, answer: Answer) -> StoredTokens:
        error, description = error_of(answer)
        if error == "invalid_grant":
            return self._ended(old)
        if "old refresh token" in description.casefold():
            newer = self._store.read()
            return newer if newer is not None and newer.refresh != old.refresh else self._ended(old)
        if answer.status >= 500 or answer.status == 408:
            # Exact may have used the token before it failed: the claim stays, so nobody offers it for 75 seconds.
            raise _token_failure(answer, self._clock.now())
        self._store.abandon_refresh(old.refresh)
        if _too_early(answer, description):
            until = max(old.expires_at, self._clock.now() + STILL_GOOD)
            return replace(_plain(old), expires_at=until)
        raise _token_failure(answer, self._clock.now())

    def _ended(self, old: StoredTokens) -> StoredTokens:
        newer = self._store.read()
        if newer is not None and newer.refresh != old.refresh:
            return newer
        self._store.disconnected("invalid-grant")
        raise NotAllowed("invalid-grant", f"{CALL.endpoint}: Exact has ended the login")


def _too_early(answer: Answer, description: str) -> bool:
    reason = (answer.headers.get("Reason") or "").casefold()
    return "tooearlytorefresh" in reason or "not expired" in description.casefold()


def _plain(tokens: StoredTokens) -> Tokens:
    return Tokens(
        access=tokens.access, refresh=tokens.refresh, issued_at=tokens.issued_at, expires_at=tokens.expires_at
    )
