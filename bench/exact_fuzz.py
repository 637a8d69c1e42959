"""S2: 10,000 generated requests against the Exact simulator: no breakdown, and a ledger that always balances."""

from bench.fuzz import run_cases


def measure(*, full: bool = False) -> dict[str, object]:
    """Run the cases of the simulator's tests many times over."""
    return run_cases("tests/sim/exact/test_exact_sim_fuzz.py", "EXACT_FUZZ_TIMES", full=full)
