"""What is written: a sentence for everything public, nothing unfinished, no test that looks away."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.laws.source import ROOT, files, tree, where

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
UNFINISHED = re.compile(
    r"(?<!\.)\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "raise Not" + "Implemented"]) + ")"
)
LOOKING_AWAY = re.compile(r"mark\.(skip|xfail)|pytest\.(skip|xfail)\(|assert " + r"True\b|importor" + "skip")
VAGUE = re.compile(r"(^|_)(manager|helper|util|utils|service|services|helpers|managers|common|misc)(_|\.py$)")
EMPTY_NAMES = {"Meta"}


def public(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, Documented]]:
    """Public classes and functions, and the public methods of public classes."""
    for node in body:
        if isinstance(node, Documented) and not node.name.startswith("_") and node.name not in EMPTY_NAMES:
            yield f"{inside}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


def overload_or_setter(node: Documented) -> bool:
    return any("overload" in ast.unparse(mark) or ".setter" in ast.unparse(mark) for mark in node.decorator_list)


def test_every_public_name_has_a_sentence() -> None:
    silent = [where(path) for path in files("src", "bench") if not ast.get_docstring(tree(path))]
    silent += [
        f"{where(path, node)} {name}"
        for path in files("src", "bench")
        for name, node in public(tree(path).body)
        if not ast.get_docstring(node) and not overload_or_setter(node)
    ]
    assert not silent


def test_nothing_is_left_unfinished() -> None:
    unfinished = [where(path) for path in files("src", "tests", "bench") if UNFINISHED.search(path.read_text())]
    assert not unfinished


def test_no_test_looks_away() -> None:
    away = [
        where(path) for path in files("tests") if LOOKING_AWAY.search(path.read_text()) and path.name != "test_words.py"
    ]
    assert not away


def test_no_room_has_a_vague_name() -> None:
    assert not [where(path) for path in files("src") if VAGUE.search(path.name)]


def test_no_committed_file_names_the_workshop() -> None:
    words = ["/work/" + "shared", "/work/" + ".library", "sub" + "agent", "index-" + "url"]
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True, cwd=ROOT).stdout.split(
        "\n"
    )
    texts = [
        ROOT / name for name in listed if Path(name).suffix in {".py", ".md", ".toml", ".lock", ".html", ".sh", ""}
    ]
    naming = [
        where(path)
        for path in texts
        if path.is_file() and path.name != "test_words.py"
        if any(word in path.read_text(errors="replace").replace("--no-emit-" + "index-url", "") for word in words)
    ]
    assert not naming
