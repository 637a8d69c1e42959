"""What must become of every demo invoice: for tests and whole journeys; the product reads none of it.

The options that it holds for: division 100001, country NL, journal 70, receivables 1300, booked from the first
day of the month before last, deferred revenue and cost centres on (`Intern` means none), debtor number option 1,
closed periods held, and the payment term of direct debit mapped to condition `IN`.
"""

from dataclasses import dataclass

from boekbrug_sim.data.demo import demo_plans
from boekbrug_sim.data.plans import Outcome


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One demo invoice: its number, what it shows, and what must become of it."""

    number: str
    shows: str
    outcome: Outcome


def expected_demo() -> tuple[Expected, ...]:
    """All sixty, in order of number."""
    return tuple(Expected(number=number, shows=plan.shows, outcome=plan.outcome) for number, plan in demo_plans())
