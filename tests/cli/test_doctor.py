"""The doctor tells what is wrong, and no secret."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bb-doctor-") as folder:
        yield Path(folder)


def boekbrug(home: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "boekbrug.cli", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "BOEKBRUG_HOME": str(home), "PYTHONPATH": "src", **environment},
        cwd=Path(__file__).parents[2],
    )


def states(output: str) -> dict[str, str]:
    return {finding["subject"]: finding["state"] for finding in json.loads(output)}


def test_before_the_first_migration_it_says_what_to_run_and_after_it_all_is_well(home: Path) -> None:
    before = boekbrug(home, "doctor", "--json", "--offline")
    assert before.returncode == 1
    assert states(before.stdout) | {"database": "ok", "tables": "wrong"} == states(before.stdout)
    assert "boekbrug migrate" in before.stdout

    done = boekbrug(home, "migrate")
    assert done.returncode == 0, done.stderr
    assert "of this release already" in boekbrug(home, "migrate").stdout

    after = boekbrug(
        home, "doctor", "--json", "--offline", BOEKBRUG_EXACT_CLIENT_ID="app", BOEKBRUG_EXACT_CLIENT_SECRET="hush"
    )
    assert after.returncode == 0, after.stdout
    assert states(after.stdout)["tables"] == "ok"
    assert states(after.stdout)["Exact NL"] == "ok"
    assert "hush" not in after.stdout + after.stderr
    assert (home / "secret-keys").read_text().strip() not in after.stdout + after.stderr


def test_a_key_file_that_others_can_read_is_wrong(tmp_path: Path) -> None:
    boekbrug(tmp_path, "--version")
    boekbrug(tmp_path, "doctor", "--offline", "--json", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    (tmp_path / "secret-keys").chmod(0o644)
    found = boekbrug(tmp_path, "doctor", "--offline", "--json", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert found.returncode == 1
    assert states(found.stdout)["keys"] == "wrong"
    assert states(found.stdout)["database"] == "wrong"


def test_a_wrong_setting_is_one_sentence_and_status_1(tmp_path: Path) -> None:
    found = boekbrug(tmp_path, "doctor", BOEKBRUG_WORKERS="many")
    assert found.returncode == 1
    assert found.stderr.strip() == "Error: BOEKBRUG_WORKERS: expected a whole number from 1 to 64, got many."


def test_a_wrong_call_is_status_2(tmp_path: Path) -> None:
    assert boekbrug(tmp_path, "no-such-command").returncode == 2
    assert boekbrug(tmp_path, "doctor", "--no-such-option").returncode == 2


def test_the_help_names_every_command(tmp_path: Path) -> None:
    from boekbrug.cli import COMMANDS

    shown = boekbrug(tmp_path, "--help")
    assert shown.returncode == 0
    assert [name for name in COMMANDS if f"  {name} " not in shown.stdout] == []


def test_for_programs_a_wrong_setting_is_a_finding(tmp_path: Path) -> None:
    found = boekbrug(tmp_path, "doctor", "--json", BOEKBRUG_WORKERS="many")
    assert found.returncode == 1
    assert states(found.stdout) == {"settings": "wrong"}
