"""Workers on several machines, with nothing in common but the database; restarted in turn, while the tables change."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.journeys.house import COMMAND_SECONDS, House, house, until
from tests.journeys.next_release import write_next_release

from boekbrug.cli.practice import DIVISION_NL

pytestmark = pytest.mark.journey

INVOICES = 400
A_WHILE = 90
SLOW_MILLISECONDS = 400
"""So slow is Exact while the machines change: all of it would take almost three minutes, many times what that takes."""


def in_between(ours: House) -> None:
    """Wait until some more invoices are in Exact; that there are more to come is what makes the next step a trial."""
    before = len(ours.entries())
    until(lambda: len(ours.entries()) >= before + 3, seconds=A_WHILE)
    assert len(ours.entries()) < INVOICES - 3, "too little is left for what is tried now"


def migrate(environment: Mapping[str, str]) -> str:
    """Bring the tables to the release of this machine, by its own command; what that says."""
    command = [sys.executable, "-m", "boekbrug.cli", "migrate"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def end(worker: "subprocess.Popen[bytes]") -> None:
    """Ask it to end, as a new release does."""
    worker.terminate()
    assert worker.wait(60) == 0


def test_machines_are_restarted_in_turn_while_the_tables_become_those_of_the_next_release(tmp_path: Path) -> None:
    with house(tmp_path / "first", scenario="load", invoices=INVOICES, minute_limit=6000) as ours:
        options = {"name": "Exact", "site": "practice", "division": DIVISION_NL, "send_pdf": False}
        options["book_from"] = (date.today() - timedelta(days=3000)).isoformat()  # noqa: DTZ011
        ours.script("settle_one.py", ours.book.coachview.address, json.dumps(options))
        ours.book.exact.control("latency", {"milliseconds": SLOW_MILLISECONDS})
        one, other = (ours.start_elsewhere(tmp_path / name) for name in ("one", "other"))
        in_between(ours)
        end(one)
        in_between(ours)  # the other goes on alone

        newer = write_next_release(tmp_path / "newer")
        said = migrate(ours.elsewhere(tmp_path / "migrating", newer))
        assert "9999_next_release" in said
        in_between(ours)  # the old release, in the tables of the next one
        again = ours.start_elsewhere(tmp_path / "one-again", newer)
        until(lambda: _works(tmp_path / "one-again"), seconds=A_WHILE)
        end(other)
        in_between(ours)  # and so does one that starts there

        ours.book.exact.control("latency", {"milliseconds": 0})
        until(lambda: len(ours.entries()) >= INVOICES, seconds=A_WHILE)
        until(lambda: set(ours.states().values()) <= {"booked", "proven"}, seconds=A_WHILE)
        end(again)
        numbers = Counter(str(entry["entry_number"]) for entry in ours.entries())
        assert set(numbers.values()) == {1}
        assert numbers.keys() == ours.states().keys()
        assert not list(tmp_path.glob("o*/postgres")), "no machine started a database of its own"
        said = "".join(log.read_text(encoding="utf-8") for log in tmp_path.glob("o*/worker.log"))
        assert '"level": "error"' not in said


def _works(machine: Path) -> bool:
    return "The worker looks for work." in (machine / "worker.log").read_text(encoding="utf-8")
