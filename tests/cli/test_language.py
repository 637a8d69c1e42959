"""The commands speak the language of the terminal; what programs read is English."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from boekbrug.settings import terminal_language
from boekbrug.spoken import Spoken

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl_BE"}, "nl"),
        ({"LANG": "nl"}, "nl"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_BE.UTF-8"}, "en"),
        ({"LANG": "nds_NL.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl_NL.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "nl_NL.UTF-8", "LC_ALL": ""}, "nl"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:nl:en"}, "nl"),
    ],
    ids=str,
)
def test_the_strongest_name_with_a_value_says_the_language(environment: Mapping[str, str], language: str) -> None:
    assert terminal_language(environment) == language


def dutch(home: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    ours = {**os.environ, "BOEKBRUG_HOME": str(home), "PYTHONPATH": "src", "LANG": "nl_NL.UTF-8", **environment}
    ours.pop("LC_ALL")
    return subprocess.run(
        [sys.executable, "-m", "boekbrug.cli", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env=ours,
        cwd=Path(__file__).parents[2],
    )


def test_help_is_dutch_down_to_the_options_and_the_words_of_click(tmp_path: Path) -> None:
    shown = dutch(tmp_path, "integration", "create", "--help").stdout
    assert shown.startswith("Gebruik: boekbrug integration create")
    assert "Maak een koppeling" in shown
    assert "Naam of nummer van het instituut." in shown
    assert "Toon deze uitleg en stop." in shown


def test_what_a_room_raises_is_told_in_dutch(tmp_path: Path) -> None:
    found = dutch(tmp_path, "doctor", BOEKBRUG_WORKERS="many")
    assert found.returncode == 1
    assert (
        found.stderr == "Fout: BOEKBRUG_WORKERS: verwacht een geheel getal van 1 tot en met 64, maar er staat many.\n"
    )


def test_a_wrong_call_is_told_in_dutch(tmp_path: Path) -> None:
    found = dutch(tmp_path, "sync")
    assert found.returncode == 2
    assert "Fout: Zeg welke koppeling" in found.stderr


def test_the_findings_of_the_doctor_are_dutch_for_people_and_english_for_programs(tmp_path: Path) -> None:
    shown = dutch(tmp_path, "doctor", "--offline", DATABASE_URL=NOWHERE).stdout
    assert "antwoordt niet" in shown
    assert "sleutels" in shown
    found = json.loads(dutch(tmp_path, "doctor", "--offline", "--json", DATABASE_URL=NOWHERE).stdout)
    assert {finding["subject"]: finding["text"] for finding in found}["database"].startswith("does not answer")


def test_language_overrules_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "options.json"
    file.write_text("[]")
    words = ("integration", "create", "--organisation", "x", "--options", str(file))
    assert "moet één JSON-object bevatten" in dutch(tmp_path, *words).stderr
    assert "must hold one JSON object" in dutch(tmp_path, *words, "--language", "en").stderr


def test_a_sentence_with_its_values_is_english_by_itself() -> None:
    assert str(Spoken("There is no {thing}.", thing="{place}")) == "There is no {place}."
    assert str(Spoken("Braces {stay} without values.")) == "Braces {stay} without values."
