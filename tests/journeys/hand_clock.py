"""A house under a hand clock: both simulators, a database and the wiring of a worker, and no minute is waited for.

The clock leaps from one due moment to the next, as the clock thread of a worker would find them.
"""

import os
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from boekbrug import wiring
from boekbrug.cli.practice import COACHVIEW_CLIENT, DIVISION_NL, EXACT_CLIENT, PracticeBook, consent
from boekbrug.exact.connection import Connecting
from boekbrug.exact.exchange import Time
from boekbrug.settings import settings
from boekbrug.store import integrations, lifecycle, logins, models, organisations, steps
from boekbrug.wiring import WallClock
from boekbrug_sim.data.dates import AMSTERDAM, dates_of
from boekbrug_sim.data.records import Invoice
from boekbrug_sim.data.scenarios import scenario

INVOICES = 115
MOST_SLICES = 200
SETTINGS = {
    "BOEKBRUG_EXACT_CLIENT_ID_PRACTICE": EXACT_CLIENT[0],
    "BOEKBRUG_EXACT_CLIENT_SECRET_PRACTICE": EXACT_CLIENT[1],
    "BOEKBRUG_COACHVIEW_HOSTS": "127.0.0.1",
}


@dataclass
class ClockHouse:
    """One koppeling of one institute at a moment that a test chooses; `slices` are the moments at which it worked."""

    book: PracticeBook
    now: datetime
    last_day: date
    book_from: date
    organisation_id: int = 0
    integration_id: int = 0
    administration_id: int = 0
    slices: list[datetime] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def set_clock(self, moment: datetime) -> None:
        """Set our clock and both simulators'; they stand still until the next time."""
        self.now = moment
        for simulator in (self.book.exact, self.book.coachview):
            simulator.control("clock", {"freeze": moment.isoformat()})

    def open(self, **options: Any) -> None:
        """Settle an institute with one koppeling that is active from now on."""
        self.organisation_id = organisations.create_organisation("Instituut Nacht", now=self.now)
        coachview = {
            "coachview_url": self.book.coachview.address,
            "coachview_client_id": COACHVIEW_CLIENT[0],
            "coachview_client_secret": COACHVIEW_CLIENT[1],
        }
        own = {"site": "practice", "division": DIVISION_NL, "country": "NL", "send_pdf": False}
        own["book_from"] = self.book_from.isoformat()
        self.integration_id = integrations.create_integration(
            self.organisation_id, {**own, **coachview, **options}, who="els", now=self.now
        )
        lifecycle.enable(self.integration_id, now=self.now)
        lifecycle.confirm(self.integration_id, who="els", now=self.now)
        lifecycle.connect(self.integration_id, self._log_in(), now=self.now)
        assert lifecycle.activate(self.integration_id, now=self.now)
        self.administration_id = models.Administration.objects.get().id

    def _log_in(self) -> int:
        connecting = Connecting(wiring.token_calls("practice", Time(now=self.clock)))
        code = consent(connecting.authorise_address("state"))["code"]
        reach = logins.Reach(organisation_id=self.organisation_id, divisions={DIVISION_NL: "Instituut Nacht"})
        pair = connecting.complete_code(code)
        return logins.keep_login(
            "practice", EXACT_CLIENT[0], pair, exact_user="Demo Gebruiker", reach=reach, now=self.now
        )

    def work(self) -> None:
        """Do what is due now, as a worker's clock and slices do it; fails when that has no end."""
        for _ in range(MOST_SLICES):
            due = tuple(wiring.due_administrations(self.now, 10))
            if not due:
                return
            for administration_id, lane in due:
                self.slices.append(self.now)
                wiring.run_slice(administration_id, lane, clock=WallClock(now=self.clock))
        raise AssertionError("the work of one moment has no end")

    def live_until(self, end: datetime) -> None:
        """Let a worker live up to this moment, leaping from one due moment to the next."""
        self.work()
        while (due := steps.next_due(self.administration_id)) is not None and due <= end:
            self.set_clock(max(due, self.now))
            self.work()
        self.set_clock(end)

    def off_until(self, end: datetime) -> None:
        """Nothing of ours runs up to this moment."""
        self.set_clock(end)

    def numbers(self) -> Counter[int]:
        """How often each entry number is in the simulator's ledger."""
        lines = self.book.exact.read("ledger")
        return Counter(line["entry_number"] for line in lines if line["line"] == 0 and line["type"] in {20, 21})

    def wanted(self, until: datetime) -> list[Invoice]:
        """The invoices from our first day that Coachview had at that moment."""
        wall = until.astimezone(AMSTERDAM).replace(tzinfo=None)
        rows = scenario("load", seed=1, invoices=INVOICES, dates=dates_of("load", self.last_day)).invoices
        return [row for row in rows if row.invoice_date >= self.book_from and row.changed_at <= wall]

    def expected(self, until: datetime) -> Counter[int]:
        """Each of their numbers once."""
        return Counter(int(row.number or 0) for row in self.wanted(until))

    def fetched(self) -> Counter[int]:
        """Each number once that Coachview had when it was read last."""
        until = models.Organisation.objects.get(id=self.organisation_id).fetched_until
        assert until is not None
        return self.expected(until)

    def states(self) -> Counter[str]:
        """How many bookings stand in each state."""
        return Counter(models.Booking.objects.values_list("state", flat=True))

    def koppeling(self) -> models.Integration:
        return models.Integration.objects.get(id=self.integration_id)

    def calls(self, simulator: str, method: str = "") -> list[dict[str, Any]]:
        """The calls that a simulator has had."""
        made: list[dict[str, Any]] = getattr(self.book, simulator).read("calls")
        return [call for call in made if not method or call["method"] == method]


@contextmanager
def clock_house(book: PracticeBook, now: datetime) -> Iterator[ClockHouse]:
    """A house whose Coachview brings five invoices in two days, until 3 days after `now`; ours are of 4 days before.

    The simulators forget what an earlier house did.
    """
    house = ClockHouse(
        book=book, now=now, last_day=now.date() + timedelta(days=3), book_from=now.date() - timedelta(days=4)
    )
    for simulator in (book.exact, book.coachview):
        simulator.control("reset")
        simulator.control("clock", {"freeze": aware(f"{house.last_day} 12:00").isoformat()})
        simulator.control("scenario", {"name": "load", "invoices": INVOICES})
    book.exact.control("limits", {"minute": 6000})
    house.set_clock(now)
    with settings_for(book):
        yield house


def aware(text: str) -> datetime:
    """A moment on the clock at the wall of the institute; of two equal ones the first."""
    return timezone.make_aware(datetime.fromisoformat(text)).astimezone(UTC)


@contextmanager
def settings_for(book: PracticeBook, **more: str) -> Iterator[None]:
    """The settings of a house that knows only the practice book, read anew as a process that starts would."""
    ours = {**SETTINGS, "BOEKBRUG_EXACT_URL_PRACTICE": book.exact.address, **more}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()


def closed_port() -> str:
    """An address at which nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{nobody.getsockname()[1]}"
