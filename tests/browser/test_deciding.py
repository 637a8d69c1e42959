"""An administrator solves what waits, by clicks alone: a code mapped, a relation linked, an invoice skipped."""

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Window
from tests.browser.test_first_pages import fits_everybody, log_in
from tests.web import deciding, making

pytestmark = pytest.mark.browser


@pytest.fixture
def institute(transactional_db: None) -> making.Institute:
    """An institute whose invoices wait for a code, a relation and a decision."""
    made = deciding.causes(deciding.codes_that_differ(making.institute()))
    making.person("f.dejong@noord.example", made, "beheerder")
    return made


def test_what_waits_is_solved_by_clicks(window: Window) -> None:
    log_in(window)
    page = window.open(f"/service-center/integraties/{window.institute.integration.pk}/koppeltabellen")
    fits_everybody(page)
    page.get_by_label("Btw-code in Exact voor 2H").fill("99")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Btw-code 2H kan niet 99 worden: staat niet in Exact.")
    page.get_by_role("button", name="Bevestigen 2H").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 codes wachten op een keuze.")
    page.get_by_label("Voorstel ZWO voor Zwolle").check()
    page.get_by_role("button", name="Selectie bevestigen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 code wacht op een keuze.")
    window.open("/actie")
    expect(page.get_by_role("heading", name="Relatie 42 in Exact lijkt een andere partij")).to_be_visible()
    fits_everybody(page)
    page.get_by_role("button", name="Koppelen aan 42").click()
    expect(page.get_by_role("status")).to_contain_text("De debiteur is gekoppeld.")
    page.get_by_role("link", name="De factuurdatum ligt vóór de startdatum").click()
    page.locator("summary", has_text="Overslaan").click()
    page.get_by_label("Reden").fill("Al geboekt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 factuur overgeslagen.")
    window.open(f"/facturen/{window.institute.made['20260502'].pk}")
    expect(page.get_by_text("Al geboekt").first).to_be_visible()
    page.get_by_role("button", name="Toch boeken").click()
    expect(page.get_by_text("Overslaan teruggedraaid")).to_be_visible()
    fits_everybody(page)
    assert window.complaints == ["Failed to load resource: the server responded with a status of 409 (Conflict)"]
