"""How the whole is, for machines that watch: is it ready, and its figures in the words of Prometheus.

Every figure is read from the database at the moment of the scrape, so that it is right with any number of processes
on any number of machines (docs/decisions/0009-metrics.md). Nothing in it names an institute.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache

from django.db import Error as DatabaseError
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from boekbrug import __version__, wiring
from boekbrug.queue.port import Health
from boekbrug.store import schema
from boekbrug.store.reading.metrics import BudgetLeft, Figures, figures
from boekbrug.store.tallies import DELAY_SECONDS, MORE, SUM, tallies

KEEP_SECONDS = 5.0
"""However often somebody asks, the database is read at most once in this time."""

NO_DATABASE = "the database does not answer"
NO_TABLES = "the database is not of this release: {count} to migrate"
NO_WORKER = "no worker has given a sign of life: invoices are taken in, nothing is booked"


def lack() -> str:
    """Why the program is not ready, in a sentence for the operator; empty when it is."""
    try:
        todo = schema.pending()
        if todo:
            return NO_TABLES.format(count=len(todo))
        return "" if wiring.queue().health().workers else NO_WORKER
    except DatabaseError:
        return NO_DATABASE


class Everything(Collector):
    """All metrics, read when they are asked for."""

    def __init__(self, read: Callable[[], tuple[Figures, Health]] | None = None) -> None:
        self._read = read or _read

    def collect(self) -> Iterable[Metric]:
        """Each metric with its values."""
        began = time.monotonic()
        found, health = self._read()
        yield from _work(found)
        yield from _limits(found)
        yield from _engine(health, found)
        yield _gauge("boekbrug_build_info", "The release that runs; always 1.", {__version__: 1}, "version")
        yield _one("boekbrug_scrape_seconds", "How long reading these figures took.", time.monotonic() - began)


class Scrape:
    """The figures as text; whoever asks again within a few seconds gets the same text."""

    def __init__(self, collector: Collector, seconds: Callable[[], float] = time.monotonic) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(collector)
        self._seconds = seconds
        self._guard = threading.Lock()
        self._made: dict[str, tuple[float, bytes, str]] = {}

    def text(self, accept: str) -> tuple[bytes, str]:
        """The text and its content type, in the newest form that the asker understands."""
        encoder, kind = choose_encoder(accept)
        with self._guard:
            at, made, _ = self._made.get(kind, (float("-inf"), b"", ""))
            if self._seconds() - at >= KEEP_SECONDS:
                made = encoder(self._registry)
                self._made[kind] = (self._seconds(), made, kind)
        return made, kind


@cache
def scrape() -> Scrape:
    """The figures of this installation."""
    return Scrape(Everything())


def _read() -> tuple[Figures, Health]:
    tallies().keep()
    return figures(datetime.now(UTC)), wiring.queue().health()


def _work(found: Figures) -> Iterator[Metric]:
    yield _gauge("boekbrug_bookings", "Invoices by the state of their booking.", found.bookings, "state")
    yield _gauge("boekbrug_pdfs_waiting", "Booked invoices whose PDF is not in Exact yet.", found.pdfs, "state")
    yield _one(
        "boekbrug_unknown_outcomes", "Calls that changed something and were not answered.", found.unknown_outcomes
    )
    yield _one("boekbrug_unknown_outcome_age_seconds", "Age of the oldest of these.", found.unknown_age_seconds)
    yield _one("boekbrug_findings_open", "Differences found after booking that nobody accepted.", found.findings)
    yield _one("boekbrug_operator_notices_open", "Faults of our own that nobody solved.", found.notices)
    yield _gauge("boekbrug_koppelingen", "Koppelingen by state.", found.koppelingen, "state")
    yield _gauge("boekbrug_koppelingen_red", "Active koppelingen that cannot work, by side.", found.red, "party")
    yield _gauge("boekbrug_steps_due", "Steps that wait for a worker.", found.due, "step")
    yield _gauge("boekbrug_steps_failing", "Steps whose last try failed.", found.failing, "step")
    yield _one("boekbrug_queue_age_seconds", "How long the oldest of the due steps waits.", found.queue_age_seconds)


def _limits(found: Figures) -> Iterator[Metric]:
    calls = CounterMetricFamily("boekbrug_calls", "Calls by party and how they ended.", labels=("party", "result"))
    for key, amount in sorted(found.calls.items()):
        calls.add_metric(key.split(" ", 1), amount)
    yield calls
    parts: tuple[tuple[str, str, Callable[[BudgetLeft], float]], ...] = (
        ("boekbrug_budget_left_calls", "Calls left, all together.", lambda left: left.calls),
        (
            "boekbrug_budget_left_lowest_ratio",
            "The smallest share left to anybody.",
            lambda left: left.lowest_share,
        ),
        ("boekbrug_budgets_used_up", "How many have no call left for a night's work.", lambda left: left.used_up),
    )
    for name, told, value in parts:
        family = GaugeMetricFamily(name, told, labels=("party", "window"))
        for left in found.budgets:
            family.add_metric((left.party, left.window), value(left))
        yield family


def _engine(health: Health, found: Figures) -> Iterator[Metric]:
    yield _one("boekbrug_workers", "Workers that give a sign of life.", health.workers)
    jobs = {"waiting": health.waiting, "running": health.running, "failed": health.failed}
    yield _gauge("boekbrug_jobs", "Wake-ups in the job engine.", jobs, "state")
    yield _one("boekbrug_job_age_seconds", "Age of the oldest waiting wake-up.", health.oldest_waiting_seconds or 0.0)
    yield _histogram(found.delays)


def _histogram(delays: Mapping[str, float]) -> Metric:
    family = HistogramMetricFamily(
        "boekbrug_wake_up_delay_seconds", "From the moment that something was due until a worker began with it."
    )
    total, buckets = 0.0, []
    for end in (*(f"{end:g}" for end in DELAY_SECONDS), MORE):
        total += delays.get(end, 0.0)
        buckets.append(("+Inf" if end == MORE else str(float(end)), total))
    family.add_metric((), buckets, delays.get(SUM, 0.0))
    return family


def _gauge(name: str, told: str, values: Mapping[str, float], label: str) -> Metric:
    family = GaugeMetricFamily(name, told, labels=(label,))
    for key, value in values.items():
        family.add_metric((str(key),), value)
    return family


def _one(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)
