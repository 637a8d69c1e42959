"""Collects every message of the commands, and keeps their catalogues: `python -m tests.cli.messages` refreshes them.

English is the language of the message ids, so the English catalogue says the same; Dutch is written by hand. The
messages come from `_(...)` and `ngettext(...)` in cli/, exceptions that are Spoken anywhere in the program, and the
help texts of all commands and options. Click's own words ("Usage:") have a catalogue beside it.
"""

import ast
import importlib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    os.environ["LANGUAGE"] = "en"  # help texts are read from the loaded commands, which speak the terminal's language

import click
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROGRAM = Path(__file__).parents[2] / "src" / "boekbrug"
LOCALE = PROGRAM / "cli" / "locale"
LANGUAGES = ("nl", "en")
DOMAINS = ("commands", "click")
SOURCE = "en"
PLACEHOLDER = re.compile(r"\{([a-z_]+)(?:!r)?\}|%\(([a-z]+)\)s")


class Message(NamedTuple):
    """A message id, with its plural when it counts."""

    singular: str
    plural: str = ""


def used(domain: str) -> set[Message]:
    """Every message that the program (or click) can say."""
    if domain == "click":
        return {message for tree in _trees(Path(click.__file__).parent) for message in _of_calls(tree, set())}
    spoken = set(_spoken_exceptions())
    rooms = {message for tree in _trees(PROGRAM) for message in _of_calls(tree, spoken, gettext=False)}
    commands = {message for tree in _trees(PROGRAM / "cli") for message in _of_calls(tree, set())}
    return {*rooms, *commands, *map(Message, _help_texts())}


def _trees(folder: Path) -> Iterator[ast.Module]:
    return (ast.parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py")))


def _spoken_exceptions() -> Iterator[str]:
    """The names of the exceptions whose message is a sentence for a person."""
    for tree in _trees(PROGRAM):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "Spoken" for b in node.bases):
                yield node.name


def _of_calls(tree: ast.AST, exceptions: set[str], *, gettext: bool = True) -> Iterator[Message]:
    wanted = exceptions | ({"_", "ngettext"} if gettext else set())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in wanted:
            texts = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
            words = [text for text in texts if isinstance(text, str)]
            if words:
                yield Message(*words[: 2 if node.func.id == "ngettext" else 1])


def _help_texts() -> Iterator[str]:
    from boekbrug.cli import COMMANDS, main

    yield from _help_of(main)
    for name in COMMANDS:
        yield from _help_of(importlib.import_module(f"boekbrug.cli.{name}").command)


def _help_of(command: click.Command) -> Iterator[str]:
    yield from (text for text in (command.help, command.short_help, command.epilog) if text)
    yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _help_of(inner)


def catalogue_path(domain: str, language: str) -> Path:
    """Where the catalogue of a language stands."""
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def translations(domain: str, language: str) -> dict[Message, tuple[str, ...]]:
    """What each message of the catalogue says, singular and plural."""
    with catalogue_path(domain, language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {_key(message.id): _texts(message.string) for message in catalogue if message.id}


def _key(message_id: str | tuple[str, ...] | list[str]) -> Message:
    return Message(message_id) if isinstance(message_id, str) else Message(*message_id)


def _texts(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if text is None:
        return ("",)
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(*texts: str) -> set[str]:
    """The names that stand in the texts for values."""
    return {match[1] or match[2] for text in texts for match in PLACEHOLDER.finditer(text)}


def update(domain: str) -> list[Message]:
    """Add what is new, drop what is gone, fill in the English, compile both; returns what has no Dutch yet."""
    messages = sorted(used(domain))
    for language in LANGUAGES:
        path = catalogue_path(domain, language)
        known = translations(domain, language) if path.exists() else {}
        catalogue = _empty(language, domain)
        for message in messages:
            own = tuple(part for part in message if part)
            texts = own if language == SOURCE else known.get(message, ("",) * len(own))
            catalogue.add(own if len(own) > 1 else own[0], texts if len(own) > 1 else texts[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, omit_header=False, sort_output=True)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    dutch = translations(domain, "nl")
    return [message for message in messages if not all(dutch[message])]


def _empty(language: str, domain: str) -> Catalog:
    """A catalogue whose head says nothing that changes by itself."""
    written = datetime(2026, 11, 24, tzinfo=UTC)
    return Catalog(
        locale=language,
        project="boekbrug",
        version=domain,
        header_comment="# The words of the commands; tests/cli/messages.py keeps this file.",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        creation_date=written,
        revision_date=written,
        fuzzy=False,
        charset="utf-8",
    )


if __name__ == "__main__":
    for domain in DOMAINS:
        for message in update(domain):
            click.echo(f"no Dutch yet: {message.singular}")
