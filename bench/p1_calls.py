"""P1: calls to Exact per booked invoice, everything included: reference, look-ups, proof; without token calls."""

from collections import Counter

from bench.night import data_calls, institute

INVOICES = 500
MOST = {"known_without_pdf": 1.03, "known_with_pdf": 3.03}


def measure(*, full: bool = False) -> dict[str, object]:
    """One night of 500 invoices of 3 lines: known customers without and with PDF, then only new customers without.

    A new customer costs its own call and one for each contact, address and bank account, which the practice data
    mixes; that figure is shown, and the target is judged by the known ones.
    """
    del full
    value = {
        "known_without_pdf": _calls_per_invoice(pdf=False, scenario="load"),
        "known_with_pdf": _calls_per_invoice(pdf=True, scenario="load"),
        "new_without_pdf": _calls_per_invoice(pdf=False, scenario="load-new"),
    }
    return {
        "value": {"invoices": INVOICES, **value},
        "target": "known customer: <= 1.03 without PDF, <= 3.03 with; new: <= 2.03 and 1 for each belonging",
        "ok": all(value[name] <= most for name, most in MOST.items()),
    }


def _calls_per_invoice(*, pdf: bool, scenario: str) -> float:
    with institute(INVOICES, pdf=pdf, scenario=scenario) as ours:
        ours.run("sync", "--all", "--until-idle")
        states = Counter(ours.states().values())
        if states != Counter(proven=INVOICES):
            raise RuntimeError(f"not everything was booked and proven: {dict(states)}")
        return round(len(data_calls(ours)) / INVOICES, 3)
