"""S1, the ground that every other figure stands on: how fast the Exact simulator answers, loads and holds.

Rates are per second of the simulator's own processor time, so per core; the client has the other one.
"""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import psutil

ME_CALLS = 5_000
ENTRIES = 2_000
MANY_ENTRIES = 100_000
"""Entries through the API with `full`."""
LINES = 4
AT_ONCE = 8
ME_TARGET = 1_500
ENTRY_TARGET = 400
BOOKS = 20_000
"""Entries of the books that are paged through without `full`."""
MOST_ENTRIES = 1_000_000
LOAD_SECONDS_TARGET = 600
LOAD_MEGABYTES_TARGET = 1_000
PAGES = 50
SLOWER_TARGET = 1.5
"""How much more processor time the last pages of a list may take than the first ones."""
DIVISION = 100001


def measure(*, full: bool = False) -> dict[str, object]:
    """`current/Me` and sales entries of four lines per second, pages deep in a list; with `full` at full size."""
    value = _speed(MANY_ENTRIES if full else ENTRIES) | _books(MOST_ENTRIES if full else BOOKS)
    fast = value["me_per_second"] >= ME_TARGET and value["entries_per_second"] >= ENTRY_TARGET
    small = value["load_seconds"] < LOAD_SECONDS_TARGET and value["load_megabytes"] < LOAD_MEGABYTES_TARGET
    target = (
        f">= {ME_TARGET} Me/s, >= {ENTRY_TARGET} entries/s; a million entries < {LOAD_SECONDS_TARGET} s and < 1 GB; "
        f"last pages <= {SLOWER_TARGET} x the first"
    )
    ok = fast and small and value["last_pages_slower"] <= SLOWER_TARGET
    return {"value": value, "target": target, "ok": bool(ok)}


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


def _books(count: int) -> dict[str, Any]:
    """Load books of so many entries; page them from the start and near the end."""
    start = time.monotonic()
    program, address = _start("--scenario", "books", "--invoices", str(count))
    try:
        seconds = round(time.monotonic() - start)
        found = asyncio.run(_page(address, psutil.Process(program.pid), count))
        memory = psutil.Process(program.pid).memory_info().rss
        return {"loaded_entries": count, "load_seconds": seconds, "load_megabytes": memory // 1_000_000, **found}
    finally:
        _stop(program)


async def _page(address: str, program: psutil.Process, count: int) -> dict[str, Any]:
    """Processor time of a page, at the start of a list and at its end; the worst of three lists."""
    slower, milliseconds = [], []
    async with aiohttp.ClientSession(address) as session:
        headers = {"Authorization": f"Bearer {await _token(session)}", "Accept": "application/json"}
        session.headers.update(headers)
        await _json(session, "POST", "/_sim/limits", json={"minute": 0, "day": 0})
        await _json(session, "POST", "/_sim/clock", json={"freeze": True})  # so that no token expires meanwhile
        for path, order, end in (
            ("salesentry/SalesEntries", "EntryNumber", "EntryNumber ge {number}"),
            ("salesentry/SalesEntries", "EntryDate desc", "EntryDate le datetime'{first}'"),
            ("financialtransaction/TransactionLines", "Date", "Date ge datetime'{last}'"),
        ):
            where = end.format(**await _ends(session, count))
            query = {"$orderby": order, "$filter": "Status eq 20"}
            first = await _pages(session, program, path, query)
            last = await _pages(session, program, path, query | {"$filter": where})
            slower.append(last / first)
            milliseconds.append(1000 * max(first, last))
    return {"last_pages_slower": round(max(slower), 2), "page_milliseconds": round(max(milliseconds), 1)}


async def _ends(session: aiohttp.ClientSession, count: int) -> dict[str, Any]:
    """Where a list nearly ends: a number, a first day and a last day behind which many pages still are."""

    async def row(order: str, skip: int) -> dict[str, Any]:
        query = {"$orderby": order, "$top": "1", "$skip": str(skip), "$select": "EntryNumber,EntryDate"}
        found = await _json(session, "GET", f"/api/v1/{DIVISION}/salesentry/SalesEntries", params=query)
        return dict(found["d"][0])

    def day(text: str) -> str:
        return datetime.fromtimestamp(int(text[6:-2]) / 1000, UTC).date().isoformat()

    behind = min(PAGES * 60, count // 4)
    late, early = await row("EntryNumber desc", behind), await row("EntryDate", behind)
    last = await row("EntryDate desc", behind)
    return {"number": late["EntryNumber"], "first": day(early["EntryDate"]), "last": day(last["EntryDate"])}


async def _pages(session: aiohttp.ClientSession, program: psutil.Process, path: str, query: dict[str, str]) -> float:
    """Processor seconds per page over the first pages of a query."""
    before, following, done = sum(program.cpu_times()[:2]), f"/api/v1/{DIVISION}/{path}?{urlencode(query)}", 0
    while following and done < PAGES:
        found = await _json(session, "GET", following)
        following = urlsplit(found["d"].get("__next", ""))._replace(scheme="", netloc="").geturl()
        done += 1
    return (sum(program.cpu_times()[:2]) - before) / done


def _speed(entries: int) -> dict[str, Any]:
    program, address = _start()
    try:
        return asyncio.run(_drive(address, psutil.Process(program.pid), entries))
    finally:
        _stop(program)


async def _drive(address: str, program: psutil.Process, entries: int) -> dict[str, Any]:
    async with aiohttp.ClientSession(address, connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        headers = {"Authorization": f"Bearer {await _token(session)}", "Accept": "application/json"}
        session.headers.update(headers)
        await _json(session, "POST", "/_sim/limits", json={"minute": 0, "day": 0})
        await _json(session, "POST", "/_sim/clock", json={"freeze": True})  # so that no token expires meanwhile
        body = await _entry(session)

        async def me() -> None:
            await _json(session, "GET", "/api/v1/current/Me?$select=CurrentDivision")

        async def book() -> None:
            await _json(session, "POST", f"/api/v1/{DIVISION}/salesentry/SalesEntries", json=body)

        me_rate, me_wall = await _rate(ME_CALLS, me, program)
        entry_rate, entry_wall = await _rate(entries, book, program)
    return {
        "me_per_second": me_rate,
        "me_per_second_wall": me_wall,
        "entries_per_second": entry_rate,
        "entries_per_second_wall": entry_wall,
        "entries": entries,
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
