"""One id runs through the log from Coachview's webhook to the entry in Exact, over two processes and all steps."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.house import House, until
from tests.journeys.told_house import FIRST, LATER, SECONDS, told_house

pytestmark = pytest.mark.journey


def log_of(ours: House) -> list[dict[str, Any]]:
    """The lines that `serve` and its children wrote, as records."""
    lines = (ours.home / "serve-0.log").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_the_id_of_a_webhook_is_found_at_the_entry_that_came_of_it(tmp_path: Path) -> None:
    with told_house(tmp_path) as told:
        ours = told.ours
        told.coachview.add_like(FIRST, LATER)
        until(lambda: any(line.get("invoice") == LATER for line in log_of(ours)), seconds=SECONDS)
        [entry] = [line for line in ours.entries() if str(line["entry_number"]) == LATER]
        written = log_of(ours)
        secret_part = told.hook.rsplit("/", 1)[1]
        assert secret_part not in (ours.home / "serve-0.log").read_text(encoding="utf-8")

    [booked] = [line for line in written if line.get("action") == "booked" and line["invoice"] == LATER]
    assert booked["entry"] == entry["entry_id"]
    same = [line for line in written if line.get("wake_up") == booked["wake_up"]]
    assert next(line["event"] for line in same) == "webhook.received"
    assert {line["invoice"] for line in same if "invoice" in line} == {LATER}
    assert {"administration", "step", "booking", "invoice"} <= booked.keys()
    [earlier] = [line for line in written if line.get("action") == "booked" and line["invoice"] == FIRST]
    assert earlier["wake_up"] not in {"", booked["wake_up"]}
