"""The whole database in one file, and back: PostgreSQL's own pg_dump, pg_restore and psql.

Those on PATH are taken when they are of the server's major version, else those that came with the program. No
password stands on a command line: it goes by a file that only we can read.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from boekbrug import embedded
from boekbrug.settings import Settings
from boekbrug.spoken import Spoken

PROGRAMS = ("pg_dump", "pg_restore", "psql")
LONGEST_SECONDS = 6 * 3600.0
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


class ArchiveError(Spoken):
    """A backup was not made, or not put back; the message says why, and what is still as it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """How the programs reach the database, and the folder that they stand in."""

    programs: Path
    address: str
    password: str = field(repr=False)


def database(ours: Settings, *, server_major: int, newer_too: bool) -> Database:
    """Our database with programs that fit it; with `newer_too` those of a newer major version do (for a dump)."""
    parts = dict(conninfo_to_dict(ours.database_url)) if ours.database_url else _embedded(ours.home)
    password = str(parts.pop("password", "") or "")
    return Database(
        programs=_programs(server_major, newer_too=newer_too), address=make_conninfo("", **parts), password=password
    )


def _embedded(home: Path) -> dict[str, str | int | None]:
    where = embedded.address(home)
    return {"host": str(where.socket_folder), "port": where.port, "user": where.user, "dbname": where.database}


def _programs(server_major: int, *, newer_too: bool) -> Path:
    found = {folder: major for folder in _folders() if (major := _major(folder))}
    same = [folder for folder, major in found.items() if major == server_major]
    newer = [folder for folder, major in found.items() if newer_too and major > server_major]
    if not same and not newer:
        raise ArchiveError(
            "The database is of PostgreSQL {server}, and there are no programs of that version here (found: {found}). "
            "Install postgresql-client-{server}.",
            server=server_major,
            found=", ".join(str(major) for major in found.values()) or "-",
        )
    return (same or newer)[0]


def _folders() -> Iterator[Path]:
    on_path = shutil.which("pg_dump")
    if on_path:
        yield Path(on_path).parent
    with suppress(embedded.EmbeddedError):
        yield embedded.binaries()


def _major(folder: Path) -> int | None:
    """The one major version of all three programs; None when one is missing or they differ."""
    majors = set()
    for name in PROGRAMS:
        try:
            done = subprocess.run(
                [str(folder / name), "--version"], capture_output=True, text=True, check=False, timeout=30
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        said = _VERSION.search(done.stdout)
        majors.add(int(said.group(1)) if said else None)
    return majors.pop() if len(majors) == 1 else None


# --- Backup ---------------------------------------------------------------------------------------------------------


def dump(source: Database, file: Path, *, force: bool = False) -> int:
    """Write the database to `file`, whole or not at all, so that only we can read it; its size in bytes."""
    refuse_existing(file, force=force)
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # mode 0600
        os.close(handle)
    except OSError as error:
        reason = error.strerror
        raise ArchiveError("Nothing can be written beside {file} ({reason}).", file=file, reason=reason) from None
    temporary = Path(name)
    try:
        with _reach(source) as address:
            _run(source, "pg_dump", "--format=custom", *_ANYBODYS, f"--file={temporary}", f"--dbname={address}")
        _contents(source, temporary)
        return _name(temporary, file, force=force)
    finally:
        temporary.unlink(missing_ok=True)


_ANYBODYS = ("--no-owner", "--no-privileges")
"""The database that it is put back into may belong to another user."""


def refuse_existing(file: Path, *, force: bool) -> None:
    """Raise ArchiveError when the file is there already, unless it may be replaced."""
    if file.is_dir() or (file.exists() and not force):
        raise ArchiveError("{file} is there already; choose another name, or replace it with --force.", file=file)


def _name(temporary: Path, file: Path, *, force: bool) -> int:
    """Give a finished file its name, on disk for certain; without `force` never over another one."""
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    size = temporary.stat().st_size
    if force:
        temporary.replace(file)
    else:
        try:
            os.link(temporary, file)
        except FileExistsError:
            refuse_existing(file, force=False)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size


# --- Restore --------------------------------------------------------------------------------------------------------


def check(target: Database, file: Path, *, table: str) -> None:
    """Raise ArchiveError unless the file is a whole dump that holds this table."""
    if not file.is_file():
        raise ArchiveError("There is no file {file}.", file=file)
    if f" TABLE public {table} " not in _contents(target, file):
        raise ArchiveError("{file} is no backup of Boekbrug: its tables are not in it.", file=file)


def _contents(target: Database, file: Path) -> str:
    return _read(target, file, "--list")


def _read(target: Database, file: Path, *words: str) -> str:
    """What pg_restore says of a dump, without touching a database."""
    done = subprocess.run(
        [str(target.programs / "pg_restore"), *words, str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
    )
    if done.returncode:
        raise ArchiveError("{file} is no backup that can be read ({said}).", file=file, said=_reason(done.stderr))
    return done.stdout


def rows(target: Database, file: Path, *, table: str) -> list[list[str]]:
    """The rows of a small table in the dump, as text."""
    lines = iter(_read(target, file, "--data-only", f"--table={table}", "--file=-").splitlines())
    for line in lines:
        if line.startswith("COPY "):
            break
    return [line.split("\t") for line in takewhile(lambda line: line != "\\.", lines)]


def restore(target: Database, file: Path, *, before: str, after: str) -> None:
    """Put the dump back in one transaction, between these two statements; what breaks off changes nothing."""
    with _reach(target) as address, tempfile.TemporaryFile("w+") as complaints:
        reading = subprocess.Popen(
            [str(target.programs / "pg_restore"), *_ANYBODYS, "--schema=public", "--file=-", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        writing = subprocess.Popen(
            [
                str(target.programs / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={address}",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        )  # fmt: skip
        try:
            whole = _pour(reading, writing, before, after)
        finally:
            _end(reading, writing)
        if not whole or writing.returncode:
            complaints.seek(0)
            said = _reason(complaints.read())
            raise ArchiveError("{file} was not put back ({said}). The database is as it was.", file=file, said=said)


def _pour(reading: "subprocess.Popen[bytes]", writing: "subprocess.Popen[bytes]", before: str, after: str) -> bool:
    """The script from one program into the other; committed only when the first has read its file to the end."""
    if reading.stdout is None or writing.stdin is None:
        raise ValueError("both programs need a pipe")
    try:
        writing.stdin.write(f"BEGIN;\n{before}\n".encode())
        shutil.copyfileobj(reading.stdout, writing.stdin, 1 << 20)
        if reading.wait() != 0:
            writing.kill()  # the server undoes what has no COMMIT
            return False
        writing.stdin.write(f"\n{after}\nCOMMIT;\n".encode())
        writing.stdin.close()
    except BrokenPipeError:
        return False
    return writing.wait() == 0


def _end(*programs: "subprocess.Popen[bytes]") -> None:
    """Leave no program behind, whatever broke off."""
    for program in programs:
        if program.poll() is None:
            program.kill()
        for pipe in (program.stdin, program.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        program.wait()


# --- Programs -------------------------------------------------------------------------------------------------------


@contextmanager
def _reach(place: Database) -> Iterator[str]:
    """The address for a command line; the password stands in a file beside it, as libpq reads one."""
    if not place.password:
        yield place.address
        return
    with tempfile.TemporaryDirectory(prefix="boekbrug-") as folder:
        file = Path(folder) / "password"
        file.touch(mode=0o600)
        written = place.password.replace("\\", "\\\\").replace(":", "\\:")
        file.write_text(f"*:*:*:*:{written}\n", encoding="utf-8")
        yield make_conninfo(place.address, passfile=str(file))


def _run(place: Database, program: str, *words: str) -> None:
    done = subprocess.run(
        [str(place.programs / program), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
    )
    if done.returncode:
        raise ArchiveError("The backup was not made ({said}).", said=_reason(done.stderr))


def _reason(text: str) -> str:
    """The line that names the error; what follows it may show the rows that it is about."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return next((line for line in lines if "error" in line.casefold()), lines[-1] if lines else "-")
