"""What is not in Exact any more is forgotten here: its intent's key, our copy of it, and the links to it."""

from boekbrug.store.leases import Shift, change
from boekbrug.store.models import CustomerCopy, DebtorLink, Intent, IntentState, ProjectCopy
from boekbrug.sync.ports import IntentKind


def removed(shift: Shift, kind: IntentKind, exact_id: str) -> None:
    """It is not in Exact any more: its natural key is free again, our copy and the links forget it."""
    mine = {"administration_id": shift.administration_id}
    with change(shift, durable=True) as at:
        rows = Intent.objects.filter(**mine, kind=kind, exact_id=exact_id, state=IntentState.DONE)
        rows.update(state=IntentState.REMOVED, closed_at=at)
        if kind is IntentKind.CUSTOMER:
            CustomerCopy.objects.filter(**mine, exact_id=exact_id).delete()
            links = DebtorLink.objects.filter(**mine, customer_id=exact_id)
            links.update(customer_id="", make_customer=False, belongings=None, unfinished=False, who="", at=at)
        if kind is IntentKind.PROJECT:
            ProjectCopy.objects.filter(**mine, exact_id=exact_id).delete()
