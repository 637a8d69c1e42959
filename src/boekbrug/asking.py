"""What a person asks Exact about one invoice, joined: what is there beside it, before he decides. Nothing is sent."""

from boekbrug import wiring
from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.limits import Priority
from boekbrug.exact.sites import entry_page
from boekbrug.store.booking_again import Gone, to_book_again
from boekbrug.store.lifecycle import login_of
from boekbrug.store.models import Administration
from boekbrug.sync.failures import NotAllowed
from boekbrug.sync.ports import LookUp, NotThere


def entry_left(booking_id: int, *, clock: wiring.WallClock | None = None) -> tuple[Gone, LookUp]:
    """What Exact still has of a booked invoice's entry, by its id and by its number.

    Raises NotFound, MovedOn when the invoice is not booked by an active koppeling, and Exact's failures: a look-up
    that fails is never "gone".
    """
    gone = to_book_again(booking_id)
    return gone, _ledger(gone.administration_id, clock).left_of(gone.entry_id, gone.sent)


def is_gone(left: LookUp) -> bool:
    """Whether the look-up was certain that nothing is left."""
    return isinstance(left, NotThere)


def page_of_entry(site: str, division: int | None, entry_id: str) -> str:
    """The address of an entry's page in Exact; empty when there is no entry, or the site is not set up."""
    origin = wiring.exact_origin(site) if division and entry_id else ""
    return entry_page(origin, division or 0, entry_id) if origin else ""


def page_there(administration_id: int | None, entry_id: str) -> str:
    """The address of an entry's page in the Exact of an administration; empty when either is not known."""
    if administration_id is None or not entry_id:
        return ""
    row = Administration.objects.filter(id=administration_id).first()
    return page_of_entry(row.site, row.division, entry_id) if row else ""


def _ledger(administration_id: int, clock: wiring.WallClock | None) -> ExactLedger:
    row, login_id = Administration.objects.get(id=administration_id), login_of(administration_id)
    if login_id is None:
        raise NotAllowed("not-connected", "nobody is logged in")
    client = wiring.exact_client(row.site, login_id, division=row.division, administration_id=row.id, clock=clock)
    return ExactLedger(client, booking=Priority.REALTIME)
