"""Workers are killed and frozen in the middle of the demo: nothing is lost, nothing is booked twice."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.house import MAIL, PASSWORD, House, house, until

from boekbrug_sim.data.expected import expected_demo

pytestmark = pytest.mark.journey

BOOKED = {each.number for each in expected_demo() if each.outcome.result == "booked"}
A_WHILE = 60
RESCUE = 300


@pytest.fixture
def noord(tmp_path: Path) -> Iterator[House]:
    """The demo's institute, on a slow line to Exact, so that a worker is always in the middle of something."""
    with house(tmp_path, scenario="demo") as ours:
        ours.script("settle.py", ours.book.exact.address, ours.book.coachview.address, MAIL, PASSWORD)
        ours.book.exact.control("latency", {"milliseconds": 150})
        yield ours


def finish(ours: House) -> None:
    """Let a worker of the house finish, and see that every invoice was booked exactly once and proven."""
    ours.book.exact.control("latency", {"milliseconds": 0})
    ours.start("worker")
    until(lambda: len(ours.entries()) >= len(BOOKED), seconds=RESCUE)
    done = ours.run("sync", "--all", "--until-idle", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    numbers = Counter(str(entry["entry_number"]) for entry in ours.entries())
    assert numbers == Counter(BOOKED)
    assert {number for number, state in ours.states().items() if state == "proven"} == BOOKED


def test_a_worker_killed_in_the_middle_of_the_demo(noord: House) -> None:
    victim = noord.start("worker")
    until(lambda: len(noord.entries()) >= 4, seconds=A_WHILE)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    finish(noord)


def test_a_frozen_worker_wakes_up_after_another_has_taken_over(noord: House) -> None:
    sleeper = noord.start("worker")
    until(lambda: len(noord.entries()) >= 4, seconds=A_WHILE)
    os.kill(sleeper.pid, signal.SIGSTOP)
    before = len(noord.entries())
    noord.start("worker")
    until(lambda: len(noord.entries()) >= before + 3, seconds=RESCUE)
    os.kill(sleeper.pid, signal.SIGCONT)
    finish(noord)
