"""A finance officer forwards a cause; the accountant opens the link in a browser of his own and sees only that."""

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Window
from tests.browser.test_first_pages import fits_everybody, log_in

pytestmark = pytest.mark.browser


def test_a_cause_is_forwarded_and_seen_without_an_account(window: Window) -> None:
    log_in(window)
    page = window.open("/actie")
    page.get_by_role("link", name="Periode").first.click()
    page.get_by_role("button", name="Doorsturen naar accountant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("De link is gemaakt.")
    fits_everybody(page)
    address = page.get_by_label("Link voor de accountant").input_value()
    path = "/gedeeld/" + address.rpartition("/")[2]

    page.context.clear_cookies()
    window.open(path)
    expect(page.get_by_role("heading", level=1)).to_contain_text("van Opleidingen Noord wacht")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("periode")
    fits_everybody(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("of Opleidingen Noord is waiting")

    log_in(window)
    window.open("/actie/doorsturen")
    page.get_by_role("button", name="Link intrekken").click()
    expect(page.get_by_role("status")).to_contain_text("De link is ingetrokken en opent niets meer.")
    assert window.complaints == []


def test_a_booked_invoice_offers_the_entry_and_booking_again(window: Window) -> None:
    log_in(window)
    page = window.open(f"/facturen/{window.institute.made['20260332'].pk}")
    expect(page.get_by_role("link", name="Openen in Exact")).to_have_count(2)
    page.locator("summary", has_text="Opnieuw boeken").click()
    fits_everybody(page)
    page.get_by_role("button", name="Opzoeken en opnieuw boeken").click()
    expect(page.get_by_role("status")).to_contain_text("Er is niets gewijzigd.")
    assert window.complaints == []
