"""Each class of failure leads to the sentence about a connection that tells it."""

from datetime import UTC, datetime

import pytest

from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, OutsideFailure, Throttled, Unreachable, reason_of

LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (NotAllowed("scope-missing", "crm"), "scope-missing"),
        (Throttled(LATER, "429"), "throttled"),
        (Broken("crm/Accounts", "404"), "broken"),
        (Unreachable("DNS"), "unreachable"),
        (OutcomeUnknown("reset"), "unreachable"),
    ],
)
def test_each_failure_has_the_reason_that_people_are_told(failure: OutsideFailure, reason: str) -> None:
    assert reason_of(failure) == reason
