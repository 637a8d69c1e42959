"""One `serve` in a HOME: a living one is named, the parts of a dead one are waited for and ended when they must be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from boekbrug.cli.only_one import NotAloneError, leave, only_serve


def part(handle: int, *, leader: bool) -> "subprocess.Popen[bytes]":
    """A program that holds the place by the inherited handle until it is killed; with or without a living leader."""
    sleep = "import signal; signal.pause()"
    if leader:
        return subprocess.Popen([sys.executable, "-c", sleep], pass_fds=[handle], start_new_session=True)
    orphan = (
        "import subprocess, sys;"
        f" subprocess.Popen([sys.executable, '-c', {sleep!r}], pass_fds=[{handle}])"  # and its leader ends at once
    )
    return subprocess.Popen([sys.executable, "-c", orphan], pass_fds=[handle], start_new_session=True)


def test_a_second_one_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    with only_serve(tmp_path), pytest.raises(NotAloneError) as refused, only_serve(tmp_path):
        pass
    assert refused.value.values["pid"] == os.getpid()
    with only_serve(tmp_path):
        assert (tmp_path / "serve.lock").exists()


def forget(home: Path) -> None:
    """As after a kill: the number in the file is of nobody."""
    (home / "serve.lock").write_text("")


def test_a_part_whose_leader_died_is_ended_at_once(tmp_path: Path) -> None:
    with only_serve(tmp_path) as handle:
        part(handle, leader=False).wait(10)
    forget(tmp_path)
    waited: list[bool] = []
    with only_serve(tmp_path, waits=lambda: waited.append(True)):
        assert waited == [True]


def test_a_part_that_does_not_stop_is_ended_when_its_time_is_over(tmp_path: Path) -> None:
    with only_serve(tmp_path) as handle:
        deaf = part(handle, leader=True)
    forget(tmp_path)
    with only_serve(tmp_path, limit_seconds=0.5):
        assert deaf.wait(5) < 0


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotAloneError, match="Cannot open"), only_serve(tmp_path / "file" / "home"):
        pass


class Waited(Exception):
    """The next one waits, instead of being told that another serves."""


def test_one_that_is_stopping_is_waited_for(tmp_path: Path) -> None:
    def waits() -> None:
        raise Waited

    with only_serve(tmp_path) as place:
        leave(place)
        with pytest.raises(Waited), only_serve(tmp_path, waits=waits):
            pass
