"""P1: calls to Exact per booked invoice, everything included: reference, look-ups, proof; without token calls."""

from collections import Counter

from bench.night import data_calls, institute

INVOICES = 500
MOST = {"without_pdf": 1.05, "with_pdf": 3.05, "new_without_pdf": 2.03}


def measure(*, full: bool = False) -> dict[str, object]:
    """One night of 500 invoices of 3 lines: known customers without and with PDF, then new customers without."""
    del full
    value = {
        "without_pdf": _calls_per_invoice(pdf=False, scenario="load"),
        "with_pdf": _calls_per_invoice(pdf=True, scenario="load"),
    }
    return {
        "value": {"invoices": INVOICES, **value},
        "target": "known customer: <= 1.03 (goal of the first slice 1.05) without PDF, <= 3.03 (3.05) with",
        "ok": all(calls <= MOST[name] for name, calls in value.items()),
        "peer": {"published": "4 to 12 calls per invoice"},
    }


def _calls_per_invoice(*, pdf: bool, scenario: str) -> float:
    with institute(INVOICES, pdf=pdf, scenario=scenario) as ours:
        ours.run("sync", "--all", "--until-idle")
        states = Counter(ours.states().values())
        if states != Counter(proven=INVOICES):
            raise RuntimeError(f"not everything was booked and proven: {dict(states)}")
        calls = data_calls(ours)

        return round(len(calls) / INVOICES, 3)
