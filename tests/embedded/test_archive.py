"""The whole database in one file and back: whole or not at all, and no password where others can see it."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from boekbrug import archive, embedded
from boekbrug.archive import ArchiveError, Database
from boekbrug.settings import Settings

BEFORE = "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;"
AFTER = "CREATE TABLE public.marked (at timestamptz);"
PASSWORD = "kn0wn:s3cret-value"
ROWS = 5000


@pytest.fixture
def named(home: Path, embedded_server: None) -> Iterator[Callable[[str], str]]:
    """Makes empty databases in the session's server; the address of each."""
    where, made = embedded.address(home), []
    common = f"host={where.socket_folder} port={where.port} user={where.user}"

    def make(name: str) -> str:
        with psycopg.connect(f"{common} dbname=postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}".encode())
        made.append(name)
        return f"{common} dbname={name}"

    yield make
    with psycopg.connect(f"{common} dbname=postgres", autocommit=True) as server:
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def at(address: str) -> Database:
    return Database(programs=embedded.binaries(), address=address, password="")


def do(address: str, *statements: str) -> None:
    with psycopg.connect(address) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def ask(address: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(question.encode()).fetchall()


@pytest.fixture
def source(named: Callable[[str], str]) -> str:
    """A database with something in it."""
    address = named("archive_source")
    do(
        address,
        "CREATE TABLE store_booking (id int PRIMARY KEY, words text)",
        f"INSERT INTO store_booking SELECT i, md5(i::text) FROM generate_series(1, {ROWS}) AS i",
        "CREATE TABLE small (id int, app text, name text)",
        "INSERT INTO small VALUES (1, 'store', '0001_initial'), (2, 'store', '0002_more')",
    )
    return address


def test_a_dump_is_put_back_whole_between_its_two_statements(
    source: str, named: Callable[[str], str], tmp_path: Path
) -> None:
    file = tmp_path / "boekbrug.dump"
    size = archive.dump(at(source), file)
    assert size == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["boekbrug.dump"]

    target = named("archive_target")
    do(target, "CREATE TABLE older (id int)")
    archive.check(at(target), file, table="store_booking")
    archive.restore(at(target), file, before=BEFORE, after=AFTER)
    assert ask(target, "SELECT count(*), max(words) FROM store_booking") == ask(
        source, "SELECT count(*), max(words) FROM store_booking"
    )
    assert ask(target, "SELECT to_regclass('older'), to_regclass('marked') IS NOT NULL") == [(None, True)]


def test_the_rows_of_a_small_table_can_be_read_from_the_file(source: str, tmp_path: Path) -> None:
    file = tmp_path / "boekbrug.dump"
    archive.dump(at(source), file)
    assert archive.rows(at(source), file, table="small") == [
        ["1", "store", "0001_initial"],
        ["2", "store", "0002_more"],
    ]
    assert archive.rows(at(source), file, table="nothing") == []


def test_a_file_that_is_there_is_replaced_only_by_force(source: str, tmp_path: Path) -> None:
    file = tmp_path / "boekbrug.dump"
    file.write_text("mine")
    with pytest.raises(ArchiveError, match="is there already"):
        archive.dump(at(source), file)
    assert file.read_text() == "mine"
    archive.dump(at(source), file, force=True)
    archive.check(at(source), file, table="store_booking")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(ArchiveError, match="is there already"):
        archive.dump(at(source), tmp_path, force=True)


def test_a_folder_that_is_not_there_is_a_sentence(source: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="Nothing can be written beside"):
        archive.dump(at(source), tmp_path / "nowhere" / "boekbrug.dump")


def test_a_dump_that_fails_leaves_no_file(source: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="The backup was not made"):
        archive.dump(at(source.replace("archive_source", "no_such_database")), tmp_path / "boekbrug.dump")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a dump at all", b"PGDMP" + bytes(100)], ids=["empty", "text", "torn"])
def test_what_is_no_dump_is_a_sentence(source: str, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "boekbrug.dump"
    file.write_bytes(content)
    with pytest.raises(ArchiveError, match="is no backup that can be read"):
        archive.check(at(source), file, table="store_booking")
    with pytest.raises(ArchiveError, match="There is no file"):
        archive.check(at(source), tmp_path / "none.dump", table="store_booking")


def test_somebody_elses_dump_is_refused(source: str, tmp_path: Path) -> None:
    file = tmp_path / "boekbrug.dump"
    archive.dump(at(source), file)
    with pytest.raises(ArchiveError, match="is no backup of Boekbrug"):
        archive.check(at(source), file, table="other_table")


@pytest.mark.parametrize("keep", [0.5, 0.8, 0.95])
def test_a_torn_dump_changes_nothing(source: str, named: Callable[[str], str], tmp_path: Path, keep: float) -> None:
    file = tmp_path / "boekbrug.dump"
    archive.dump(at(source), file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * keep)])
    target = named("archive_torn")
    do(target, "CREATE TABLE older (id int)", "INSERT INTO older VALUES (7)")
    with pytest.raises(ArchiveError, match="The database is as it was"):
        archive.restore(at(target), file, before=BEFORE, after=AFTER)
    assert ask(target, "SELECT id FROM older") == [(7,)]
    assert ask(target, "SELECT to_regclass('store_booking')") == [(None,)]


@pytest.mark.parametrize(("before", "after"), [(BEFORE, "SELECT 1 / 0;"), ("SELECT 1 / 0;", AFTER)])
def test_a_statement_that_fails_changes_nothing(
    source: str, named: Callable[[str], str], tmp_path: Path, before: str, after: str
) -> None:
    file = tmp_path / "boekbrug.dump"
    archive.dump(at(source), file)
    target = named("archive_failing")
    do(target, "CREATE TABLE older (id int)")
    with pytest.raises(ArchiveError, match="division by zero"):
        archive.restore(at(target), file, before=before, after=after)
    assert ask(target, "SELECT to_regclass('older') IS NOT NULL") == [(True,)]


def test_the_programs_must_fit_the_server(home: Path) -> None:
    ours = Settings.read({"BOEKBRUG_HOME": str(home)})
    assert archive.database(ours, server_major=embedded.MAJOR, newer_too=False).programs.joinpath("psql").exists()
    archive.database(ours, server_major=9, newer_too=True)
    for newer_too, major in ((True, 99), (False, 9)):
        with pytest.raises(ArchiveError, match=f"Install postgresql-client-{major}"):
            archive.database(ours, server_major=major, newer_too=newer_too)


def test_a_password_stands_on_no_command_line(home: Path, tmp_path: Path) -> None:
    ours = Settings.read(
        {
            "BOEKBRUG_HOME": str(home),
            "DATABASE_URL": f"postgresql://me:{PASSWORD.replace(':', '%3A')}@db.example/boekbrug",
        }
    )
    place = archive.database(ours, server_major=embedded.MAJOR, newer_too=True)
    programs = tmp_path / "programs"
    programs.mkdir()
    seen = tmp_path / "seen"
    script = (
        "#!/bin/sh\n"
        f'echo "$@" >> {seen}\n'
        'for word in "$@"; do case "$word" in --file=*) echo dumped > "${word#--file=}";; esac; done\n'
        "file=$(echo \"$@\" | sed -n 's/.*passfile=\\([^ ]*\\).*/\\1/p')\n"
        f'test -z "$file" || cat "$file" >> {seen}.secret\n'
    )
    for name in archive.PROGRAMS:
        (programs / name).write_text(script)
        (programs / name).chmod(0o700)
    fake = Database(programs=programs, address=place.address, password=place.password)
    archive.dump(fake, tmp_path / "boekbrug.dump")
    assert PASSWORD not in seen.read_text() + repr(fake)
    assert "s3cret" not in seen.read_text() + repr(fake)
    assert (tmp_path / "seen.secret").read_text() == "*:*:*:*:kn0wn\\:s3cret-value\n"
