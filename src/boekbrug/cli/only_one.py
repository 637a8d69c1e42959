"""One `serve` at a time in a HOME, and none before the parts of an earlier one have gone.

    HOME/serve.lock    held by `serve` and, through the inherited handle, by each of its parts until it ends; holds the
                       process number of that `serve` and when it began

So a `serve` that was killed keeps its place for as long as its parts still stop, and the next one waits for them.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from boekbrug.spoken import Spoken

LEAVING_SECONDS = 30.0
"""What the parts of an earlier `serve` get to stop by themselves."""

_KILL_SECONDS = 5.0
_LOOK_SECONDS = 0.2


class NotAloneError(Spoken):
    """Another `serve` runs in this HOME, or what it started still does."""


@contextmanager
def only_serve(
    home: Path, *, waits: Callable[[], None] = lambda: None, limit_seconds: float = LEAVING_SECONDS
) -> Iterator[int]:
    """Hold the place of the one `serve`; yields the handle that its parts inherit, and calls `waits` when it waits."""
    path = home / "serve.lock"
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NotAloneError(
            "Cannot open {path}: {reason}. Was HOME made by another user?", path=path, reason=error.strerror
        ) from None
    try:
        _take(handle, home, waits, limit_seconds)
        _write(handle)
        yield handle
    finally:
        os.close(handle)


def leave(handle: int) -> None:
    """Say that we are stopping: whoever comes now waits for our parts, instead of being told that we serve."""
    os.ftruncate(handle, 0)


def _take(handle: int, home: Path, waits: Callable[[], None], limit_seconds: float) -> None:
    waited = None
    while not _locked(handle):
        holder = _holder(handle)
        if holder is not None:
            raise NotAloneError(
                "Boekbrug serves in {home} already (process {pid}): stop it first, or give this one another "
                "BOEKBRUG_HOME.",
                home=home,
                pid=holder,
            )
        if waited is None:
            waits()
            waited = time.monotonic()
        late = time.monotonic() - waited - limit_seconds
        if late > _KILL_SECONDS:
            raise NotAloneError("Parts of an earlier serve in {home} do not stop: end these processes.", home=home)
        _end(handle, everybody=late > 0)
        time.sleep(_LOOK_SECONDS)


def _end(handle: int, *, everybody: bool) -> None:
    """Kill the parts whose own leader is dead, who will never be told to stop, and in the end all that are left."""
    place = os.fstat(handle)
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or not _holds(process, place):
                continue
            if everybody or not psutil.pid_exists(os.getsid(process.pid)):
                process.kill()


def _holds(process: psutil.Process, place: os.stat_result) -> bool:
    return any(os.path.samestat(Path(file.path).stat(), place) for file in process.open_files())


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()} {psutil.Process().create_time()}\n".encode("ascii"), 0)


def _holder(handle: int) -> int | None:
    """The `serve` that wrote its number here, when it still lives; a number may belong to another process by now."""
    try:
        pid, began = os.pread(handle, 100, 0).decode("ascii").split()
        process = psutil.Process(int(pid))
        lives = process.status() != psutil.STATUS_ZOMBIE and f"{process.create_time()}" == began
    except (ValueError, psutil.Error):
        return None
    return process.pid if lives else None
