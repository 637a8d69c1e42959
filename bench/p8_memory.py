"""P8: memory of a worker after 10,000 invoices and of the web after 1,000 page views, and whether both stay flat."""

import re
import time
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from tests.journeys.house import MAIL, PASSWORD, House

from bench.night import institute
from bench.p3_own_cost import served
from bench.processes import Parts, cpu_seconds, memory_mb
from boekbrug import embedded

INVOICES = 10_000
VIEWS = 1_000
MOST_MB = 200
FLAT_MB = 15
"""What the second half may add: more than this would be a leak."""
SECONDS = 1_500
LOOKS_EVERY = 1.0
"""Seconds between two counts of what is booked: counting is no part of what is measured."""


def measure(*, full: bool = False) -> dict[str, object]:
    """Memory of the largest process of each part halfway and at the end, in MB."""
    invoices = INVOICES * 10 if full else INVOICES
    with institute(invoices, pdf=False, export_mode="realtime") as ours:
        _somebody(ours)
        with served(ours) as (found, integration_id):
            before = cpu_seconds(found)
            ours.run("integration", "resume", integration_id)
            worker = _worker(ours, found, invoices)
            web = _web(ours, found, integration_id)
            used = cpu_seconds(found)
    value = {"invoices": invoices, "views": VIEWS, "worker_mb": worker[1], "web_mb": web[1]}
    value |= {"cpu_seconds": round(sum(used.values()) - sum(before.values()))}
    grown = {"worker_grown_mb": round(worker[1] - worker[0], 1), "web_grown_mb": round(web[1] - web[0], 1)}
    return {
        "value": {**value, **grown},
        "target": f"worker and web <= {MOST_MB} MB, flat (second half adds <= {FLAT_MB} MB)",
        "ok": max(worker[1], web[1]) <= MOST_MB and max(grown.values()) <= FLAT_MB,
    }


def _worker(ours: House, found: Parts, invoices: int) -> tuple[float, float]:
    halves = []
    with psycopg.connect(**_database(ours.home), autocommit=True) as books:
        for count in (invoices // 2, invoices):
            ends_at = time.monotonic() + SECONDS
            while _booked(books) < count:
                if time.monotonic() > ends_at:
                    raise RuntimeError(f"{_booked(books)} of {count} invoices are booked after {SECONDS} seconds")
                time.sleep(LOOKS_EVERY)
            halves.append(memory_mb(found)["worker"])
    return halves[0], halves[1]


def _database(home: Path) -> dict[str, Any]:
    place = embedded.address(home)
    return {"dbname": place.database, "user": place.user, "host": str(place.socket_folder), "port": place.port}


def _booked(books: "psycopg.Connection[Any]") -> int:
    row = books.execute("SELECT count(*) FROM store_booking WHERE entry_number IS NOT NULL").fetchone()
    return int(row[0]) if row else 0


def _somebody(ours: House) -> None:
    secret = ours.home / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    ours.run(
        *("user", "create", MAIL, "--role", "beheerder", "--organisation", "Bench", "--password-file", str(secret))
    )


def _web(ours: House, found: Parts, integration_id: str) -> tuple[float, float]:
    """Log in and look at the pages in turn."""
    log = next(Path(ours.home).glob("serve-*.log")).read_text(encoding="utf-8")
    match = re.search(r"http://[^\s/]+/", log)
    if match is None:
        raise RuntimeError("serve names no address")
    halves = []
    with httpx2.Client(base_url=match.group(), follow_redirects=True, timeout=60) as browser:
        _log_in(browser)
        pages = _pages(browser, integration_id)
        for _ in range(2):
            for view in range(VIEWS // 2):
                page = browser.get(pages[view % len(pages)]).raise_for_status()
                if page.url.path == "/inloggen":
                    raise RuntimeError("the login did not hold")
            halves.append(memory_mb(found)["web"])
    return halves[0], halves[1]


def _pages(browser: httpx2.Client, integration_id: str) -> tuple[str, ...]:
    """The lists, one invoice, and the pages of the koppeling."""
    invoice = re.search(r'class="is-number"><a href="/([^"]+)"', browser.get("facturen").text)
    if invoice is None:
        raise RuntimeError("the list names no invoice")
    koppeling = f"service-center/integraties/{integration_id}"
    lists = ("", "facturen", "facturen?zoek=a", "actie", "service-center/integraties", "service-center/opties")
    return (*lists, invoice.group(1), koppeling, f"{koppeling}/koppeltabellen", f"{koppeling}/inschakelen")


def _log_in(browser: httpx2.Client) -> None:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("inloggen").text)
    if token is None:
        raise RuntimeError("the login page holds no form")
    fields = {"csrfmiddlewaretoken": token.group(1), "login": MAIL, "password": PASSWORD}
    browser.post("inloggen", data=fields, headers={"Referer": str(browser.base_url)}).raise_for_status()
