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
