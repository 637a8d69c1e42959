"""A worker and a web of their own wait for the tables and say so; a migration that cannot be done is one sentence."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from boekbrug import embedded
from boekbrug.store import schema
from boekbrug.store.schema import SchemaError

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def boekbrug(home: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    ours = {**os.environ, "BOEKBRUG_HOME": str(home), "PYTHONPATH": str(Path(embedded.__file__).parents[1])}
    return subprocess.Popen(
        [sys.executable, "-m", "boekbrug.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**ours, **environment},
    )


@pytest.mark.parametrize("command", ["worker", "web"])
def test_one_that_finds_no_database_says_that_it_waits_and_stops_when_asked(tmp_path: Path, command: str) -> None:
    process = boekbrug(tmp_path, command, DATABASE_URL=NOWHERE)
    assert process.stderr is not None
    assert process.stderr.readline() == "Waiting. The database does not answer.\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 143


def test_a_web_of_its_own_needs_an_outside_database(tmp_path: Path) -> None:
    process = boekbrug(tmp_path, "web")
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said.count("\n")) == (1, 1)
    assert "needs an outside database" in said


def test_waiting_tells_each_reason_once_and_has_an_end() -> None:
    told: list[str] = []
    with pytest.raises(SchemaError, match="does not answer"):
        schema.wait(1.2, lambda lack: told.append(str(lack)), lack=lambda: SchemaError("The database does not answer."))
    assert told == ["The database does not answer."]


def test_a_migration_that_cannot_be_done_is_one_sentence(tmp_path: Path) -> None:
    with embedded.server(tmp_path) as where:
        with psycopg.connect(
            host=str(where.socket_folder), port=where.port, user=where.user, dbname=where.database
        ) as connection:
            connection.execute("CREATE TABLE store_organisation (in_the_way int)")
        process = boekbrug(tmp_path, "migrate")
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    sentences = [line for line in said.splitlines() if not line.startswith("{")]
    assert len(sentences) == 1
    assert sentences[0].startswith("Error: The database cannot be brought to this release (relation")
