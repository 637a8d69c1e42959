"""How many cases the tests really tried, by kind: kept for a bench that asks, in the file that it names."""

import atexit
import json
import os
from collections import Counter
from pathlib import Path

FILE = os.environ.get("TRIED_FILE", "")
"""Where to write the numbers when the tests end, as JSON; by itself they are forgotten."""

TRIED: Counter[str] = Counter()


def tried(kind: str, times: int = 1) -> None:
    """Count a case of this kind."""
    TRIED[kind] += times


def _write() -> None:
    Path(FILE).write_text(json.dumps(dict(sorted(TRIED.items()))), encoding="utf-8")


if FILE:
    atexit.register(_write)
