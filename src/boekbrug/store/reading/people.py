"""Who belongs where."""

from dataclasses import dataclass

from boekbrug.store.models import Membership


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipRow:
    """A person's role in an organisation: beheerder, financieel or meekijker."""

    organisation_id: int
    organisation: str
    role: str


def memberships(user_id: int) -> tuple[MembershipRow, ...]:
    """Every organisation that the person belongs to, by name."""
    rows = Membership.objects.filter(user_id=user_id).select_related("organisation").order_by("organisation__name")
    return tuple(
        MembershipRow(organisation_id=row.organisation_id, organisation=row.organisation.name, role=row.role)
        for row in rows
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberRow:
    """A person who may see an organisation, with his role there; `active` is False when he cannot log in any more."""

    mail: str
    name: str
    role: str
    active: bool


def members(organisation_id: int) -> tuple[MemberRow, ...]:
    """Everybody with access to an organisation, by e-mail address."""
    rows = Membership.objects.filter(organisation_id=organisation_id).select_related("user").order_by("user__email")
    return tuple(
        MemberRow(mail=row.user.email, name=row.user.name, role=row.role, active=row.user.is_active) for row in rows
    )
