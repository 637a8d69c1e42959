"""R4: more than 10,000 malformed answers, invoices, forms and webhooks: no breakdown, no stuck run, all visible."""

import os
import re
import subprocess
import sys
import time

TESTS = (
    "tests/coachview/test_malformed_answers.py",
    "tests/web/test_malformed_requests.py",
    "tests/journeys/test_malformed_invoices.py",
)
CASES = 500
"""What these tests try in one turn."""

TIMES = 21
"""Times the 500 cases of the tests."""

LONGEST_SECONDS = 1_800
"""A run that is stuck is one that failed."""


def measure(*, full: bool = False) -> dict[str, object]:
    """Run the cases of the tests 21 times over, other ones each time; with `full` 63 times."""
    times = TIMES * 3 if full else TIMES
    command = [sys.executable, "-m", "pytest", "-q", *TESTS, "-p", "no:cacheprovider"]
    start = time.monotonic()
    environment = os.environ | {"MALFORMED_TIMES": str(times)}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment, timeout=LONGEST_SECONDS * times / TIMES
    )
    failed = re.search(r"(\d+) (?:failed|error)", done.stdout)
    value: dict[str, object] = {
        "cases": CASES * times,
        "broken": int(failed[1]) if failed else int(done.returncode != 0),
        "seconds": round(time.monotonic() - start),
    }
    if done.returncode:
        value["first"] = next((line for line in done.stdout.splitlines() if line.startswith("E ")), "")[:300]
    return {
        "value": value,
        "target": "10,000 cases and more: no 500, no stuck run, every rejected invoice visible",
        "ok": done.returncode == 0,
    }
