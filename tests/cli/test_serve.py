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

    def __init__(self, home: Path, port: str = "0") -> None:
        self.home = home
        with (home / "serve.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "boekbrug.cli", "serve", "--port", port],
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

    def end(self) -> None:
        """Stop it, if it is not stopped; parts that outlive a killed one keep its output open."""
        self.process.terminate()
        self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def family(self) -> list[psutil.Process]:
        """Everybody who came of it."""
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="bb-serve-") as folder:
        running = Served(Path(folder))
        yield running
        running.end()


def test_serve_answers_mends_itself_and_stops_cleanly(served: Served) -> None:
    assert answers(served.address, "/readyz"), "the address is printed once the web is ready"
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
    served.process.send_signal(signal.SIGTERM)  # impatience changes nothing
    assert served.process.wait(timeout=30) == 143
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert not embedded.answers(served.home)


def serve_again(home: Path, port: str = "0") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "boekbrug.cli", "serve", "--port", port],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(home),
    )


def test_a_taken_port_and_a_second_serve_are_one_sentence_each(served: Served, tmp_path: Path) -> None:
    port = served.address.rsplit(":", 1)[1]
    other = serve_again(tmp_path, port)
    assert (other.returncode, other.stderr.count("\n")) == (1, 1)
    assert f"Port {port} of 127.0.0.1 is in use" in other.stderr
    second = serve_again(served.home)
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert f"serves in {served.home} already (process {served.process.pid})" in second.stderr
    assert answers(served.address, "/readyz")


def test_after_a_kill_nothing_stays_and_the_next_serve_starts_at_the_same_port(served: Served) -> None:
    until(lambda: served.part("worker") is not None)
    family, web = served.family(), served.part("granian")
    assert web is not None
    served.process.kill()
    web.kill()  # its own child is told by nobody now, and still holds the port
    served.process.wait(timeout=10)
    again = Served(served.home, port=served.address.rsplit(":", 1)[1])
    try:
        assert again.address == served.address
        _, alive = psutil.wait_procs(family, timeout=1)
        assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    finally:
        again.end()
    assert not embedded.answers(served.home)


def test_a_database_that_cannot_start_is_one_sentence_that_names_its_log(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text(f"{embedded.MAJOR}\n")
    found = serve_again(tmp_path)
    assert found.returncode == 1
    assert "The embedded PostgreSQL does not start. Its log is " in found.stderr
    assert "Traceback" not in found.stderr
