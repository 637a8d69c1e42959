"""R3: two to eight worker processes and persons who press "Opnieuw proberen" at once; and who pause and delete."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import html
from tests.journeys.clicks import Reader
from tests.journeys.house import MAIL, PASSWORD, House, until

from bench.fire import Fire, fire
from bench.verdict import judge
from boekbrug.cli.practice import DIVISION_NL

INVOICES = 48
WORKERS = (2, 4, 8)
PERSONS = 4
SECONDS = 600
LATENCY_MILLISECONDS = 60
SLOW_SECONDS = 10.0
JOURNAL = "70"
ENTRIES = "/api/v1/*/salesentry/SalesEntries"
RETRY = "Opnieuw proberen"
NAME = "Zonder PDF"


def measure(*, full: bool = False) -> dict[str, object]:
    """The races of two, four and eight workers with four persons, and two stops in the middle of a call."""
    sizes = WORKERS * (3 if full else 1)
    races = [race(workers=workers, invoices=INVOICES, persons=PERSONS) for workers in sizes]
    stops = [stop(how) for how in (pause, delete)]
    value = {
        "races": len(races),
        "workers": ", ".join(str(size) for size in sorted(set(sizes))),
        "invoices": sum(found.invoices for found in races),
        "clicks": sum(found.clicks for found in races),
        "refused_and_held_again": sum(found.refusals for found in races),
        "twice": sum(found.twice for found in races),
        "lost": sum(found.lost for found in races),
        "paused_or_deleted_in_a_call": len(stops),
        "sent_after": sum(found.sent_after for found in stops),
        "answers_forgotten": sum(found.forgotten for found in stops),
        "left_halfway": sum(found.stuck for found in stops),
    }
    wrong = ("twice", "lost", "sent_after", "answers_forgotten", "left_halfway")
    return {
        "value": value,
        "target": "0 twice; after a pause or deletion nothing is sent, and the answer under way is kept",
        "ok": not any(value[name] for name in wrong),
    }


# --- the race


@dataclass(frozen=True, kw_only=True)
class Race:
    """What came of one race."""

    invoices: int
    clicks: int
    refusals: int
    twice: int
    lost: int


def race(*, workers: int, invoices: int, persons: int) -> Race:
    """Exact refuses everything, for its period is closed; while it opens, workers and persons all try again."""
    with fire(invoices) as burning, ExitStack() as windows:
        periods(burning.ours, "closed")
        burning.serve(workers)
        until(lambda: held(burning) == invoices, seconds=SECONDS)
        burning.ours.book.exact.control("latency", {"milliseconds": LATENCY_MILLISECONDS})
        clickers = [Clicker.sits_down(windows, burning.address) for _ in range(persons)]
        with ThreadPoolExecutor(persons) as pool:
            running = [pool.submit(clicker.click_until, lambda: booked(burning, invoices)) for clicker in clickers]
            time.sleep(1.0)  # clicks while Exact still refuses; what they do is refused and held again
            periods(burning.ours, "open")
            for each in running:
                each.result(timeout=SECONDS)
        verdict = judge(burning, pdf_later=burning.standing()["pdf_later"])
        calls = burning.ours.book.exact.read("calls")
    refusals = sum(call["status"] == 500 and call["method"] == "POST" for call in calls)
    return Race(
        invoices=invoices,
        clicks=sum(clicker.clicks for clicker in clickers),
        refusals=refusals,
        twice=len(verdict.twice) + verdict.documents_twice,
        lost=len(verdict.lost) + verdict.documents_lost,
    )


def periods(ours: House, status: str) -> None:
    """Open or close the months of the practice invoices."""
    today = datetime.now(UTC).date()
    for back in (0, 1):
        month = today.year * 12 + today.month - 1 - back
        where = {"division": DIVISION_NL, "journal": JOURNAL, "year": month // 12, "period": month % 12 + 1}
        ours.book.exact.control("periods", {**where, "status": status})


def held(burning: Fire) -> int:
    """How many invoices wait for a person."""
    count: int = burning.standing()["states"].get("held", 0)
    return count


def booked(burning: Fire, invoices: int) -> bool:
    """Whether all are in the ledger."""
    return len(burning.ours.entries()) >= invoices


@dataclass(kw_only=True)
class Clicker:
    """A person with a window who presses the same button as everybody else, stale pages and double clicks included."""

    reader: Reader
    address: str
    clicks: int = 0

    @classmethod
    def sits_down(cls, windows: ExitStack, address: str) -> "Clicker":
        """A person who has logged in."""
        reader = windows.enter_context(Reader.sits_down())
        reader.open(f"{address}/inloggen")
        reader.press("Inloggen", login=MAIL, password=PASSWORD)
        return cls(reader=reader, address=address)

    def click_until(self, done: Callable[[], bool]) -> None:
        """Press until everything is booked, each page twice; the second press is of a page that is old by then."""
        ends_at = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < ends_at, "not everything was booked in time"
            self._twice("/actie")
            for link in self._links():
                self._twice(link)

    def _links(self) -> list[str]:
        """The pages of a few invoices that wait."""
        self.reader.open(f"{self.address}/facturen")
        links = [link.get("href") or "" for link in self.reader.page.iter("a")]
        return [link for link in links if link.startswith("/facturen/")][:6]

    def _twice(self, path: str) -> None:
        self.reader.open(f"{self.address}{path}")
        page, address = self.reader.page, self.reader.address
        for _ in range(2):
            self.reader.page, self.reader.address = page, address
            if offers(page):
                self.reader.press(RETRY)
                self.clicks += 1


def offers(page: html.HtmlElement) -> bool:
    """Whether the button is on the page."""
    return any(RETRY in button.text_content() for button in page.iter("button"))


# --- pause and deletion in the middle of a call


@dataclass(frozen=True, kw_only=True)
class Stop:
    """What came of a pause or a deletion while Exact was carrying something out."""

    entries: int
    sent_after: int
    forgotten: int
    stuck: int


def pause(reader: Reader, place: str, _name: str) -> None:
    """A person presses Pauzeren."""
    reader.open(place)
    reader.press("Pauzeren")


def delete(reader: Reader, place: str, name: str) -> None:
    """A person deletes the koppeling: the first press pauses, the second comes with its name."""
    reader.open(f"{place}/verwijderen")
    reader.press("Pauzeren en verder")
    reader.press("Definitief verwijderen", name=name)


def stop(how: Callable[[Reader, str, str], None], *, invoices: int = 12) -> Stop:
    """The fifth entry takes long; a person stops the koppeling meanwhile."""
    with fire(invoices, pdf=False) as burning:
        ours, (koppeling,) = burning.ours, burning.integrations
        slow = {"method": "POST", "path": ENTRIES, "at": 5, "kind": "delay", "seconds": SLOW_SECONDS}
        ours.book.exact.control("faults", [slow])
        ours.run("integration", "pause", str(koppeling))
        burning.serve(1)
        place = f"{burning.address}/service-center/integraties/{koppeling}"
        with Reader.sits_down() as reader:
            reader.open(f"{burning.address}/inloggen")
            reader.press("Inloggen", login=MAIL, password=PASSWORD)
            reader.open(place)
            reader.press("Hervatten")
            until(lambda: len(ours.entries()) >= 4, seconds=SECONDS)
            how(reader, place, NAME)
        stopped_at = time.time()
        assert len(ours.entries()) == 4, "the call was over before the person had pressed"
        until(lambda: len(ours.entries()) > 4, seconds=SECONDS)
        time.sleep(SLOW_SECONDS)  # whatever would be sent after the answer, would be sent by now
        rows = ours.json("invoices")
        kept = {row["entry_id"] for row in rows if row["entry_id"]}
        entries = {row["entry_id"] for row in ours.entries()}
        calls = ours.book.exact.read("calls")
    return Stop(
        entries=len(entries),
        sent_after=sum(call["method"] == "POST" and _came(call) > stopped_at and _data(call) for call in calls),
        forgotten=len(entries - kept),
        stuck=sum(row["state"] in {"booking", "unknown"} for row in rows),
    )


def _came(call: dict[str, Any]) -> float:
    """When a call arrived."""
    return datetime.fromisoformat(call["at"]).timestamp()


def _data(call: dict[str, Any]) -> bool:
    return "/api/v1/" in call["path"]
