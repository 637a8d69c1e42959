"""Workers on several machines, with nothing in common but the database; restarted in turn, while the tables change."""

import json
import subprocess
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.journeys.house import House, house, until

from boekbrug.cli.practice import DIVISION_NL

pytestmark = pytest.mark.journey

INVOICES = 400
A_WHILE = 90
NEXT_RELEASE = """
    ALTER TABLE store_booking ADD COLUMN next_release integer NOT NULL DEFAULT 0;
    ALTER TABLE store_intent ADD COLUMN next_release text NULL;
    CREATE TABLE store_nextrelease (id bigserial PRIMARY KEY, booking_id bigint REFERENCES store_booking);
    INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_next_release', now());
"""


SLOW_MILLISECONDS = 400
"""So slow is Exact while the machines change: all of it would take almost three minutes, many times what that takes."""


def in_between(ours: House) -> None:
    """Wait until some more invoices are in Exact; that there are more to come is what makes the next step a trial."""
    before = len(ours.entries())
    until(lambda: len(ours.entries()) >= before + 3, seconds=A_WHILE)
    assert len(ours.entries()) < INVOICES - 3, "too little is left for what is tried now"


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

        ours.script("run_sql.py", NEXT_RELEASE)
        in_between(ours)  # in the tables of the next release
        again = ours.start_elsewhere(tmp_path / "one-again")
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
