"""From an empty installation to the first institute: a secret link, good once, while there is nobody who can log in.

Source: service-center.md, "Security, page by page" (secret links: 128 bits, stored hashed, only POST consumes).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from boekbrug.store.models import Role, SetUpLink, User
from boekbrug.store.organisations import NotFound, create_organisation, create_user

SECRET_BYTES = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstPerson:
    """The institute that is made, and who administers it; the password does not show."""

    organisation: str
    mail: str
    password: str = field(repr=False)


def nobody_yet() -> bool:
    """Whether the installation has no user at all."""
    return not User.objects.exists()


def new_set_up_link(*, now: datetime) -> str | None:
    """A fresh secret for the link, which takes the place of an earlier one; None when there are users already."""
    if not nobody_yet():
        SetUpLink.objects.all().delete()
        return None
    secret = secrets.token_urlsafe(SECRET_BYTES)
    SetUpLink.objects.update_or_create(only=True, defaults={"secret_hash": _hash(secret), "made_at": now})
    return secret


def opens_set_up(secret: str) -> bool:
    """Whether this is the secret of the link that may be used now."""
    return nobody_yet() and _fits(secret, SetUpLink.objects.first())


def set_up(secret: str, first: FirstPerson, *, now: datetime) -> int:
    """Make the institute and its beheerder, use the link up, and return the organisation's id.

    The row of the link is locked, so that of two people at once one finds it gone. Raises NotFound for a secret that
    opens nothing (any more), AlreadyThere when the institute's name is taken.
    """
    with transaction.atomic():
        link = SetUpLink.objects.select_for_update().first()
        if not _fits(secret, link) or not nobody_yet():
            raise NotFound("This link was used, or a newer one was made.")
        organisation_id = create_organisation(first.organisation, now=now)
        create_user(first.mail, first.password, role=Role.ADMINISTRATOR, organisation_id=organisation_id)
        SetUpLink.objects.all().delete()
    return organisation_id


def _fits(secret: str, link: SetUpLink | None) -> bool:
    return link is not None and hmac.compare_digest(link.secret_hash, _hash(secret))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
