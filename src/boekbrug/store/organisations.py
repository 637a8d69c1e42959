"""Organisations, their Coachview environment, and the people in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from boekbrug.spoken import Spoken
from boekbrug.store.models import CoachviewVersion, Membership, Organisation, Role, User
from boekbrug.store.options import SavedMeanwhile, organisation_values
from boekbrug.store.secrets import SealBroken, seal, unseal

ENVIRONMENT = ("coachview_url", "coachview_client_id", "profile")
SECRETS = {"coachview_client_secret": "coachview_secret_sealed", "webhook_secret": "webhook_secret_sealed"}
"""Options that are kept sealed, with their columns."""

COACHVIEW_KEYS = (*ENVIRONMENT, *SECRETS)
OPERATOR = "operator"


class NotFound(Spoken, LookupError):
    """There is no such organisation, integration or user."""


class AlreadyThere(Spoken, ValueError):
    """The name or address is taken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CoachviewAccess:
    """How to reach an organisation's Coachview; the secret does not show."""

    organisation_id: int
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    profile: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationShown:
    """An organisation as lists show it."""

    id: int
    name: str
    coachview_url: str
    profile: str
    options: Mapping[str, object]
    fetched_until: datetime | None


def create_organisation(name: str, *, now: datetime) -> int:
    """A new organisation; raises AlreadyThere when the name is taken."""
    try:
        with transaction.atomic():
            return Organisation.objects.create(name=name.strip(), created_at=now).id
    except IntegrityError:
        raise AlreadyThere("There is an institute {name} already.", name=name.strip()) from None


def find_organisation(name_or_id: str) -> int:
    """The organisation of a name, else of an id; raises NotFound."""
    text = name_or_id.strip()
    by_name = Organisation.objects.filter(name=text).values_list("id", flat=True).first()
    if by_name is not None:
        return by_name
    if text.isascii() and text.isdigit() and Organisation.objects.filter(id=int(text)).exists():
        return int(text)
    raise NotFound("There is no institute {name}.", name=text)


def list_organisations() -> tuple[OrganisationShown, ...]:
    """All organisations by name."""
    return tuple(_shown(row) for row in Organisation.objects.order_by("name"))


def show_organisation(organisation_id: int) -> OrganisationShown:
    """One organisation; raises NotFound."""
    return _shown(_row(organisation_id))


def set_coachview(
    organisation_id: int, values: Mapping[str, object], *, who: str, at: datetime, expected_version: int | None = None
) -> int:
    """Set what is given of panel Coachview as a new version, when something differs; the number that now holds.

    An empty client secret leaves the one that is there. Another address, client or profile is another environment:
    what was fetched is read anew, and stays as it is where it is the same. `expected_version` is the version that the
    changes were made from: raises SavedMeanwhile when another one holds.
    """
    with transaction.atomic():
        row = Organisation.objects.select_for_update(no_key=True).get(id=_row(organisation_id).id)
        number = coachview_number(row.id)
        if expected_version not in {None, number}:
            raise SavedMeanwhile
        columns, changes = _coachview_changes(row, values)
        if not changes:
            return number
        if not changes.keys().isdisjoint(ENVIRONMENT):
            columns |= {"fetched_from": None, "fetched_until": None, "fetch_claim": "", "fetch_claim_until": None}
        Organisation.objects.filter(id=row.id).update(**columns)
        saved = CoachviewVersion.objects.create(
            organisation=row, number=number + 1, saved_at=at, saved_by=who[:200], changes=changes
        )
        return saved.number


def coachview_number(organisation_id: int) -> int:
    """How often panel Coachview was saved."""
    rows = CoachviewVersion.objects.filter(organisation_id=organisation_id).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def _coachview_changes(
    row: Organisation, values: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """The columns to write, and what became what; a secret is told only as being there."""
    columns: dict[str, object] = {}
    changes: dict[str, dict[str, object]] = {}
    for key in COACHVIEW_KEYS:
        if key not in values:
            continue
        new, column = str(values[key] or "").strip(), SECRETS.get(key, key)
        old = getattr(row, column)
        if column == key and new != old:
            columns[column], changes[key] = new, {"old": old, "new": new}
        elif column != key and not _same(old, new) and (new or key != "coachview_client_secret"):
            columns[column], changes[key] = seal(new), {"old": bool(old), "new": bool(new)}
    return columns, changes


def _same(sealed: str, secret: str) -> bool:
    """Whether this secret is there already; one that no key opens is another one."""
    try:
        return unseal(sealed) == secret
    except SealBroken:
        return False


def coachview_access(organisation_id: int) -> CoachviewAccess:
    """How to reach the organisation's Coachview, with the secret opened."""
    row = _row(organisation_id)
    return CoachviewAccess(
        organisation_id=row.id,
        url=row.coachview_url,
        client_id=row.coachview_client_id,
        client_secret=unseal(row.coachview_secret_sealed),
        profile=row.profile,
    )


def create_user(mail: str, password: str, *, role: str, organisation_id: int | None = None) -> int:
    """A user with a role in an organisation, or an operator; raises AlreadyThere, or ValueError for an unknown role."""
    if role not in {OPERATOR, *Role.values}:
        raise ValueError(f"no such role: {role}")
    if role != OPERATOR and organisation_id is None:
        raise ValueError(f"{role} is a role in an organisation; say which")
    with transaction.atomic():
        if User.objects.filter(email=mail.strip().lower()).exists():
            raise AlreadyThere("There is a user {mail} already.", mail=mail.strip().lower())
        user = User.objects.create_user(mail, password, is_operator=role == OPERATOR)
        if organisation_id is not None:
            given = Role.ADMINISTRATOR if role == OPERATOR else Role(role)
            Membership.objects.create(organisation_id=_row(organisation_id).id, user=user, role=given)
        return user.id


def same_environment(organisation_id: int) -> list[int]:
    """The organisations that read the same Coachview environment, this one among them."""
    row = _row(organisation_id)
    if not row.coachview_url or not row.coachview_client_id:
        return [row.id]
    same = Q(coachview_url=row.coachview_url, coachview_client_id=row.coachview_client_id)
    return list(Organisation.objects.filter(same | Q(id=row.id)).order_by("id").values_list("id", flat=True))


def _row(organisation_id: int) -> Organisation:
    row = Organisation.objects.filter(id=organisation_id).first()
    if row is None:
        raise NotFound("There is no institute {name}.", name=organisation_id)
    return row


def _shown(row: Organisation) -> OrganisationShown:
    return OrganisationShown(
        id=row.id,
        name=row.name,
        coachview_url=row.coachview_url,
        profile=row.profile,
        options=organisation_values(row.id),
        fetched_until=row.fetched_until,
    )
