"""More orders of events than the tests try: the state machine of tests/crash, many times over, always the same ones."""

import os
import subprocess
import sys
from dataclasses import dataclass

TEST = "tests/crash/test_interleavings.py"
ORDERS = 16
"""So many orders the test tries by itself."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """How many orders were tried, and of the first that broke something what it broke."""

    orders: int
    broke: str = ""


def try_orders(times: int) -> Tried:
    """Run the test with so many times its orders."""
    command = [sys.executable, "-m", "pytest", "-q", TEST, "-p", "no:cacheprovider"]
    environment = os.environ | {"ORDERS_TIMES": str(times)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode == 0:
        return Tried(orders=times * ORDERS)
    said = (line for line in done.stdout.splitlines() if line.startswith("E ") and "Error" in line)
    return Tried(orders=times * ORDERS, broke=next(said, f"pytest ended with {done.returncode}")[:300])
