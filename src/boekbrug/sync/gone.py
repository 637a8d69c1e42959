"""What somebody deleted in Exact by hand: noticed when Exact does not know what we name.

Exact answers "Ongeldige referentie" to a body that names a record which is not there, and 404 to a PUT of that record
(exact-rest.md 3.3, 6.1). No reading tells us: what is deleted is simply not in the next page of changes. Only a look-up
that is certain lets go of a record; the booking then goes back to `ready`, and what is missing is made or asked anew.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from boekbrug.sync.failures import Refused
from boekbrug.sync.ports import Booking, IntentKind, Made
from boekbrug.sync.tools import Tools

log = structlog.get_logger()

NAMED = {
    "document": IntentKind.DOCUMENT,
    "account": IntentKind.CUSTOMER,
    "crm/Accounts": IntentKind.CUSTOMER,
    "project": IntentKind.PROJECT,
}
"""What a refusal is about, by the subject of its problem."""


SURE_AFTER = timedelta(seconds=60)
"""Exact guards no document and no file: what was there less long ago is not let go of by one look (exactly-once.md)."""


class Gone(Exception):
    """Something that was to be used is not in Exact any more, and we forgot it: try the booking again.

    With `retry_at` nothing is forgotten yet: by then one look is enough.
    """

    def __init__(self, detail: str, retry_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.retry_at = retry_at


def still_there(tools: Tools, kind: IntentKind, made: Made) -> bool:
    """Whether what we made is in Exact; what we made just now is not asked for."""
    return made.made_at + SURE_AFTER > tools.clock.now() or tools.ledger.is_there(kind, made.exact_id)


@contextmanager
def noticing_gone(tools: Tools, booking: Booking, customer_id: str | None) -> Iterator[None]:
    """Raise Gone instead of a refusal that comes of a record which somebody deleted; any other refusal as it is."""
    try:
        yield
    except Refused as refusal:
        kinds = {NAMED[problem.subject.kind] for problem in refusal.problems if problem.subject.kind in NAMED}
        if IntentKind.DOCUMENT in kinds:
            _not_too_soon(tools, booking, refusal)
        gone = [
            (kind, exact_id)
            for kind in sorted(kinds)
            for exact_id in _used(tools, booking, kind, customer_id)
            if not tools.ledger.is_there(kind, exact_id)
        ]
        if not gone:
            raise
        for kind, exact_id in gone:
            tools.books.removed(kind, exact_id)
            log.info("somebody deleted this in Exact", action="gone-in-exact", kind=kind, exact_id=exact_id)
        raise Gone(f"not in Exact any more: {', '.join(kind for kind, _ in gone)}") from refusal


def _not_too_soon(tools: Tools, booking: Booking, refusal: Refused) -> None:
    """Raise Gone for later when a document of this booking was made just now."""
    made_at = max((made.made_at for made in tools.books.made(booking, IntentKind.DOCUMENT)), default=None)
    if made_at is not None and made_at + SURE_AFTER > tools.clock.now():
        raise Gone("perhaps a document that is not in Exact any more", made_at + SURE_AFTER) from refusal


def _used(tools: Tools, booking: Booking, kind: IntentKind, customer_id: str | None) -> Sequence[str]:
    """The ids in Exact of what this booking names of that kind."""
    if kind is IntentKind.CUSTOMER:
        return () if customer_id is None else (customer_id,)
    if kind is IntentKind.DOCUMENT:
        return tuple(made.exact_id for made in tools.books.made(booking, IntentKind.DOCUMENT))
    invoices = [] if booking.invoice is None else [booking.invoice]
    return tuple(project.exact_id for project in tools.books.reference(invoices).projects.values())
