"""Collects every message of the service center, and keeps its catalogues: `python -m tests.web.messages` updates them.

Dutch is the language of the message ids, so the Dutch catalogue says the same; English is translated by hand.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize
from tests.catalogues import Catalogues, Message

WEB = Path(__file__).parents[2] / "src" / "boekbrug" / "web"
CALLS = {"_", "_now", "gettext", "gettext_lazy", "ngettext"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CALL = re.compile(r"\b(?:_|gettext|ngettext)\(")


CATALOGUES = Catalogues(
    locale=WEB / "locale",
    domain="django",
    source="nl",
    comment="The words of the service center; tests/web/messages.py keeps this file.",
)


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


def placeholders(*texts: str) -> set[str]:
    """The names that stand in the texts for values."""
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


if __name__ == "__main__":
    for message in CATALOGUES.update(used()):
        print(f"no English yet: {message.singular}")  # noqa: T201
