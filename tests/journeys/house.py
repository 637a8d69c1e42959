"""A whole house for a journey: both simulators, a HOME with its own database, and the commands that people type."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from boekbrug import embedded
from boekbrug.cli.practice import COACHVIEW_CLIENT, EXACT_CLIENT, PracticeBook, practice_book

SOURCE = Path(__file__).parents[2] / "src"
COMMAND_SECONDS = 300
LEAVE_SECONDS = 60
PASSWORD = "een-lang-wachtwoord"
MAIL = "els@noord.example"


@dataclass
class House:
    """One machine that knows only the practice book."""

    home: Path
    book: PracticeBook
    environment: dict[str, str]
    children: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def run(self, *words: str, stdin: str = "", check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run `boekbrug <words>` to its end."""
        command = [sys.executable, "-m", "boekbrug.cli", *words]
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=self.home,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def json(self, *words: str) -> Any:
        """What a command answers with --json."""
        return json.loads(self.run(*words, "--json").stdout)

    def script(self, name: str, *arguments: str) -> str:
        """Run one of the scripts beside this file inside the house; what it prints."""
        command = [sys.executable, str(Path(__file__).with_name(name)), *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start `boekbrug <words>` and leave it running; its log goes to HOME."""
        command = [sys.executable, "-m", "boekbrug.cli", *words]
        with (self.home / f"{words[0]}-{len(self.children)}.log").open("wb") as log:
            child = subprocess.Popen(command, env=self.environment, cwd=self.home, stdout=log, stderr=log)
        self.children.append(child)
        return child

    def elsewhere(self, machine: Path, sources: Path = SOURCE) -> dict[str, str]:
        """The environment of another machine: a HOME of its own, the database by its address, and the same keys.

        With other `sources`, it has another release of the program.
        """
        place = embedded.address(self.home)
        database = f"postgresql://{place.user}@/{place.database}?host={place.socket_folder}&port={place.port}"
        keys = (self.home / "secret-keys").read_text(encoding="ascii").strip()
        machine.mkdir()
        own = {"BOEKBRUG_HOME": str(machine), "DATABASE_URL": database, "BOEKBRUG_SECRET_KEYS": keys}
        path = self.environment["PYTHONPATH"].replace(str(SOURCE), str(sources))
        found = {**self.environment, **own, "PYTHONPATH": path}
        # What another release covers is no part of what is covered of ours.
        return found if sources == SOURCE else {name: found[name] for name in found if not name.startswith("COVERAGE_")}

    def start_elsewhere(self, machine: Path, sources: Path = SOURCE) -> "subprocess.Popen[bytes]":
        """Start a worker on another machine; its log goes there."""
        environment = self.elsewhere(machine, sources)
        command = [sys.executable, "-m", "boekbrug.cli", "worker"]
        with (machine / "worker.log").open("wb") as log:
            child = subprocess.Popen(command, env=environment, cwd=machine, stdout=log, stderr=log)
        self.children.append(child)
        return child

    def serve(self) -> str:
        """Start `boekbrug serve`; its address, as soon as it answers."""
        place = self.home / f"serve-{len(self.children)}.log"
        self.start("serve", "--port", "0")
        until(lambda: _said(place, "Boekbrug: "), seconds=60)
        address = _said(place, "Boekbrug: ").rstrip("/")
        until(lambda: _answers(f"{address}/readyz"), seconds=60)
        return address

    def set_up_link(self) -> str:
        """The link to the first visit that `serve` prints, as soon as its line is whole."""
        log = self.home / "serve-0.log"
        until(lambda: "/begin/" in log.read_text(encoding="utf-8").rpartition("\n")[0], seconds=60)
        return next(word for word in log.read_text(encoding="utf-8").split() if "/begin/" in word)

    def entries(self) -> list[dict[str, Any]]:
        """The entries in the simulator's ledger: one receivable line each."""
        return [line for line in self.book.exact.read("ledger") if line["line"] == 0 and line["type"] in {20, 21}]

    def states(self) -> dict[str, str]:
        """The state of each invoice by its number."""
        return {row["number"]: row["state"] for row in self.json("invoices")}

    def leave(self) -> None:
        """Ask what was started to end, as one does with Ctrl-C, so that the database ends too; then insist."""
        for child in self.children:
            child.terminate()
        for child in self.children:
            try:
                child.wait(LEAVE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()

    def stop(self) -> None:
        """End what was started, frozen or not."""
        for child in self.children:
            child.kill()
            child.wait()


@contextmanager
def house(home: Path, *, scenario: str, invoices: int | None = None, minute_limit: int = 600) -> Iterator[House]:
    """A house with an empty, migrated database and both simulators in memory."""
    with empty_house(home, scenario=scenario, invoices=invoices, minute_limit=minute_limit) as ours:
        keeper = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("keep_database.py"))],
            env=ours.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            assert keeper.stdout is not None
            assert keeper.stdout.readline() == b"ready\n"
            yield ours
        finally:
            ours.stop()
            keeper.communicate(b"")
            if keeper.stdout:
                keeper.stdout.close()


@contextmanager
def empty_house(home: Path, *, scenario: str, invoices: int | None = None, minute_limit: int = 600) -> Iterator[House]:
    """A house in which nothing was started yet but the two simulators, in memory."""
    with practice_book(state=None, scenario=scenario, invoices=invoices) as book:
        book.exact.control("limits", {"minute": minute_limit})
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BOEKBRUG_")}
        kept.pop("DATABASE_URL", None)
        environment = {
            **kept,
            "PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE.parent}",
            "BOEKBRUG_HOME": str(home),
            "BOEKBRUG_EXACT_URL_PRACTICE": book.exact.address,
            "BOEKBRUG_EXACT_CLIENT_ID_PRACTICE": EXACT_CLIENT[0],
            "BOEKBRUG_EXACT_CLIENT_SECRET_PRACTICE": EXACT_CLIENT[1],
            "BOEKBRUG_COACHVIEW_HOSTS": "127.0.0.1",
        }
        ours = House(home=home, book=book, environment=environment)
        try:
            yield ours
        finally:
            ours.leave()


def _said(log: Path, before: str) -> str:
    """What stands behind these words in a line of a log."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return next((line.partition(before)[2].strip() for line in lines if before in line), "")


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address).status_code == 200
    except httpx2.HTTPError:
        return False


def until(true: Callable[[], object], *, seconds: float) -> None:
    """Wait until something is so; fails when it takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def coachview_options(ours: House) -> dict[str, str]:
    """The institute's own keys for `integration create`."""
    return {
        "coachview_url": ours.book.coachview.address,
        "coachview_client_id": COACHVIEW_CLIENT[0],
        "coachview_client_secret": COACHVIEW_CLIENT[1],
    }
