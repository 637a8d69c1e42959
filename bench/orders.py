"""More orders of events than the tests try: the state machine of tests/crash, many times over, always the same ones."""

from dataclasses import dataclass

from bench.tried import run_tests

TEST = "tests/crash/test_interleavings.py"


@dataclass(frozen=True, kw_only=True)
class Tried:
    """How many orders were tried, and of the first that broke something what it broke."""

    orders: int
    broke: str = ""


def try_orders(times: int) -> Tried:
    """Run the test with so many times its orders."""
    ran = run_tests([TEST], {"ORDERS_TIMES": str(times)})
    return Tried(orders=sum(ran.tried.values()), broke=ran.first)
