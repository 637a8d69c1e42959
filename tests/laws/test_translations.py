"""Law 4: every string is translated, none is fuzzy, and the compiled files are those of the sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from tests.laws.source import ROOT, files, tree

CATALOGUES = sorted((ROOT / "src").rglob("locale/*/LC_MESSAGES/*.po"))
PLACES = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]+(?:!r)?\}")


def name(path: Path) -> str:
    return "/".join([path.parts[-5], path.parts[-3], path.stem])


def test_there_are_dutch_and_english_words() -> None:
    assert {path.parts[-3] for path in CATALOGUES} == {"nl", "en"}


@pytest.mark.parametrize("path", CATALOGUES, ids=name)
def test_every_string_is_translated(path: Path) -> None:
    found = polib.pofile(str(path))
    assert [entry.msgid for entry in found if entry.fuzzy or not entry.translated()] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=name)
def test_the_compiled_file_has_the_same_words(path: Path) -> None:
    source, compiled = polib.pofile(str(path)), polib.mofile(str(path.with_suffix(".mo")))
    words = {
        (entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in source if not entry.obsolete
    }
    assert words == {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in compiled}


@pytest.mark.parametrize("folder", sorted({path.parents[2] for path in CATALOGUES}), ids=lambda path: path.parent.name)
def test_both_languages_have_the_same_strings_with_the_same_places(folder: Path) -> None:
    dutch, english = (
        {
            (entry.msgctxt, entry.msgid): sorted(
                PLACES.findall(entry.msgstr or str(sorted(entry.msgstr_plural.items())))
            )
            for path in sorted(folder.glob(f"{language}/LC_MESSAGES/*.po"))
            for entry in polib.pofile(str(path))
            if not entry.obsolete
        }
        for language in ("nl", "en")
    )
    assert dutch.keys() == english.keys()
    assert {key: set(places) for key, places in dutch.items()} == {key: set(places) for key, places in english.items()}


SAYING = {
    "echo",
    "ClickException",
    "UsageError",
    "BadParameter",
    "prompt",
    "confirm",
    "Table",
    "add_row",
    "add_task",
    "Panel",
}
WORD = re.compile(r"[a-z]{3,}")
FOR_PROGRAMS = {"Exact", "Coachview"}


def _spoken_plainly(node: ast.expr) -> Iterator[str]:
    """Text with words in it that nobody translates: a literal, or the literal parts of an f-string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.BinOp):
        yield from (*_spoken_plainly(node.left), *_spoken_plainly(node.right))
    elif isinstance(node, ast.IfExp):
        yield from (*_spoken_plainly(node.body), *_spoken_plainly(node.orelse))


def _without_marks(text: str) -> str:
    """What is left of a text without addresses, rich's marks and the names of parties."""
    left = re.sub(r"\[/?[a-z]*\]|https?|[Bb]oekbrug\b", "", text)
    return re.sub("|".join(sorted(FOR_PROGRAMS)), "", left)


@pytest.mark.parametrize("path", files("src/boekbrug/cli"), ids=lambda path: path.stem)
def test_commands_say_nothing_untranslated(path: Path) -> None:
    """Every text that a command prints or raises goes through `_` or `ngettext` (boekbrug.cli.language)."""
    called = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    saying = (node for node in called if getattr(node.func, "attr", getattr(node.func, "id", "")) in SAYING)
    plain = {text for node in saying for argument in node.args for text in _spoken_plainly(argument)}
    assert [text for text in sorted(plain) if WORD.search(_without_marks(text).lower())] == []


def test_what_rooms_raise_for_people_has_places_not_values() -> None:
    """A Spoken exception with an f-string could not be found in the catalogue."""
    spoken = {
        node.name
        for path in files("src/boekbrug")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "Spoken" for b in node.bases)
    }
    assert spoken >= {"SettingsError", "EmbeddedError", "SchemaError"}
    assert [
        f"{path.name}:{node.lineno}"
        for path in files("src/boekbrug")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in spoken
        if node.args and isinstance(node.args[0], ast.JoinedStr)
    ] == []
