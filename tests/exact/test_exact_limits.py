"""What Exact's headers say of its limits; resets are milliseconds, a 429 names one limit only."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from tests.exact.answers_of_exact import NOW

from boekbrug.exact.limits import Window, read_windows, wait_until

RESET = datetime(2026, 11, 24, 12, 1, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)


def milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def test_both_limits_are_read_whatever_the_spelling_of_the_headers() -> None:
    headers = httpx2.Headers(
        {
            "x-ratelimit-limit": "5000",
            "X-RATELIMIT-REMAINING": "4321",
            "X-RateLimit-Reset": milliseconds(MIDNIGHT),
            "X-RateLimit-Minutely-Limit": "60",
            "X-RateLimit-Minutely-Remaining": "0",
            "X-RateLimit-Minutely-Reset": milliseconds(RESET),
        }
    )
    minute, day = read_windows(headers)
    assert minute == Window(limit=60, remaining=0, reset=RESET)
    assert day == Window(limit=5000, remaining=4321, reset=MIDNIGHT)


def test_a_limit_that_is_not_named_is_not_known() -> None:
    assert read_windows({}) == (None, None)
    assert read_windows({"X-RateLimit-Remaining": "12"})[1] == Window(limit=None, remaining=12, reset=None)


@pytest.mark.parametrize("text", ["", "many", "-1", "1.5", "９", "99999999999999999999"])
def test_what_is_no_number_is_not_believed(text: str) -> None:
    headers = {"X-RateLimit-Limit": text, "X-RateLimit-Remaining": "1", "X-RateLimit-Reset": text}
    assert read_windows(headers)[1] == Window(limit=None, remaining=1, reset=None)


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"X-RateLimit-Minutely-Reset": milliseconds(RESET)}, RESET),
        ({"X-RateLimit-Reset": milliseconds(MIDNIGHT), "X-RateLimit-Remaining": "0"}, MIDNIGHT),
        (
            {
                "X-RateLimit-Minutely-Reset": milliseconds(RESET),
                "X-RateLimit-Minutely-Remaining": "12",
                "X-RateLimit-Reset": milliseconds(MIDNIGHT),
                "X-RateLimit-Remaining": "0",
            },
            MIDNIGHT,
        ),
        (
            {
                "X-RateLimit-Minutely-Reset": milliseconds(RESET),
                "X-RateLimit-Minutely-Remaining": "0",
                "X-RateLimit-Reset": milliseconds(MIDNIGHT),
                "X-RateLimit-Remaining": "40",
            },
            RESET,
        ),
        ({}, NOW + timedelta(seconds=60)),
        ({"Retry-After": "90"}, NOW + timedelta(seconds=90)),
        ({"Retry-After": "Tue, 24 Nov 2026 13:00:00 GMT"}, NOW + timedelta(seconds=60)),
        ({"X-RateLimit-Minutely-Reset": milliseconds(NOW - timedelta(seconds=5))}, NOW + timedelta(seconds=1)),
        ({"X-RateLimit-Reset": milliseconds(NOW + timedelta(days=30))}, NOW + timedelta(seconds=60)),
        ({"X-RateLimit-Minutely-Limit": "60"}, NOW + timedelta(seconds=60)),
    ],
)
def test_a_429_waits_for_the_limit_that_was_hit(headers: dict[str, str], until: datetime) -> None:
    assert wait_until(headers, NOW) == until
