"""R5: eight processes at the moment a token ends, whatever becomes of the answer: one refresh, and no chain lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.journeys.house import House, until

from bench.fire import INSIDE, Fire, fire
from boekbrug.cli.practice import consent

PROCESSES = 8
ROUNDS = 3
SEED = 5
LIFE_SECONDS = 601
CLAIM_SECONDS = 76
GRACE_SECONDS = 300
PATIENCE = 0.4
"""The part of its patience that a process really waits for another one's refresh: 4 seconds instead of 10."""
KILL_SECONDS = 3.0
WORKERS = 8
INVOICES = 60
TOKEN = "/api/oauth2/token"


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """What becomes of the refresh, and whether Exact forgives that its answer was lost."""

    name: str
    fault: Mapping[str, object] | None = None
    killed: bool = False
    used: bool = False
    """Whether Exact may have used up the token although nobody got the answer."""
    told: bool = False
    """Whether the answer says for certain that the token was not used, so that the next may offer it at once."""


MISHAPS = (
    Mishap(name="nothing"),
    Mishap(name="slow answer", fault={"kind": "delay", "seconds": 1.5}),
    Mishap(name="refused", fault={"kind": "refuse_refresh"}, told=True),
    Mishap(name="connection closed before reading", fault={"kind": "close_before"}),
    Mishap(name="500", fault={"kind": "status_500"}),
    Mishap(name="503", fault={"kind": "status_503"}),
    Mishap(name="429", fault={"kind": "status_429"}, told=True),
    Mishap(name="answer lost", fault={"kind": "close_after_commit"}, used=True),
    Mishap(name="504 after it was done", fault={"kind": "status_504", "after_commit": True}, used=True),
    Mishap(name="garbage", fault={"kind": "garbage"}, used=True),
    Mishap(name="process killed in the call", fault={"kind": "delay", "seconds": KILL_SECONDS}, killed=True, used=True),
)


@dataclass(kw_only=True)
class Tally:
    """What was tried and what was found."""

    expiries: int = 0
    asked: int = 0
    refreshes: int = 0
    most_at_once: int = 0
    chains_lost: int = 0
    chains_ended_by_exact: int = 0
    different_tokens: int = 0
    without_token: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Askers:
    """Processes that ask for a token when told to."""

    ours: House
    count: int = PROCESSES
    running: list["subprocess.Popen[str]"] = field(default_factory=list)

    def start(self) -> None:
        """Start them, and wait until each is ready."""
        command = [sys.executable, str(INSIDE / "ask_token.py")]
        fresh = [
            subprocess.Popen(
                command, env=self.ours.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(self.count)
        ]
        for each in fresh:
            assert each.stdout is not None
            while each.stdout.readline() != "ready\n":
                assert each.poll() is None, "it did not start"
        self.running += fresh

    def say(self, ahead: float) -> None:
        """Tell all of them at once that it is so much later."""
        for each in self.running:
            assert each.stdin is not None
            each.stdin.write(f"{ahead} {PATIENCE}\n")
            each.stdin.flush()

    def ask(self, ahead: float) -> list[dict[str, str]]:
        """What each of them got."""
        self.say(ahead)
        return [json.loads(each.stdout.readline()) for each in self.running if each.stdout is not None]

    def kill(self) -> None:
        """All of them die."""
        for each in self.running:
            os.kill(each.pid, signal.SIGKILL)
            each.communicate()
        self.running.clear()

    def end(self) -> None:
        """They end because their input does."""
        for each in self.running:
            each.communicate()
        self.running.clear()


@dataclass(kw_only=True)
class Trial:
    """One house with its login, at a time that goes on by leaps."""

    burning: Fire
    tally: Tally
    askers: Askers
    ahead: float = 0.0

    def pass_time(self, seconds: float) -> None:
        """It is later, for us and for Exact."""
        self.ahead += seconds
        self.burning.ours.book.exact.control("clock", {"advance_seconds": seconds})

    def calls(self) -> list[dict[str, Any]]:
        """The calls of the token endpoint."""
        found: list[dict[str, Any]] = self.burning.ours.book.exact.read("calls")
        return [call for call in found if call["path"] == TOKEN]

    def expire(self, mishap: Mishap, *, forgives: bool) -> None:
        """The token ends, all ask at once, the refresh meets its mishap; then ask again when the claim is over."""
        exact = self.burning.ours.book.exact
        exact.control("switches", {"refresh_grace_seconds": GRACE_SECONDS if forgives else 0})
        self.pass_time(LIFE_SECONDS)
        exact.control("faults", [{"path": TOKEN, "at": 1, **mishap.fault}] if mishap.fault else [])
        before = len(self.calls())
        self.tally.expiries += 1
        if mishap.killed:
            self.askers.say(self.ahead)
            time.sleep(KILL_SECONDS / 2)  # by then one of them waits for the answer
            self.askers.kill()
            time.sleep(KILL_SECONDS)  # Exact carries the call out all the same
            self.askers.start()
        else:
            self._count(self.askers.ask(self.ahead), mishap)
        if not mishap.told:
            self.tally.most_at_once = max(self.tally.most_at_once, len(self.calls()) - before)
        self.pass_time(CLAIM_SECONDS)
        answers = self.askers.ask(self.ahead)
        ended = all(answer["error"].endswith(("invalid-grant", "not-connected")) for answer in answers)
        self.tally.refreshes += sum(call["status"] == 200 for call in self.calls()[before:])
        if ended and mishap.used and not forgives:
            self.tally.chains_ended_by_exact += 1
            self._log_in_again()
            return
        self._count(answers, mishap)
        without = [answer["error"] for answer in answers if not answer["token"]]
        self.tally.without_token += len(without)
        if any(error.endswith(("invalid-grant", "not-connected")) for error in without):
            self.tally.chains_lost += 1
            self._log_in_again()
        if without:
            self.tally.notes.append(f"{mishap.name}: {without[0]}")

    def _count(self, answers: list[dict[str, str]], mishap: Mishap) -> None:
        tokens = {answer["token"] for answer in answers if answer["token"]}
        self.tally.asked += len(answers)
        if len(tokens) > 1 and not mishap.told:
            self.tally.different_tokens += 1
            self.tally.notes.append(f"{mishap.name}: {answers}")

    def _log_in_again(self) -> None:
        """A person consents anew, as he must when Exact has ended the chain."""
        koppeling = str(self.burning.integrations[0])
        command = [sys.executable, "-m", "boekbrug.cli", "integration", "authorise", koppeling]
        self.pass_time(-self.ahead)
        with subprocess.Popen(
            command, env=self.burning.ours.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            process.communicate("http://127.0.0.1/?" + urlencode(consent(address)) + "\n", timeout=120)
        assert process.returncode == 0


def expiries(mishaps: tuple[Mishap, ...], rounds: int, *, processes: int = PROCESSES) -> Tally:
    """Each mishap so many times, in an order of the seed; by turns Exact forgives a lost answer and does not."""
    tally = Tally()
    with fire(2) as burning:
        askers = Askers(ours=burning.ours, count=processes)
        trial = Trial(burning=burning, tally=tally, askers=askers)
        askers.start()
        try:
            for turn in range(rounds):
                for mishap in random.Random(SEED + turn).sample(mishaps, len(mishaps)):
                    trial.expire(mishap, forgives=turn % 2 == 0)
        finally:
            askers.end()
    return tally


def at_work(*, workers: int, invoices: int) -> int:
    """How many token calls the worker processes of a real `serve` make when the token ends while they book."""
    with fire(invoices) as burning:
        ours = burning.ours
        ours.book.exact.control("latency", {"milliseconds": 40})
        burning.serve(workers)
        until(lambda: len(ours.entries()) >= invoices // 6, seconds=600)
        before = _token_calls(ours)
        burning.pass_login_time(LIFE_SECONDS)
        until(lambda: len(ours.entries()) >= invoices, seconds=600)
        return _token_calls(ours) - before


def _token_calls(ours: House) -> int:
    return sum(call["path"] == TOKEN for call in ours.book.exact.read("calls"))


def measure(*, full: bool = False) -> dict[str, object]:
    """Every mishap a few times with eight processes, and once with eight workers that book."""
    tally = expiries(MISHAPS, ROUNDS * (4 if full else 1))
    working = at_work(workers=WORKERS, invoices=INVOICES)
    value = {
        "processes": PROCESSES,
        "expiries": tally.expiries,
        "tokens_asked_for": tally.asked,
        "refreshes_at_once": tally.most_at_once,
        "refreshes_by_8_workers_at_work": working,
        "chains_lost": tally.chains_lost,
        "chains_ended_by_exact": tally.chains_ended_by_exact,
        "different_tokens_at_once": tally.different_tokens,
        "without_token_afterwards": tally.without_token,
        **({"notes": tally.notes} if tally.notes else {}),
    }
    ok = tally.most_at_once == 1 and working == 1
    ok = ok and not (tally.chains_lost or tally.different_tokens or tally.without_token)
    return {"value": value, "target": "one refresh, no lost chain that Exact did not end", "ok": ok}
