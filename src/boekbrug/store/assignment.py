"""Which koppeling an invoice belongs to: the one whose filter fits; none or two hold it (exactly-once.md)."""

from collections.abc import Collection
from dataclasses import dataclass

from boekbrug.domain.invoice import Invoice
from boekbrug.domain.options import InvoiceFilter, Purpose
from boekbrug.domain.problem import Problem
from boekbrug.domain.routing import fits, integration_for
from boekbrug.store.models import Integration, IntegrationState
from boekbrug.store.options import options_of
from boekbrug.sync.ports import Unreadable

OWNING = (IntegrationState.ACTIVE, IntegrationState.PAUSED, IntegrationState.REVIEW)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A koppeling that invoices may belong to; a paused one keeps its own."""

    integration_id: int
    administration_id: int
    name: str
    live: bool
    filter: InvoiceFilter


def candidates(organisation_id: int) -> tuple[Candidate, ...]:
    """The koppelingen of an organisation that are active, paused or in review, oldest first."""
    rows = Integration.objects.filter(
        organisation_id=organisation_id, state__in=OWNING, activated_at__isnull=False
    ).order_by("id")
    return tuple(_candidate(row.id, row.administration_id, row.name) for row in rows if row.administration_id)


def _candidate(integration_id: int, administration_id: int, name: str) -> Candidate:
    options = options_of(integration_id).options
    return Candidate(
        integration_id=integration_id,
        administration_id=administration_id,
        name=name,
        live=options.purpose is Purpose.LIVE,
        filter=options.invoice_filter,
    )


def assign(reading: Invoice | Unreadable, owners: Collection[Candidate]) -> Candidate | Problem | None:
    """The one live koppeling that the invoice fits; a test or shadow one only when no live one does.

    A record that cannot be read has no fields to go by: it belongs to the only koppeling there is, or to none yet.
    """
    if isinstance(reading, Unreadable):
        chosen = [owner for owner in owners if owner.live] or list(owners)
        return chosen[0] if len(chosen) == 1 else None
    live = any(owner.live and fits(reading, owner.filter) for owner in owners)
    by_name = {owner.name: owner for owner in owners if owner.live or not live}
    found = integration_for(reading, {name: owner.filter for name, owner in by_name.items()})
    return found if isinstance(found, Problem) else by_name[found]
