"""Chromium for the tests that click: one browser, a fresh window each, and whatever it complained of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import django

django.setup()

import pytest  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from pytest_django.live_server_helper import LiveServer  # noqa: E402
from tests.web import making  # noqa: E402

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(kw_only=True)
class Window:
    """A window on the service center of an institute in which every kind of invoice is."""

    page: Page
    home: str
    institute: making.Institute
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        """The page at an address of the service center."""
        self.page.goto(self.home + address)
        return self.page


@pytest.fixture
def institute(transactional_db: None) -> making.Institute:
    """The institute, and f.dejong@noord.example who administers it; made before a browser runs in this thread."""
    made = making.furnish(making.institute())
    making.person("f.dejong@noord.example", made, "beheerder")
    return made


@contextmanager
def _installed() -> Iterator[Browser]:
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert program, "Chromium is not installed (Debian: apt-get install chromium)"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def chromium(institute: making.Institute) -> Iterator[Browser]:
    """The browser that is installed on this machine."""
    with _installed() as browser:
        yield browser


@pytest.fixture
def page() -> Iterator[Page]:
    """An empty window of a wide screen, for a program that runs by itself."""
    with _installed() as browser:
        yield browser.new_context(viewport={"width": 1280, "height": 900}, locale="nl-NL").new_page()


@pytest.fixture
def window(live_server: LiveServer, institute: making.Institute, chromium: Browser) -> Window:
    """A window of a wide screen in which nobody has logged in."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="nl-NL").new_page()
    made = Window(page=page, home=live_server.url, institute=institute)
    page.on("console", lambda message: made.complaints.append(message.text))
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    return made
