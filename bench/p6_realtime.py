"""P6: realtime, from the webhook to the booked entry, one new invoice per second, 50 ms latency at both parties."""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from tests.journeys.house import House, until
from tests.sim.coachview.practice_coachview import Coachview, copy_of

from bench.fire import inside
from bench.night import institute

INVOICES = 120
LATENCY_MILLISECONDS = 50
MOST_P50, MOST_P99 = 0.4, 1.0
FIRST = "30000001"
NEW = 31_000_000
SECRET = "een-gedeeld-geheim"
SECONDS = 60


def measure(*, full: bool = False) -> dict[str, object]:
    """Seconds from the moment before Coachview takes the invoice in (its webhook follows) until it is booked here."""
    invoices = INVOICES * 5 if full else INVOICES
    waited = _waited(invoices)
    p50, p99 = statistics.median(waited), statistics.quantiles(waited, n=100)[98]
    return {
        "value": {
            "invoices": invoices,
            "p50_s": round(p50, 3),
            "p95_s": round(statistics.quantiles(waited, n=100)[94], 3),
            "p99_s": round(p99, 3),
            "longest_s": round(max(waited), 3),
        },
        "target": f"p50 <= {MOST_P50} s, p99 <= {MOST_P99} s",
        "ok": p50 <= MOST_P50 and p99 <= MOST_P99,
    }


def _waited(invoices: int) -> list[float]:
    with institute(1, pdf=False, export_mode="realtime") as ours:
        address = ours.serve()
        until(lambda: len(ours.entries()) == 1, seconds=SECONDS)
        ours.book.coachview.control("limits", {"minute": 100_000, "day": 1_000_000})
        hook = address + ours.script("webhook_of.py", SECRET)
        ours.book.coachview.control("webhooks", {"url": hook, "secret": SECRET})
        for party in (ours.book.exact, ours.book.coachview):
            party.control("latency", {"milliseconds": LATENCY_MILLISECONDS})
        with _coachview_of(ours) as coachview:
            made = dict(_one_per_second(coachview, invoices))
        until(lambda: len(ours.entries()) == invoices + 1, seconds=SECONDS)
        booked = json.loads(inside(ours, "booked_at.py"))
    return [booked[number] - at for number, at in made.items()]


@contextmanager
def _coachview_of(ours: House) -> Iterator[Coachview]:
    with httpx2.Client(base_url=ours.book.coachview.address, timeout=20) as http:
        coachview = Coachview(http=http)
        coachview.login()
        yield coachview


def _one_per_second(coachview: Coachview, invoices: int) -> Iterator[tuple[str, float]]:
    """Make the invoices, each at its second; the number of each and when it was handed to Coachview."""
    template = coachview.invoice(FIRST)
    began = time.monotonic()
    for place in range(invoices):
        time.sleep(max(0.0, began + place - time.monotonic()))
        number, at = str(NEW + place), time.time()
        coachview.control("records", {"entity": "Facturen", "values": copy_of(template, number)})
        yield number, at
