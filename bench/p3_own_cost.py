"""P3: what one invoice with its PDF costs ourselves: CPU of web, worker and database, at no latency and no limit."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.house import House, until

from bench.night import institute
from bench.processes import Parts, cpu_seconds, parts

INVOICES = 1000
MOST_MILLISECONDS = 20
QUIET_SECONDS = 3
SECONDS = 600


def measure(*, full: bool = False) -> dict[str, object]:
    """A paused koppeling goes on under a running `serve`: CPU from then until all is booked, per invoice."""
    invoices = 2000 if full else INVOICES
    with institute(invoices, pdf=True, export_mode="realtime") as ours, served(ours) as (found, integration_id):
        before = cpu_seconds(found)
        ours.run("integration", "resume", integration_id)
        until(lambda: len(ours.entries()) >= invoices, seconds=SECONDS)
        time.sleep(QUIET_SECONDS)  # the proof that 200 waiting entries start ends soon after the last one
        after = cpu_seconds(found)
    value = _milliseconds(before, after, invoices)
    return {
        "value": {"invoices": invoices, **value},
        "target": f"<= {MOST_MILLISECONDS} ms of CPU per invoice with PDF, web + worker + database",
        "ok": value["milliseconds"] <= MOST_MILLISECONDS,
    }


def _milliseconds(before: Mapping[str, float], after: Mapping[str, float], invoices: int) -> dict[str, float]:
    each = {name: round((after[name] - before[name]) / invoices * 1000, 1) for name in before}
    return {"milliseconds": round(sum(each.values()), 1), **each}


@contextmanager
def served(ours: House) -> Iterator[tuple[Parts, str]]:
    """`serve` at rest, its only koppeling paused: its processes, and the koppeling's id."""
    (koppeling,) = ours.json("integration", "list")
    ours.run("integration", "pause", str(koppeling["id"]))
    serve = ours.start("serve", "--port", "0")
    log = next(Path(ours.home).glob("serve-*.log"))
    until(lambda: re.search(r"http://\S+", log.read_text(encoding="utf-8")), seconds=60)
    time.sleep(QUIET_SECONDS)  # imports and the first look at the queue belong to the start
    yield parts(serve.pid, ours.home), str(koppeling["id"])
    serve.terminate()
    serve.wait(timeout=60)
