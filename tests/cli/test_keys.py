"""A key is replaced in three steps: put the new one in front, rotate, take the old one away."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

SECRET = "kn0wn-s3cret-value"


class Office:
    """A HOME of its own, with an institute that has one secret."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.keys = home / "secret-keys"

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `boekbrug <words>`."""
        return subprocess.run(
            [sys.executable, "-m", "boekbrug.cli", *words],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "BOEKBRUG_HOME": str(self.home), "PYTHONPATH": "src", "LANGUAGE": "en"},
            cwd=Path(__file__).parents[2],
        )


def settle(tmp_path: Path) -> Office:
    """An institute with a koppeling, and a secret at Coachview."""
    ours = Office(tmp_path)
    options = tmp_path / "options.json"
    options.write_text(json.dumps({"name": "Exact", "coachview_client_secret": SECRET}))
    for words in (
        ("migrate",),
        ("organisation", "create", "Noord"),
        ("integration", "create", "--organisation", "Noord", "--options", str(options)),
    ):
        done = ours.run(*words)
        assert done.returncode == 0, done.stderr
    return ours


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return settle(tmp_path)


def test_a_new_key_takes_over_and_a_lost_one_is_told_by_whose_secrets_it_closes(office: Office) -> None:
    old = office.keys.read_text().strip()
    assert "There is no other key" in office.run("keys", "rotate").stdout

    new = Fernet.generate_key().decode()
    office.keys.write_text(f"{new}\n{old}\n")
    done = office.run("keys", "rotate")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 secret is under the first key.")
    assert f"The other key may be taken out of {office.keys}" in done.stdout

    office.keys.write_text(f"{new}\n")
    assert office.run("keys", "rotate").returncode == 0

    office.keys.write_text(Fernet.generate_key().decode())
    lost = office.run("keys", "rotate")
    assert lost.returncode == 1
    assert lost.stderr.splitlines()[-1].startswith("Error: None of the keys opens Noord. Put the missing key back")
    assert not [word for word in (old, new, SECRET) if word in done.stdout + done.stderr + lost.stdout + lost.stderr]
