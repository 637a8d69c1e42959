"""The workers' decisions, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from boekbrug.jobs.decisions import delay_seconds, due_now, rests

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(None, False), (1, False), (0, True), (-1, True)], ids=["nothing", "later", "now", "past"]
)
def test_a_slice_is_woken_again_at_once_only_when_more_is_due(seconds: int | None, *, expected: bool) -> None:
    next_due = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert due_now(next_due, NOW) is expected


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0.5), (1, 0.5), (2, 1), (3, 2), (6, 16), (7, 30), (8, 30), (10_000, 30)]
)
def test_the_delay_doubles_up_to_half_a_minute(failures: int, seconds: float) -> None:
    assert delay_seconds(failures) == seconds


@pytest.mark.parametrize(
    ("failures", "ago_seconds", "expected"),
    [(0, 0, False), (1, 0.4, True), (1, 0.5, False), (5, 7.9, True), (5, 8, False)],
)
def test_an_administration_rests_after_failures(failures: int, ago_seconds: float, *, expected: bool) -> None:
    assert rests(failures, ago_seconds) is expected
