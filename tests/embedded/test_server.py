"""The embedded PostgreSQL comes back from every death and is shared by whoever uses it."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from boekbrug import embedded

HOLD = """
import sys
from pathlib import Path
from boekbrug import embedded
with embedded.server(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bb-") as folder:
        yield Path(folder)


def ask(home: Path, question: str) -> str:
    where = embedded.address(home)
    with psycopg.connect(
        host=str(where.socket_folder), user=where.user, dbname=where.database, autocommit=True
    ) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])


def postmaster(home: Path) -> psutil.Process:
    return psutil.Process(int((home / "postgres/data/postmaster.pid").read_text().split()[0]))


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def holder(home: Path) -> "subprocess.Popen[str]":
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(embedded.__file__).parent.parent)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def let_go(child: "subprocess.Popen[str]") -> None:
    child.communicate(timeout=30)
    assert child.returncode == 0


def test_it_keeps_what_was_committed_over_a_stop_and_a_start(home: Path) -> None:
    with (
        embedded.server(home) as where,
        psycopg.connect(host=str(where.socket_folder), user=where.user, dbname=where.database) as connection,
    ):
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    assert not embedded.answers(home)
    with embedded.server(home):
        assert ask(home, "SELECT n FROM kept") == "42"


def test_it_is_durable_local_and_roomy(home: Path) -> None:
    with embedded.server(home):
        shown = {name: ask(home, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "max_connections")}
        assert shown == {"fsync": "on", "synchronous_commit": "on", "max_connections": "200"}
        assert ask(home, "SHOW listen_addresses") == ""
        assert (embedded.version(home) or "").startswith("18.")


def test_it_comes_back_when_the_postmaster_is_killed(home: Path) -> None:
    with embedded.server(home):
        victim = postmaster(home)
        victim.kill()
        until(lambda: not embedded.answers(home))
        assert (home / "postgres/data/postmaster.pid").exists()
        embedded.ensure_running(home)
        assert ask(home, "SELECT 1") == "1"
        assert postmaster(home).pid != victim.pid


def test_it_comes_back_when_the_parent_is_killed(home: Path) -> None:
    parent = holder(home)
    first = postmaster(home).pid
    parent.kill()
    parent.communicate()
    with embedded.server(home):
        assert ask(home, "SELECT 1") == "1"
        assert postmaster(home).pid == first
    assert not embedded.answers(home)


def test_it_comes_back_when_both_are_killed_and_the_process_number_was_given_to_another(home: Path) -> None:
    parent = holder(home)
    postmaster(home).kill()
    parent.kill()
    parent.communicate()
    owner = (home / "postgres/data").stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None) as stranger:
        for stale in (home / "postgres/data/postmaster.pid", home / "postgres/run/.s.PGSQL.5432.lock"):
            stale.write_text("\n".join([str(stranger.pid), *stale.read_text().split("\n")[1:]]))
        with embedded.server(home):
            assert ask(home, "SELECT 1") == "1"
        assert stranger.poll() is None
        stranger.kill()


def test_two_commands_share_it_and_the_last_one_out_stops_it(home: Path) -> None:
    first, second = holder(home), holder(home)
    shared = postmaster(home).pid
    let_go(first)
    assert embedded.answers(home)
    assert postmaster(home).pid == shared
    let_go(second)
    assert not embedded.answers(home)


def test_two_first_starts_at_once_make_one_cluster(home: Path) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(embedded.__file__).parent.parent)},
        )
        for _ in range(2)
    ]
    assert [child.stdout and child.stdout.readline() for child in children] == ["ready\n", "ready\n"]
    for child in children:
        let_go(child)


def test_a_first_start_that_was_killed_half_way_is_done_again(home: Path) -> None:
    half = home / "postgres/data.new/base"
    half.mkdir(parents=True)
    (half.parent / "PG_VERSION").write_text("18\n")
    with embedded.server(home):
        assert ask(home, "SELECT 1") == "1"
    assert not half.exists()


def test_a_long_home_gets_a_short_socket(home: Path) -> None:
    deep = home / ("a" * 60) / ("b" * 60)
    with embedded.server(deep) as where:
        assert len(str(where.socket_folder / ".s.PGSQL.5432")) < 100
        assert ask(deep, "SELECT 1") == "1"
    where.socket_folder.rmdir()


def test_a_home_reached_by_another_name_has_the_same_address(home: Path) -> None:
    (home / "real").mkdir()
    (home / "link").symlink_to(home / "real")
    assert embedded.address(home / "link") == embedded.address(home / "real")


def test_data_of_another_major_version_is_refused_with_a_way_out(home: Path) -> None:
    data = home / "postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.EmbeddedError, match="PostgreSQL 16"), embedded.server(home):
        pass


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with embedded.server(home):
        pass
    (home / "postgres/data/postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(embedded.EmbeddedError, match="no_such_setting"), embedded.server(home):
        pass


def test_root_does_not_run_the_server_as_root(home: Path) -> None:
    with embedded.server(home):
        runner = pwd.getpwuid(postmaster(home).uids().effective)
    assert runner.pw_uid != 0


def test_a_server_that_was_stopped_from_outside_is_started_again(home: Path) -> None:
    with embedded.server(home):
        postmaster(home).send_signal(signal.SIGTERM)
        postmaster_file = home / "postgres/data/postmaster.pid"
        until(lambda: not postmaster_file.exists())
        embedded.ensure_running(home)
        assert ask(home, "SELECT 1") == "1"
