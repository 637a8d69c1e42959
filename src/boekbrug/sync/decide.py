"""What `book()` decides for stored bookings: the same call for the check, the real booking and the preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from boekbrug.domain.booking import book
from boekbrug.domain.checks import NumberChecks
from boekbrug.domain.entry import Decision, Hold
from boekbrug.domain.problem import Problem, Subject
from boekbrug.domain.reference import Links, Reference
from boekbrug.sync.ports import Booking, Books, Koppeling

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything that decisions about a number of bookings look up, read once."""

    koppelingen: Mapping[int, Koppeling]
    reference: Reference
    links: Mapping[int, Links]
    checks: NumberChecks


def lay_out(books: Books, bookings: Sequence[Booking], checks: NumberChecks) -> Desk:
    """Read koppelingen, reference and links for these bookings."""
    koppelingen = {koppeling.integration_id: koppeling for koppeling in books.koppelingen()}
    invoices = [booking.invoice for booking in bookings if booking.invoice is not None]
    return Desk(
        koppelingen=koppelingen,
        reference=books.reference(invoices),
        links={integration_id: books.links(integration_id, invoices) for integration_id in koppelingen},
        checks=checks,
    )


def decide(desk: Desk, booking: Booking, today: date) -> Decision:
    """The decision about one booking; our own bug holds this invoice only, as `internal-error`."""
    if booking.invoice is None:
        return Hold(problems=booking.problems, warnings=())
    try:
        return book(
            booking.invoice,
            desk.koppelingen[booking.integration_id].options,
            desk.reference,
            desk.links[booking.integration_id],
            booking.exported_on or today,
            checks=desk.checks,
        )
    except Exception:
        log.exception("a booking rule failed", action="internal-error", booking=booking.id)
        return Hold(problems=(internal_error(booking),), warnings=())


def internal_error(booking: Booking) -> Problem:
    """The problem of our own bug at one invoice."""
    number = booking.invoice.number if booking.invoice else ""
    return Problem(
        code="internal-error", subject=Subject(kind="booking", key=str(booking.id)), values=(("number", number),)
    )
