"""The process tree of `serve`: children that are started again with back-off, and stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from boekbrug import log
from boekbrug.jobs.decisions import delay_seconds

LOOK_SECONDS = 0.25
STOP_SECONDS = 30.0
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
            preexec_fn=_stop_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # we have one thread
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
        keep: Callable[[], None] = lambda: None,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self.children = children
        self._keep = keep
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
        """Ask all children to stop, wait, and kill the groups of those who do not."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + self._stop_seconds
        for process in running:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _log.warning("child.killed", sentence="A part did not stop in time.", pid=process.pid)
            _kill_group(process)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    process.wait()


def _stop_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
