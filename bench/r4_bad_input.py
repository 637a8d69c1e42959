"""R4: more than 10,000 malformed answers, invoices, forms and webhooks: no breakdown, no stuck run, all visible."""

import time

from bench.tried import LONGEST_SECONDS, run_tests

TESTS = (
    "tests/coachview/test_malformed_answers.py",
    "tests/web/test_malformed_requests.py",
    "tests/journeys/test_malformed_invoices.py",
)
TIMES = 16
"""Times the cases of the tests."""

CASES = 10_000
"""So many it has to be, at the least."""


def measure(*, full: bool = False) -> dict[str, object]:
    """Run the cases of the tests many times over, other ones each time; with `full` three times as many.

    Not what should have been tried counts, but what the tests say that they tried.
    """
    times = TIMES * 3 if full else TIMES
    start = time.monotonic()
    ran = run_tests(TESTS, {"MALFORMED_TIMES": str(times)}, longest_seconds=LONGEST_SECONDS * times // TIMES)
    cases = sum(ran.tried.values())
    value: dict[str, object] = {
        "cases": cases,
        "kinds": dict(ran.tried),
        "broken": ran.broken,
        "seconds": round(time.monotonic() - start),
    }
    if ran.broken:
        value["first"] = ran.first
    return {
        "value": value,
        "target": "10,000 cases and more: no 500, no stuck run, every rejected invoice visible",
        "ok": ran.broken == 0 and cases >= CASES,
    }
