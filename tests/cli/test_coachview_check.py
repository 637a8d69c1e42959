"""The profile beside a description: lines for what is lacking, one sentence for what cannot be compared."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.coachview.test_coachview_swagger import description

from boekbrug.cli import main
from boekbrug.cli.practice import Simulator, start_simulator


def check(*words: str) -> Result:
    return CliRunner().invoke(main, ["coachview", "check", *words, "--language", "en"])


def on_this_machine(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The same in a process that may ask this machine."""
    hosts = {"BOEKBRUG_COACHVIEW_HOSTS": "127.0.0.1"}
    return subprocess.run(
        [sys.executable, "-m", "boekbrug.cli", "coachview", "check", *words, "--language", "en"],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "BOEKBRUG_HOME": str(home), "PYTHONPATH": "src", **hosts},
        cwd=Path(__file__).parents[2],
    )


def written(folder: Path, content: Any) -> str:
    file = folder / "swagger.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def coachview() -> Iterator[Simulator]:
    simulator = start_simulator("coachview", ["--scenario", "demo", "--invoices", "1"])
    yield simulator
    simulator.stop()


def test_a_description_that_knows_every_name_is_status_0(tmp_path: Path) -> None:
    found = check("--swagger", written(tmp_path, description()))
    assert (found.exit_code, found.stderr) == (0, "")
    assert "knows every name of the profile coachview." in found.stdout


def test_each_lacking_name_is_a_line_with_what_looks_like_it(tmp_path: Path) -> None:
    other = description()
    line = other["components"]["schemas"]["Regel"]["properties"]
    line["bedragExclusiefBtw"] = line.pop("bedragExclBtw")
    del other["paths"]["/api/v1/Debiteuren"]
    file = written(tmp_path, other)
    found = check("--swagger", file)
    assert found.exit_code == 1
    said = "invoices.line_fields.amount: no bedragExclBtw in Facturen, lines; looks like it: bedragExclusiefBtw"
    assert said in found.stdout.splitlines()
    assert "debtors.fields: the description does not say which fields there are (Debiteuren)" in found.stdout
    assert "names of the profile coachview; correct them" in found.stderr
    shown = json.loads(check("--swagger", file, "--json").stdout)
    assert shown["lacks"][0]["looks_like"] == ["bedragExclusiefBtw"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<html>", "is no JSON; ask for the description itself, not for its page"),
        ("[1, 2]", "is JSON, but no Swagger or OpenAPI description: it has no paths"),
        ('{"paths": []}', "is JSON, but no Swagger or OpenAPI description: it has no paths"),
        ("[" * 100_000, "is no JSON"),
    ],
    ids=["a page", "a list", "no paths", "a pit"],
)
def test_what_is_no_description_is_one_sentence(content: str, said: str, tmp_path: Path) -> None:
    found = check("--swagger", written(tmp_path, content))
    assert found.exit_code == 1
    assert said in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    found = check("--swagger", str(tmp_path / "none.json"))
    assert found.exit_code == 1
    assert "none.json cannot be read" in found.stderr
    assert found.stderr.count("\n") == 1


def test_an_address_nobody_listens_at_is_one_sentence(tmp_path: Path) -> None:
    found = on_this_machine(tmp_path, "--swagger", "http://127.0.0.1:1/swagger.json")
    assert found.returncode == 1
    assert "http://127.0.0.1:1/swagger.json cannot be read" in found.stderr
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/swagger.json", "http://secure.coachview.net/", "https://[", "http://10.0.0.1/"],
)
def test_a_host_that_the_settings_do_not_name_is_not_asked(address: str) -> None:
    found = check("--swagger", address)
    assert found.exit_code == 1
    assert "BOEKBRUG_COACHVIEW_HOSTS does not name this host." in found.stderr


def test_a_profile_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    found = check("--swagger", written(tmp_path, description()), "--profile", "elders")
    assert found.exit_code == 1
    assert "The profile elders cannot be used" in found.stderr
    assert "coachview" in found.stderr


def test_an_institute_and_a_koppeling_at_once_are_a_wrong_call() -> None:
    assert check("Noord", "--integration", "1").exit_code == 2


def test_the_simulator_knows_every_name_and_has_no_description_elsewhere(tmp_path: Path, coachview: Simulator) -> None:
    found = on_this_machine(tmp_path, "--swagger", f"{coachview.address}/swagger/v1/swagger.json")
    assert (found.returncode, found.stderr) == (0, "")
    found = on_this_machine(tmp_path, "--swagger", f"{coachview.address}/nowhere.json")
    assert found.returncode == 1
    assert "answers with status 404" in found.stderr
