"""What the headers say of the calls of a day, and how long to wait (coachview.md 4.2)."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.coachview.answers_of_coachview import NOW, PROFILE

from boekbrug.coachview.limits import Limits, read_limits, wait_until

NAMES = PROFILE.limits
LATER = NOW + timedelta(minutes=90)
SECONDS = str(int(LATER.timestamp()))


@pytest.mark.parametrize(
    ("text", "reset"),
    [
        (SECONDS, LATER),
        (SECONDS + "000", LATER),
        (f" {SECONDS}.0 ", LATER),
        ("2026-11-24T13:30:00", LATER),
        ("2026-11-24T14:30:00+01:00", LATER),
        ("", None),
        ("morgen", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("9e300", None),
    ],
)
def test_a_reset_is_read_in_every_form_that_a_timestamp_may_have(text: str, reset: datetime | None) -> None:
    assert read_limits({NAMES.reset: text}, NAMES).reset == reset


@pytest.mark.parametrize("text", ["", "veel", "-1", "4.5", "٤", "12345678901"])
def test_a_count_that_is_none_is_left_out(text: str) -> None:
    found = read_limits({NAMES.limit: text, NAMES.remaining: text}, NAMES)
    assert found == Limits(limit=None, remaining=None, reset=None)


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({NAMES.reset: SECONDS}, LATER),
        ({NAMES.reset: "1"}, NOW + timedelta(seconds=1)),
        ({NAMES.reset: "4000000000"}, NOW + timedelta(hours=1)),
        ({}, NOW + timedelta(hours=1)),
        ({"Retry-After": "120"}, NOW + timedelta(seconds=120)),
        ({"Retry-After": "999999999"}, NOW + timedelta(hours=1)),
        ({"Retry-After": "Tue, 24 Nov 2026 14:00:00 GMT"}, NOW + timedelta(hours=1)),
    ],
)
def test_a_full_day_waits_for_the_reset_that_can_be_believed(headers: dict[str, str], until: datetime) -> None:
    assert wait_until(headers, NAMES, NOW) == until
    assert until.tzinfo is UTC
