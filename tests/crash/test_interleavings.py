"""Orders of events that nobody thought of: the table of states and "exactly once" hold in all of them."""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.crash.interleavings import Interleavings
from tests.crash.people import Theme
from tests.crash.stage import Stage
from tests.store.world import World
from tests.tried import tried

TIMES = int(os.environ.get("ORDERS_TIMES", "1"))
"""`./run bench R1 --faults` tries more."""

RARE = (
    *("linked", "booked again", "refused to book again", "deleted in the middle of a call"),
    *("customer deleted", "project deleted", "document deleted"),
    "deleted in Exact in the middle of a call",
    *("customer made anew", "project made anew", "document made anew", "project asked for"),
    *("looked up beside another year", "booked again beside another year"),
)
OFTEN = 2
"""What is rare by itself is reached so often, at the least, in the orders of one time."""

SHORT = settings(
    max_examples=3,
    stateful_step_count=18,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
"""So many orders of one number, the same ones each time that the test is run; the first is the simplest there is."""

THEMES = (*Theme, *Theme)
"""Orders of one time are about these, each under a number of its own."""


@pytest.mark.journey
def test_every_invoice_is_booked_once_in_whatever_order_things_happen(world: World) -> None:
    stage = Stage.of(world)
    try:
        for number, theme in enumerate(THEMES * TIMES):
            run_state_machine_as_test(machine(stage, theme, number), settings=SHORT)
            tried(theme.value, SHORT.max_examples)
    finally:
        stage.exact.simulator.store.close()
    assert all(stage.reached[what] >= OFTEN for what in RARE), stage.reached


def machine(on: Stage, about: Theme, number: int) -> type[Interleavings]:
    """The machine on this stage with this theme, whose orders are those of a number."""

    class Here(Interleavings):
        stage = on
        theme = about

    return seed(number)(Here)
