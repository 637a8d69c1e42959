"""A host whose own clock is minutes off: the database's clock decides what has expired."""

import json

import pytest
from bench.fire import fire, inside, wrong_clock

from boekbrug.store.leases import LEASE_SECONDS

pytestmark = pytest.mark.journey


def test_a_host_with_a_wrong_clock_takes_no_lease_too_early_and_loses_none() -> None:
    with fire(1) as burning:
        for seconds in (240, -240):
            host = wrong_clock(burning.ours.environment, seconds)
            found = json.loads(inside(burning.ours, "lease_here.py", environment=host))
            assert not found["taken_over"], seconds
            assert LEASE_SECONDS - 10 < found["seconds_left"] <= LEASE_SECONDS, seconds
