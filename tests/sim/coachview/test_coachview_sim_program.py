"""The Coachview simulator as a program: it prints its address, and goes on after kill -9."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from tests.sim.coachview.practice_coachview import Coachview

SOURCES = Path(__file__).parents[3] / "src"


@contextmanager
def _program(state: Path) -> Iterator[tuple[subprocess.Popen[str], Coachview]]:
    command = "from boekbrug_sim.cli import main; main()"
    program = subprocess.Popen(
        [sys.executable, "-c", command, "coachview", "--port", "0", "--state", str(state)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )
    try:
        assert program.stdout
        line = program.stdout.readline()
        match = re.fullmatch(r"Coachview simulator: (http://127\.0\.0\.1:\d+)\n", line)
        assert match, line
        with httpx2.Client(base_url=match[1], timeout=20) as http:
            yield program, Coachview(http=http)
    finally:
        program.kill()
        program.communicate()


def test_what_was_written_survives_kill_nine(tmp_path: Path) -> None:
    state = tmp_path / "coachview.db"
    with _program(state) as (program, coachview):
        coachview.login()
        invoice = coachview.invoices(take="1")[0]
        path = f"/api/v1/Facturen/{invoice['id']}"
        assert coachview.http.put(path, json={"bevestigd": True}).status_code == 204
        authorization = coachview.http.headers["Authorization"]
        program.send_signal(signal.SIGKILL)
        assert program.wait(timeout=20) == -signal.SIGKILL
    with _program(state) as (program, coachview):
        coachview.http.headers["Authorization"] = authorization
        assert coachview.http.get(path).json()["bevestigd"] is True
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=20) == 0
