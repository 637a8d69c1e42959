"""P4: wall time against a peer: the PyPI package `exactonline`, used as its README shows, on the same simulator."""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import httpx2

from bench.night import institute
from bench.peer import Peer
from boekbrug.cli.practice import COACHVIEW_CLIENT

INVOICES = 200
LATENCY_MILLISECONDS = 50


def measure(*, full: bool = False) -> dict[str, object]:
    """200 invoices without PDF at 50 ms latency and no limit: ours from fetch to booked, and the peer's bookings."""
    del full
    ours = _ours()
    peer = _peer()
    ratio = round(peer["seconds"] / ours["seconds"], 2)
    return {
        "value": {**ours, "times_faster": ratio},
        "target": ">= 3 times faster than the peer",
        "ok": ratio >= 3,
        "peer": peer,
    }


def _ours() -> dict[str, Any]:
    with institute(INVOICES, pdf=False) as house:
        house.book.exact.control("latency", {"milliseconds": LATENCY_MILLISECONDS})
        before = len(house.book.exact.read("calls"))
        start = time.monotonic()
        house.run("sync", "--all", "--until-idle")
        seconds = time.monotonic() - start
        states = Counter(house.states().values())
        if states != Counter(proven=INVOICES):
            raise RuntimeError(f"not everything was booked and proven: {dict(states)}")
        calls = len(house.book.exact.read("calls")) - before
        return {"invoices": INVOICES, "seconds": round(seconds, 1), "calls_per_invoice": round(calls / INVOICES, 2)}


def _peer() -> dict[str, Any]:
    """The same invoices, read from the same Coachview before the clock starts, booked by the peer."""
    with institute(INVOICES, pdf=False) as house:
        invoices = _invoices(house.book.coachview.address)
        peer = Peer(house.book.exact.address)
        house.book.exact.control("latency", {"milliseconds": LATENCY_MILLISECONDS})
        before = len(house.book.exact.read("calls"))
        start = time.monotonic()
        for invoice in invoices:
            peer.book(invoice)
        seconds = time.monotonic() - start
        calls = len(house.book.exact.read("calls")) - before
        if len(house.entries()) != INVOICES:
            raise RuntimeError("the peer did not book everything")
        return {
            "package": "exactonline 0.4.0",
            "invoices": INVOICES,
            "seconds": round(seconds, 1),
            "calls_per_invoice": round(calls / INVOICES, 2),
        }


def _invoices(coachview: str) -> list[Mapping[str, Any]]:
    client_id, secret = COACHVIEW_CLIENT
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    scopes = "api Facturen.Lezen Factuurregels.Lezen Debiteuren.Lezen"
    token = httpx2.post(f"{coachview}/auth/connect/token", data={**form, "scope": scopes}).json()["access_token"]
    rows: list[Mapping[str, Any]] = []
    while len(rows) < INVOICES:
        query = {"skip": str(len(rows)), "take": "100", "InclusiefDirecteRelaties": "true"}
        answer = httpx2.get(
            f"{coachview}/api/v1/Facturen", params=query, headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        answer.raise_for_status()
        rows += answer.json()
    return rows[:INVOICES]


def entry_date(text: str) -> str:
    """The date of one of Coachview's texts, as Exact takes it."""
    return date.fromisoformat(text[:10]).isoformat()
