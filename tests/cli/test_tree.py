"""The process tree starts its children again with back-off, and leaves none behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from boekbrug.cli import tree
from boekbrug.cli.tree import Child, Tree


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def child(code: str, *arguments: str) -> Child:
    return Child(name="part", command=[sys.executable, "-c", code, *arguments], environment=dict(os.environ))


def test_a_child_that_dies_is_started_again_and_waits_longer_each_time(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    code = "import sys, time; open(sys.argv[1], 'a').write(f'{time.time()}\\n')"
    part = child(code, str(starts))
    Tree([part]).run(lambda: starts.exists() and len(starts.read_text().split()) >= 3)
    first, second, third = (float(line) for line in starts.read_text().split()[:3])
    assert second - first > 0.4
    assert third - second > 0.9
    assert part.quick_deaths >= 2


def test_stopping_asks_first_and_kills_whoever_does_not_listen(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    deaf = child(
        "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        " pathlib.Path(sys.argv[1]).touch(); time.sleep(60)",
        str(ready),
    )
    Tree([deaf], stop_seconds=1.0).run(ready.exists)
    assert deaf.process is not None
    assert deaf.process.returncode == -signal.SIGKILL


def test_grandchildren_are_not_left_behind(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    parent = child(
        "import pathlib, subprocess, sys, time;"
        " p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        " n = pathlib.Path(sys.argv[1]); n.with_suffix('.new').write_text(str(p.pid)); n.with_suffix('.new').rename(n);"
        " time.sleep(60)",
        str(note),
    )
    Tree([parent]).run(note.exists)
    until(lambda: gone(int(note.read_text())))


def test_what_a_dead_child_had_started_is_ended_before_it_starts_again(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    parent = child(
        "import os, pathlib, subprocess, sys;"
        " p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        " n = pathlib.Path(sys.argv[1]); n.with_suffix('.new').write_text(str(p.pid)); n.with_suffix('.new').rename(n);"
        " os.kill(os.getpid(), 9)",
        str(note),
    )
    Tree([parent]).run(lambda: parent.quick_deaths > 0)
    until(lambda: gone(int(note.read_text())))


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_children_stop_when_the_tree_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    source = str(Path(tree.__file__).parents[2])
    code = (
        f"import sys; sys.path.insert(0, {source!r}); import os; from boekbrug.cli.tree import Child, Tree;"
        'c = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(60)";'
        "Tree([Child(name='x', command=[sys.executable, '-c', c, sys.argv[1]], environment=dict(os.environ))])"
        ".run(lambda: False)"
    )
    top = subprocess.Popen([sys.executable, "-c", code, str(note)])
    until(lambda: note.exists() and note.read_text().isdigit())
    top.kill()
    top.wait()
    until(lambda: gone(int(note.read_text())))


def test_the_database_is_looked_after_at_each_turn() -> None:
    turns: list[int] = []
    Tree([], keep=lambda: turns.append(1)).run(lambda: len(turns) == 3)
    assert len(turns) == 3
