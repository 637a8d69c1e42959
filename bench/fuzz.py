"""The cases of a simulator's fuzz tests, run many times over: the frame of S2 and S3."""

import os
import subprocess
import sys
import time

CASES = 500
"""Cases of the tests in one time."""
TIMES = 20


def run_cases(tests: str, variable: str, *, full: bool) -> dict[str, object]:
    """Run the cases of the tests twenty times over; with `full` sixty times. `variable` tells the tests how often."""
    times = TIMES * 3 if full else TIMES
    command = [sys.executable, "-m", "pytest", "-q", tests, "-p", "no:cacheprovider"]
    start = time.monotonic()
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | {variable: str(times)})
    value: dict[str, object] = {"requests": CASES * times, "broken": int(done.returncode != 0)}
    value["seconds"] = round(time.monotonic() - start)
    if done.returncode:
        value["first"] = next((line for line in done.stdout.splitlines() if line.startswith("E ")), "")[:300]
    return {"value": value, "target": "none broken", "ok": done.returncode == 0}
