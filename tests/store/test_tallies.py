"""Counts are added to those of all processes, once, and are not lost while the database is away."""

import pytest
from django.db import connection

from boekbrug.store.tallies import CALLS, DELAY, Tallies, kept

pytestmark = pytest.mark.django_db


def test_what_was_kept_is_not_kept_again() -> None:
    tallies = Tallies()
    tallies.call("exact", "ok")
    tallies.keep()
    tallies.keep()
    tallies.call("exact", "ok")
    tallies.keep()
    assert kept(CALLS) == {"exact ok": 2}


def test_delays_are_counted_in_classes_with_their_sum() -> None:
    tallies = Tallies()
    for seconds in (0.1, 0.2, -0.5, 901.0):
        tallies.delay(seconds)
    tallies.keep()
    assert kept(DELAY) == {"0.1": 2, "0.25": 1, "more": 1, "sum": pytest.approx(901.3)}


@pytest.mark.django_db(transaction=True)
def test_counts_wait_for_a_database_that_is_away() -> None:
    tallies = Tallies()
    tallies.call("coachview", "ok")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE store_tally RENAME TO store_tally_away")
    try:
        tallies.keep()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE store_tally_away RENAME TO store_tally")
    assert kept(CALLS) == {}
    tallies.keep()
    assert kept(CALLS) == {"coachview ok": 1}
