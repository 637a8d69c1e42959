"""An administration that nobody is logged in to is left alone until somebody is: no worker is woken for nothing."""

from datetime import timedelta

import pytest
from tests.store.world import NOW, World, add_koppeling

from boekbrug import wiring
from boekbrug.store import leases, lifecycle, models, organisations, steps
from boekbrug.sync.ports import Step
from boekbrug.wiring import WallClock


@pytest.fixture
def left(world: World) -> World:
    """Work is waiting, and the login has ended."""
    world.ready()
    steps.make_all_due(world.administration_id, NOW)
    leases.release(world.lease)
    models.Login.objects.update(refresh_mark="")
    return world


def due(world: World) -> tuple[int, ...]:
    """Which administrations the clock would wake now."""
    return tuple(one for one, _lane in wiring.due_administrations(world.now, 10))


def work(world: World) -> None:
    """One slice, as a worker runs it."""
    assert wiring.run_slice(world.administration_id, "rt", clock=WallClock(now=world.clock)) is None


def test_one_slice_writes_down_when_to_look_again(left: World) -> None:
    assert due(left) == (left.administration_id,)
    work(left)
    left.advance(seconds=1)
    assert due(left) == (), "not each second, also not by the sweep for what was forgotten"
    left.advance(minutes=58)
    assert due(left) == ()
    left.advance(minutes=2)
    assert due(left) == (left.administration_id,), "a login that told nobody is found within an hour"


def test_what_is_due_later_stays_where_it_is(left: World) -> None:
    later = NOW + timedelta(hours=20)
    models.DueStep.objects.filter(step=Step.REFERENCE).update(due_at=later)
    work(left)
    assert models.DueStep.objects.get(step=Step.REFERENCE).due_at == later


def test_logging_in_wakes_it_and_everybody_who_waits_for_the_same_login(left: World) -> None:
    elsewhere = organisations.create_organisation("Instituut Zuid", now=NOW)
    _, _, other = add_koppeling(elsewhere, division=2)
    models.Integration.objects.filter(administration_id=other).update(login_id=left.login_id)
    models.Login.objects.update(refresh_mark="")
    for administration_id in (left.administration_id, other):
        wiring.run_slice(administration_id, "rt", clock=WallClock(now=left.clock))
    assert due(left) == ()
    models.Login.objects.filter(id=left.login_id).update(refresh_mark="new")
    lifecycle.connect(left.integration_id, left.login_id, now=left.now)
    assert set(due(left)) == {left.administration_id, other}


def test_who_logs_in_meanwhile_is_not_made_to_wait(left: World) -> None:
    lease = left.take_lease("worker-1")
    shift = leases.Shift(lease=lease, now=left.clock)
    seen = steps.due_steps(shift, left.now)
    lifecycle.connect(left.integration_id, left.login_id, now=left.now)
    steps.rest(shift, seen, left.now + timedelta(hours=1))
    assert Step.BOOK in steps.due_steps(shift, left.now)
    models.Login.objects.update(refresh_mark="new")
    lifecycle.rest_without_login(shift)
    assert Step.BOOK in steps.due_steps(shift, left.now)
