"""One institute with known customers, ready to be booked: what the figures of calls and time are measured on."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.journeys.house import House, coachview_options, house

from boekbrug.cli.practice import DIVISION_NL, consent

FIRST = date(2026, 1, 1)


@contextmanager
def institute(
    invoices: int,
    *,
    pdf: bool,
    scenario: str = "load",
    minute_limit: int = 100_000,
    window_seconds: int = 60,
    export_mode: str = "bulk",
) -> Iterator[House]:
    """A house whose koppeling is active and connected; nothing is fetched or booked yet.

    The windows are as long from the beginning, since no answer may shorten one that has begun.
    """
    limits = {"minute": minute_limit, "minute_window_seconds": window_seconds, "day": 10 * minute_limit}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder)
        with house(home, scenario=scenario, invoices=invoices, minute_limit=minute_limit) as ours:
            ours.book.exact.control("limits", limits)
            ours.run("organisation", "create", "Bench")
            options = home / "options.json"
            options.write_text(json.dumps(_options(ours, pdf=pdf, export_mode=export_mode)), encoding="utf-8")
            made = ours.json("integration", "create", "--organisation", "Bench", "--options", str(options))["id"]
            ours.run("integration", "enable", str(made))
            _connect(ours, str(made))
            ours.book.exact.control("limits", limits)
            yield ours


def _options(ours: House, *, pdf: bool, export_mode: str) -> Mapping[str, Any]:
    today = date.today()  # noqa: DTZ011 - the simulator's data is dated by the local day
    return {
        **coachview_options(ours),
        "site": "practice",
        "division": DIVISION_NL,
        "book_from": today.replace(year=today.year - 1, day=1).isoformat(),
        "send_pdf": pdf,
        "export_mode": export_mode,
    }


def _connect(ours: House, integration_id: str) -> None:
    """`integration authorise` prints an address and reads the one that Exact sends the person back to."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "boekbrug.cli", "integration", "authorise", integration_id]
    with subprocess.Popen(
        command, env=ours.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        process.communicate("http://127.0.0.1/?" + urlencode(consent(address)) + "\n", timeout=60)
    assert process.returncode == 0


def data_calls(ours: House) -> list[Mapping[str, Any]]:
    """Calls to Exact so far, without those for tokens and the practice book's own."""
    calls: list[Mapping[str, Any]] = ours.book.exact.read("calls")
    return [call for call in calls if "/api/v1/" in call["path"]]
