"""S3: 10,000 generated requests against the Coachview simulator: no breakdown, and invoices that can be read after."""

from bench.fuzz import run_cases


def measure(*, full: bool = False) -> dict[str, object]:
    """Run the cases of the simulator's tests many times over."""
    return run_cases("tests/sim/coachview/test_coachview_sim_fuzz.py", "COACHVIEW_FUZZ_TIMES", full=full)
