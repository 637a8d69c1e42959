"""What comes after booking: PDFs, proof, differences and the figures."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.domain import builders
from tests.store.world import NOW, World, checked, entry_of, made

from boekbrug.domain.entry import Hold, Skip, SkipReason
from boekbrug.domain.problem import Problem, Severity
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store import models
from boekbrug.store.records import read_problems
from boekbrug.store.report import entry_ids
from boekbrug.store.report import report as figures
from boekbrug.sync.failures import LeaseLost

MISSING = Problem(code="pdf-missing", severity=Severity.WARNS)
SHORT = Problem(code="text-shortened", severity=Severity.WARNS)
DIFFERENCE = Difference(field="amount", line=1, sent="100.00", stored="99.00")


def with_pdf(world: World, state: PdfState, source_id: str = "i-1", entry_id: str = "guid-1") -> None:
    claimed = world.claimed(source_id)
    world.books.answered(world.committed(claimed), made(entry_id).answer)
    outcome = replace(made(entry_id, state), warnings=(SHORT, MISSING))
    world.books.booked(claimed, entry_of(), outcome)


def warnings(world: World) -> list[str]:
    return [problem.code for problem in read_problems(world.row().warnings)]


def test_a_missing_pdf_is_tried_again_in_a_day(world: World) -> None:
    with_pdf(world, PdfState.MISSING)
    assert world.books.next_pdf() == NOW + timedelta(days=1)
    assert world.books.pdf_due(NOW, 10) == ()
    assert world.books.pdf_due(NOW + timedelta(days=1), 10) == (world.booking(),)


def test_a_pdf_that_is_due_is_put_at_once(world: World) -> None:
    with_pdf(world, PdfState.DUE)
    assert world.books.next_pdf() == NOW
    assert world.books.pdf_due(NOW, 10) == (world.booking(),)


@pytest.mark.parametrize("state", [PdfState.NONE, PdfState.DONE])
def test_a_pdf_that_is_there_or_not_wanted_is_not_put(world: World, state: PdfState) -> None:
    with_pdf(world, state)
    assert world.books.next_pdf() is None
    assert world.books.pdf_due(NOW + timedelta(days=9), 10) == ()


def test_a_pdf_that_was_put_takes_its_warning_away(world: World) -> None:
    with_pdf(world, PdfState.MISSING)
    world.books.pdf_state(world.booking(), PdfState.MISSING, (), NOW)
    assert warnings(world) == ["text-shortened", "pdf-missing"]
    world.books.pdf_state(world.booking(), PdfState.DONE, (), None)
    assert (warnings(world), world.row().pdf_state) == (["text-shortened"], "done")
    assert world.row().state == "booked"


def test_what_is_booked_is_proven_by_journal_and_number(world: World) -> None:
    second = world.booked("i-2", "guid-2")
    first = world.booked("i-1", "guid-1")
    models.Booking.objects.filter(id=second.id).update(entry_number=20260002)
    assert [booking.id for booking in world.books.unproven(10)] == [first.id, second.id]
    assert [booking.id for booking in world.books.unproven(1)] == [first.id]


def test_a_difference_is_a_finding_with_both_sides(world: World) -> None:
    world.booked()
    world.books.differs(world.booking(), (DIFFERENCE,))
    finding = models.Finding.objects.get()
    assert world.row().state == BookingState.DIFFERS
    assert finding.ours == [{"field": "amount", "line": 1, "value": "100.00"}]
    assert finding.theirs == [{"field": "amount", "line": 1, "value": "99.00"}]
    with pytest.raises(LeaseLost):
        world.books.proven([world.booking()])


def test_the_figures_count_every_invoice_once(world: World) -> None:
    world.books.proven([world.booked("i-1", "guid-1")])
    world.booked("i-2", "GUID-2")
    world.receive(builders.invoice(id="i-3"), builders.invoice(id="i-4"), builders.invoice(id="i-5"))
    two = (Problem(code="vat-code-unknown"), Problem(code="period-closed"))
    world.books.decided(checked(world.booking("i-3"), Hold(problems=two, warnings=())))
    world.books.decided(checked(world.booking("i-4"), Skip(reason=SkipReason.ZERO)))
    found = figures(world.organisation_id, since=NOW)
    assert (found.invoices, found.booked, found.booked_now, found.proven, found.on_the_way) == (5, 2, 2, 1, 1)
    assert (found.held, found.skipped) == ({"vat-code-unknown": 1}, {"zero": 1})
    assert found.coachview_total == found.sent_total == Decimal("242.00")
    assert found.invoices == found.booked + sum(found.held.values()) + sum(found.skipped.values()) + found.on_the_way
    assert figures(since=NOW + timedelta(seconds=1)).booked_now == 0
    assert entry_ids(world.organisation_id) == {"guid-1", "guid-2"}


def test_without_invoices_all_figures_are_zero(world: World) -> None:
    found = figures(world.organisation_id)
    assert (found.invoices, found.booked, found.coachview_total) == (0, 0, Decimal("0.00"))
