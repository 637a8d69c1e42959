"""Orders of events that nobody thought of: the table of states and "exactly once" hold in all of them."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.crash.interleavings import Interleavings, Stage
from tests.store.world import World

TIMES = int(os.environ.get("ORDERS_TIMES", "1"))
"""`./run bench R1 --faults` tries more."""

RARE = ("linked", "booked again", "refused to book again", "deleted in the middle of a call")
OFTEN = 2
"""What is rare by itself is reached so often, at the least, in the sixteen orders of one time."""

SHORT = settings(
    max_examples=16 * TIMES,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.journey
def test_every_invoice_is_booked_once_in_whatever_order_things_happen(world: World) -> None:
    class Here(Interleavings):
        stage = Stage.of(world)

    try:
        run_state_machine_as_test(Here, settings=SHORT)
    finally:
        Here.stage.exact.simulator.store.close()
    assert all(Here.stage.reached[what] >= OFTEN for what in RARE), Here.stage.reached
