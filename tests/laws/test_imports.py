"""Law 1: who may know whom."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.laws.source import ROOT, files, imports, where

DOMAIN_MAY = {
    "calendar", "collections", "collections.abc", "dataclasses", "datetime", "decimal", "enum", "functools",
    "hashlib", "itertools", "math", "operator", "re", "string", "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip


def test_the_layers_are_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([command, "--no-cache"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("path", files("src/boekbrug/domain"), ids=lambda path: path.stem)
def test_the_domain_imports_a_short_list_of_the_standard_library(path: Path) -> None:
    foreign = {name for name in imports(path) if name not in DOMAIN_MAY and not name.startswith("boekbrug.domain")}
    assert not foreign


def test_program_and_simulators_do_not_import_each_other() -> None:
    crossings = [
        where(path)
        for ours, theirs in (("boekbrug", "boekbrug_sim"), ("boekbrug_sim", "boekbrug"))
        for path in files(f"src/{ours}")
        for name in imports(path)
        if name.split(".")[0] == theirs
    ]
    assert not crossings


def test_nobody_but_the_settings_reads_the_environment() -> None:
    handed_on = {"cli/serve.py", "cli/web.py", "cli/practice.py", "cli/demo.py"}  # to the programs that they start
    may = {"settings.py", "cli/house.py", "web/wsgi.py", *handed_on}
    readers = [
        where(path)
        for path in files("src/boekbrug")
        if ("os.environ" in path.read_text() or "getenv" in path.read_text())
        and str(path.relative_to(ROOT / "src/boekbrug")) not in may
    ]
    assert not readers
