"""P8: memory of a worker after 10,000 invoices and of the web after 1,000 page views, and whether both stay flat."""

import re
from pathlib import Path

import httpx2
from tests.journeys.house import MAIL, PASSWORD, House, until

from bench.night import institute
from bench.p3_own_cost import served
from bench.processes import Parts, memory_mb

INVOICES = 10_000
VIEWS = 1_000
MOST_MB = 200
FLAT_MB = 15
"""What the second half may add: more than this would be a leak."""
SECONDS = 1_500
PAGES = ("", "facturen", "actie", "service-center/integraties", "service-center/opties")


def measure(*, full: bool = False) -> dict[str, object]:
    """Memory of the largest process of each part halfway and at the end, in MB."""
    invoices = INVOICES * 10 if full else INVOICES
    with institute(invoices, pdf=False, export_mode="realtime") as ours:
        _somebody(ours)
        with served(ours) as (found, integration_id):
            ours.run("integration", "resume", integration_id)
            worker = _worker(ours, found, invoices)
            web = _web(ours, found)
    value = {"invoices": invoices, "views": VIEWS, "worker_mb": worker[1], "web_mb": web[1]}
    grown = {"worker_grown_mb": round(worker[1] - worker[0], 1), "web_grown_mb": round(web[1] - web[0], 1)}
    return {
        "value": {**value, **grown},
        "target": f"worker and web <= {MOST_MB} MB, flat (second half adds <= {FLAT_MB} MB)",
        "ok": max(worker[1], web[1]) <= MOST_MB and max(grown.values()) <= FLAT_MB,
    }


def _worker(ours: House, found: Parts, invoices: int) -> tuple[float, float]:
    halves = []
    for count in (invoices // 2, invoices):
        until(lambda count=count: _booked(ours) >= count, seconds=SECONDS)  # type: ignore[misc]
        halves.append(memory_mb(found)["worker"])
    return halves[0], halves[1]


def _booked(ours: House) -> int:
    return sum(call["method"] == "POST" and "SalesEntries" in call["path"] for call in ours.book.exact.read("calls"))


def _somebody(ours: House) -> None:
    secret = ours.home / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    ours.run(
        *("user", "create", MAIL, "--role", "beheerder", "--organisation", "Bench", "--password-file", str(secret))
    )


def _web(ours: House, found: Parts) -> tuple[float, float]:
    """Log in and look at the pages in turn."""
    log = next(Path(ours.home).glob("serve-*.log")).read_text(encoding="utf-8")
    match = re.search(r"http://[^\s/]+/", log)
    if match is None:
        raise RuntimeError("serve names no address")
    halves = []
    with httpx2.Client(base_url=match.group(), follow_redirects=True, timeout=60) as browser:
        _log_in(browser)
        for _ in range(2):
            for view in range(VIEWS // 2):
                page = browser.get(PAGES[view % len(PAGES)]).raise_for_status()
                if page.url.path == "/inloggen":
                    raise RuntimeError("the login did not hold")
            halves.append(memory_mb(found)["web"])
    return halves[0], halves[1]


def _log_in(browser: httpx2.Client) -> None:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("inloggen").text)
    if token is None:
        raise RuntimeError("the login page holds no form")
    fields = {"csrfmiddlewaretoken": token.group(1), "login": MAIL, "password": PASSWORD}
    browser.post("inloggen", data=fields, headers={"Referer": str(browser.base_url)}).raise_for_status()
