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
from pathlib import Path

if __name__ == "__main__":
    os.environ["LANGUAGE"] = "en"  # help texts are read from the loaded commands, which speak the terminal's language

import click
from tests.catalogues import Catalogues, Message

PROGRAM = Path(__file__).parents[2] / "src" / "boekbrug"
DOMAINS = ("commands", "click")
PLACEHOLDER = re.compile(r"\{([a-z_]+)(?:!r)?\}|%\(([a-z]+)\)s")


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


def catalogues(domain: str) -> Catalogues:
    """The catalogues of a domain."""
    comment = "The words of the commands; tests/cli/messages.py keeps this file."
    return Catalogues(locale=PROGRAM / "cli" / "locale", domain=domain, source="en", comment=comment)


def placeholders(*texts: str) -> set[str]:
    """The names that stand in the texts for values."""
    return {match[1] or match[2] for text in texts for match in PLACEHOLDER.finditer(text)}


if __name__ == "__main__":
    for domain in DOMAINS:
        for message in catalogues(domain).update(used(domain)):
            click.echo(f"no Dutch yet: {message.singular}")
