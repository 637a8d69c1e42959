"""What waits and the windows as they are make the forecast of a night; each koppeling's own options count."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.store.world import NOW, World, add_koppeling

from boekbrug.store import models
from boekbrug.store.forecasting import forecasts_of


def wait(world: World, count: int, *, calls: int = 1) -> None:
    """So many ready invoices that cost so many calls, without their PDFs'."""
    for place in range(count):
        world.ready(f"i-{calls}-{place}", number=f"{calls}{place:04}")
    models.Booking.objects.filter(number__startswith=str(calls)).update(calls=calls)


def in_the_evening(world: World) -> tuple[int, int]:
    """One invoice waits for the night of a bulk koppeling, in nine hours; that one, and its administration."""
    integration_id, _, administration_id = add_koppeling(
        world.organisation_id, name="Nacht", purpose="proef", division=7, export_mode="bulk"
    )
    wait(world, 1)
    models.Booking.objects.update(integration_id=integration_id, administration_id=administration_id)
    models.Integration.objects.filter(id=integration_id).update(round_at=NOW + timedelta(hours=9))
    return integration_id, administration_id


def test_nothing_waits_nothing_is_foretold(world: World) -> None:
    assert forecasts_of(world.organisation_id, NOW) == {}


def test_what_waits_is_counted_with_the_calls_that_the_check_found(world: World) -> None:
    wait(world, 4)
    wait(world, 2, calls=3)
    with CaptureQueriesContext(connection) as queries:
        found = forecasts_of(world.organisation_id, NOW)[world.integration_id]
    assert len(queries) == 1
    pdf = 2 if models.OptionVersion.objects.latest("id").values.get("send_pdf", True) else 0
    assert (found.invoices, found.exact_calls) == (6, 4 * (1 + pdf) + 2 * (3 + pdf) + 1)
    assert found.coachview_calls == 6 * (2 if pdf else 1)
    assert found.begins_at == NOW, "a realtime koppeling has begun"
    assert not found.waits


def test_what_is_used_and_what_is_kept_for_realtime_is_no_room(world: World) -> None:
    wait(world, 6, calls=3)
    row = models.Administration.objects.filter(id=world.administration_id)
    row.update(day_used=4491, day_limit=5000, day_resets_at=NOW + timedelta(hours=5))
    found = forecasts_of(world.organisation_id, NOW)[world.integration_id]
    assert (found.waits, found.first_day) == (True, 3)
    assert found.ends_at > NOW + timedelta(hours=5)
    row.update(day_used=0, day_cap=10)
    assert forecasts_of(world.organisation_id, NOW)[world.integration_id].first_day == 3, "the operator's own limit"


@pytest.mark.parametrize("state", ["paused", "review"])
def test_a_koppeling_that_does_not_run_has_no_forecast(world: World, state: str) -> None:
    wait(world, 1)
    models.Integration.objects.filter(id=world.integration_id).update(state=state)
    assert forecasts_of(world.organisation_id, NOW) == {}


def test_a_night_begins_at_its_hour(world: World) -> None:
    integration_id, _ = in_the_evening(world)
    found = forecasts_of(world.organisation_id, NOW)[integration_id]
    assert found.begins_at == NOW + timedelta(hours=9)
    assert found.ends_at > found.begins_at


def test_a_night_reads_what_exact_has_before_it_books_unless_that_was_just_read(world: World) -> None:
    integration_id, administration_id = in_the_evening(world)
    before = forecasts_of(world.organisation_id, NOW)[integration_id].exact_calls
    mark = models.ReferenceMark.objects.create(
        administration_id=administration_id, endpoint="full", read_at=NOW, calls=17
    )
    assert forecasts_of(world.organisation_id, NOW)[integration_id].exact_calls == before + 17 + 2
    mark.read_at = NOW + timedelta(hours=9, minutes=-4)
    mark.save()
    assert forecasts_of(world.organisation_id, NOW)[integration_id].exact_calls == before
