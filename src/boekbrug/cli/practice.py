"""The practice book: both simulators as child processes, and their control calls (interfaces.md)."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import httpx2

from boekbrug.cli.with_parent import with_parent
from boekbrug.spoken import Spoken

START_SECONDS = 60
STOP_SECONDS = 5
CONTROL_SECONDS = 600
EXACT_USER = "demo@sim.example"
EXACT_CLIENT = ("sim-client", "sim-secret")
COACHVIEW_CLIENT = ("cv-client", "cv-secret")
DIVISION_NL, DIVISION_BE = 100001, 100002


class PracticeError(Spoken):
    """A simulator did not start, or does not answer."""


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """One running simulator and its base address."""

    name: str
    address: str
    process: subprocess.Popen[str]
    reader: threading.Thread

    def control(self, path: str, body: object = None) -> Any:
        """Call `POST /_sim/<path>` with JSON; its answer as JSON (None when it has none)."""
        answer = httpx2.post(f"{self.address}/_sim/{path}", json={} if body is None else body, timeout=CONTROL_SECONDS)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def read(self, path: str) -> Any:
        """Call `GET /_sim/<path>` (`calls`, `ledger`) and return its JSON."""
        answer = httpx2.get(f"{self.address}/_sim/{path}", timeout=CONTROL_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def stop(self) -> None:
        """End the process; its state file keeps what it knows."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join(STOP_SECONDS)


@dataclass(frozen=True, kw_only=True)
class PracticeBook:
    """Both simulators."""

    exact: Simulator
    coachview: Simulator


@contextmanager
def practice_book(
    *, state: Path | None, scenario: str, seed: int = 1, invoices: int | None = None, fresh: bool = False
) -> Iterator[PracticeBook]:
    """Start both simulators on free ports, with their state in the folder `state` (None: in memory)."""
    options = _options(scenario, seed, invoices, fresh=fresh)
    started: list[Simulator] = []
    try:
        for name in ("exact", "coachview"):
            file = ["--state", str(state / f"{name}.sqlite")] if state else []
            started.append(start_simulator(name, [*options, *file]))
        yield PracticeBook(exact=started[0], coachview=started[1])
    finally:
        for simulator in started:
            simulator.stop()


def _options(scenario: str, seed: int, invoices: int | None, *, fresh: bool) -> list[str]:
    options = ["--scenario", scenario, "--seed", str(seed)]
    if invoices is not None:
        options += ["--invoices", str(invoices)]
    return [*options, "--fresh"] if fresh else options


def start_simulator(name: Literal["exact", "coachview"], options: list[str], *, port: int = 0) -> Simulator:
    """Start `boekbrug-sim <name>` and wait for the line in which it prints its address; it ends when we do."""
    command = with_parent([sys.executable, "-m", "boekbrug_sim", name, "--port", str(port), *options])
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines: Queue[str | None] = Queue()
    reader = threading.Thread(target=_read_lines, args=(process, lines), daemon=True)
    reader.start()
    seen: list[str] = []
    while True:
        try:
            line = lines.get(timeout=START_SECONDS)
        except Empty:
            process.kill()
            process.wait()
            raise PracticeError(
                "The {name} simulator did not start in {seconds} seconds.", name=name, seconds=START_SECONDS
            ) from None
        if line is None:
            process.wait()
            raise PracticeError("The {name} simulator stopped at once: {said}", name=name, said=" ".join(seen)[-500:])
        seen.append(line.strip())
        if "http" in line:
            address = "http" + line.strip().split("http", 1)[1].rstrip("/")
            return Simulator(name=name, address=address, process=process, reader=reader)


def _read_lines(process: subprocess.Popen[str], lines: "Queue[str | None]") -> None:
    """Keep reading, so that the child never blocks on a full pipe; only the first lines matter."""
    if process.stdout is not None:
        with process.stdout as printed:
            for line in printed:
                if lines.qsize() < 1000:
                    lines.put(line)
    lines.put(None)


def consent(authorise_address: str) -> Mapping[str, str]:
    """Log in at the simulator's consent page without a browser; the parameters of the address it returns to."""
    answer = httpx2.get(f"{authorise_address}&sim_user={EXACT_USER}", follow_redirects=False, timeout=CONTROL_SECONDS)
    target = answer.headers.get("Location")
    if answer.status_code != 302 or not target:
        raise PracticeError("The consent page answered {status} instead of a redirect.", status=answer.status_code)
    return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
