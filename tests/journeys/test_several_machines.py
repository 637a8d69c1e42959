"""Workers on several machines, with nothing in common but the database; restarted in turn, while the tables change."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.journeys.house import House, house, until

from boekbrug.cli.practice import DIVISION_NL

pytestmark = pytest.mark.journey

INVOICES = 45
A_WHILE = 90
NEXT_RELEASE = """
    ALTER TABLE store_booking ADD COLUMN next_release integer NOT NULL DEFAULT 0;
    ALTER TABLE store_intent ADD COLUMN next_release text NULL;
    CREATE TABLE store_nextrelease (id bigserial PRIMARY KEY, booking_id bigint REFERENCES store_booking);
    INSERT INTO django_migrations (app, name, applied) VALUES ('store', '9999_next_release', now());
"""


def booked(ours: House, share: float) -> None:
    """Wait until so large a part of the invoices is in Exact."""
    until(lambda: len(ours.entries()) >= INVOICES * share, seconds=A_WHILE)


def test_machines_are_restarted_in_turn_while_the_tables_become_those_of_the_next_release(tmp_path: Path) -> None:
    with house(tmp_path / "first", scenario="load", invoices=INVOICES) as ours:
        options = {"name": "Exact", "site": "practice", "division": DIVISION_NL, "send_pdf": False}
        options["book_from"] = (date.today() - timedelta(days=3000)).isoformat()  # noqa: DTZ011
        ours.book.exact.control("latency", {"milliseconds": 60})
        ours.script("settle_one.py", ours.book.coachview.address, json.dumps(options))
        one, other = (ours.start_elsewhere(tmp_path / name) for name in ("one", "other"))
        booked(ours, 0.1)

        one.terminate()
        assert one.wait(60) == 0
        booked(ours, 0.3)
        again = ours.start_elsewhere(tmp_path / "one-again")

        ours.script("run_sql.py", NEXT_RELEASE)
        booked(ours, 0.5)
        other.terminate()
        assert other.wait(60) == 0

        booked(ours, 1)
        until(lambda: set(ours.states().values()) <= {"booked", "proven"}, seconds=A_WHILE)
        again.terminate()
        assert again.wait(60) == 0
        numbers = Counter(str(entry["entry_number"]) for entry in ours.entries())
        assert set(numbers.values()) == {1}
        assert numbers.keys() == ours.states().keys()
        assert not list(tmp_path.glob("o*/postgres")), "no machine started a database of its own"
        said = "".join(log.read_text(encoding="utf-8") for log in tmp_path.glob("o*/worker.log"))
        assert '"level": "error"' not in said
