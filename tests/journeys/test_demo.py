"""The main job: the demo books what it should, once, and says what holds the rest."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.house import SOURCE

from boekbrug_sim.data.expected import expected_demo

pytestmark = pytest.mark.journey


def demo(folder: Path) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOEKBRUG_")}
    report = folder / "report.json"
    command = [sys.executable, "-m", "boekbrug.cli", "demo", "--once", "--port", "0", "--report", str(report)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return figures


def test_the_demo_books_proves_and_holds_what_it_should_and_nothing_twice(tmp_path: Path) -> None:
    outcomes = [each.outcome for each in expected_demo()]
    held = Counter(outcome.code for outcome in outcomes if outcome.result == "held")
    skipped = Counter(outcome.code for outcome in outcomes if outcome.result == "skipped")
    booked = sum(outcome.result == "booked" for outcome in outcomes)

    first = demo(tmp_path)
    assert first["invoices"] == len(outcomes) == 60
    assert first["booked"] == first["booked_now"] == first["proven"] == booked
    assert first["held"] == dict(held)
    assert len(held) >= 8
    assert held.total() >= 12
    assert first["skipped"] == dict(skipped)
    assert first["coachview_total"] == first["exact_total"]
    assert first["seconds"] < 120
    assert first["calls_per_invoice"]["with_pdf"] == pytest.approx(first["calls_per_invoice"]["without_pdf"] + 2)

    second = demo(tmp_path)
    assert second["booked_now"] == 0
    for figure in ("invoices", "booked", "proven", "held", "skipped", "coachview_total", "exact_total"):
        assert second[figure] == first[figure], figure
