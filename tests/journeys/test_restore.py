"""A backup is put back that knows nothing of fifty bookings: none is booked again, and what is new is booked once."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx2
import pytest
from tests.journeys.house import MAIL, PASSWORD, House, house
from tests.sim.coachview.practice_coachview import Coachview
from tests.sim.exact.practice_office import Office

from boekbrug.cli.practice import consent
from boekbrug_sim.data.expected import expected_demo

pytestmark = pytest.mark.journey

BOOKED = 50
INVOICES = 77
"""The sixty of the demo, of which 33 are booked, and seventeen more."""

NEW, TAKEN = "20269901", "20269902"
LIKE = max(each.number for each in expected_demo() if each.outcome.result == "booked")


@pytest.fixture
def noord(tmp_path: Path) -> Iterator[House]:
    """The demo's institute with more invoices, settled and not yet booked."""
    with house(tmp_path, scenario="demo", invoices=INVOICES, minute_limit=6000) as ours:
        ours.script("settle.py", ours.book.exact.address, ours.book.coachview.address, MAIL, PASSWORD)
        yield ours


def log_in_anew(ours: House, integration_id: int) -> str:
    """Renew the login as a person does: open the address, consent, paste the address one comes back to."""
    command = [sys.executable, "-m", "boekbrug.cli", "integration", "authorise", str(integration_id)]
    with subprocess.Popen(
        command,
        env=ours.environment,
        cwd=ours.home,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as person:
        assert person.stdout is not None
        answer = consent(person.stdout.readline().strip())
        said, wrong = person.communicate(f"https://boekbrug.example/oauth/exact/return?{urlencode(answer)}\n", 60)
        assert person.returncode == 0, said + wrong
    return said


def entry_ids(ours: House) -> dict[str, str]:
    """The entries in Exact by number."""
    return {str(entry["entry_number"]): entry["entry_id"] for entry in ours.entries()}


def booked(ours: House) -> dict[str, str]:
    """What we know of them: the entry of each invoice that is booked or proven."""
    rows = ours.json("invoices")
    return {row["number"]: row["entry_id"] for row in rows if row["state"] in {"booked", "proven"}}


def make_invoices(ours: House, *numbers: str) -> None:
    """New invoices in Coachview, like one that can be booked."""
    with httpx2.Client(base_url=ours.book.coachview.address, timeout=20) as http:
        coachview = Coachview(http=http)
        coachview.login()
        template = coachview.invoice(LIKE)
        for number in numbers:
            lines = [{**line, "id": str(uuid4())} for line in template["factuurregels"]]
            values = {**template, "factuurnummer": number, "factuurregels": lines}
            coachview.control("records", {"entity": "Facturen", "values": values})


def somebody_books(ours: House, number: str) -> None:
    """A bookkeeper books something of his own on this number."""
    office = Office(ours.book.exact.address)
    with office.http:
        office.log_in()
        office.book(EntryNumber=int(number), EntryDate=datetime.now(UTC).date().isoformat())


def posts(ours: House) -> Counter[str]:
    """What was made at Exact so far, by path."""
    made = [call["path"] for call in ours.book.exact.read("calls") if call["method"] == "POST"]
    return Counter(path.rsplit("/", 1)[-1] for path in made if "/api/v1/" in path)


def test_a_backup_from_before_fifty_bookings_is_put_back(noord: House, tmp_path: Path) -> None:
    backup = tmp_path / "boekbrug.dump"
    said = noord.run("backup", str(backup)).stdout
    assert "secret-keys" in said
    noord.run("sync", "--all", "--until-idle")
    before = entry_ids(noord)
    assert len(before) == BOOKED
    assert booked(noord) == before
    sent = posts(noord)

    make_invoices(noord, NEW, TAKEN)
    somebody_books(noord, TAKEN)
    noord.run("restore", str(backup), "--yes")
    assert booked(noord) == {}
    assert {row["state"] for row in noord.json("integration", "list")} == {"review"}
    assert "active" in noord.run("sync", "--all", "--until-idle", check=False).stderr
    assert "authorise" in noord.run("integration", "review", "1", check=False).stderr
    assert noord.run("integration", "resume", "1", check=False).returncode == 1

    log_in_anew(noord, 1)
    found = [noord.json("integration", "review", str(one)) for one in (1, 2)]
    assert sum(one["found"] for one in found) == BOOKED
    assert sum(one["taken"] for one in found) == 1
    assert posts(noord) - sent == Counter({"Accounts": 1, "SalesEntries": 1}), "the bookkeeper's"
    assert booked(noord) == before

    for one in (1, 2):
        noord.run("integration", "resume", str(one))
    noord.run("sync", "--all", "--until-idle")
    after = entry_ids(noord)
    assert {number: after[number] for number in before} == before
    assert Counter(str(entry["entry_number"]) for entry in noord.entries()) == Counter([*before, NEW, TAKEN])
    assert booked(noord) == {**before, NEW: after[NEW]}
    rows: dict[str, Any] = {row["number"]: row for row in noord.json("invoices")}
    assert {row["state"] for number, row in rows.items() if number in before} == {"proven"}
    assert rows[TAKEN]["state"] == "held"
    assert "entry-number-in-use" in json.dumps(rows[TAKEN]["problems"])
    new_documents = posts(noord)["Documents"] - sent["Documents"]
    assert new_documents == 0
