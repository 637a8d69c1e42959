"""Records are stored by their identity, once, and the window moves only after its rows."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error as DatabaseError
from tests.domain import builders
from tests.store.world import NOW, World, add_koppeling, at_once, entry_of, made

from boekbrug.domain.problem import Subject, report
from boekbrug.store import leases, lifecycle, models
from boekbrug.store.books import Books
from boekbrug.store.moves import SYSTEM
from boekbrug.sync.ports import Received, Step, Unreadable

LATER = NOW + timedelta(hours=1)
FAULT = report("invoice-unreadable", Subject(kind="field", key="date"), field="date", value="x", fault="absurd")


def unreadable(source_id: str = "i-1", changed_at: datetime = LATER) -> Unreadable:
    return Unreadable(id=source_id, number="20260001", changed_at=changed_at, problems=(FAULT,))


def mark(world: World) -> datetime | None:
    return models.Organisation.objects.get(id=world.organisation_id).fetched_until


def test_a_new_record_is_a_booking_that_wants_a_check(world: World) -> None:
    assert world.receive(builders.invoice()) == 1
    row = world.row()
    assert (row.state, row.integration_id, row.administration_id) == (
        "received",
        world.integration_id,
        world.administration_id,
    )
    assert (row.invoice.total_incl, row.invoice.debtor_name) == (Decimal("121.00"), "Bakkerij Jansen")
    assert world.booking().invoice == builders.invoice()
    assert world.books.to_check(10) == (world.booking(),)
    assert Step.CHECK in world.books.due_steps(world.now)
    assert world.history() == [("", "received")]
    assert len(row.mark) == 8


def test_receiving_again_changes_nothing(world: World) -> None:
    world.booked()
    before = list(models.Booking.objects.values()), list(models.Invoice.objects.values())
    assert world.receive(builders.invoice()) == 0
    assert (list(models.Booking.objects.values()), list(models.Invoice.objects.values())) == before


def test_two_workers_that_store_one_page_store_it_once(shared_world: World) -> None:
    page = [Received(reading=builders.invoice(id=f"i-{n}"), raw="{}") for n in range(20)]

    def store() -> int:
        return Books(shared_world.lease, shared_world.clock).receive(shared_world.organisation_id, page, NOW)

    results = at_once(store, store, store)
    assert sorted(results, key=str) == [0, 0, 20]
    assert models.Booking.objects.count() == models.BookingHistory.objects.count() == 20


@pytest.mark.parametrize("state", ["received", "ready", "held", "skipped"])
def test_a_change_before_booking_wants_a_new_check(world: World, state: str) -> None:
    world.receive(builders.invoice())
    models.Booking.objects.update(state=state, needs_check=False)
    assert world.receive(builders.invoice(reference="new", changed_at=LATER)) == 1
    invoice = world.booking().invoice
    assert invoice is not None
    assert (world.row().state, world.row().needs_check, invoice.reference) == (state, True, "new")


def test_a_corrected_debtor_is_a_change_at_the_same_moment(world: World) -> None:
    world.ready()
    assert world.receive(builders.invoice(debtor=builders.debtor(vat_number=""))) == 1


def test_an_older_version_from_a_late_page_is_left(world: World) -> None:
    world.receive(builders.invoice(reference="new", changed_at=LATER))
    assert world.receive(builders.invoice(reference="old", changed_at=NOW)) == 0
    invoice = world.booking().invoice
    assert invoice is not None
    assert invoice.reference == "new"


def test_what_was_read_last_counts_although_coachviews_clock_was_set_back(world: World) -> None:
    assert world.books.fetch_window(world.organisation_id, world.now) is not None
    world.receive(builders.invoice(reference="first", changed_at=LATER))
    assert world.receive(builders.invoice(reference="second", changed_at=NOW)) == 1
    invoice = world.booking().invoice
    assert invoice is not None
    assert (invoice.reference, invoice.changed_at) == ("second", NOW)


def test_a_late_page_of_who_lost_the_window_is_left(world: World) -> None:
    assert world.books.fetch_window(world.organisation_id, world.now) is not None
    models.Organisation.objects.update(fetch_claim="somebody:1")
    world.receive(builders.invoice(reference="new", changed_at=LATER))
    assert world.receive(builders.invoice(reference="old", changed_at=NOW)) == 0
    invoice = world.booking().invoice
    assert invoice is not None
    assert invoice.reference == "new"


def test_what_a_person_skipped_stays_skipped(world: World) -> None:
    world.receive(builders.invoice())
    models.Booking.objects.update(state="skipped", skip_reason="by-person", needs_check=False)
    assert world.receive(builders.invoice(reference="new", changed_at=LATER)) == 0
    assert (world.row().state, world.row().needs_check) == ("skipped", False)


def test_a_change_after_booking_is_a_finding_with_both_sides(world: World) -> None:
    world.booked()
    assert world.receive(builders.invoice(reference="PO 9", changed_at=LATER)) == 0
    finding = models.Finding.objects.get()
    assert (finding.kind, finding.ours, finding.theirs) == (
        "changed-in-coachview",
        {"reference": ""},
        {"reference": "PO 9"},
    )
    assert world.row().state == "booked"


def test_a_finding_is_gone_when_the_change_is_taken_back(world: World) -> None:
    world.booked()
    world.receive(builders.invoice(reference="PO 9", changed_at=LATER))
    world.receive(builders.invoice(changed_at=LATER + timedelta(hours=1)))
    assert models.Finding.objects.get().state == "gone"


def test_a_finding_that_a_person_accepted_does_not_come_back(world: World) -> None:
    world.booked()
    world.receive(builders.invoice(reference="PO 9", changed_at=LATER))
    models.Finding.objects.update(state="accepted")
    world.receive(builders.invoice(reference="PO 9", text="other", changed_at=LATER + timedelta(hours=1)))
    assert [finding.state for finding in models.Finding.objects.all()] == ["accepted"]


def test_a_change_of_what_does_not_decide_is_no_finding(world: World) -> None:
    world.booked()
    world.receive(builders.invoice(text="thank you", already_paid=True, changed_at=LATER))
    assert not models.Finding.objects.exists()


def test_a_change_on_the_way_is_a_finding_once_it_is_booked(world: World) -> None:
    claimed = world.claimed()
    world.receive(builders.invoice(reference="PO 9", changed_at=LATER))
    world.books.booked(claimed, entry_of(), made())
    assert models.Finding.objects.get().theirs == {"reference": "PO 9"}


def test_an_unreadable_record_is_held_and_the_others_go_on(world: World) -> None:
    assert world.receive(unreadable("i-1"), builders.invoice(id="i-2")) == 1
    row = world.row("i-1")
    assert (row.state, row.causes, row.integration_id) == (
        "held",
        ["invoice-unreadable:date"],
        world.integration_id,
    )
    assert world.booking("i-1").problems == (FAULT,)
    assert world.booking("i-1").invoice is None


@pytest.mark.parametrize("state", ["received", "ready", "held", "skipped"])
def test_a_record_that_became_unreadable_is_held(world: World, state: str) -> None:
    world.receive(builders.invoice())
    models.Booking.objects.update(state=state, needs_check=False)
    world.receive(unreadable())
    assert (world.row().state, world.booking().problems) == ("held", (FAULT,))


def test_a_record_that_can_be_read_again_is_checked_again(world: World) -> None:
    world.receive(unreadable(changed_at=NOW))
    assert world.receive(builders.invoice(changed_at=LATER)) == 1
    assert world.booking().invoice is not None


def test_a_booked_record_that_became_unreadable_is_a_finding(world: World) -> None:
    world.booked()
    world.receive(unreadable())
    assert "problems" in models.Finding.objects.get().theirs


def test_a_record_that_became_unreadable_on_the_way_is_not_forgotten(world: World) -> None:
    claimed = world.claimed()
    world.receive(unreadable())
    world.books.retry(claimed, world.now, "the line was down")
    assert world.books.ready(world.now, 10) == ()
    assert [booking.problems for booking in world.books.to_check(10)] == [(FAULT,)]


def test_an_invoice_that_fits_no_filter_or_two_is_held(world: World) -> None:
    restrict(world.integration_id, {"numbers": [["20260001", "20260009"]]})
    second, _, _ = add_koppeling(world.organisation_id, name="Tweede", invoice_filter={"numbers": [["1", "2"]]})
    restrict(second, {"cost_centres": ["Noord"]})
    world.receive(
        builders.invoice(id="i-none", number="20269999"),
        builders.invoice(builders.line(cost_centre="Noord"), id="i-two", number="20260002"),
        builders.invoice(builders.line(cost_centre="Noord"), id="i-second", number="20269998"),
    )
    assert world.row("i-none").causes == ["integration-none:i-none"]
    assert world.row("i-two").causes == ["integration-ambiguous:i-two"]
    assert world.row("i-none").administration_id is None
    assert world.row("i-second").integration_id == second


def restrict(integration_id: int, wanted: dict[str, Any]) -> None:
    version = models.OptionVersion.objects.filter(integration_id=integration_id).latest("number")
    models.OptionVersion.objects.filter(id=version.id).update(values={**version.values, "invoice_filter": wanted})


def test_held_for_want_of_a_koppeling_heals_when_one_fits(world: World) -> None:
    restrict(world.integration_id, {"numbers": [["1", "2"]]})
    world.receive(builders.invoice())
    assert world.row().integration_id is None
    add_koppeling(world.organisation_id, name="Tweede", invoice_filter={"numbers": [["20260001", "20269999"]]})
    assert (world.row().needs_check, world.row().administration_id) == (True, world.administration_id)
    assert world.books.to_check(10) == (world.booking(),)


def test_a_paused_koppeling_keeps_its_own(world: World) -> None:
    lifecycle.pause(world.integration_id, now=NOW)
    world.receive(builders.invoice())
    assert (world.row().state, world.row().integration_id) == ("received", world.integration_id)
    assert world.books.to_check(10) == ()


def test_a_test_koppeling_gets_only_what_no_live_one_wants(world: World) -> None:
    restrict(world.integration_id, {"numbers": [["20260001", "20260001"]]})
    test_id, _, _ = add_koppeling(world.organisation_id, name="Proef", purpose="proef", division=9)
    world.receive(builders.invoice(), builders.invoice(id="i-2", number="20260002"))
    assert (world.row("i-1").integration_id, world.row("i-2").integration_id) == (world.integration_id, test_id)


@pytest.mark.parametrize("raw", ["nul \x00 inside", "half a pair \ud83d", "x" * 100_000])
def test_absurd_texts_are_stored_all_the_same(world: World, raw: str) -> None:
    invoice = builders.invoice(id="i" * 300, number="9" * 80, text=raw, debtor=builders.debtor(name=raw))
    page = [Received(reading=invoice, raw=raw), Received(reading=builders.invoice(id="i-2"), raw="{}")]
    assert world.books.receive(world.organisation_id, page, NOW) == 2
    assert world.books.receive(world.organisation_id, page, NOW) == 0


def test_the_window_moves_only_after_its_rows_are_stored(world: World) -> None:
    window = world.books.fetch_window(world.organisation_id, world.now)
    assert window is not None
    too_much = builders.invoice(id="i-2", total_incl=Decimal("1e15"))
    with pytest.raises(DatabaseError):
        world.receive(builders.invoice(), too_much, until=window.until)
    assert mark(world) is None


def test_a_failed_page_leaves_nothing(shared_world: World) -> None:
    shared_world.books.fetch_window(shared_world.organisation_id, NOW)
    with pytest.raises(DatabaseError):
        shared_world.receive(builders.invoice(), builders.invoice(id="i-2", total_incl=Decimal("1e15")))
    assert not models.Invoice.objects.exists()
    assert mark(shared_world) is None


def test_the_next_window_overlaps_the_last(world: World) -> None:
    first = world.books.fetch_window(world.organisation_id, world.now)
    assert first is not None
    assert first.since < NOW - timedelta(days=365)
    world.receive(builders.invoice(), until=first.until)
    world.books.fetch_ended(world.organisation_id)
    world.advance(minutes=5)
    second = world.books.fetch_window(world.organisation_id, world.now)
    assert second is not None
    assert second.since == first.until - timedelta(minutes=10)
    world.receive(until=first.until - timedelta(days=1))
    assert mark(world) == first.until


def test_one_fetches_an_organisation_at_a_time(world: World) -> None:
    assert world.books.fetch_window(world.organisation_id, world.now) is not None
    other = beside(world)
    assert other.fetch_window(world.organisation_id, world.now) is None
    world.receive(builders.invoice(), until=NOW)
    assert mark(world) == NOW
    world.advance(minutes=11)
    assert other.fetch_window(world.organisation_id, world.now) is not None
    world.receive(until=world.now)
    assert mark(world) == NOW


def test_a_worker_that_died_over_a_window_holds_up_nobody(world: World) -> None:
    assert world.books.fetch_window(world.organisation_id, world.now) is not None
    other = beside(world)
    assert other.fetch_window(world.organisation_id, world.now) is None, "it may still live"
    world.advance(seconds=leases.LEASE_SECONDS)
    assert other.fetch_window(world.organisation_id, world.now) is not None
    second = world.taken_over()
    assert second.fetch_window(world.organisation_id, world.now) is not None, "the other's lease is over by now"


def beside(world: World) -> Books:
    """The books of another administration of the same institute, in somebody's hands from now on."""
    _, _, administration_id = add_koppeling(world.organisation_id, name="Tweede", division=7, purpose="proef")
    lease = leases.acquire(administration_id, "worker-2", world.now)
    assert lease is not None
    return Books(lease, world.clock)


def test_who_does_not_hold_the_window_stores_without_moving_it(world: World) -> None:
    assert world.receive(builders.invoice()) == 1
    assert mark(world) is None


def test_a_koppeling_with_an_earlier_start_reads_the_window_anew(world: World) -> None:
    world.books.fetch_window(world.organisation_id, world.now)
    world.receive(until=world.now)
    world.books.fetch_ended(world.organisation_id)
    add_koppeling(world.organisation_id, name="Proef", purpose="proef", book_from="2020-01-01")
    assert mark(world) is None


def forget_everything() -> None:
    for table in (models.BookingHistory, models.Booking, models.Invoice):
        table.objects.all().delete()


def test_a_mark_stays_the_same_after_a_restore(world: World) -> None:
    world.receive(builders.invoice(id="i-0"), builders.invoice())
    first = world.row().mark
    forget_everything()
    world.receive(builders.invoice())
    assert world.row().mark == first


def test_two_bookings_never_have_one_mark(world: World) -> None:
    world.receive(builders.invoice())
    first = world.row().mark
    forget_everything()
    world.receive(builders.invoice(id="i-0"))
    models.Booking.objects.update(mark=first)
    world.receive(builders.invoice())
    assert world.row().mark != first


def test_a_deleted_koppeling_leaves_its_undecided_invoices_to_others(world: World) -> None:
    world.receive(builders.invoice())
    world.booked("i-2")
    lifecycle.delete(world.integration_id, by=SYSTEM, now=NOW)
    assert (world.row().state, world.row().integration_id) == ("held", None)
    assert (world.row("i-2").state, world.row("i-2").integration_id) == ("booked", world.integration_id)
