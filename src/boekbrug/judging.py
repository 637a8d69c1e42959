"""What decides whether a koppeling may start, joined: the checklist over our own books, and what its login may do."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from boekbrug.domain.checklist import Item, Rights, checklist, reds
from boekbrug.domain.invoice import Invoice
from boekbrug.exact.client import ExactClient
from boekbrug.exact.connection import may_make_documents, rights
from boekbrug.store.checklist import facts_of
from boekbrug.store.starting import keep_rights, rights_are_stale
from boekbrug.sync.failures import OutsideFailure


def red_of(integration_id: int, now: datetime, invoices: Sequence[Invoice] | None = None) -> tuple[Item, ...]:
    """The red items of the checklist: what keeps an integration from starting."""
    return reds(checklist(facts_of(integration_id, now=now, invoices=invoices)))


def look_at_rights(client: ExactClient, administration_id: int, login_id: int, now: datetime) -> None:
    """Once a day: which lists the login may not read; when they cannot be asked now, what was known stays."""
    if not rights_are_stale(administration_id, login_id, now):
        return
    found = None
    with suppress(OutsideFailure):
        missing = {path: one.reason for path, one in rights(client) if one is not None}
        found = Rights(missing=missing, document_type=may_make_documents(client))
    keep_rights(administration_id, login_id, found, now=now)
