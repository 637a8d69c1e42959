"""Results: a figure with its target and peer, the machine and the versions, as JSON and as a page."""

import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"
PACKAGES = ("boekbrug", "django", "procrastinate", "psycopg", "httpx2", "aiohttp", "pydantic", "exactonline")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured figure; `failure` is the traceback's last line when it could not be measured."""

    value: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""
    ok: bool = False
    peer: Mapping[str, Any] | None = None
    failure: str = ""

    @classmethod
    def read(cls, measured: Mapping[str, Any]) -> "Figure":
        """A figure from what a module's `measure()` gave."""
        return cls(**measured)

    @classmethod
    def failed(cls, failure: str) -> "Figure":
        """A figure that could not be measured."""
        return cls(failure=failure.strip().splitlines()[-1])

    def text(self) -> str:
        """The value on one line."""
        return self.failure or ", ".join(f"{name} {value}" for name, value in self.value.items())

    def peer_text(self) -> str:
        """The peer's value on one line."""
        return ", ".join(f"{name} {value}" for name, value in (self.peer or {}).items())

    def as_json(self) -> dict[str, Any]:
        """As interfaces.md says: value, target, ok, peer."""
        out: dict[str, Any] = {"value": dict(self.value), "target": self.target, "ok": self.ok}
        if self.peer is not None:
            out["peer"] = dict(self.peer)
        if self.failure:
            out["failure"] = self.failure
        return out


def write_results(figures: Mapping[str, Figure]) -> tuple[Path, Path]:
    """Write `latest.json`, a dated copy and a readable page; the paths of the first and the last."""
    now = datetime.now(UTC)
    results = {
        "measured_at": now.isoformat(timespec="seconds"),
        "machine": _machine(),
        "versions": _versions(),
        "figures": {name: figure.as_json() for name, figure in figures.items()},
    }
    text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    FOLDER.mkdir(exist_ok=True)
    latest, page = FOLDER / "latest.json", FOLDER / f"{now:%Y-%m-%d}.md"
    latest.write_text(text, encoding="utf-8")
    (FOLDER / f"{now:%Y-%m-%d}.json").write_text(text, encoding="utf-8")
    page.write_text(_page(results, figures), encoding="utf-8")
    return latest, page


def _machine() -> dict[str, Any]:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages * size / 2**30),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _page(results: Mapping[str, Any], figures: Mapping[str, Figure]) -> str:
    machine = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    versions = ", ".join(f"{name} {value}" for name, value in results["versions"].items())
    rows = [
        f"| {name} | {figure.text()} | {figure.target} | {'yes' if figure.ok else 'no'} | {figure.peer_text()} |"
        for name, figure in figures.items()
    ]
    table = "\n".join(["| id | measured | target | reached | peer |", "|---|---|---|---|---|", *rows])
    return f"# Figures of {results['measured_at']}\n\n{table}\n\nMachine: {machine}.\n\nVersions: {versions}.\n"
