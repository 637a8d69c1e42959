"""The review after a restore: ours is given back, somebody else's holds, what is not there waits; nothing is sent."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.domain import builders
from tests.domain.test_adoption import stored
from tests.store.world import NOW, World
from tests.sync.scripted import ScriptedLedger, ScriptedSource

from boekbrug.domain.checks import FORM_ONLY
from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.statement import StoredEntry
from boekbrug.store import lifecycle, models, restoring
from boekbrug.store.books import Books
from boekbrug.store.reviewing import ReviewBooks, show_review
from boekbrug.sync.failures import NotAllowed, Unreachable
from boekbrug.sync.ports import Answer, EntryHead, Found, Received, ReferencePage, Step
from boekbrug.sync.run import run
from boekbrug.sync.tools import Slice, Tools

BACKUP = NOW - timedelta(hours=6)


class Hand:
    """The clock of a world."""

    def __init__(self, world: World) -> None:
        self.now = world.clock

    def today(self) -> date:
        return self.now().date()


class Desk:
    """A restored world, logged in again, with both outside parties by a script."""

    def __init__(self, world: World) -> None:
        self.world = world
        restoring.begin_backup(BACKUP)
        restoring.put_in_review(world.now)
        self.ledger = ScriptedLedger(world.clock)
        self.ledger.fresh_reference = builders.reference()
        self.ledger.pages = [ReferencePage(timestamp=7, customers=builders.reference().customers)]
        self.source = ScriptedSource()

    def in_exact(self, *entries: StoredEntry, **said: Any) -> None:
        """These entries were made since the backup."""
        self.ledger.entries += entries
        self.ledger.heads += [head(entry, **said) for entry in entries]

    def in_coachview(self, *invoices: Invoice) -> None:
        """These invoices changed since the backup."""
        page = [Received(reading=invoice, raw=invoice.id) for invoice in invoices]
        self.source.pages = [(page, self.world.now)]

    def run(self) -> None:
        """One slice of what is due; the review is."""
        lease, clock = self.world.take_lease("worker-2"), Hand(self.world)
        Books(lease, self.world.clock).step_due(Step.REVIEW, self.world.now)
        run(
            Tools(
                books=Books(lease, self.world.clock),
                ledger=self.ledger,
                source=lambda _organisation_id: self.source,
                clock=clock,
                checks=FORM_ONLY,
                slice=Slice.start(clock, self.ledger),
                review=ReviewBooks(lease, self.world.clock),
            )
        )

    @property
    def review(self) -> models.Review:
        return models.Review.objects.get(integration_id=self.world.integration_id)


@pytest.fixture
def desk(world: World) -> Desk:
    """Restored with nothing in it."""
    models.Administration.objects.update(lease_until=None)
    return Desk(world)


def invoice(number: int = 20260001, **fields: Any) -> Invoice:
    return builders.invoice(id=f"i-{number}", number=str(number), **fields)


def entry(number: int = 20260001, **fields: Any) -> SalesEntry:
    return builders.booked(invoice(number, **fields)).entry


def head(of: StoredEntry, **fields: Any) -> EntryHead:
    values: dict[str, Any] = {
        "entry_id": of.entry_id,
        "journal": of.journal,
        "entry_number": of.entry_number,
        "entry_date": of.entry_date,
        "customer_code": of.customer_code,
        "customer_name": "Bakkerij Jansen",
        "total_incl": of.total_incl,
        "description": f"Factuur {of.entry_number} Bakkerij Jansen",
    }
    return EntryHead(**values | fields)


def states(desk: Desk, numbers: Iterable[int]) -> list[str]:
    return [desk.world.row(f"i-{number}").state for number in numbers]


def test_an_entry_of_ours_is_given_back_to_its_invoice_by_review(desk: Desk) -> None:
    desk.in_coachview(invoice())
    desk.in_exact(stored(entry(), entry_id="guid-1"))
    desk.run()
    row = desk.world.row("i-20260001")
    assert (row.state, row.entry_id, row.entry_number, row.exact_customer_id) == ("proven", "guid-1", 20260001, "c-42")
    assert (row.look_first, row.used_fingerprint) == (True, row.invoice.fingerprint)
    history = models.BookingHistory.objects.filter(booking=row).order_by("id")
    assert list(history.values_list("to_state", "why"))[-2:] == [("booked", "by review"), ("proven", "proven")]
    assert (desk.review.found, desk.review.taken, desk.review.absent) == (1, 0, 0)
    assert desk.review.done_at == desk.world.now
    assert desk.ledger.sent == []
    assert desk.ledger.read_since == [BACKUP - timedelta(days=1)]


def test_an_invoice_that_the_backup_knew_as_ready_is_matched_as_well(world: World) -> None:
    world.books.keep_reference(builders.reference(), NOW, 9)
    world.ready("i-20260001", number="20260001")
    models.Administration.objects.update(lease_until=None)
    desk = Desk(world)
    desk.in_exact(stored(entry(), entry_id="guid-1"))
    desk.run()
    assert states(desk, [20260001]) == ["booked"]


def test_something_else_on_the_number_holds_the_invoice_with_what_is_there(desk: Desk) -> None:
    desk.in_coachview(invoice())
    desk.in_exact(stored(entry(), entry_id="other", total_incl=Decimal("7.00")), description="Kantine")
    desk.run()
    row = desk.world.row("i-20260001")
    assert (row.state, row.look_first) == ("held", True)
    (problem,) = row.problems
    assert problem["code"] == "entry-number-in-use"
    assert {"there_description", "there_entry_id"} <= {name for name, _ in problem["values"]}
    assert (desk.review.found, desk.review.taken) == (0, 1)


def test_what_is_not_in_exact_stays_ready_and_is_looked_up_before_it_is_sent(desk: Desk) -> None:
    desk.in_coachview(invoice())
    desk.run()
    row = desk.world.row("i-20260001")
    assert (row.state, row.look_first) == ("ready", True)
    assert desk.review.absent == 1
    assert desk.world.booking("i-20260001").look_first


def test_an_entry_under_another_number_is_ours_when_it_names_the_invoice(desk: Desk) -> None:
    desk.in_coachview(invoice())
    moved = stored(entry(), entry_id="guid-1", entry_number=9920260001, journal="71")
    desk.in_exact(moved, description="Factuur 20260001 Bakkerij Jansen")
    desk.run()
    row = desk.world.row("i-20260001")
    assert (row.state, row.entry_number, row.journal) == ("proven", 9920260001, "71")
    assert row.sent is not None
    assert row.sent["entry_number"] == 9920260001


@pytest.mark.parametrize("fields", [{"total_incl": Decimal("7.00")}, {"customer_code": "43"}, {"description": "x"}])
def test_an_entry_that_only_looks_alike_is_left_alone(desk: Desk, fields: dict[str, Any]) -> None:
    desk.in_coachview(invoice())
    other = stored(entry(), entry_id="other", entry_number=7)
    desk.in_exact(other, **{"description": "Factuur 20260001"} | fields)
    desk.run()
    assert states(desk, [20260001]) == ["ready"]


def test_one_entry_is_not_given_to_two_invoices(desk: Desk) -> None:
    twin = replace(invoice(), id="i-20260002")
    desk.in_coachview(invoice(), twin)
    desk.in_exact(stored(entry(), entry_id="guid-1"))
    desk.run()
    assert sorted(states(desk, [20260001, 20260002])) == ["held", "proven"]


@pytest.mark.parametrize(
    ("send_pdf", "document", "pdf"), [(False, None, "none"), (True, "d-1", "done"), (True, None, "due")]
)
def test_the_pdf_that_hangs_on_the_entry_is_not_put_again(
    desk: Desk, send_pdf: bool, document: str | None, pdf: str
) -> None:
    values = models.OptionVersion.objects.get(integration_id=desk.world.integration_id, number=1)
    models.OptionVersion.objects.filter(integration_id=desk.world.integration_id).update(
        values={**values.values, "send_pdf": send_pdf, "book_from": "2026-01-01"}
    )
    desk.in_coachview(invoice())
    desk.in_exact(stored(entry(), entry_id="guid-1", document=document))
    desk.run()
    row = desk.world.row("i-20260001")
    assert (row.pdf_state, row.document_id) == (pdf, document or "")


def test_a_customer_made_since_the_backup_is_read_before_anything_is_matched(desk: Desk) -> None:
    new = builders.customer(exact_id="c-77", code="77", name="Nieuw BV", vat_number="", email="nieuw@post.example")
    desk.ledger.pages = [ReferencePage(timestamp=9, customers=(new,))]
    debtor = builders.debtor(number="77", name="Nieuw BV", vat_number="", email="nieuw@post.example")
    given = invoice(debtor=debtor)
    desk.in_coachview(given)
    known = builders.reference(customers=(new,))
    desk.in_exact(stored(builders.booked(given, known=known).entry, entry_id="guid-1"))
    desk.run()
    assert desk.world.row("i-20260001").exact_customer_id == "c-77"
    assert models.DebtorLink.objects.get(debtor_id=debtor.id).customer_id == "c-77"


def test_what_is_held_is_not_matched_and_is_looked_up_when_it_heals(desk: Desk) -> None:
    desk.in_coachview(invoice(), replace(invoice(20260002), number="geen"))
    desk.run()
    row = desk.world.row("i-20260002")
    assert (row.state, row.look_first) == ("held", True)
    assert desk.review.done_at is not None


def test_a_review_longer_than_a_slice_goes_on_in_the_next(desk: Desk) -> None:
    numbers = range(20260001, 20260011)
    desk.in_coachview(*map(invoice, numbers))
    desk.in_exact(*(stored(entry(number), entry_id=f"guid-{number}") for number in numbers))
    slow = desk.ledger.entries_since

    def slowly(since: datetime) -> Any:
        desk.world.advance(seconds=11)
        return slow(since)

    desk.ledger.entries_since = slowly  # type: ignore[method-assign]
    desk.run()
    assert desk.review.done_at is None
    assert set(states(desk, numbers)) <= {"booked", "proven"}
    desk.run()
    assert desk.review.done_at is not None
    assert desk.review.found == 10


@pytest.mark.parametrize("failure", [Unreachable("away"), NotAllowed("rights-missing")])
def test_a_party_that_is_away_ends_no_review(desk: Desk, failure: Unreachable | NotAllowed) -> None:
    desk.in_coachview(invoice())
    desk.ledger.fresh_reference = failure
    desk.run()
    assert desk.review.done_at is None
    shown = show_review(desk.world.integration_id)
    assert shown is not None
    assert (shown.failing, shown.may_resume) == (True, False)
    with pytest.raises(lifecycle.NotAllowedNow):
        lifecycle.resume(desk.world.integration_id, now=desk.world.now)


def test_after_resuming_an_entry_that_was_forgotten_all_the_same_is_not_sent_again(desk: Desk) -> None:
    desk.in_coachview(invoice())
    desk.run()
    lifecycle.resume(desk.world.integration_id, now=desk.world.now)
    desk.ledger.entries = [stored(entry(), entry_id="guid-1")]
    desk.ledger.look_ups = [Found(answer=Answer(exact_id="guid-1", entry_number=20260001, entry_kind=20))]
    desk.run()
    assert states(desk, [20260001]) == ["proven"]
    assert desk.ledger.sent == []
    assert [str(intent.kind) for intent in desk.ledger.looked_up] == ["entry"]


def test_a_koppeling_that_is_not_in_review_shows_none(world: World) -> None:
    assert show_review(world.integration_id) is None
    assert show_review(999_999) is None
