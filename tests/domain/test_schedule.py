"""The bulk run comes once a night in local time, on both clock changes too."""

from datetime import UTC, datetime, time

import pytest

from boekbrug.domain.options import Options, Repeat
from boekbrug.domain.schedule import next_bulk_run


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "after", "expected"),
    [
        (time(1, 0), "2026-11-24T03:00", "2026-11-25T00:00"),  # winter: local time is one hour ahead
        (time(1, 0), "2026-11-23T23:59", "2026-11-24T00:00"),
        (time(1, 0), "2026-11-24T00:00", "2026-11-25T00:00"),  # the same moment is not later
        (time(1, 0), "2026-06-30T12:00", "2026-06-30T23:00"),  # summer: two hours
        (time(2, 30), "2026-03-28T12:00", "2026-03-29T01:30"),  # spring: 02:30 does not exist, 03:30 it is
        (time(2, 30), "2026-03-29T01:30", "2026-03-30T00:30"),
        (time(2, 30), "2026-10-24T12:00", "2026-10-25T00:30"),  # autumn: the first 02:30
        (time(2, 30), "2026-10-25T00:30", "2026-10-26T01:30"),  # and not the second one
    ],
)
def test_a_daily_run_follows_the_local_clock(hour: time, after: str, expected: str) -> None:
    assert next_bulk_run(Options(bulk_time=hour), at(after)) == at(expected)


def test_a_weekly_run_waits_for_its_day() -> None:
    options = Options(bulk_repeat=Repeat.WEEK, bulk_day="sunday")
    assert next_bulk_run(options, at("2026-11-24T03:00")) == at("2026-11-29T00:00")


def test_a_monthly_run_waits_for_its_date() -> None:
    options = Options(bulk_repeat=Repeat.MONTH, bulk_day="28")
    assert next_bulk_run(options, at("2026-11-28T03:00")) == at("2026-12-28T00:00")
