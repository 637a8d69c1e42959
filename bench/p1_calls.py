"""P1: calls to Exact per booked invoice, everything included: reference, look-ups, proof; without token calls."""

from collections import Counter

from bench.fire import inside
from bench.night import data_calls, institute

INVOICES = 500
MOST = {"known_without_pdf": 1.03, "known_with_pdf": 3.03, "new_without_pdf": 2.03, "new_with_pdf": 4.03}
BELONGINGS = ("/crm/Contacts", "/crm/Addresses", "/crm/BankAccounts")


def measure(*, full: bool = False) -> dict[str, object]:
    """One night of 500 invoices of 3 lines: known customers without and with PDF, then only new customers likewise.

    The koppeling was connected the day before: the night reads the reference data anew, as every night does. Each
    contact, address and bank account of a new customer is a call of its own, and is counted apart.
    """
    del full
    nights = {
        "known_without_pdf": _night(pdf=False, scenario="load"),
        "known_with_pdf": _night(pdf=True, scenario="load"),
        "new_without_pdf": _night(pdf=False, scenario="load-new"),
        "new_with_pdf": _night(pdf=True, scenario="load-new"),
    }
    value = {name: calls for name, (calls, _) in nights.items()}
    belongings = {f"belongings_{name}": each for name, (_, each) in nights.items() if each}
    return {
        "value": {"invoices": INVOICES, **value, **belongings},
        "target": "known customer: <= 1.03 without PDF, <= 3.03 with; new: <= 2.03 and 4.03, and 1 for each belonging",
        "ok": all(value[name] <= most for name, most in MOST.items()),
    }


def _night(*, pdf: bool, scenario: str) -> tuple[float, float]:
    """Calls per invoice without those for belongings, and those."""
    with institute(INVOICES, pdf=pdf, scenario=scenario) as ours:
        inside(ours, "next_night.py")
        before = len(data_calls(ours))
        ours.run("sync", "--all", "--until-idle")
        states = Counter(ours.states().values())
        if states != Counter(proven=INVOICES):
            raise RuntimeError(f"not everything was booked and proven: {dict(states)}")
        calls = data_calls(ours)[before:]
        belongings = sum(call["method"] == "POST" and call["path"].endswith(BELONGINGS) for call in calls)
        return round((len(calls) - belongings) / INVOICES, 3), round(belongings / INVOICES, 3)
