"""What processes cost: CPU seconds and memory of the web, the workers and the database of one `serve`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

MEGABYTE = 2**20


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The processes of one `serve` by what they are for."""

    web: tuple[psutil.Process, ...]
    worker: tuple[psutil.Process, ...]
    database: tuple[psutil.Process, ...]

    def items(self) -> Iterable[tuple[str, tuple[psutil.Process, ...]]]:
        """Each part with its name."""
        return (("web", self.web), ("worker", self.worker), ("database", self.database))


def parts(serve_pid: int, home: Path) -> Parts:
    """The processes below `serve`, told apart by their command, and the embedded server of HOME."""
    children = psutil.Process(serve_pid).children()
    web = [child for child in children if "granian" in " ".join(child.cmdline())]
    workers = [child for child in children if child.cmdline()[-1] == "worker"]
    server = psutil.Process(postmaster(home))
    return Parts(web=_with_children(web), worker=_with_children(workers), database=(server,))


def cpu_seconds(found: Parts) -> Mapping[str, float]:
    """CPU seconds so far per part, the database's ended and running backends among them."""
    return {name: sum(_cpu(process) for process in processes) for name, processes in found.items()}


def memory_mb(found: Parts) -> Mapping[str, float]:
    """Resident memory in MB of web and worker, the largest process of each."""
    return {
        name: round(max(process.memory_info().rss for process in processes) / MEGABYTE, 1)
        for name, processes in found.items()
        if name != "database"
    }


def _with_children(processes: Iterable[psutil.Process]) -> tuple[psutil.Process, ...]:
    return tuple(one for process in processes for one in (process, *process.children(recursive=True)))


def _cpu(process: psutil.Process) -> float:
    """Its own time, that of children which ended, and that of its running children."""
    times = process.cpu_times()
    own = times.user + times.system + times.children_user + times.children_system
    if "postgres" not in process.name():
        return float(own)
    return float(own + sum(sum(child.cpu_times()[:2]) for child in process.children()))


def postmaster(home: Path) -> int:
    """The process id that the embedded server of HOME wrote down last."""
    (found,) = home.rglob("postmaster.pid")
    return int(found.read_text(encoding="utf-8").splitlines()[0])
