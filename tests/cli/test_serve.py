"""`serve` is one process tree: it answers, mends itself, and leaves nothing behind when it is asked to stop."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx2
import psutil
import pytest

from boekbrug import embedded

pytestmark = pytest.mark.journey


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def answers(address: str, path: str) -> bool:
    try:
        return httpx2.get(f"{address}{path}", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "BOEKBRUG_HOME": str(home), "PYTHONPATH": str(Path(embedded.__file__).parents[1])}


class Served:
    """A running `serve` with its address and its parts."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with (home / "serve.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "boekbrug.cli", "serve", "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment(home),
            )
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        assert first.startswith("Boekbrug: http://127.0.0.1:"), (home / "serve.log").read_text()
        self.address = first.split()[1].rstrip("/")
        self.link = self.process.stdout.readline().split()[-1]

    def part(self, word: str) -> psutil.Process | None:
        """The child whose command has this word in it."""
        for child in psutil.Process(self.process.pid).children():
            if child.status() != psutil.STATUS_ZOMBIE and word in child.cmdline():
                return child
        return None

    def has_another(self, word: str, pid: int) -> bool:
        """Whether a part with this word runs under another process number."""
        part = self.part(word)
        return part is not None and part.pid != pid

    def family(self) -> list[psutil.Process]:
        """Everybody who came of it."""
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="bb-serve-") as folder:
        running = Served(Path(folder))
        yield running
        running.process.terminate()
        running.process.communicate(timeout=60)


def test_serve_answers_mends_itself_and_stops_cleanly(served: Served) -> None:
    until(lambda: answers(served.address, "/healthz"))
    until(lambda: served.part("worker") is not None)
    assert served.link.startswith(f"{served.address}/begin/")
    assert answers(served.link, "")

    for word in ("worker", "granian"):
        victim = served.part(word)
        assert victim is not None
        victim.kill()
        until(partial(served.has_another, word, victim.pid))
    until(lambda: answers(served.address, "/healthz"))

    postmaster = psutil.Process(int((served.home / "postgres/data/postmaster.pid").read_text().split()[0]))
    postmaster.kill()
    until(lambda: embedded.answers(served.home))
    until(lambda: answers(served.address, "/readyz"))

    family = served.family()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(timeout=60) == 143
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert not embedded.answers(served.home)


def test_a_port_that_is_taken_is_one_sentence(served: Served, tmp_path: Path) -> None:
    until(lambda: answers(served.address, "/healthz"))
    port = served.address.rsplit(":", 1)[1]
    second = subprocess.run(
        [sys.executable, "-m", "boekbrug.cli", "serve", "--port", port],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(tmp_path),
    )
    assert (second.returncode, second.stderr.strip().count("\n")) == (1, 0)
    assert port in second.stderr
