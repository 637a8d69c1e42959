"""Collects every message of the service center, and keeps its catalogues: `python -m tests.web.messages` updates them.

Dutch is the language of the message ids, so the Dutch catalogue says the same; English is translated by hand.
Compiling is done with Babel, so that no gettext tools need to be installed.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

WEB = Path(__file__).parents[2] / "src" / "boekbrug" / "web"
LANGUAGES = ("nl", "en")
CALLS = {"_", "_now", "gettext", "gettext_lazy", "ngettext"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CALL = re.compile(r"\b(?:_|gettext|ngettext)\(")


class Message(NamedTuple):
    """A message id, with its plural when it counts."""

    singular: str
    plural: str = ""


def used() -> set[Message]:
    """Every message of the program text and the templates."""
    python = (message for path in WEB.rglob("*.py") for message in _of_calls(ast.parse(path.read_text("utf-8"))))
    templates = (message for path in WEB.rglob("*.html") for message in _of_template(path.read_text("utf-8")))
    return {*python, *templates}


def _of_calls(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            texts = [ast.literal_eval(argument) for argument in node.args[:2] if isinstance(argument, ast.Constant)]
            if texts:
                yield Message(*texts[: 2 if node.func.id == "ngettext" else 1])


def _of_template(text: str) -> Iterator[Message]:
    """Django turns a template into calls with everything else blanked out; each call is then read as Python."""
    blanked = templatize(text)
    for match in CALL.finditer(blanked):
        depth, end = 0, match.end() - 1
        for end in range(match.end() - 1, len(blanked)):
            depth += {"(": 1, ")": -1}.get(blanked[end], 0)
            if depth == 0:
                break
        yield from _of_calls(ast.parse(blanked[match.start() : end + 1].strip().replace(",count)", ",1)")))


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language stands."""
    return WEB / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


def translations(language: str) -> dict[Message, tuple[str, ...]]:
    """What each message of the catalogue says, singular and plural."""
    return {_key(message.id): _texts(message.string) for message in read_catalogue(language) if message.id}


def _key(message_id: str | tuple[str, ...] | list[str]) -> Message:
    return Message(message_id) if isinstance(message_id, str) else Message(*message_id)


def _texts(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if text is None:
        return ("",)
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(*texts: str) -> set[str]:
    """The names that stand in the texts for values."""
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


def update() -> None:
    """Add what is new, drop what is gone, fill in the Dutch, compile both."""
    messages = sorted(used())
    for language in LANGUAGES:
        path = catalogue_path(language)
        known = translations(language) if path.exists() else {}
        catalogue = _empty(language)
        for message in messages:
            own = tuple(part for part in message if part)
            texts = own if language == "nl" else known.get(message, ("",) * len(own))
            catalogue.add(own if len(own) > 1 else own[0], texts if len(own) > 1 else texts[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, omit_header=False, sort_output=True)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


def _empty(language: str) -> Catalog:
    """A catalogue whose head says nothing that changes by itself."""
    written = datetime(2026, 11, 24, tzinfo=UTC)
    return Catalog(
        locale=language,
        project="boekbrug",
        version="web",
        header_comment="# The words of the service center; tests/web/messages.py keeps this file.",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        creation_date=written,
        revision_date=written,
        fuzzy=False,
        charset="utf-8",
    )


if __name__ == "__main__":
    update()
