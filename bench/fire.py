"""What the reliability figures share: a whole house under `serve`, its processes by name, and how to hurt them."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil
from tests.journeys.house import COMMAND_SECONDS, MAIL, PASSWORD, House, house, until

from bench.processes import postmaster

FIRST_NUMBER = 30_000_001
INSIDE = Path(__file__).with_name("inside")
START_SECONDS = 300
USUAL_CONCURRENCY, CONNECTIONS, SPARE = 16, 160, 16
"""What the embedded database has for workers, as `serve` demands it."""


def inside(ours: House, name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run one of the scripts of `bench/inside` in the house; what it prints."""
    command = [sys.executable, str(INSIDE / name), *arguments]
    done = subprocess.run(
        command,
        env=environment or ours.environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wrong_clock(environment: Mapping[str, str], seconds: float) -> dict[str, str]:
    """The environment of a host whose clock is so many seconds ahead, or behind when below 0."""
    path = f"{INSIDE / 'wrong_clock'}{os.pathsep}{environment['PYTHONPATH']}"
    return {**environment, "PYTHONPATH": path, "WRONG_CLOCK_SECONDS": str(seconds)}


@dataclass(kw_only=True)
class Fire:
    """A house with two koppelingen on one administration, the first with PDFs; and the hurts that it got.

    Without `pdf` there is only the second one.
    """

    ours: House
    invoices: int
    pdf: bool = True
    address: str = ""
    hook: str = ""
    integrations: tuple[int, ...] = ()
    hurts: dict[str, int] = field(default_factory=dict)
    hosts: list[int] = field(default_factory=list)
    """The workers on other hosts, by their process ids; of these only the last lives."""

    @property
    def half(self) -> int:
        """The last number that goes with its PDF."""
        return FIRST_NUMBER + (self.invoices // 2 if self.pdf else 0) - 1

    def settle(self) -> None:
        """Make the institute and its koppelingen; booking starts when a worker does."""
        last = str(FIRST_NUMBER + self.invoices - 1)
        coachview = self.ours.book.coachview.address
        made = json.loads(inside(self.ours, "settle_two.py", coachview, MAIL, PASSWORD, str(self.half), last))
        self.integrations, self.hook = tuple(made["integrations"]), made["hook"]

    def serve(self, workers: int) -> None:
        """Start the program as on a machine of its own: web, workers and database in one tree."""
        self.ours.environment["BOEKBRUG_WORKERS"] = str(workers)
        self.ours.environment["BOEKBRUG_CONCURRENCY"] = str(min(USUAL_CONCURRENCY, CONNECTIONS // workers - SPARE))
        log = self.ours.home / f"serve-{len(self.ours.children)}.log"
        child = self.ours.start("serve", "--port", "0")
        until(
            lambda: child.poll() is not None or re.search(r"http://\S+", log.read_text(encoding="utf-8")),
            seconds=START_SECONDS,
        )
        found = re.search(r"Boekbrug: (http://\S+?)/?\s", log.read_text(encoding="utf-8"))
        assert found is not None, log.read_text(encoding="utf-8")
        self.address = found.group(1)

    def standing(self) -> dict[str, Any]:
        """How the house stands: states, unknown outcomes, findings, steps."""
        shown: dict[str, Any] = json.loads(inside(self.ours, "standing.py"))
        return shown

    # --- processes

    def workers(self) -> list[psutil.Process]:
        """The worker processes of `serve` that live."""
        return [one for one in self._tree() if _command(one)[-1:] == ["worker"] and one.pid not in self.hosts]

    def web(self) -> list[psutil.Process]:
        """The web server's processes."""
        return [one for one in self._tree() if "granian" in " ".join(_command(one))]

    def _tree(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for child in self.ours.children:
            with suppress(psutil.Error):
                one = psutil.Process(child.pid)
                found += [one, *one.children(recursive=True)]
        return found

    def pass_login_time(self, seconds: float) -> None:
        """So much time passes for the login, at Exact and here at the same moment."""
        self._while_workers_stand_still(
            lambda: self.ours.book.exact.control("clock", {"advance_seconds": seconds}), str(seconds)
        )

    def pass_claim_time(self, seconds: float) -> None:
        """So much time passes for a refresh that got no answer, and for what waits because of it."""
        self._while_workers_stand_still(lambda: None, str(seconds), "claim")

    def _while_workers_stand_still(self, also: Callable[[], object], *arguments: str) -> None:
        """Run age_login.py; what it needs to start, a database among others, is there before they stop."""
        command = [sys.executable, str(INSIDE / "age_login.py"), *arguments]
        with subprocess.Popen(
            command, env=self.ours.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as script:
            assert script.stdout is not None
            script.stdout.readline()
            moving = [one for one in (*self.workers(), *self._host()) if not _stands_still(one)]
            self._tell(moving, signal.SIGSTOP)
            try:
                also()
                script.communicate("go\n", timeout=COMMAND_SECONDS)
            finally:
                self._tell(moving, signal.SIGCONT)
        assert script.returncode == 0

    def host_with_wrong_clock(self, seconds: float) -> None:
        """One worker works on another host, whose clock is so much ahead (behind); the host before it is stopped."""
        self._tell(self._host(), signal.SIGTERM)
        number = len(self.ours.children)
        machine = self.ours.home / f"host-{number}"
        environment = wrong_clock(self.ours.elsewhere(machine), seconds)
        with (machine / "worker.log").open("wb") as log:
            command = [sys.executable, "-m", "boekbrug.cli", "worker"]
            child = subprocess.Popen(command, env=environment, cwd=machine, stdout=log, stderr=log)
        self.ours.children.append(child)
        self.hosts.append(child.pid)

    def _host(self) -> list[psutil.Process]:
        """The worker on the host with the wrong clock, while there is one."""
        found = []
        for pid in self.hosts[-1:]:
            with suppress(psutil.NoSuchProcess):
                found.append(psutil.Process(pid))
        return found

    def _tell(self, processes: list[psutil.Process], number: signal.Signals) -> None:
        for one in processes:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)

    # --- hurts, each counted under its name

    def kill_worker(self, dice: random.Random) -> None:
        """A worker dies in the middle of whatever it does."""
        self._signal("worker killed (-9)", self.workers(), signal.SIGKILL, dice)

    def freeze_worker(self, dice: random.Random) -> Callable[[], None]:
        """A worker stands still; the verb that lets it go on."""
        frozen = self._signal("worker frozen", self.workers(), signal.SIGSTOP, dice)

        def thaw() -> None:
            with suppress(ProcessLookupError):
                if frozen is not None:
                    os.kill(frozen, signal.SIGCONT)

        return thaw

    def kill_web(self, dice: random.Random) -> None:
        """The web dies."""
        self._signal("web killed (-9)", self.web(), signal.SIGKILL, dice)

    def stop_database(self, how: str) -> None:
        """The database stops: `fast` and `immediate` as an administrator's tool does it, `killed` as a machine does."""
        signals = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "killed (-9)": signal.SIGKILL}
        with suppress(ProcessLookupError, ValueError, OSError):
            os.kill(postmaster(self.ours.home), signals[how])
            self.count(f"database {how}")

    def count(self, hurt: str, times: int = 1) -> None:
        """Remember that something was done to the house."""
        self.hurts[hurt] = self.hurts.get(hurt, 0) + times

    def _signal(
        self, hurt: str, processes: list[psutil.Process], number: signal.Signals, dice: random.Random
    ) -> int | None:
        if not processes:
            return None
        pid: int = dice.choice(sorted(processes, key=lambda one: one.pid)).pid
        with suppress(ProcessLookupError):
            os.kill(pid, number)
            self.count(hurt)
        return pid


@contextmanager
def fire(invoices: int, *, pdf: bool = True, windows: Mapping[str, float] | None = None) -> Iterator[Fire]:
    """A settled house, thrown away at the end; nothing works in it yet.

    `windows` are the lengths of the minute and the day of both parties: who learned at noon that the day ends at
    midnight believes no shorter day that begins at one.
    """
    lengths = windows or {}
    with (
        tempfile.TemporaryDirectory(prefix="fire-") as folder,
        house(Path(folder), scenario="load", invoices=invoices) as ours,
    ):
        ours.book.exact.control("limits", {"minute": 100_000, "day": 1_000_000, **lengths})
        ours.book.coachview.control("limits", {"day": 1_000_000, **lengths})
        burning = Fire(ours=ours, invoices=invoices, pdf=pdf)
        burning.settle()
        yield burning
        ours.leave()


def _stands_still(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_STOPPED)
    except psutil.Error:
        return True


def _command(process: psutil.Process) -> list[str]:
    try:
        found: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return found


def post(address: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> int:
    """POST to an address of ours; the status, 0 when nobody answers."""
    try:
        return httpx2.post(address, content=body, headers=dict(headers or {}), timeout=10).status_code
    except httpx2.HTTPError:
        return 0
