"""What is not in Exact any more is forgotten here: its intent's key, our copy of it, and the links to it.

A link that a person chose stays: a machine does not make a new customer, nor take another, in its place. What is kept
of that customer holds the debtor's invoices until a person chooses again.
"""

from django.db.models import Q

from boekbrug.store.leases import Shift, change
from boekbrug.store.models import DebtorLink, Intent, IntentState, ProjectCopy
from boekbrug.store.reference_copy import forget_customer
from boekbrug.sync.ports import IntentKind


def removed(shift: Shift, kind: IntentKind, exact_id: str) -> None:
    """It is not in Exact any more: its natural key is free again, our copy and the links that we made forget it."""
    mine = {"administration_id": shift.administration_id}
    with change(shift, durable=True) as at:
        rows = Intent.objects.filter(**mine, kind=kind, exact_id=exact_id, state=IntentState.DONE)
        rows.update(state=IntentState.REMOVED, closed_at=at)
        if kind is IntentKind.CUSTOMER:
            links = DebtorLink.objects.filter(**mine, customer_id=exact_id)
            # Who wanted a new customer chose none: it is made once more.
            links.filter(Q(who="") | Q(create_anyway=True)).update(
                customer_id="", make_customer=False, belongings=None, unfinished=False, who="", at=at
            )
            forget_customer(shift, exact_id, chosen=links.exists())
        if kind is IntentKind.PROJECT:
            ProjectCopy.objects.filter(**mine, exact_id=exact_id).delete()
