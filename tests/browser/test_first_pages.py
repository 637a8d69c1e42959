"""A finance officer's morning in a real browser: log in, see what waits, read why, look at the koppeling."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Window
from tests.web import making

pytestmark = pytest.mark.browser

UNLABELLED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
    .filter(field => !field.labels?.length && !field.ariaLabel).map(field => field.name)"""
NAMELESS = """() => [...document.querySelectorAll('a, button, summary')]
    .filter(thing => !thing.textContent.trim() && !thing.ariaLabel).map(thing => thing.outerHTML)"""
LEVELS = "() => [...document.querySelectorAll('h1, h2, h3, h4')].map(head => Number(head.tagName[1]))"
TWICE = """() => { const ids = [...document.querySelectorAll('[id]')].map(thing => thing.id);
    return ids.filter((id, place) => ids.indexOf(id) !== place) }"""
BROKEN = """() => [...document.querySelectorAll('[aria-labelledby], [aria-describedby]')]
    .flatMap(thing => [thing.getAttribute('aria-labelledby'), thing.getAttribute('aria-describedby')])
    .filter(id => id && !document.getElementById(id))"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('.nav a, .button, main input, main select')]
    .map(thing => [thing, ...(thing.labels ?? [])].map(part => part.getBoundingClientRect().height))
    .filter(heights => heights[0] && Math.max(...heights) < 24).length"""


def log_in(window: Window) -> Page:
    page = window.open("/")
    page.get_by_label("E-mailadres").fill("f.dejong@noord.example")
    page.get_by_label("Wachtwoord").fill(making.PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page).to_have_url(f"{window.home}/")
    return page


def addresses(window: Window) -> tuple[str, ...]:
    made = window.institute.made
    return (
        "/",
        "/actie",
        "/facturen",
        *(f"/facturen/{made[number].pk}" for number in ("20260312", "20260332", "20260335", "20250981")),
        "/service-center/integraties",
        "/service-center/opties",
        f"/service-center/integraties/{window.institute.integration.pk}",
        f"/service-center/integraties/{window.institute.integration.pk}/koppeltabellen",
    )


def fits_everybody(page: Page) -> None:
    """The basics of WCAG that a program can see."""
    levels = page.evaluate(LEVELS)
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    for question in (UNLABELLED, NAMELESS, TWICE, BROKEN):
        assert page.evaluate(question) == []
    assert page.evaluate(SMALL) == 0
    assert page.locator("main").count() == 1
    assert page.locator("html").get_attribute("lang") in {"nl", "en"}


def test_a_morning_of_the_finance_officer(window: Window) -> None:
    page = log_in(window)
    expect(page.get_by_role("heading", level=1)).to_have_text("5 facturen vragen uw aandacht.")
    page.get_by_role("navigation").get_by_role("link", name="Actie nodig").click()
    expect(page.get_by_role("heading", name="Btw-code 2H is in Exact niet bekend")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Facturen").first.click()
    page.get_by_label("Nummer of debiteur").fill("linde")
    page.get_by_role("button", name="Zoeken").click()
    page.get_by_role("link", name="20260312").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Factuur 20260312 wacht op u: btw-code 2H")
    page.get_by_role("link", name="Exact Online").click()
    expect(page.get_by_text("Geldig token informatie aanwezig: 24-11-2026 - 02:14:09")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("Valid token information present: 24-11-2026 - 02:14:09")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert window.complaints == []


def test_the_reasons_unfold_at_a_click(window: Window) -> None:
    log_in(window)
    page = window.open(f"/facturen/{window.institute.made['20260332'].pk}")
    reason = page.get_by_text("Start- en einddatum van de opleiding")
    expect(reason).to_be_hidden()
    page.locator("summary", has_text="Waarom").first.click()
    expect(reason).to_be_visible()


def test_every_page_fits_everybody(window: Window) -> None:
    fits_everybody(window.open("/inloggen"))
    log_in(window)
    for address in addresses(window):
        fits_everybody(window.open(address))
    assert window.complaints == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_its_screen(window: Window, width: int) -> None:
    page = log_in(window)
    page.set_viewport_size({"width": width, "height": 844})
    for address in addresses(window):
        window.open(address)
        assert page.evaluate(WIDER) == 0, address


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(window: Window) -> None:
    page = log_in(window)
    window.open("/facturen")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Naar de inhoud")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("Alle")
    assert page.locator(":focus").evaluate("thing => getComputedStyle(thing).outlineWidth") == "3px"


def test_a_refused_login_is_told_and_the_typeface_is_ours(window: Window) -> None:
    page = window.open("/inloggen")
    page.get_by_label("E-mailadres").fill("f.dejong@noord.example")
    page.get_by_label("Wachtwoord").fill("fout")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("alert")).to_contain_text("Controleer dit eerst")
    expect(page.get_by_label("E-mailadres")).to_have_value("f.dejong@noord.example")
    assert page.evaluate("() => document.fonts.check('600 15px Inter')")
    assert window.complaints == []
