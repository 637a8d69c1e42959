"""A demo that was killed leaves nobody behind, and the next one, or a serve, works at once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from tests.journeys.house import SOURCE, until

from boekbrug import embedded

pytestmark = pytest.mark.journey


class Demo:
    """A running `boekbrug demo` in a folder."""

    def __init__(self, folder: Path, *words: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BOEKBRUG_")}
        self.home = folder / "var" / "demo"
        self.log = folder / "demo.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "boekbrug.cli", "demo", "--port", "0", *words],
                cwd=folder,
                env={**kept, "PYTHONPATH": str(SOURCE)},
                stdout=log,
                stderr=log,
            )

    def parts(self) -> list[psutil.Process]:
        """Everybody who came of it so far, the database too."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        with suppress(OSError, ValueError, psutil.Error):
            found.append(psutil.Process(int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])))
        return found

    def is_up(self) -> bool:
        """Whether both simulators, the web, the worker and the database run."""
        words = [word for part in self.parts() for word in _words(part)]
        return {"exact", "coachview", "serve", "worker"} <= set(words) and embedded.answers(self.home)

    def end(self) -> None:
        """Kill it, if it lives."""
        self.process.kill()
        self.process.wait()


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path)
    yield running
    running.end()


def test_a_killed_demo_leaves_nobody_behind_and_the_next_one_works(demo: Demo, tmp_path: Path) -> None:
    until(demo.is_up, seconds=120)
    left = demo.parts()
    demo.process.send_signal(signal.SIGKILL)
    demo.process.wait()
    again = Demo(tmp_path, "--fresh", "--once")  # while the parts of the killed one still stop
    try:
        _, alive = psutil.wait_procs(left, timeout=60)
        assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == [], again.log.read_text("utf-8")
        assert again.process.wait(240) == 0, again.log.read_text(encoding="utf-8")
    finally:
        again.end()
    assert not embedded.answers(demo.home)
