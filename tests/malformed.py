"""What comes in wrong, generated: some 600 cases in the tests, many times as many in the bench (R4)."""

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("MALFORMED_TIMES", "1"))
ODD_TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202egnol",
    "🎓" * 40,
    "٣",
    "²",
    "NaN",
    "-Infinity",
    "1e400",
    "9" * 400,
    "-1",
    "0.005",
    "1.234,56",
    "true",
    "null",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "2026-11-24T25:61:61",
    "'; drop table invoice; --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "%s%n%(x)s {0}",
    "../../etc/passwd",
    "x" * 5000,
)
ODD_NUMBERS = (0, -1, 2**31, 2**63, 10**40, 0.1, -0.005, 1e300, 1e-300)

TEXT = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=30))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.sampled_from(ODD_NUMBERS), st.integers(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=5,
)


def cases(number: int) -> settings:
    """So many cases; the same ones each time."""
    return settings(
        max_examples=number * TIMES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
