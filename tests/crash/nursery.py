"""Worker processes that begin with the libraries in memory: hundreds of nights spend most of their time on that.

A process of its own reads the libraries once, and forks a worker whenever it is asked for one. Ours are loaded by each
worker itself, after the fork, as they look at the surroundings. The workers are processes like any other.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

READ_BEFORE = (
    "django.db.models", "django.db.backends.postgresql.base", "httpx2", "procrastinate.contrib.django", "psycopg",
    "stamina", "structlog",
)  # fmt: skip
"""What all workers import and what is the same in all surroundings."""


class Process(Protocol):
    """What the nights do with a worker; `subprocess.Popen` can do it too."""

    def send_signal(self, sig: int) -> None:
        """Send it, unless the process has ended."""

    def poll(self) -> int | None:
        """None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; subprocess.TimeoutExpired when that takes too long."""

    def kill(self) -> None:
        """End it at once."""


class Forked:
    """A worker that was forked: it is somebody else's child, so that its exit status is not known here."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        assert sys.platform == "linux"
        try:
            self._descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self._descriptor = -1

    def send_signal(self, sig: int) -> None:
        """Send it, unless the process has ended."""
        assert sys.platform == "linux"
        if self.poll() is None:
            signal.pidfd_send_signal(self._descriptor, sig)

    def poll(self) -> int | None:
        """None while it runs."""
        return 0 if self._has_ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; subprocess.TimeoutExpired when that takes too long."""
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired(f"worker {self.pid}", timeout or 0)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        return 0

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _has_ended(self, timeout: float | None) -> bool:
        if self._descriptor < 0:
            return True
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return bool(poll.poll(None if timeout is None else timeout * 1000))


class Nursery:
    """Starts workers: forked where the system can hand over a forked process, else each from its program."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._mother: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if sys.platform == "linux":
            command = [sys.executable, "-m", "tests.crash.nursery"]
            self._mother = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._mother is not None:
            self._mother.communicate()

    def start(self, environment: Mapping[str, str], folder: Path, log: Path) -> Process:
        """A worker in these surroundings."""
        if self._mother is None:
            return start_program((), environment, folder, log)
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        wanted = {"environment": dict(environment), "folder": str(folder), "log": str(log)}
        with self._asking:
            self._mother.stdin.write(f"{json.dumps(wanted)}\n")
            self._mother.stdin.flush()
            return Forked(int(self._mother.stdout.readline()))


def start_program(before: tuple[str, ...], environment: Mapping[str, str], folder: Path, log: Path) -> Process:
    """A worker from its program, behind a command such as one that chooses its network."""
    command = [*before, sys.executable, "-m", "boekbrug.cli", "worker"]
    with log.open("wb") as out:
        return subprocess.Popen(command, env=environment, cwd=folder, stdout=out, stderr=out)


def _bear() -> None:
    """Fork a worker for every line that is asked."""
    for name in READ_BEFORE:
        __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(wanted["environment"], wanted["folder"], wanted["log"])
        print(pid, flush=True)  # noqa: T201 - the answer


def _live(environment: Mapping[str, str], folder: str, log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with open("/dev/null", "rb") as nothing, open(log, "wb") as out:  # noqa: PTH123 - for their descriptors
        for source, target in ((nothing, 0), (out, 1), (out, 2)):
            os.dup2(source.fileno(), target)
    from boekbrug.cli import main

    main(["worker"], prog_name="boekbrug")


if __name__ == "__main__":
    _bear()
