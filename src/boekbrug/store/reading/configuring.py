"""Everything that the page Configureren shows, read together: a page may ask the database twelve times at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from boekbrug.domain.checklist import Facts
from boekbrug.domain.invoice import Invoice
from boekbrug.store.checklist import facts_in
from boekbrug.store.models import Integration
from boekbrug.store.reading.integrations import IntegrationDetail, detail_of
from boekbrug.store.reading.picks import PickLists, picks_of
from boekbrug.store.reviewing import ReviewShown, review_shown
from boekbrug.store.webhooks import webhook_in
from boekbrug.store.whole import Whole, whole


@dataclass(frozen=True, kw_only=True)
class Configuring:
    """A koppeling with its options, what can be picked, the facts of its checklist, and its review when it has one."""

    detail: IntegrationDetail
    lists: PickLists
    facts: Facts
    review: ReviewShown | None
    _whole: Whole
    _now: datetime

    def facts_with(self, invoices: Sequence[Invoice]) -> Facts:
        """The same facts, over these invoices instead of those in our books."""
        return facts_in(self._whole, now=self._now, invoices=invoices)

    def hook_secret(self) -> str:
        """The secret part of the organisation's webhook address; the first look makes it."""
        return webhook_in(self._whole.row.organisation).address_secret


def configuring(organisation_id: int, integration_id: int, *, now: datetime) -> Configuring | None:
    """The koppeling, when it is this organisation's."""
    found = whole(Integration.objects.filter(organisation_id=organisation_id, id=integration_id))
    if found is None:
        return None
    step = found.review_step or {}
    due_at = datetime.fromisoformat(step["due_at"]) if step else None
    return Configuring(
        detail=detail_of(found.row, found.versions, found.shared),
        lists=picks_of(found.row, found.copy),
        facts=facts_in(found, now=now),
        review=review_shown(found.row, failures=step.get("failures", 0), next_at=due_at),
        _whole=found,
        _now=now,
    )
