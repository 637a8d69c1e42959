"""The webhook of an organisation's Coachview: its secret address, its signature, and the wake-up that it is.

Source: exactly-once.md, "Coachview's side"; options.md, panel Coachview.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from boekbrug.store.models import Integration, IntegrationState, Organisation
from boekbrug.store.organisations import NotFound
from boekbrug.store.secrets import seal, unseal
from boekbrug.store.steps import Lane, lanes, make_due
from boekbrug.sync.ports import Step

ADDRESS_BYTES = 16
SOON = timedelta(seconds=2)
LATER = timedelta(minutes=5)
"""However many wake-ups come, Coachview is read at once, one after the other, while less than a tenth of the day's
calls are used; then at most once in SOON; and when half is used, no more often than it would be without a webhook."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """What panel Coachview shows: the secret part of the address, and whether bodies must be signed."""

    address_secret: str = field(repr=False)
    signed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """A webhook as its caller finds it: whose it is, and the secret that signs (empty: nothing is signed)."""

    organisation_id: int
    secret: str = field(repr=False)
    profile: str


def webhook_of(organisation_id: int) -> Webhook:
    """The organisation's webhook; the first look makes its address. Raises NotFound."""
    return webhook_in(_row(organisation_id))


def webhook_in(row: Organisation) -> Webhook:
    """The webhook of an organisation that was read already; of two first looks at once one makes the address."""
    sealed = row.hook_sealed or _first_address(row)
    return Webhook(address_secret=unseal(sealed), signed=bool(row.webhook_secret_sealed))


def renew_webhook(organisation_id: int) -> str:
    """Another secret address, shown from now on; the old one stops at once. Raises NotFound."""
    with transaction.atomic():
        return _new_address(_locked(organisation_id))


def set_webhook_secret(organisation_id: int, secret: str) -> None:
    """Demand bodies that are signed with this secret; empty: take them unsigned. Raises NotFound."""
    rows = Organisation.objects.filter(id=_row(organisation_id).id)
    rows.update(webhook_secret_sealed=seal(secret.strip()))


def find_hook(address_secret: str) -> Hook | None:
    """The webhook with this secret address; None when there is none (any more)."""
    row = Organisation.objects.filter(hook_hash=_hash(address_secret)).exclude(hook_hash="").first()
    if row is None:
        return None
    return Hook(organisation_id=row.id, secret=unseal(row.webhook_secret_sealed), profile=row.profile)


def wake(organisation_id: int, now: datetime) -> tuple[tuple[int, Lane], ...]:
    """Make fetching due for each administration of the active koppelingen; those to wake now, each with its lane.

    What is due a little later is left to the clock.
    """
    active = Integration.objects.filter(
        organisation_id=organisation_id, state=IntegrationState.ACTIVE, administration__isnull=False
    )
    administrations = sorted(filter(None, set(active.values_list("administration_id", flat=True))))
    at = _earliest(_row(organisation_id), now)
    with transaction.atomic():
        for administration_id in administrations:
            make_due(administration_id, Step.FETCH, at)
    return tuple(lanes(administrations).items()) if at <= now else ()


def _earliest(row: Organisation, now: datetime) -> datetime:
    """When Coachview may be read again because of a webhook: single ones count at once, a flood does not."""
    running = row.coachview_calls_resets_at is not None and row.coachview_calls_resets_at > now
    used, limit = row.coachview_calls_used if running else 0, row.coachview_calls_limit
    if row.fetched_until is None or used * 10 < limit:
        return now
    return max(now, min(row.fetched_until, now) + (LATER if used * 2 >= limit else SOON))


def _first_address(row: Organisation) -> str:
    """The sealed address that holds from now on: this one, or the one that somebody else made a moment ago."""
    address = secrets.token_hex(ADDRESS_BYTES)
    sealed, missing = seal(address), Organisation.objects.filter(id=row.id, hook_sealed="")
    if missing.update(hook_sealed=sealed, hook_hash=_hash(address)):
        return sealed
    return _row(row.id).hook_sealed


def _new_address(row: Organisation) -> str:
    address = secrets.token_hex(ADDRESS_BYTES)
    Organisation.objects.filter(id=row.id).update(hook_sealed=seal(address), hook_hash=_hash(address))
    return address


def _hash(address_secret: str) -> str:
    return hashlib.sha256(address_secret.encode("utf-8", "replace")).hexdigest()


def _row(organisation_id: int) -> Organisation:
    row = Organisation.objects.filter(id=organisation_id).first()
    if row is None:
        raise NotFound("There is no institute {name}.", name=organisation_id)
    return row


def _locked(organisation_id: int) -> Organisation:
    return Organisation.objects.select_for_update(no_key=True).get(id=_row(organisation_id).id)
