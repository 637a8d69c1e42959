"""S1, the ground that every other figure stands on: how fast the Exact simulator answers, loads and holds.

Rates are per second of the simulator's own processor time, so per core; the client has the other one.
"""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import psutil

ME_CALLS = 5_000
ENTRIES = 2_000
LINES = 4
AT_ONCE = 8
ME_TARGET = 1_500
ENTRY_TARGET = 400
FUZZ_TIMES = 20
"""Times the 500 cases of the tests."""
MOST_ENTRIES = 1_000_000
LOAD_SECONDS_TARGET = 600
LOAD_MEGABYTES_TARGET = 1_000
DIVISION = 100001


def measure(*, full: bool = False) -> dict[str, object]:
    """`current/Me` and sales entries of four lines per second; 10,000 fuzz cases; a million entries with `full`."""
    value: dict[str, Any] = _speed() | {"fuzz_cases": 500 * FUZZ_TIMES, "fuzz_ok": _fuzz()}
    ok = value["me_per_second"] >= ME_TARGET and value["entries_per_second"] >= ENTRY_TARGET and value["fuzz_ok"]
    if full:
        value |= _load()
        ok = ok and value["load_seconds"] < LOAD_SECONDS_TARGET and value["load_megabytes"] < LOAD_MEGABYTES_TARGET
    target = f">= {ME_TARGET} Me/s, >= {ENTRY_TARGET} entries/s; a million entries < 600 s and < 1 GB"
    return {"value": value, "target": target, "ok": bool(ok)}


def _fuzz() -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "tests/sim/exact/test_exact_sim_fuzz.py", "-p", "no:cacheprovider"]
    environment = os.environ | {"EXACT_FUZZ_TIMES": str(FUZZ_TIMES)}
    return subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode == 0


def _start(*options: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "boekbrug_sim", "exact", "--port", "0", *options]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    found = re.search(r"http://\S+", program.stdout.readline())
    assert found, "the simulator did not start"
    return program, found[0]


def _stop(program: subprocess.Popen[str]) -> None:
    program.terminate()
    with suppress(subprocess.TimeoutExpired):
        program.wait(10)
    program.kill()


def _load() -> dict[str, Any]:
    start = time.monotonic()
    program, _ = _start("--scenario", "books", "--invoices", str(MOST_ENTRIES))
    try:
        memory = psutil.Process(program.pid).memory_info().rss
        return {
            "loaded_entries": MOST_ENTRIES,
            "load_seconds": round(time.monotonic() - start),
            "load_megabytes": memory // 1_000_000,
        }
    finally:
        _stop(program)


def _speed() -> dict[str, Any]:
    program, address = _start()
    try:
        return asyncio.run(_drive(address, psutil.Process(program.pid)))
    finally:
        _stop(program)


async def _drive(address: str, program: psutil.Process) -> dict[str, Any]:
    async with aiohttp.ClientSession(address, connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        headers = {"Authorization": f"Bearer {await _token(session)}", "Accept": "application/json"}
        session.headers.update(headers)
        await _json(session, "POST", "/_sim/limits", json={"minute": 0, "day": 0})
        body = await _entry(session)

        async def me() -> None:
            await _json(session, "GET", "/api/v1/current/Me?$select=CurrentDivision")

        async def book() -> None:
            await _json(session, "POST", f"/api/v1/{DIVISION}/salesentry/SalesEntries", json=body)

        me_rate, me_wall = await _rate(ME_CALLS, me, program)
        entry_rate, entry_wall = await _rate(ENTRIES, book, program)
    return {
        "me_per_second": me_rate,
        "me_per_second_wall": me_wall,
        "entries_per_second": entry_rate,
        "entries_per_second_wall": entry_wall,
        "lines": LINES,
    }


async def _rate(count: int, call: Callable[[], Awaitable[None]], program: psutil.Process) -> tuple[int, int]:
    """Calls per second of the program's processor time, and of the clock."""
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await call()

    before, start = sum(program.cpu_times()[:2]), time.monotonic()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    seconds, clock = sum(program.cpu_times()[:2]) - before, time.monotonic() - start
    return round(count / seconds), round(count / clock)


async def _json(session: aiohttp.ClientSession, method: str, path: str, **more: Any) -> Any:
    async with session.request(method, path, **more) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json(content_type=None)


async def _token(session: aiohttp.ClientSession) -> str:
    app = {"client_id": "sim-client", "redirect_uri": "http://127.0.0.1:9/return"}
    query = app | {"response_type": "code", "sim_user": "demo@sim.example"}
    async with session.get("/api/oauth2/auth", params=query, allow_redirects=False) as answer:
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = app | {"client_secret": "sim-secret", "grant_type": "authorization_code", "code": code}
    return str((await _json(session, "POST", "/api/oauth2/token", data=form))["access_token"])


async def _entry(session: aiohttp.ClientSession) -> dict[str, Any]:
    async def first(path: str, condition: str) -> str:
        query = {"$filter": condition, "$top": "1", "$select": "ID"}
        found = await _json(session, "GET", f"/api/v1/{DIVISION}/{path}", params=query)
        return str(found["d"][0]["ID"])

    account = await first("financial/GLAccounts", "Code eq '8000'")
    customer = await first("crm/Accounts", "Status eq 'C' and GLAR eq null and Blocked eq false")
    line = {"AmountFC": 100.25, "GLAccount": account, "VATCode": "4", "Description": "Training"}
    return {
        "Customer": customer,
        "Journal": "70",
        "EntryDate": datetime.now(UTC).date().isoformat(),
        "PaymentCondition": "30",
        "YourRef": "S1",
        "SalesEntryLines": [line] * LINES,
    }
