"""A house with as many institutes as wanted, and workers that have only the database in common with it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
from tests.journeys.house import House, until

from bench.fire import INSIDE
from bench.night import institute
from bench.processes import postmaster

SECONDS = 1_800
LOOK_SECONDS = 0.1


@dataclass
class Tenants:
    """The institutes of a house, made and let go by number."""

    ours: House
    desk: "subprocess.Popen[str]"
    made: int = 0
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def ask(self, **order: Any) -> Any:
        """Give one order to the process inside the house; its answer."""
        assert self.desk.stdin is not None
        assert self.desk.stdout is not None
        self.desk.stdin.write(json.dumps(order) + "\n")
        self.desk.stdin.flush()
        return json.loads(self.desk.stdout.readline())

    def make(self, count: int, each: int) -> tuple[int, int]:
        """So many institutes more, each with so many invoices ready; the numbers of the first and the last."""
        first = self.made + 1
        self.made += count
        self.ask(make=count, each=each, **{"from": first})
        return first, self.made

    def begin(self, which: tuple[int, int]) -> float:
        """Let them begin; the moment."""
        at = time.time()
        self.ask(begin=which)
        return at

    def booked(self, which: tuple[int, int]) -> tuple[int, float]:
        """How many of theirs are booked, and when the last one was."""
        count, at = self.ask(booked=which)
        return count, at

    def finish(self, which: tuple[int, int], invoices: int) -> float:
        """Wait until so many of theirs are booked; when the last one was."""
        deadline = time.monotonic() + SECONDS
        while (found := self.booked(which))[0] < invoices:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{found[0]} of {invoices} invoices were booked in {SECONDS} s")
            time.sleep(LOOK_SECONDS)
        return found[1]

    def cpu_seconds(self) -> float:
        """CPU of the workers and of the database so far."""
        server = psutil.Process(postmaster(self.ours.home))
        return sum(_cpu(psutil.Process(worker.pid)) for worker in self.workers) + _cpu(server)

    def start_worker(self) -> None:
        """One worker more, as on another machine: a HOME of its own, the database by its address, the same keys."""
        machine = self.ours.home / f"machine-{time.monotonic_ns()}"
        self.workers.append(self.ours.start_elsewhere(machine))
        log = machine / "worker.log"
        until(lambda: "worker.started" in log.read_text(encoding="utf-8"), seconds=120)

    def stop_workers(self) -> None:
        """Ask all to stop, and wait."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait(timeout=60)
        self.workers.clear()


@contextmanager
def tenants(each: int) -> Iterator[Tenants]:
    """A house whose own institute waits for the night with `each` invoices, the example of all others."""
    with institute(each, pdf=False, export_mode="bulk") as ours:
        (koppeling,) = ours.json("integration", "list")
        ours.run("integration", "set", str(koppeling["id"]), "purpose=proef")
        checking = ours.start("worker")
        until(lambda: set(ours.states().values()) == {"ready"}, seconds=300)
        checking.terminate()
        checking.wait(timeout=60)
        command = [sys.executable, str(INSIDE / "tenants.py")]
        with subprocess.Popen(
            command, env=ours.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as desk:
            found = Tenants(ours=ours, desk=desk)
            try:
                yield found
            finally:
                found.stop_workers()
                assert desk.stdin is not None
                desk.stdin.close()


def _cpu(process: psutil.Process) -> float:
    """Its own time, that of children which ended, and that of its running children."""
    times = process.cpu_times()
    own = times.user + times.system + times.children_user + times.children_system
    return float(own + sum(sum(child.cpu_times()[:2]) for child in process.children()))
