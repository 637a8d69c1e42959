"""What stands in deploy/ runs commands that exist, with settings that exist, on a Python that the program supports."""

import configparser
import json
import re
import tomllib
from pathlib import Path

import pytest
from tests.laws.source import ROOT

from boekbrug.cli import COMMANDS
from boekbrug.settings import DEFAULTS, Settings

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
NAME = re.compile(r"\b(?:BOEKBRUG_[A-Z_]+|DATABASE_URL(?:_FILE)?)\b")
KNOWN = {*DEFAULTS, *(f"{name}_FILE" for name in DEFAULTS)}
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
}


def dockerfile() -> str:
    return (DEPLOY / "Dockerfile").read_text("utf-8")


def compose() -> str:
    return (DEPLOY / "compose.yaml").read_text("utf-8")


def unit(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    parser.read_string(path.read_text("utf-8"))
    return parser


@pytest.mark.parametrize(
    "path", [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()], ids=lambda path: path.name
)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    assert set(NAME.findall(path.read_text("utf-8"))) - KNOWN - {"BOEKBRUG_"} == set()


def test_the_example_environment_explains_every_setting_with_its_default(tmp_path: Path) -> None:
    lines = (DEPLOY / "boekbrug.env.example").read_text("utf-8").splitlines()
    found = (re.fullmatch(r"#?([A-Z_]+)=(.*)", line) for line in lines)
    named = {match[1]: match[2] for match in found if match}
    assert named.keys() == DEFAULTS.keys()
    defaults = {name: value for name, value in named.items() if f"#{name}={value}" in lines}
    assert defaults == {name: DEFAULTS[name] for name in defaults}
    given = {name: value for name, value in named.items() if name not in defaults}
    assert Settings.read({**given, "BOEKBRUG_HOME": str(tmp_path)}).secure


def test_the_image_is_built_from_the_lock_by_a_python_that_we_support() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lowest = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    images = re.findall(r"^FROM python:(\d+)\.(\d+)-slim", dockerfile(), re.MULTILINE)
    assert len(images) == 2
    assert len(set(images)) == 1
    assert all((int(major), int(minor)) >= lowest for major, minor in images)
    assert "--require-hashes" in dockerfile()
    assert "--hash=sha256:" in (ROOT / "requirements.lock").read_text("utf-8")
    for source in re.findall(r"^COPY ([\w./]+) ", dockerfile(), re.MULTILINE):
        assert (ROOT / source).exists(), source
        assert f"!{source}" in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()


def test_the_image_runs_a_command_as_an_ordinary_user_and_looks_at_its_health() -> None:
    entry, command = (
        json.loads(found) for found in re.findall(r"^(?:ENTRYPOINT|CMD) (\[.*\])$", dockerfile(), re.MULTILINE)
    )
    assert entry == ["boekbrug"]
    assert command[0] in COMMANDS
    assert re.findall(r"^USER (\w+)$", dockerfile(), re.MULTILINE) == ["boekbrug"]
    assert "/healthz" in dockerfile().split("HEALTHCHECK")[1]


def test_compose_runs_commands_that_exist_with_secrets_from_files() -> None:
    commands = re.findall(r"^    command: \[([\w-]+)\]$", compose(), re.MULTILINE)
    assert commands == ["migrate", "web", "worker"]
    assert set(commands) <= set(COMMANDS)
    used = set(re.findall(r"/run/secrets/([\w-]+)", compose()))
    declared = set(re.findall(r"^    file: secrets/([\w-]+)$", compose(), re.MULTILINE))
    assert used == declared


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_exists_without_rights_it_does_not_need(path: Path) -> None:
    service = unit(path)["Service"]
    program, command = service["ExecStart"].split()
    assert program.endswith("/boekbrug")
    assert command in COMMANDS
    assert service["User"] == "boekbrug"
    assert {name: service[name] for name in HARDENING} == HARDENING
    assert service["Environment"] == f"BOEKBRUG_HOME=/var/lib/{service['StateDirectory']}"


def test_there_is_a_unit_for_serve_and_one_for_more_workers() -> None:
    assert [path.name for path in UNITS] == ["boekbrug-worker@.service", "boekbrug.service"]
