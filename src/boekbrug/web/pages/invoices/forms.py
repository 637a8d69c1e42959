"""What may be asked of the list: states, koppeling, period, text, order; anything else is left out."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from boekbrug.domain.states import BookingState
from boekbrug.store.reading import Cursor, InvoiceFilters, Order

GROUPS: dict[str, tuple[BookingState, ...]] = {
    "actie": (BookingState.HELD, BookingState.DIFFERS),
    "onderweg": (BookingState.RECEIVED, BookingState.READY, BookingState.BOOKING, BookingState.UNKNOWN),
    "geboekt": (BookingState.BOOKED, BookingState.PROVEN),
    "overgeslagen": (BookingState.SKIPPED,),
    "afwijkend": (BookingState.DIFFERS,),
}
"""The tabs above the list: states that mean the same to a finance officer; the last has no tab of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """The address's question, read: what was typed (for the form) and what it means (for the query)."""

    group: str
    integration: str
    since: str
    until: str
    text: str
    cause: str
    order: Order
    filters: InvoiceFilters
    cursor: Cursor | None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order was asked."""
        return bool(self.group or self.integration or self.since or self.until or self.text or self.cause)


def read_question(asked: QueryDict) -> Question:
    """The question of an address; what cannot be read is not asked."""
    group = asked.get("staat", "")
    group = group if group in GROUPS else ""
    since, until = _day(asked.get("van", "")), _day(asked.get("tot", ""))
    integration = asked.get("koppeling", "")
    integration = integration if integration.isascii() and integration.isdigit() and len(integration) < 10 else ""
    text = asked.get("zoek", "").replace("\x00", "").strip()[:100]
    cause = asked.get("oorzaak", "").replace("\x00", "")[:300]
    return Question(
        group=group,
        integration=integration,
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
        text=text,
        cause=cause,
        order=_order(asked.get("volgorde", "")),
        filters=InvoiceFilters(
            states=GROUPS.get(group, ()),
            integration_id=int(integration) if integration else None,
            since=since,
            until=until,
            text=text,
            cause=cause,
        ),
        cursor=Cursor.read(asked.get("na", ""), asked.get("voor", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _order(text: str) -> Order:
    try:
        return Order(text)
    except ValueError:
        return Order.NEWEST
