"""What a person asks about invoices, joined: what would become of them, what Exact has beside one; nothing is sent."""

from boekbrug import wiring
from boekbrug.domain.entry import Decision
from boekbrug.domain.options import Country
from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.limits import Priority
from boekbrug.exact.sites import entry_page
from boekbrug.store import leases
from boekbrug.store.booking_again import Gone, to_book_again
from boekbrug.store.bookings import to_preview
from boekbrug.store.books import Books
from boekbrug.store.integrations import show_integration
from boekbrug.store.lifecycle import login_of
from boekbrug.store.linking import to_link
from boekbrug.store.models import Administration
from boekbrug.sync.failures import NotAllowed
from boekbrug.sync.link_entry import Beside, lay_beside
from boekbrug.sync.number_checks import NUMBER_CHECKS
from boekbrug.sync.ports import Booking, LookUp, NotThere
from boekbrug.sync.preview import preview as preview_bookings
from boekbrug.wiring import WallClock


def preview(integration_id: int, number: str | None) -> list[tuple[Booking, Decision]]:
    """What would become of one invoice, or of all that are not booked yet; nothing is written."""
    shown = show_integration(integration_id)
    clock = WallClock(country=shown.options.country)
    books = Books(leases.looking(shown.administration_id or 0, clock.now()), clock.now)
    return list(preview_bookings(books, clock, NUMBER_CHECKS, to_preview(integration_id, number)))


def entry_beside(booking_id: int, number: int) -> Beside:
    """The entry of Exact with this number beside a held invoice; raises MovedOn, NotActive and Exact's failures."""
    booking, administration_id = to_link(booking_id)
    site = Administration.objects.values_list("site", flat=True).get(id=administration_id)
    clock = WallClock(country=Country.BE if site == Country.BE else Country.NL)
    ledger = _ledger(administration_id, clock)
    books = Books(leases.looking(administration_id, clock.now()), clock.now)
    return lay_beside(books, ledger, clock, NUMBER_CHECKS, (booking, number))


def entry_left(booking_id: int, *, clock: WallClock | None = None) -> tuple[Gone, LookUp]:
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


def _ledger(administration_id: int, clock: WallClock | None) -> ExactLedger:
    row, login_id = Administration.objects.get(id=administration_id), login_of(administration_id)
    if login_id is None:
        raise NotAllowed("not-connected", "nobody is logged in")
    client = wiring.exact_client(row.site, login_id, division=row.division, administration_id=row.id, clock=clock)
    return ExactLedger(client, booking=Priority.REALTIME)
