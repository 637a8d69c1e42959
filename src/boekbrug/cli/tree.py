"""The process tree of `serve`: children that are started again with back-off, and stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from boekbrug import log
from boekbrug.jobs.decisions import delay_seconds

LOOK_SECONDS = 0.25
STOP_SECONDS = 27.0
"""All children together; with the database after them `serve` ends within 30 s."""

STEADY_SECONDS = 30.0
"""A child that lived so long starts again at once when it dies."""

_PR_SET_PDEATHSIG = 1
_log = log.get("serve")


@dataclass(kw_only=True)
class Child:
    """One program of the tree."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    ahead_seconds: float = 0.0
    """How long it may take to stop before the children behind it are asked to stop too."""
    keeps: Sequence[int] = ()
    """Handles of files that it inherits."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        """Start it, in such a way that it is told to stop when we die."""
        self.process = subprocess.Popen(
            list(self.command),
            env=dict(self.environment),
            start_new_session=True,
            pass_fds=self.keeps,
            preexec_fn=partial(_stop_with_parent, os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509  # we have one thread
        )
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Start it when it is not running and its waiting time is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        status = self.process.poll()
        if status is None:
            return
        _kill_group(self.process)  # what it started itself may still hold the port
        self.process = None
        self.quick_deaths = 0 if now - self.started_at > STEADY_SECONDS else self.quick_deaths + 1
        self.start_at = now + (delay_seconds(self.quick_deaths) if self.quick_deaths else 0)
        _log.warning("child.ended", sentence="A part stopped and is started again.", part=self.name, status=status)


class Tree:
    """The children of one `serve`."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        keep: Callable[[], object] = lambda: None,
        stops: Callable[[], object] = lambda: None,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self.children = children
        self._keep = keep
        self._stops = stops
        self._stop_seconds = stop_seconds

    def run(self, stopped: Callable[[], bool]) -> None:
        """Look after the children until told to stop; then stop them all, whatever happens."""
        try:
            while not stopped():
                for child in self.children:
                    child.look_after()
                self._keep()
                time.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask the children to stop, in their order, wait, and kill the groups of those who do not."""
        self._stops()
        deadline = time.monotonic() + self._stop_seconds
        running = [(child, child.process) for child in self.children if child.process is not None]
        for child, process in running:
            if process.poll() is None:
                process.terminate()
                _wait(process, min(child.ahead_seconds, self._stop_seconds))
        for child, process in running:
            if not _wait(process, max(0.1, deadline - time.monotonic())):
                _log.warning("child.killed", sentence="A part did not stop in time.", part=child.name)
            _kill_group(process)


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether it has ended within these seconds."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    process.wait()


def _stop_with_parent(parent: int) -> None:
    """In the child: be told when the parent dies, also when it just has."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
