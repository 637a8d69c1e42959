"""One institute before its night, made once; and copies of it, with simulators, database and workers of their own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.request import urlopen

import psycopg
from tests.crash import evening
from tests.crash.cable import LOOPBACK, Cable
from tests.crash.evening import Hands
from tests.crash.nursery import Nursery, Process, start_program
from tests.crash.postgres_proxy import PostgresProxy
from tests.crash.practice import EVERYTHING, INVOICES, Practice, debtors
from tests.crash.watch import Recorder, Watch
from tests.journeys.house import SOURCE

from boekbrug import embedded
from boekbrug.cli.practice import EXACT_CLIENT

JOURNEYS = SOURCE.parent / "tests" / "journeys"
TEMPLATE = "boekbrug"
START_SECONDS = 300
STOP_SECONDS = 40.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a night is made of: so many invoices, with these options, after an evening on which somebody was at work."""

    invoices: int = INVOICES
    options: Mapping[str, Any] = field(default_factory=lambda: EVERYTHING)
    evening: Callable[[Hands], Awaitable[None]] | None = None


EVERY_CALL = Plan()
ONE_AFTER_THE_OTHER = Plan(invoices=5, options={**EVERYTHING, "send_pdf": False, "project_source": None})
"""The last three are entries alone: each is made ready while the one before is on the line (decision 0014)."""
THE_DAY_AFTER = Plan(invoices=evening.INVOICES, evening=evening.spend)
"""What was made on the evening before is partly deleted, changed or late; see tests/crash/evening.py."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all cases are copied from: a database server, and the simulators' state."""

    home: Path
    state: Path
    plan: Plan
    nursery: Nursery

    @property
    def socket(self) -> str:
        """The database server's socket."""
        where = embedded.address(self.home)
        return str(where.socket_folder / f".s.PGSQL.{where.port}")

    def connect(self, database: str) -> "psycopg.Connection[tuple[Any, ...]]":
        """Our own connection, past every door."""
        where = embedded.address(self.home)
        return psycopg.connect(
            host=str(where.socket_folder), port=where.port, user=where.user, dbname=database, autocommit=True
        )


@contextmanager
def ground(folder: Path, plan: Plan = EVERY_CALL) -> Iterator[Ground]:
    """An institute that is settled in and connected, of which nothing has been fetched."""
    made = Ground(home=folder / "home", state=folder / "ground", plan=plan, nursery=Nursery())
    made.home.mkdir()
    made.state.mkdir()
    with made.nursery, embedded.server(made.home):
        asyncio.run(_settle(made))
        yield made


async def _settle(made: Ground) -> None:
    practice = Practice(folder=made.state, invoices=made.plan.invoices)
    await practice.start(Recorder())
    try:
        for record_id, values in debtors().items():
            await practice.control("coachview", "records", {"entity": "debtors", "id": record_id, "values": values})
        environment = surroundings(made.home, practice.addresses["exact"])
        for command in (
            [sys.executable, "-m", "boekbrug.cli", "migrate"],
            [
                sys.executable,
                str(JOURNEYS / "settle_one.py"),
                practice.addresses["coachview"],
                json.dumps(made.plan.options),
            ],
        ):
            await asyncio.to_thread(_run, command, environment)
        if made.plan.evening is not None:
            await made.plan.evening(_hands(made, practice, environment))
    finally:
        await practice.stop()


def _hands(made: Ground, practice: Practice, environment: Mapping[str, str]) -> Hands:
    def work() -> None:
        command = [sys.executable, "-m", "boekbrug.cli", "sync", "--all", "--until-idle"]
        _run(command, environment, may_fail=True)

    def tell(change: str) -> None:
        with made.connect(TEMPLATE) as ours:
            ours.execute(change.encode())

    return Hands(practice=practice, work=work, tell=tell)


def _run(command: list[str], environment: Mapping[str, str], *, may_fail: bool = False) -> None:
    """Run one of our commands; `sync` fails when an invoice is held, which may be what is wanted."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=START_SECONDS, check=False)
    assert may_fail or done.returncode == 0, done.stdout + done.stderr


def surroundings(home: Path, exact: str, port: int | None = None, database: str = "") -> dict[str, str]:
    """The environment of a command of ours; with a port the database is an outside one, behind its door."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOEKBRUG_")}
    kept.pop("DATABASE_URL", None)
    outside = {"DATABASE_URL": f"postgresql://boekbrug@127.0.0.1:{port}/{database}?sslmode=disable"} if port else {}
    return {
        **kept,
        **outside,
        "PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE.parent}",
        "BOEKBRUG_HOME": str(home),
        "BOEKBRUG_EXACT_URL_PRACTICE": exact,
        "BOEKBRUG_EXACT_CLIENT_ID_PRACTICE": EXACT_CLIENT[0],
        "BOEKBRUG_EXACT_CLIENT_SECRET_PRACTICE": EXACT_CLIENT[1],
        "BOEKBRUG_COACHVIEW_HOSTS": "127.0.0.1",
        "BOEKBRUG_CONCURRENCY": "1",
    }


@dataclass(kw_only=True)
class Copy:
    """One copy of the institute, with whoever works on it."""

    ground: Ground
    folder: Path
    watch: Watch
    practice: Practice = field(init=False)
    database: str = field(init=False)
    _proxy: PostgresProxy = field(init=False)
    _port: int = 0
    _workers: list[Process] = field(default_factory=list)
    _cables: list[Cable] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.database = self.folder.name
        self.practice = Practice(folder=self.folder, invoices=self.ground.plan.invoices)
        Practice(folder=self.ground.state).copy_to(self.folder)
        await self.practice.start(self.watch)
        await asyncio.to_thread(self._copy_database)
        self._proxy = PostgresProxy(self.ground.socket, self.watch)
        self._port = await self._proxy.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self._workers:
            if worker.poll() is None:
                worker.kill()
            await asyncio.to_thread(worker.wait)
        for cable in self._cables:
            await cable.take_away()
        await self._proxy.stop()
        await self.practice.stop()

    def _copy_database(self) -> None:
        """The template's Coachview has another address than ours, as an institute that moves would."""
        with self.ground.connect("postgres") as server:
            server.execute(f'CREATE DATABASE "{self.database}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy'.encode())
        with self.ground.connect(self.database) as ours:
            ours.execute("UPDATE store_organisation SET coachview_url = %s", [self.practice.addresses["coachview"]])

    def work(self) -> Process:
        """A worker process."""
        environment = self._surroundings(self.practice.addresses["exact"], self._port)
        return self._keep(self.ground.nursery.start(environment, self.folder, self._log))

    async def work_behind(self, cable: Cable) -> Process:
        """A worker process on a host of its own, at the end of a cable."""
        self._cables.append(cable)
        here = int(self.practice.addresses["exact"].rpartition(":")[2])
        database, exact = await cable.lay(database=self._port, exact=here)
        environment = self._surroundings(f"http://{LOOPBACK}:{exact}", database)
        return self._keep(start_program(cable.before, environment, self.folder, self._log))

    def _surroundings(self, exact: str, port: int) -> dict[str, str]:
        return surroundings(self.ground.home, exact, port, self.database)

    @property
    def _log(self) -> Path:
        """Where the next worker writes what it says."""
        return self.folder / f"worker-{len(self._workers)}.log"

    def _keep(self, worker: Process) -> Process:
        self._workers.append(worker)
        return worker

    async def leave(self, worker: Process) -> None:
        """Ask a worker to end; it ends its slice first."""
        worker.send_signal(signal.SIGTERM)
        await asyncio.to_thread(worker.wait, STOP_SECONDS)

    def read_ledger(self) -> list[dict[str, Any]]:
        """All lines in Exact's ledger."""
        with urlopen(f"{self.practice.addresses['exact']}/_sim/ledger", timeout=60) as answer:  # noqa: S310 - our own
            lines: list[dict[str, Any]] = json.load(answer)
        return lines

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        with self.ground.connect(self.database) as ours:
            return ours.execute(question.encode()).fetchall()

    def tell(self, change: str) -> None:
        """Change something in the database."""
        with self.ground.connect(self.database) as ours:
            ours.execute(change.encode())
