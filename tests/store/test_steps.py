"""The database says what is due; a wake-up is never lost, and what a crash forgot is found."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests.domain import builders
from tests.store.world import NOW, World, add_koppeling, at_once

from boekbrug import trail
from boekbrug.store import leases, models, steps
from boekbrug.store.books import Books
from boekbrug.sync.ports import IntentKind, Step


@pytest.fixture
def quiet(world: World) -> World:
    """A world in which nothing is due."""
    models.DueStep.objects.all().delete()
    return world


def test_steps_come_in_run_order_when_their_time_has_come(quiet: World) -> None:
    for step in (Step.PROVE, Step.SETTLE, Step.CHECK):
        quiet.books.step_due(step, NOW)
    quiet.books.step_due(Step.PDF, NOW + timedelta(seconds=1))
    assert quiet.books.due_steps(NOW) == (Step.SETTLE, Step.CHECK, Step.PROVE)


def test_the_earliest_request_counts(quiet: World) -> None:
    quiet.books.step_due(Step.CHECK, NOW + timedelta(hours=1))
    quiet.books.step_due(Step.CHECK, NOW)
    quiet.books.step_due(Step.CHECK, NOW + timedelta(hours=2))
    assert quiet.books.due_steps(NOW) == (Step.CHECK,)


def test_a_step_that_is_done_is_due_when_it_said(quiet: World) -> None:
    quiet.books.step_due(Step.FETCH, NOW)
    quiet.books.due_steps(NOW)
    quiet.books.step_done(Step.FETCH, NOW + timedelta(minutes=5))
    assert quiet.books.due_steps(NOW) == ()
    assert steps.next_due(quiet.administration_id) == NOW + timedelta(minutes=5)
    quiet.books.step_done(Step.FETCH, None)
    assert steps.next_due(quiet.administration_id) is None


@pytest.mark.parametrize("next_at", [None, NOW + timedelta(hours=1)])
def test_a_request_during_the_step_keeps_it_due(quiet: World, next_at: None) -> None:
    quiet.books.step_due(Step.CHECK, NOW)
    quiet.books.due_steps(NOW)
    steps.make_due(quiet.administration_id, Step.CHECK, NOW)
    quiet.books.step_done(Step.CHECK, next_at)
    assert quiet.books.due_steps(NOW) == (Step.CHECK,)


def test_failures_in_a_row_are_counted_until_it_works(quiet: World) -> None:
    quiet.books.step_due(Step.FETCH, NOW)
    for count in (1, 2, 3):
        quiet.books.step_failed(Step.FETCH, NOW + timedelta(minutes=count), "Unreachable")
        assert quiet.books.step_failures(Step.FETCH) == count
    assert steps.next_due(quiet.administration_id) == NOW + timedelta(minutes=3)
    quiet.books.due_steps(NOW + timedelta(minutes=3))
    quiet.books.step_done(Step.FETCH, NOW)
    assert quiet.books.step_failures(Step.FETCH) == 0


def test_the_clock_finds_what_is_due_and_free_with_its_lane(quiet: World) -> None:
    leases.release(quiet.lease)
    assert steps.due_administrations(NOW, 10) == ()
    steps.make_due(quiet.administration_id, Step.CHECK, NOW)
    assert steps.due_administrations(NOW, 10) == ((quiet.administration_id, "rt"),)
    _, _, night = add_koppeling(quiet.organisation_id, name="Nacht", purpose="proef", division=7, export_mode="bulk")
    assert dict(steps.due_administrations(NOW, 10)) == {quiet.administration_id: "rt", night: "bulk"}
    assert len(steps.due_administrations(NOW, 1)) == 1


def test_realtime_comes_along_when_a_night_fills_all_places(quiet: World) -> None:
    leases.release(quiet.lease)
    _, _, night = add_koppeling(quiet.organisation_id, name="Nacht", purpose="proef", division=7, export_mode="bulk")
    steps.make_due(night, Step.BOOK, NOW - timedelta(hours=1))
    steps.make_due(quiet.administration_id, Step.BOOK, NOW)
    assert steps.due_administrations(NOW, 1) == ((night, "bulk"), (quiet.administration_id, "rt"))


def test_the_clock_leaves_alone_who_is_being_worked_on(quiet: World) -> None:
    steps.make_due(quiet.administration_id, Step.CHECK, NOW)
    assert steps.due_administrations(NOW, 10) == ()
    later = NOW + timedelta(seconds=leases.LEASE_SECONDS)
    assert steps.due_administrations(later, 10) == ((quiet.administration_id, "rt"),)


def test_a_second_clock_passes_over_what_the_first_looks_at(shared_world: World) -> None:
    leases.release(shared_world.lease)
    with transaction.atomic():
        assert steps.due_administrations(NOW, 10)
        assert at_once(lambda: steps.due_administrations(NOW, 10)) == [()]


@pytest.mark.parametrize(
    ("state", "columns", "step"),
    [
        ("received", {"needs_check": True}, Step.CHECK),
        ("held", {"needs_check": True}, Step.CHECK),
        ("ready", {}, Step.BOOK),
        ("booked", {}, Step.PROVE),
        ("proven", {"pdf_state": "missing", "pdf_retry_at": NOW}, Step.PDF),
        ("booking", {}, Step.SETTLE),
    ],
)
def test_the_sweep_finds_work_without_a_step(quiet: World, state: str, columns: dict[str, object], step: Step) -> None:
    quiet.receive(builders.invoice())
    models.DueStep.objects.all().delete()
    models.Booking.objects.update(**{"state": state, "needs_check": False, "state_since": NOW} | columns)
    later = NOW + timedelta(minutes=15)
    assert steps.sweep(later) == 1
    assert [(row.step, row.due_at) for row in models.DueStep.objects.all()] == [(step, later)]
    assert steps.sweep(later) == 0


def test_the_sweep_finds_an_intent_that_may_be_settled(quiet: World) -> None:
    quiet.books.commit_intent(IntentKind.CUSTOMER, "42", {}, booking=None)
    assert steps.sweep(NOW + timedelta(seconds=84)) == 0
    assert steps.sweep(NOW + timedelta(seconds=85)) == 1


@pytest.mark.parametrize("state", ["paused", "deleted"])
def test_the_sweep_leaves_what_is_paused_alone(quiet: World, state: str) -> None:
    quiet.receive(builders.invoice())
    models.DueStep.objects.all().delete()
    models.Integration.objects.update(state=state)
    assert steps.sweep(NOW) == 0


def test_what_waits_for_a_night_is_not_swept(quiet: World) -> None:
    quiet.ready()
    models.Booking.objects.update(retry_at=NOW + timedelta(hours=1))
    models.DueStep.objects.all().delete()
    assert steps.sweep(NOW) == 0


def test_requests_at_once_are_all_counted(shared_world: World) -> None:
    def ask() -> None:
        Books(shared_world.lease, shared_world.clock).step_due(Step.CHECK, NOW)

    before = models.DueStep.objects.get(step=Step.CHECK).asked
    at_once(*[ask] * 5)
    assert models.DueStep.objects.get(step=Step.CHECK).asked == before + 5


def wake_up_of(world: World, step: Step) -> str:
    return models.DueStep.objects.get(administration_id=world.administration_id, step=step).wake_up


def test_a_step_keeps_the_id_of_the_wake_up_that_asked_last(quiet: World) -> None:
    for wake_up in ("first", "second"):
        with trail.following(wake_up):
            steps.make_due(quiet.administration_id, Step.FETCH, NOW)
    steps.make_due(quiet.administration_id, Step.FETCH, NOW)
    assert wake_up_of(quiet, Step.FETCH) == "second", "somebody without an id takes none away"
    quiet.books.due_steps(NOW)
    assert quiet.books.wake_up(Step.FETCH) == "second"
    assert quiet.books.wake_up(Step.BOOK) == ""


@pytest.mark.parametrize(("seconds", "kept"), [(2, "hook"), (60, "hook"), (61, "")])
def test_what_is_due_in_a_while_goes_under_an_id_of_its_own(quiet: World, seconds: int, kept: str) -> None:
    with trail.following("hook"):
        quiet.books.step_due(Step.FETCH, NOW)
        quiet.books.due_steps(NOW)
        quiet.books.step_done(Step.FETCH, NOW + timedelta(seconds=seconds))
    assert wake_up_of(quiet, Step.FETCH) == kept


def test_waiting_is_told_of_what_is_due_and_does_not_fail(quiet: World) -> None:
    assert steps.waited(quiet.administration_id, NOW) is None
    quiet.books.step_due(Step.CHECK, NOW - timedelta(seconds=7))
    assert steps.waited(quiet.administration_id, NOW) == timedelta(seconds=7)
    quiet.books.step_failed(Step.CHECK, NOW, "Unreachable")
    assert steps.waited(quiet.administration_id, NOW) is None


def test_who_answers_that_it_was_too_much_is_there_and_ends_the_failures_of_an_outage(world: World) -> None:
    for why in ("Unreachable", "Unreachable", "Throttled"):
        world.books.step_failed(Step.BOOK, NOW, why)
    assert world.books.step_failures(Step.BOOK) == 0
    world.books.step_failed(Step.BOOK, NOW, "Unreachable")
    assert world.books.step_failures(Step.BOOK) == 1
