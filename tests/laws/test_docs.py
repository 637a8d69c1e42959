"""Law 4: every setting and every command stands in the docs."""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from enum import StrEnum

import click
from tests.laws.source import ROOT

from boekbrug.cli import COMMANDS, main
from boekbrug.domain.options import Options
from boekbrug.settings import DEFAULTS
from boekbrug.web.option_labels import LABELS

REFERENCE = ROOT / "docs" / "reference"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, f"{path} {name}")
    else:
        yield path, command


def test_every_setting_stands_in_the_reference_with_its_default() -> None:
    text = (REFERENCE / "settings.md").read_text()
    assert [
        name for name in DEFAULTS if f"`{name}`" not in text and not name.endswith(("_NL", "_BE", "_PRACTICE"))
    ] == []
    assert [value for value in DEFAULTS.values() if value and f"`{value}`" not in text] == []


def test_every_command_and_its_options_stand_in_the_reference() -> None:
    text = (REFERENCE / "commands.md").read_text()
    missing = []
    for path, command in commands(main, "boekbrug"):
        if f"`{path}" not in text:
            missing.append(path)
        section = text.partition(f"`{path}")[2].partition("\n### ")[0]
        missing += [
            f"{path} {option}"
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
            if option.startswith("--") and option != "--help" and option not in section
        ]
    assert not missing


def test_every_command_has_a_help_text_that_ends_as_a_sentence() -> None:
    assert len(COMMANDS) == len(set(COMMANDS))
    assert [
        path for path, command in commands(main, "boekbrug") if not (command.help or "").rstrip().endswith((".", ":"))
    ] == []


def test_the_verbs_of_run_stand_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    assert [verb for verb in ("demo", "serve", "test", "lint", "bench") if f"./run {verb}" not in text] == []


def test_every_option_stands_in_the_reference_with_its_default() -> None:
    text = (REFERENCE / "options.md").read_text()
    rows = {cells[1].strip("` "): cells[2] for line in text.splitlines() if len(cells := line.split("|")) == 5}
    inner = {"activated_on", "lengths"}
    options = {field.name: getattr(Options(), field.name) for field in fields(Options) if field.name not in inner}
    assert sorted(set(options) - set(rows)) == []
    assert sorted(set(LABELS) - set(rows)) == []
    plain = {key: str(value) for key, value in options.items() if isinstance(value, StrEnum | Decimal | str) and value}
    assert [key for key, value in plain.items() if f"`{value}`" not in rows[key]] == []
    assert [key for key, value in options.items() if value is True and "yes" not in rows[key]] == []
    assert [key for key, value in options.items() if value is False and "no" not in rows[key]] == []
