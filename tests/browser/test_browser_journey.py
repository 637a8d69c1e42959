"""A finance officer in a real browser: logs in, sees the list, opens one invoice, looks at the koppeling."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.journeys.house import MAIL, PASSWORD, House, house

pytestmark = [pytest.mark.browser, pytest.mark.journey]

UNLABELLED = """
() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a')]
    .filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim())
    .map(e => e.outerHTML)
"""


CLIPPED = """
() => [...document.querySelectorAll('.card.flush')]
    .filter(card => card.scrollWidth > card.clientWidth)
    .map(card => card.innerText.slice(0, 60))
"""


@pytest.fixture
def noord(tmp_path: Path) -> Iterator[House]:
    """The demo's institute, booked."""
    with house(tmp_path, scenario="demo") as ours:
        ours.script("settle.py", ours.book.exact.address, ours.book.coachview.address, MAIL, PASSWORD)
        ours.run("sync", "--all", "--until-idle")
        yield ours


def test_from_login_to_one_invoice_and_the_koppeling(noord: House, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    address = noord.serve()

    page.goto(f"{address}/facturen")
    page.get_by_label("E-mailadres").fill(MAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/facturen")
    assert page.get_by_role("heading", level=1).inner_text() == "Facturen"
    assert page.evaluate(UNLABELLED) == []

    page.get_by_label("Nummer of debiteur").fill("20265030")
    page.get_by_role("button", name="Zoeken").click()
    page.get_by_role("link", name="20265030").click()
    title = page.get_by_role("heading", level=1).inner_text()
    assert "Factuur 20265030" in title
    assert "USD" in title
    assert page.evaluate(UNLABELLED) == []

    page.get_by_role("link", name="Integraties").first.click()
    page.locator("a[href^='/service-center/integraties/']").first.click()
    assert page.get_by_text("Geldig token informatie aanwezig").count() == 1
    assert page.get_by_text("Verbonden").count() >= 1
    assert page.evaluate(UNLABELLED) == []

    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert faults == []


@pytest.mark.parametrize("width", [1280, 1024, 390])
def test_the_journal_of_every_booked_invoice_shows_debit_and_credit(noord: House, page: Page, width: int) -> None:
    address = noord.serve()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/facturen")
    page.get_by_label("E-mailadres").fill(MAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/facturen")
    booked = [row["id"] for row in noord.json("invoices", "--state", "proven")]
    assert len(booked) == 33
    clipped = {}
    for booking_id in booked:
        page.goto(f"{address}/facturen/{booking_id}")
        assert page.locator("table.journal .is-credit").count() > 0
        clipped[booking_id] = page.evaluate(CLIPPED)
    assert {booking_id: cards for booking_id, cards in clipped.items() if cards} == {}
