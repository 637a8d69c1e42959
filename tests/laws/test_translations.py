"""Law 4: every string is translated, none is fuzzy, and the compiled files are those of the sources."""

import re
from pathlib import Path

import polib
import pytest
from tests.laws.source import ROOT

CATALOGUES = sorted((ROOT / "src").rglob("locale/*/LC_MESSAGES/*.po"))
PLACES = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]+\}")


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
