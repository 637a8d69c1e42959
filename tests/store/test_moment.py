"""The clock of the house: the database's, carried on by this host's seconds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from boekbrug.store.moment import LONGEST_SECONDS, MOST_TRIES, house_clock, moment

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Host:
    """A host on which an answer of the database takes so many seconds, by turns."""

    def __init__(self, *takes: float) -> None:
        self.seconds, self.takes = 1000.0, list(takes)

    def ask(self) -> datetime:
        self.seconds += self.takes.pop(0)
        return AT + timedelta(seconds=self.seconds - 1000.0)

    def clock(self) -> float:
        return self.seconds


def test_the_clock_goes_on_from_what_the_database_says() -> None:
    host = Host(0.0)
    now = house_clock(host.ask, host.clock)
    host.seconds += 30
    assert now() == AT + timedelta(seconds=30)


def test_a_late_answer_is_not_believed() -> None:
    host = Host(60.0, LONGEST_SECONDS + 0.1, 1.0)
    house_clock(host.ask, host.clock)
    assert host.takes == []


def test_a_database_that_never_answers_in_time_gives_no_clock() -> None:
    host = Host(*[60.0] * MOST_TRIES)
    with pytest.raises(OperationalError):
        house_clock(host.ask, host.clock)


def test_within_a_transaction_the_moment_goes_on(db: None) -> None:
    assert moment() < moment()
