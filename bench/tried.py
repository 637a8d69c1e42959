"""Tests run by a bench, with the number of cases that they really tried."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_SECONDS = 1_800
"""A run that is stuck is one that failed."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """Cases tried by kind, as the tests counted them; how many tests broke, and what the first of them said."""

    tried: Mapping[str, int] = field(default_factory=dict)
    broken: int = 0
    first: str = ""


def run_tests(tests: Sequence[str], variables: Mapping[str, str], *, longest_seconds: int = LONGEST_SECONDS) -> Ran:
    """Run these tests with these environment variables; one that runs out of time raises."""
    command = [sys.executable, "-m", "pytest", "-q", *tests, "-p", "no:cacheprovider"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tried.json"
        environment = os.environ | variables | {"TRIED_FILE": str(file)}
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, timeout=longest_seconds
        )
        tried = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if done.returncode == 0:
        return Ran(tried=tried)
    failed = sum(int(number) for number in re.findall(r"(\d+) (?:failed|error)", done.stdout))
    said = (line for line in done.stdout.splitlines() if line.startswith("E ") and "Error" in line)
    first = next(said, f"pytest ended with {done.returncode}")[:300]
    return Ran(tried=tried, broken=failed or 1, first=first)
