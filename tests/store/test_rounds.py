"""The next round stands in the database: it is made up when it was missed, and moves when options are saved."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.domain import builders
from tests.store.world import DIVISION, NOW, World, add_koppeling

from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.store import integrations, lifecycle, models, organisations, steps
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import REFUSED_BY_EXACT, Koppeling, Step, Unreadable

TONIGHT = datetime(2026, 3, 21, 0, 0, tzinfo=UTC)
TOMORROW = TONIGHT + timedelta(days=1)


@pytest.fixture
def night(db: None) -> World:
    """A koppeling with a bulk run at one o'clock; Exact's reference data has been read."""
    world = World.make(export_mode="bulk")
    world.books.step_done(Step.REFERENCE, NOW + timedelta(days=1))
    return world


def koppeling(world: World) -> Koppeling:
    [only] = world.books.koppelingen()
    return only


def row(world: World) -> models.Integration:
    return models.Integration.objects.get(id=world.integration_id)


def held(world: World, source_id: str, why: str = "vat-code-unknown") -> None:
    """An invoice that is held, by the rules or because of what came of sending it."""
    world.books.hold(world.claimed(source_id), (Problem(code="vat-code-unknown"),), why)


def test_a_koppeling_that_starts_has_its_first_round_planned(night: World) -> None:
    assert koppeling(night).round_at == TONIGHT
    assert not koppeling(night).bulk_running


def test_a_bulk_run_has_fetched_and_then_ends_when_nothing_is_left(night: World) -> None:
    night.ready()
    night.books.begin_round(koppeling(night), TOMORROW)
    assert koppeling(night).round_at == TOMORROW
    assert koppeling(night).bulk_running
    night.books.end_bulk_runs()
    assert koppeling(night).bulk_running, "it has not fetched yet"
    night.books.bulk_fetched()
    night.books.end_bulk_runs()
    assert koppeling(night).bulk_running, "an invoice is ready"
    models.Booking.objects.update(needs_check=True, state="held")
    night.books.end_bulk_runs()
    assert koppeling(night).bulk_running, "an invoice wants a check"
    models.Booking.objects.update(needs_check=False)
    night.books.end_bulk_runs()
    assert not koppeling(night).bulk_running


def test_a_run_goes_on_while_a_reading_that_it_asked_for_is_to_come(night: World) -> None:
    night.books.begin_round(koppeling(night), TOMORROW)
    night.books.bulk_fetched()
    night.books.step_due(Step.REFERENCE, NOW + timedelta(minutes=5))
    night.books.end_bulk_runs()
    assert koppeling(night).bulk_running
    night.books.step_failed(Step.REFERENCE, NOW + timedelta(minutes=2), "Unreachable")
    night.books.end_bulk_runs()
    assert koppeling(night).bulk_running, "Exact is away: it is tried again"
    night.books.step_done(Step.REFERENCE, TOMORROW)
    night.books.end_bulk_runs()
    assert not koppeling(night).bulk_running


def test_a_reading_that_goes_on_failing_does_not_keep_a_run_going(night: World) -> None:
    night.books.begin_round(koppeling(night), TOMORROW)
    night.books.bulk_fetched()
    night.books.step_failed(Step.REFERENCE, NOW + timedelta(hours=1), "NotAllowed")
    night.books.end_bulk_runs()
    assert not koppeling(night).bulk_running


def test_what_waits_for_a_later_moment_does_not_keep_a_run_going(night: World) -> None:
    night.ready()
    models.Booking.objects.update(retry_at=NOW + timedelta(minutes=5))
    night.books.begin_round(koppeling(night), TOMORROW)
    night.books.bulk_fetched()
    night.books.end_bulk_runs()
    assert not koppeling(night).bulk_running


def test_a_realtime_round_is_no_bulk_run(world: World) -> None:
    assert koppeling(world).round_at == TONIGHT
    world.books.begin_round(koppeling(world), TOMORROW)
    assert koppeling(world).round_at == TOMORROW
    assert not koppeling(world).bulk_running


def test_a_round_reads_all_held_invoices_anew_and_checks_those_that_were_not_refused(night: World) -> None:
    held(night, "i-1")
    held(night, "i-2", REFUSED_BY_EXACT)
    night.in_state(BookingState.BOOKED, "i-3")
    night.receive(Unreadable(id="i-4", number="4", changed_at=NOW, problems=(Problem(code="invoice-unreadable"),)))
    models.Booking.objects.update(needs_check=False)
    night.books.begin_round(koppeling(night), TOMORROW)
    assert set(night.books.to_reread(night.organisation_id, 10)) == {"i-1", "i-2", "i-4"}
    assert [one.invoice.id for one in night.books.to_check(10) if one.invoice] == ["i-1"]


def test_what_a_look_up_found_in_its_place_is_not_tried_again_by_itself(night: World) -> None:
    held(night, "i-1")
    models.BookingHistory.objects.filter(to_state="held").update(from_state="unknown")
    night.books.begin_round(koppeling(night), TOMORROW)
    assert night.books.to_check(10) == ()


def test_a_round_that_somebody_moved_meanwhile_is_not_begun(night: World) -> None:
    seen = koppeling(night)
    integrations.set_options(night.integration_id, {"bulk_time": "05:00"}, who="els", now=NOW)
    held(night, "i-1")
    night.books.begin_round(seen, TOMORROW)
    assert koppeling(night).round_at == datetime(2026, 3, 21, 4, 0, tzinfo=UTC)
    assert night.books.to_reread(night.organisation_id, 10) == ()


def test_without_the_lease_nothing_is_begun(night: World) -> None:
    night.taken_over()
    with pytest.raises(LeaseLost):
        night.books.begin_round(koppeling(night), TOMORROW)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"bulk_time": "05:15"}, datetime(2026, 3, 21, 4, 15, tzinfo=UTC)),
        ({"bulk_time": "13:30"}, datetime(2026, 3, 20, 12, 30, tzinfo=UTC)),
        ({"bulk_repeat": "week", "bulk_day": "monday"}, datetime(2026, 3, 23, 0, 0, tzinfo=UTC)),
        ({"bulk_repeat": "month", "bulk_day": "1"}, datetime(2026, 3, 31, 23, 0, tzinfo=UTC)),
    ],
)
def test_saved_options_move_the_round_and_the_steps_that_wait_for_it(
    night: World, options: dict[str, str], expected: datetime
) -> None:
    models.DueStep.objects.filter(step__in=["fetch", "book"]).update(due_at=TONIGHT)
    integrations.set_options(night.integration_id, options, who="els", now=NOW)
    assert koppeling(night).round_at == expected
    due = dict(models.DueStep.objects.values_list("step", "due_at"))
    assert (due["fetch"], due["book"]) == (expected, expected)


def test_options_about_something_else_leave_the_round_alone(night: World) -> None:
    models.Integration.objects.update(round_at=TOMORROW)
    integrations.set_options(night.integration_id, {"send_cost_centre": False}, who="els", now=NOW)
    assert koppeling(night).round_at == TOMORROW


def test_saving_does_not_forget_a_run_that_is_late(night: World) -> None:
    integrations.set_options(night.integration_id, {"bulk_time": "05:00"}, who="els", now=TONIGHT + timedelta(hours=8))
    assert koppeling(night).round_at == TONIGHT


def test_realtime_begins_at_once_and_ends_the_bulk_run(night: World) -> None:
    night.books.begin_round(koppeling(night), TOMORROW)
    models.DueStep.objects.filter(step="fetch").update(due_at=TOMORROW)
    integrations.set_options(night.integration_id, {"export_mode": "realtime"}, who="els", now=NOW)
    assert not koppeling(night).bulk_running
    assert models.DueStep.objects.get(step="fetch").due_at == NOW


def test_a_koppeling_that_has_not_started_gets_no_round_by_saving(db: None) -> None:
    organisation_id = organisations.create_organisation("Instituut Zuid", now=NOW)
    options = {"name": "Exact", "division": DIVISION, "export_mode": "bulk"}
    draft = integrations.create_integration(organisation_id, options, who="els", now=NOW)
    integrations.set_options(draft, {"bulk_time": "05:00"}, who="els", now=NOW)
    assert models.Integration.objects.get(id=draft).round_at is None


def test_a_paused_koppeling_keeps_its_round_and_moves_it_without_waking_anybody(night: World) -> None:
    models.DueStep.objects.all().delete()
    lifecycle.pause(night.integration_id, now=NOW)
    integrations.set_options(night.integration_id, {"bulk_time": "05:00"}, who="els", now=NOW)
    assert row(night).round_at == datetime(2026, 3, 21, 4, 0, tzinfo=UTC)
    assert not models.DueStep.objects.filter(step="fetch").exists()


def test_two_koppelingen_of_one_administration_wait_for_the_first_of_their_rounds(night: World) -> None:
    series = {"numbers": [["90000000", "99999999"]]}
    integrations.set_options(night.integration_id, {"invoice_filter": {"numbers": [["1", "8"]]}}, who="els", now=NOW)
    add_koppeling(night.organisation_id, name="Ander", export_mode="bulk", bulk_time="03:00", invoice_filter=series)
    models.DueStep.objects.filter(step="fetch").update(due_at=TONIGHT)
    integrations.set_options(night.integration_id, {"bulk_time": "05:00"}, who="els", now=NOW)
    assert models.DueStep.objects.get(step="fetch").due_at == datetime(2026, 3, 21, 2, 0, tzinfo=UTC)


def test_the_sweep_finds_a_round_without_a_step(night: World) -> None:
    models.DueStep.objects.all().delete()
    assert steps.sweep(TONIGHT - timedelta(seconds=1)) == 0
    assert steps.sweep(TONIGHT) == 1
    assert models.DueStep.objects.get().step == Step.FETCH


def test_the_reading_of_a_held_invoice_that_changed_checks_it(night: World) -> None:
    held(night, "i-1", REFUSED_BY_EXACT)
    night.books.begin_round(koppeling(night), TOMORROW)
    changed = builders.invoice(id="i-1", text="een correctie", changed_at=NOW + timedelta(hours=1))
    assert night.receive(changed) == 1
    assert len(night.books.to_check(10)) == 1
