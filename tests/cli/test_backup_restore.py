"""Backing up and restoring by hand: each step says what it did, what it did not, and what to do first."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.cli.test_keys import SECRET, Office, settle

from boekbrug import embedded
from boekbrug.store.restoring import MARK


def said(done: "subprocess.CompletedProcess[str]", status: int) -> str:
    """What the command told a person, without the log of the database."""
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + "\n".join(line for line in done.stderr.splitlines() if not line.startswith("{"))


def names(office: Office) -> str:
    return office.run("integration", "list").stdout


def answered(office: Office, answer: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that asks something."""
    return subprocess.run(
        [sys.executable, "-m", "boekbrug.cli", *words],
        check=False,
        capture_output=True,
        text=True,
        input=answer,
        timeout=120,
        env={**os.environ, "BOEKBRUG_HOME": str(office.home), "PYTHONPATH": "src", "LANGUAGE": "en"},
        cwd=Path(__file__).parents[2],
    )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An institute with one secret, its database kept warm; a test that changes it does so by names of its own."""
    home = tmp_path_factory.mktemp("home")
    with embedded.server(home):
        yield settle(home)


@pytest.fixture(scope="module")
def backup(office: Office) -> Path:
    """Its backup, taken before any test."""
    file = office.home / "boekbrug.dump"
    text = said(office.run("backup", str(file)), 0)
    assert f"{file} is written" in text
    assert f"keep a copy of {office.keys} in another place" in text
    return file


def test_a_backup_holds_no_secret_that_can_be_read_and_replaces_nothing(office: Office, backup: Path) -> None:
    key = office.keys.read_text().strip()
    assert SECRET.encode() not in backup.read_bytes()
    assert key.encode() not in backup.read_bytes()
    before = backup.read_bytes()
    again = said(office.run("backup", str(backup)), 1)
    assert "is there already; choose another name" in again
    assert key not in again
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir() if "boekbrug.dump" in path.name] == ["boekbrug.dump"]


def test_a_restore_asks_before_it_replaces_and_says_what_follows(office: Office, backup: Path) -> None:
    office.run("organisation", "create", "Later")
    no = said(answered(office, "n\n", "restore", str(backup)), 1)
    assert f"is replaced by {backup}. Go on?" in no
    assert office.run("organisation", "create", "Later").returncode == 1, "it is still there"

    yes = said(answered(office, "y\n", "restore", str(backup)), 0)
    assert f"{backup} is back in the database." in yes
    assert office.run("organisation", "create", "Later").returncode == 0, "the backup knew nothing of it"


def test_a_restore_waits_for_nobody_who_still_works(office: Office, backup: Path) -> None:
    with embedded.server(office.home) as where:
        address = f"host={where.socket_folder} port={where.port} user={where.user} dbname={where.database}"
        with psycopg.connect(address, application_name="boekbrug worker"):
            refused = said(office.run("restore", str(backup), "--yes"), 1)
    assert "Somebody else uses the database: boekbrug worker (" in refused
    assert "Stop boekbrug serve, every worker and other command" in refused


def test_a_restore_that_was_broken_off_is_ended_by_another_one_only(office: Office, backup: Path) -> None:
    with embedded.server(office.home) as where:
        address = f"host={where.socket_folder} port={where.port} user={where.user} dbname={where.database}"
        with psycopg.connect(address) as connection:
            connection.execute(MARK.encode())
        for words in (("integration", "list"), ("migrate",), ("backup", str(backup.with_name("other.dump")))):
            assert "run boekbrug restore with the same file again" in said(office.run(*words), 1)
        said(office.run("restore", str(backup), "--yes"), 0)
        assert "Exact" in names(office)


def test_on_another_machine_the_keys_come_along_or_the_secrets_stay_shut(
    office: Office, backup: Path, tmp_path: Path
) -> None:
    other = Office(tmp_path / "other")
    shut = said(other.run("restore", str(backup)), 1)
    assert "None of the keys opens the secrets of Noord" in shut
    other.keys.write_text(office.keys.read_text())
    said(other.run("restore", str(backup), "--yes"), 0)
    assert names(other) == names(office)


def test_what_is_no_backup_changes_nothing(office: Office, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.dump"
    wrong.write_text("not a dump")
    assert "is no backup that can be read" in said(office.run("restore", str(wrong), "--yes"), 1)
    assert "There is no file" in said(office.run("restore", str(tmp_path / "none.dump"), "--yes"), 1)
    assert "Exact" in names(office)
