"""S3: 10,000 generated requests against the Coachview simulator: no breakdown, and invoices that can be read after."""

import os
import subprocess
import sys
import time

TESTS = "tests/sim/coachview/test_coachview_sim_fuzz.py"
TIMES = 20
"""Times the 500 cases of the tests."""


def measure(*, full: bool = False) -> dict[str, object]:
    """Run the cases of the tests twenty times over; with `full` sixty times."""
    times = TIMES * 3 if full else TIMES
    command = [sys.executable, "-m", "pytest", "-q", TESTS, "-p", "no:cacheprovider"]
    start = time.monotonic()
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | {"COACHVIEW_FUZZ_TIMES": str(times)}
    )
    value: dict[str, object] = {"requests": 500 * times, "broken": int(done.returncode != 0)}
    value["seconds"] = round(time.monotonic() - start)
    if done.returncode:
        value["first"] = next((line for line in done.stdout.splitlines() if line.startswith("E ")), "")[:300]
    return {"value": value, "target": "none broken", "ok": done.returncode == 0}
