"""Logins at Exact: where a single-use token pair is kept, and the one refresh at a time (exactly-once.md, "Tokens")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Protocol

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from boekbrug.store.koppelingen import GREEN, RED, show
from boekbrug.store.models import Integration, Login
from boekbrug.store.options import options_of
from boekbrug.store.records import storable_text
from boekbrug.store.secrets import seal, unseal
from boekbrug.sync.failures import Throttled

CLAIM = timedelta(seconds=75)
UNUSED = timedelta(days=20)
MOST_TOKEN_CALLS = 200


class NewTokens(Protocol):
    """A pair as Exact gave it; exact.oauth makes them."""

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
class Pair:
    """The stored pair; neither secret shows."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime


class LoginTokens:
    """The token store of one login; each method is one transaction, none is open during a call."""

    def __init__(self, login_id: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._login_id, self._now = login_id, now
        self._read_mark = ""

    def read(self) -> Pair | None:
        """The pair, or None when nobody is logged in."""
        row = Login.objects.filter(id=self._login_id).first()
        self._read_mark = row.refresh_mark if row else ""
        if row is None or not row.refresh_mark or row.obtained_at is None or row.expires_at is None:
            return None
        return Pair(
            access=unseal(row.access_token_sealed),
            refresh=unseal(row.refresh_token_sealed),
            issued_at=row.obtained_at,
            expires_at=row.expires_at,
        )

    def start_refresh(self, old_refresh: str, now: datetime) -> bool:
        """Claim the one refresh of this token; False when it is another one now, or a claim is younger than 75 s.

        Raises Throttled when the login has had its token calls of today (exact-rest.md 1.3).
        """
        today = now.astimezone(UTC).date()
        free = Q(refresh_started__isnull=True) | Q(refresh_started__lte=now - CLAIM)
        spent = Q(token_calls_on=today, token_calls__gte=MOST_TOKEN_CALLS)
        rows = self._with(old_refresh).filter(free)
        count = Case(When(token_calls_on=today, then=F("token_calls") + 1), default=1)
        if rows.exclude(spent).update(refresh_started=now, token_calls=count, token_calls_on=today) == 1:
            return True
        if rows.filter(spent).exists():
            until = datetime.combine(today + timedelta(days=1), time(), tzinfo=UTC)
            raise Throttled(until, f"{MOST_TOKEN_CALLS} token calls today")
        return False

    def finish_refresh(self, old_refresh: str, new: NewTokens) -> bool:
        """Store the new pair and end the claim, if the token is still the old one."""
        return self._with(old_refresh).update(**_columns(new)) == 1

    def abandon_refresh(self, old_refresh: str) -> None:
        """End the claim: it is certain that the token was not used."""
        self._with(old_refresh).update(refresh_started=None)

    def disconnected(self, reason: str) -> None:
        """Forget the pair that was read last, and show why; a pair that came since then stays."""
        with transaction.atomic():
            rows = Login.objects.filter(id=self._login_id, refresh_mark=self._read_mark)
            at = self._now()
            if rows.update(**_NO_TOKENS, refused_reason=reason[:100], refused_at=at):
                show("exact", RED, at, Q(login_id=self._login_id), reason=reason)

    def _with(self, refresh: str) -> QuerySet[Login]:
        return Login.objects.filter(id=self._login_id, refresh_mark=_mark(refresh))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Whose consent it is, and which administrations it reaches: their numbers with their names."""

    organisation_id: int
    divisions: Mapping[int, str]


def keep_login(site: str, client_id: str, tokens: NewTokens, *, exact_user: str, reach: Reach, now: datetime) -> int:
    """Keep the pair of a new consent: the same user's login on the same site is renewed, else a new one; its id.

    A login that somebody else's koppeling uses, or one for an administration that the new consent does not reach,
    stays as it is: names of users are not unique, and people consent for some administrations only.
    """
    with transaction.atomic():
        known = Login.objects.select_for_update().filter(site=site, client_id=client_id, exact_user=exact_user)
        rows = known.exclude(exact_user="").order_by("id")
        row = next((row for row in rows if _replaceable(row, reach)), None)
        if row is None:
            row = Login(site=site, client_id=client_id, exact_user=exact_user, created_at=now)
        kept = {"refused_reason": "", "refused_at": None, "reaches": _reaches(reach.divisions)}
        for name, value in (_columns(tokens) | kept).items():
            setattr(row, name, value)
        row.save()
        show("exact", GREEN, now, Q(login_id=row.id))
        return row.id


def _replaceable(row: Login, reach: Reach) -> bool:
    """Whether everybody who uses this login is as well served by the new consent."""
    users = Integration.objects.filter(login=row).values_list("id", "organisation_id")
    return all(
        organisation_id == reach.organisation_id
        and options_of(integration_id).options.division in {None, *reach.divisions}
        for integration_id, organisation_id in users
    )


def keep_reach(login_id: int, divisions: Mapping[int, str]) -> None:
    """Which administrations the login reaches by now."""
    Login.objects.filter(id=login_id).update(reaches=_reaches(divisions))


def _reaches(divisions: Mapping[int, str]) -> dict[str, str]:
    return {str(number): storable_text(name) for number, name in sorted(divisions.items())}


def has_tokens(login_id: int) -> bool:
    """Whether somebody is logged in."""
    return Login.objects.exclude(refresh_mark="").filter(id=login_id).exists()


def forget_login(login_id: int) -> None:
    """Forget the tokens of a login that no integration uses any more."""
    Login.objects.filter(id=login_id, integrations__isnull=True).update(**_NO_TOKENS)


def unused_logins(now: datetime, limit: int) -> tuple[tuple[int, str], ...]:
    """Logins, with their sites, whose pair is 20 days old, oldest first: the chain would end at 30."""
    rows = Login.objects.exclude(refresh_mark="").filter(obtained_at__lte=now - UNUSED)
    return tuple(rows.order_by("obtained_at", "id").values_list("id", "site")[:limit])


def _mark(refresh: str) -> str:
    """A digest by which tokens are compared; the token itself is 128 random bits or more."""
    return sha256(refresh.encode()).hexdigest() if refresh else "none"


def _columns(tokens: NewTokens) -> dict[str, object]:
    return {
        "access_token_sealed": seal(tokens.access),
        "refresh_token_sealed": seal(tokens.refresh),
        "refresh_mark": _mark(tokens.refresh),
        "obtained_at": tokens.issued_at,
        "expires_at": tokens.expires_at,
        "refresh_started": None,
    }


_NO_TOKENS = {
    "access_token_sealed": "",
    "refresh_token_sealed": "",
    "refresh_mark": "",
    "obtained_at": None,
    "expires_at": None,
    "refresh_started": None,
}
