"""After a restore nothing is sent: logged out, in review, and everything to be read anew from before the backup."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from tests.store.world import NOW, World

from boekbrug.domain.states import BookingState
from boekbrug.store import lifecycle, models, restoring, schema, steps
from boekbrug.store.lifecycle import NotAllowedNow
from boekbrug.store.schema import SchemaError

LATER = NOW + timedelta(days=2)
DAY = timedelta(days=1)


def integration(world: World) -> models.Integration:
    return models.Integration.objects.get(id=world.integration_id)


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def half_restored(world: World) -> World:
    """Our tables just after the dump is back: marked, and nobody is logged in."""
    sql(restoring.MARK)
    return world


def test_every_koppeling_goes_into_review_and_remembers_what_it_was(world: World) -> None:
    assert restoring.put_in_review(LATER) == 1
    row = integration(world)
    assert (row.state, row.exact_state, row.exact_reason) == ("review", "red", "after-restore")
    assert (row.review.back_to, row.review.restored_at, row.review.done_at) == ("active", LATER, None)
    assert models.Administration.objects.get(id=world.administration_id).lease_until is None


@pytest.mark.parametrize(
    ("before", "after"),
    [("draft", "draft"), ("enabled", "review"), ("paused", "review"), ("active", "review"), ("deleted", "deleted")],
)
def test_what_was_never_enabled_or_is_deleted_stays_as_it_is(world: World, before: str, after: str) -> None:
    models.Integration.objects.update(state=before)
    restoring.put_in_review(LATER)
    assert integration(world).state == after


def test_the_review_begins_a_day_before_the_backup(world: World) -> None:
    restoring.begin_backup(NOW - DAY)
    restoring.begin_backup(NOW)
    models.Organisation.objects.update(fetched_until=NOW + timedelta(hours=1), fetch_claim="1:1")
    restoring.put_in_review(LATER)
    assert integration(world).review.since == NOW - DAY
    organisation = models.Organisation.objects.get(id=world.organisation_id)
    assert (organisation.fetched_until, organisation.fetch_claim) == (NOW - DAY, "")


def test_what_was_fetched_less_far_than_the_backup_is_fetched_from_there(world: World) -> None:
    models.Organisation.objects.update(fetched_until=NOW - 9 * DAY)
    restoring.begin_backup(NOW)
    restoring.put_in_review(LATER)
    assert models.Organisation.objects.get(id=world.organisation_id).fetched_until == NOW - 9 * DAY


def test_a_dump_that_others_made_is_as_old_as_its_newest_history(world: World) -> None:
    world.ready()
    restoring.put_in_review(LATER)
    assert integration(world).review.since == NOW - DAY


def test_a_dump_without_any_history_is_taken_to_be_a_year_old(world: World) -> None:
    restoring.put_in_review(LATER)
    assert integration(world).review.since == LATER - timedelta(days=367)


def test_a_review_that_the_backup_caught_halfway_begins_anew_from_the_earlier_moment(world: World) -> None:
    restoring.begin_backup(NOW)
    restoring.put_in_review(NOW)
    models.Review.objects.update(done_at=NOW, found=3)
    restoring.begin_backup(LATER)
    restoring.put_in_review(LATER)
    review = integration(world).review
    assert (review.back_to, review.since, review.done_at, review.found) == ("active", NOW - DAY, None, 0)


def test_what_was_not_booked_is_to_be_matched_and_a_missing_pdf_is_looked_up_first(world: World) -> None:
    world.ready("i-1")
    world.booked("i-2", "guid-2", number="20260002")
    models.Booking.objects.filter(invoice__source_id="i-1").update(look_first=True)
    models.Booking.objects.filter(invoice__source_id="i-2").update(pdf_state="missing")
    world.booked("i-3", "guid-3", number="20260003")
    restoring.put_in_review(LATER)
    assert [world.row(one).look_first for one in ("i-1", "i-2", "i-3")] == [False, True, False]


def test_the_reference_copy_is_read_anew_in_full(world: World) -> None:
    models.ReferenceMark.objects.create(administration_id=world.administration_id, endpoint="customers", timestamp=9)
    restoring.put_in_review(LATER)
    assert not models.ReferenceMark.objects.exists()
    assert world.books.timestamp("customers") == 0


def test_nobody_is_logged_in_and_no_session_lives(half_restored: World) -> None:
    row = models.Login.objects.get(id=half_restored.login_id)
    assert (row.refresh_mark, row.access_token_sealed, row.refresh_token_sealed) == ("", "", "")
    assert lifecycle.login_of(half_restored.administration_id) is None


def test_nothing_works_before_the_restore_has_ended(half_restored: World) -> None:
    for wanting in (schema.demand, schema.migrate):
        with pytest.raises(SchemaError, match="run boekbrug restore with the same file again"):
            wanting()
    assert restoring.end_restore(LATER) == 1
    schema.demand()
    assert integration(half_restored).state == "review"


def test_a_restore_that_ends_twice_ends_the_same(half_restored: World) -> None:
    restoring.end_restore(NOW)
    restoring.end_restore(LATER)
    assert integration(half_restored).review.back_to == "active"


def test_the_statements_around_the_dump_name_the_tables_of_this_release(world: World) -> None:
    assert f"CREATE TABLE public.{schema.RESTORING} " in restoring.MARK
    assert not restoring.is_empty()


def test_a_backup_of_a_newer_release_is_refused(world: World) -> None:
    known = [
        (str(number), app, name)
        for number, (app, name) in enumerate(MigrationRecorder(connection).applied_migrations())
    ]
    restoring.refuse_newer(known)
    restoring.refuse_newer([("1", "no_longer_installed", "0001_initial")])
    with pytest.raises(SchemaError, match="newer release"):
        restoring.refuse_newer([*known, ("900", "store", "9999_from_the_future")])


@contextmanager
def somebody() -> Iterator[None]:
    """Another connection to the same database, as a worker has one."""
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        dbname=settings["NAME"],
        application_name="boekbrug worker",
    ):
        yield


def test_others_who_use_the_database_are_named(shared_world: World) -> None:
    before = {user.process_id for user in restoring.users()}
    with somebody():
        (other,) = [user for user in restoring.users() if user.process_id not in before]
    assert (other.program, other.machine) == ("boekbrug worker", "")


# Hervatten


def resumed(world: World, **review: object) -> str:
    models.Review.objects.update(**review)
    lifecycle.resume(world.integration_id, now=LATER)
    return integration(world).state


def test_a_koppeling_whose_review_has_not_ended_cannot_go_on(world: World) -> None:
    restoring.put_in_review(LATER)
    with pytest.raises(NotAllowedNow, match="log in to Exact anew and let the review end first"):
        lifecycle.resume(world.integration_id, now=LATER)
    assert integration(world).state == "review"


def test_a_reviewed_koppeling_goes_on_with_everything(world: World) -> None:
    restoring.put_in_review(LATER)
    assert resumed(world, done_at=LATER) == "active"
    assert not models.Review.objects.exists()
    assert steps.next_due(world.administration_id) == LATER


def test_a_koppeling_that_was_paused_is_paused_again(world: World) -> None:
    lifecycle.pause(world.integration_id, now=NOW)
    restoring.put_in_review(LATER)
    assert resumed(world, done_at=LATER) == "paused"
    assert steps.next_due(world.administration_id) is None


def test_a_koppeling_that_never_booked_has_nothing_to_review(world: World) -> None:
    models.Integration.objects.update(state="enabled", activated_at=None)
    restoring.put_in_review(LATER)
    assert resumed(world) == "enabled"


@pytest.mark.parametrize("deed", [lifecycle.pause, lifecycle.enable])
def test_in_review_nothing_else_is_done(world: World, deed: Callable[..., None]) -> None:
    restoring.put_in_review(LATER)
    with pytest.raises(NotAllowedNow), transaction.atomic():
        deed(world.integration_id, now=LATER)


def test_in_review_no_intent_is_committed_and_nothing_is_ready(world: World) -> None:
    world.ready()
    restoring.put_in_review(LATER)
    assert world.taken_over().ready(LATER + DAY, 10) == ()
    assert world.row().state == BookingState.READY


def test_the_clock_wakes_a_review_as_soon_as_somebody_is_logged_in(world: World) -> None:
    sql(restoring.MARK)
    restoring.end_restore(LATER)
    steps.sweep(LATER)
    assert steps.next_due(world.administration_id) is None
    models.Login.objects.update(refresh_mark="fresh")
    steps.sweep(LATER)
    due = models.DueStep.objects.filter(administration_id=world.administration_id)
    assert list(due.values_list("step", flat=True)) == ["review"]
    models.Review.objects.update(done_at=LATER)
    due.delete()
    steps.sweep(LATER)
    assert not due.exists()


def test_a_link_that_was_taken_back_since_does_not_open_again(world: World) -> None:
    models.CauseLink.objects.create(
        organisation_id=world.organisation_id,
        cause="period-closed:70/2026/3",
        secret_hash="of an earlier secret",  # a hash
        made_at=NOW,
        made_by="els",
        expires_at=NOW + timedelta(days=7),
    )
    restoring.put_in_review(LATER)
    assert not models.CauseLink.objects.exists()
