"""A small world in the database: an organisation, its koppeling and a hand clock, and what tests do with them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from django.db import connections
from tests.domain import builders

from boekbrug.domain.booking import book
from boekbrug.domain.checks import FORM_ONLY
from boekbrug.domain.entry import Book, Decision, SalesEntry
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.reference import Links
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store import integrations, leases, lifecycle, logins, models, organisations
from boekbrug.store.books import Books
from boekbrug.store.rows import booking_of
from boekbrug.sync.ports import Answer, Booking, Decided, Intent, IntentKind, MadeEntry, Received, Unreadable

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
DIVISION = 100001
EVERYWHERE = (DIVISION, 2)
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Tokens as a test gives them."""

    access: str
    refresh: str
    issued_at: datetime = NOW
    expires_at: datetime = NOW + timedelta(seconds=600)


def checked(booking: Booking, what: Decision, not_before: datetime | None = None) -> list[Decided]:
    """What the check decided about one booking."""
    return [Decided(booking=booking, decision=what, not_before=not_before)]


@dataclass
class World:
    """Ids of what is there, and a clock that stands still until a test moves it."""

    organisation_id: int
    integration_id: int
    login_id: int
    administration_id: int
    now: datetime = NOW
    books: Books = field(init=False)
    lease: leases.Lease = field(init=False)

    @classmethod
    def make(cls, **values: Any) -> "World":
        """An organisation with an active koppeling and a lease on its administration."""
        organisation_id = organisations.create_organisation("Instituut Noord", now=NOW)
        integration_id, login_id, administration_id = add_koppeling(organisation_id, **values)
        world = cls(
            organisation_id=organisation_id,
            integration_id=integration_id,
            login_id=login_id,
            administration_id=administration_id,
        )
        world.lease = world.take_lease("worker-1")
        world.books = Books(world.lease, world.clock)
        return world

    def clock(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> datetime:
        self.now += timedelta(**parts)
        return self.now

    def take_lease(self, owner: str) -> leases.Lease:
        lease = leases.acquire(self.administration_id, owner, self.now)
        assert lease is not None
        return lease

    def taken_over(self) -> Books:
        """Another worker's books, after the first one's lease has expired."""
        self.advance(seconds=leases.LEASE_SECONDS + 1)
        return Books(self.take_lease("worker-2"), self.clock)

    def receive(self, *readings: Invoice | Unreadable, until: datetime | None = None) -> int:
        page = [Received(reading=reading, raw=f"raw {reading.id} {reading.changed_at}") for reading in readings]
        return self.books.receive(self.organisation_id, page, until or self.now)

    def row(self, source_id: str = "i-1") -> models.Booking:
        return models.Booking.objects.select_related("invoice").get(
            invoice__organisation_id=self.organisation_id, invoice__source_id=source_id
        )

    def booking(self, source_id: str = "i-1") -> Booking:
        return booking_of(self.row(source_id))

    def history(self, source_id: str = "i-1") -> list[tuple[str, str]]:
        rows = models.BookingHistory.objects.filter(booking=self.row(source_id)).order_by("id")
        return [(row.from_state, row.to_state) for row in rows]

    def ready(self, source_id: str = "i-1", **fields: Any) -> Booking:
        """A received invoice that the check found ready."""
        self.receive(builders.invoice(id=source_id, **fields))
        self.books.decided(checked(self.booking(source_id), decision()))
        return self.booking(source_id)

    def claimed(self, source_id: str = "i-1", **fields: Any) -> Booking:
        """A booking on its way."""
        claimed = self.books.claim(self.ready(source_id, **fields), date(2026, 3, 20))
        assert claimed is not None
        return claimed

    def committed(self, claimed: Booking, entry: SalesEntry | None = None) -> Intent:
        """The committed intent of its entry."""
        return self.books.commit_intent(
            IntentKind.ENTRY, f"{claimed.mark}:0", {"EntryNumber": 1}, booking=sending(claimed, entry)
        )

    def booked(self, source_id: str = "i-1", entry_id: str = "guid-1", **fields: Any) -> Booking:
        """An invoice that is booked."""
        claimed = self.claimed(source_id, **fields)
        intent = self.committed(claimed)
        self.books.answered(intent, Answer(exact_id=entry_id, entry_number=20260001, entry_kind=20))
        self.books.booked(claimed, entry_of(), made(entry_id))
        return self.booking(source_id)

    def in_state(self, state: BookingState, source_id: str = "i-1") -> Booking:
        """A booking that was put in a state without asking how it came there."""
        self.receive(builders.invoice(id=source_id))
        models.Booking.objects.filter(id=self.row(source_id).id).update(state=state, needs_check=False)
        return self.booking(source_id)


def add_koppeling(organisation_id: int, **values: Any) -> tuple[int, int, int]:
    """An active koppeling: its id, its login and its administration."""
    options = {"name": "Exact", "division": DIVISION, "book_from": "2026-01-01", "send_pdf": False} | values
    integration_id = integrations.create_integration(organisation_id, options, who="els", now=NOW)
    lifecycle.enable(integration_id, now=NOW)
    tokens = Pair(access="access-1", refresh=f"refresh-{integration_id}")
    lifecycle.confirm(integration_id, who="els", now=NOW)
    login_id = keep_login(organisation_id, tokens, exact_user="els@exact")
    lifecycle.connect(integration_id, login_id, now=NOW)
    assert lifecycle.activate(integration_id, now=NOW)
    administration_id = models.Integration.objects.get(id=integration_id).administration_id
    assert administration_id is not None
    return integration_id, login_id, administration_id


def keep_login(organisation_id: int, tokens: Pair, *, exact_user: str, divisions: tuple[int, ...] = EVERYWHERE) -> int:
    """A consent of somebody at this organisation that reaches these divisions."""
    reach = logins.Reach(
        organisation_id=organisation_id, divisions={number: f"Administratie {number}" for number in divisions}
    )
    return logins.keep_login("NL", "app-1", tokens, exact_user=exact_user, reach=reach, now=NOW)


def decision() -> Book:
    """What the rules say of the builders' invoice."""
    decided = book(
        builders.invoice(),
        builders.options(send_pdf=False),
        builders.reference(),
        Links(),
        builders.TODAY,
        checks=FORM_ONLY,
    )
    assert isinstance(decided, Book)
    return decided


def entry_of() -> SalesEntry:
    """The entry that the builders' invoice becomes."""
    return decision().entry


def sending(claimed: Booking, entry: SalesEntry | None = None) -> Booking:
    """The booking with the entry that its intent carries."""
    return replace(claimed, sent=entry or entry_of())


def made(entry_id: str = "guid-1", pdf: PdfState = PdfState.NONE) -> MadeEntry:
    """Exact's good answer."""
    answer = Answer(exact_id=entry_id, entry_number=20260001, entry_kind=20)
    return MadeEntry(answer=answer, customer_id="customer-1", pdf=pdf, warnings=())


def at_once(*works: Callable[[], Result]) -> list[Result | BaseException]:
    """Run these at the same time, each on a database connection of its own; results or exceptions in order."""

    def with_own_connection(work: Callable[[], Result]) -> Result | BaseException:
        try:
            return work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        return list(pool.map(with_own_connection, works))
