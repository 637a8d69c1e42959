"""The stage of the orders of events: an organisation, an Exact that forgets nothing, and each example's invoices."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import event
from tests.crash.by_hand import ByHand, Thing
from tests.crash.inside import Coachview, Exact, HandClock, Worker
from tests.domain import builders
from tests.store.world import DIVISION, NOW, World

from boekbrug.domain.invoice import Invoice, Request
from boekbrug.domain.reference import Project
from boekbrug.store import leases, models, steps
from boekbrug.store.books import Books
from boekbrug.sync.ports import Step
from boekbrug_sim.control import Limits
from boekbrug_sim.exact.app import Simulator

INVOICES = 2
BOOK_FROM = "2025-01-01"
DAYS = {2025: date(2025, 12, 16), 2026: date(2026, 3, 16)}
"""The day of an invoice of each year."""

TERM = timedelta(days=30)


class Years(Enum):
    """In which year each invoice is, and whether both have the same number, for Exact numbers per journal and year."""

    ONE = (2026, 2026)
    TWO = (2026, 2025)
    SAME_NUMBER = (2025, 2026)


@dataclass
class Known:
    """An invoice as Coachview has it, and what people did with it in Exact; entries there by their id.

    `by_hand`: has its number in its own year; `elsewhere`: has its number in the other year; `linked`: the one that a
    person said to be this invoice; `taken_out`: our entry was, and nobody knows.
    """

    invoice: Invoice
    by_hand: str = ""
    elsewhere: str = ""
    linked: str = ""
    taken_out: bool = False
    deleted: set[Thing] = field(default_factory=set)

    @property
    def year(self) -> int:
        """The year in which it is booked."""
        return self.invoice.invoice_date.year if self.invoice.invoice_date else 0


@dataclass
class Stage:
    """What all examples share: tables that each leaves as they were, and an Exact that forgets nothing.

    So each example has invoices, a customer and a project of its own, by its number.
    """

    world: World
    exact: Exact
    coachview: Coachview
    examples: int = 0
    reached: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, world: World) -> "Stage":
        """A stage on which Exact's reference data has been read."""
        clock = HandClock(NOW)
        simulator = Simulator(scenario="load-new", frozen_at=NOW)
        simulator.control.limiter.change(Limits(minute=None, day=None))
        with simulator.store.transaction():
            simulator.store.execute('DELETE FROM "ClosedPeriods" WHERE "Division" = ?', (DIVISION,))
        stage = cls(world=world, exact=Exact(clock, simulator), coachview=Coachview(clock))
        steps.make_due(world.administration_id, Step.REFERENCE, clock.now())
        models.Administration.objects.update(lease_owner="", lease_until=None)
        stage.worker("reader").finish()
        assert models.ReferenceRow.objects.exists()
        return stage

    def worker(self, name: str) -> Worker:
        """A worker process of this stage."""
        return Worker(
            name=name, administration_id=self.world.administration_id, exact=self.exact, coachview=self.coachview
        )

    @property
    def by_hand(self) -> ByHand:
        """What somebody does in Exact."""
        return ByHand(self.exact)

    def happened(self, what: str) -> None:
        """Count what is rare, so that a test can see that it was tried at all."""
        self.reached[what] += 1
        event(what)

    def options(self, **values: Any) -> None:
        """Put the options of the koppeling as an example wants them."""
        version = models.OptionVersion.objects.latest("id")
        version.values |= {"book_from": BOOK_FROM, **values}
        version.save()

    def invoices(self, years: Years) -> Iterator[Invoice]:
        """The invoices of the next example, all of one new customer and with one project."""
        self.examples += 1
        for place, year in enumerate(years.value):
            other = 0 if years is Years.SAME_NUMBER else place
            number = str(20_260_000 + INVOICES * self.examples + other)
            yield self._invoice(f"i-{number}-{place}", number, DAYS[year])

    def _invoice(self, invoice_id: str, number: str, day: date) -> Invoice:
        example = self.examples
        return builders.invoice(
            self.line("100.00"),
            id=invoice_id,
            number=number,
            invoice_date=day,
            definitive_on=day,
            due_date=day + TERM,
            changed_at=NOW,
            debtor=builders.debtor(
                id=f"d-{example}",
                number=self.key_of(Thing.CUSTOMER),
                name=f"Klant {example:05d}",
                invoice_address=builders.address(line_1=f"Straat {example}"),
                vat_number="",
                email=f"klant{example}@voorbeeld.example",
            ),
        )

    def line(self, amount: str) -> Any:
        """A line of an invoice of this example."""
        request = Request(number=self.key_of(Thing.PROJECT), reference="")
        return builders.line(Decimal(amount), vat_code="4", request=request)

    def put_project(self) -> None:
        """This example's project is in Exact, made by hand, and in our copy."""
        code, now = self.key_of(Thing.PROJECT), self.exact.clock.now
        project = Project(exact_id=self.by_hand.make_project(code), code=code, description=code)
        lease = leases.acquire(self.world.administration_id, "reader", now())
        assert lease is not None
        Books(lease, now).keep_project(project)
        leases.release(lease)

    def key_of(self, thing: Thing) -> str:
        """The code of this example's customer or project."""
        codes: Mapping[Thing, str] = {
            Thing.CUSTOMER: str(50_000 + self.examples),
            Thing.PROJECT: f"P{self.examples:05d}",
        }
        return codes[thing]
