"""From an empty installation to the first booked invoice: a finance officer who clicks, in Dutch, and nothing else."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect
from tests.browser.test_first_pages import WIDER, fits_everybody
from tests.journeys.house import MAIL, PASSWORD, House, empty_house, until

from boekbrug.cli.practice import COACHVIEW_CLIENT, DIVISION_NL, EXACT_USER

pytestmark = [pytest.mark.browser, pytest.mark.journey]

INVOICES = 4
BOOKED = re.compile("Geboekt")  # as text it would be "wordt geboekt" as well
BOOKED_SECONDS = 90
EXACT_PASSWORD = "demo"


@pytest.fixture
def nothing_yet(tmp_path: Path) -> Iterator[House]:
    """A machine on which Boekbrug never ran, and a Coachview with a few invoices of last month and this."""
    with empty_house(tmp_path, scenario="load", invoices=INVOICES) as ours:
        yield ours


def button(page: Page, words: str) -> Locator:
    """What one presses to get something done, whether it acts at once or leads to a page that asks."""
    return page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words)).first


def make_the_institute(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Welkom bij Boekbrug")
    fits_a_telephone_too(page)
    page.get_by_label("Naam van uw instituut").fill("Opleidingen Noord")
    page.get_by_label("Uw e-mailadres").fill(MAIL)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_label("Wachtwoord nog een keer").fill(PASSWORD)
    page.get_by_role("button", name="Beginnen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Integraties")


def add_the_koppeling(page: Page, ours: House) -> None:
    button(page, "Koppeling toevoegen").click()
    page.get_by_label("Configuratie").select_option(label="Oefenboek")
    coachview = page.get_by_role("region", name="Coachview")
    coachview.get_by_label("Adres Coachview").fill(ours.book.coachview.address)
    coachview.get_by_label("Client-id").fill(COACHVIEW_CLIENT[0])
    coachview.get_by_label("Secret", exact=True).fill(COACHVIEW_CLIENT[1])
    page.get_by_role("button", name="Opslaan").first.click()
    expect(page.get_by_text(re.compile(r"^Opgeslagen als versie \d+\.$"))).to_be_visible()


def log_in_to_exact(page: Page) -> None:
    expect(page.get_by_role("region", name="OAuth")).to_contain_text("Nog niet verbonden met Exact")
    button(page, "Authenticeren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Exact Online (simulator)")
    page.get_by_label("Gebruikersnaam").fill(EXACT_USER)
    page.get_by_label("Wachtwoord").fill(EXACT_PASSWORD)
    page.get_by_role("button", name="Toestaan").click()
    green = re.compile(r"Geldig token informatie aanwezig: \d\d-\d\d-\d{4} - \d\d:\d\d:\d\d")
    expect(page.get_by_text(green)).to_be_visible()


def pick(page: Page, label: str, code: str) -> None:
    """Choose what Exact has from the list, by its code."""
    field = page.get_by_label(label, exact=True)
    option = field.locator("option", has_text=code).first
    field.select_option(value=option.get_attribute("value"))


def choose_from_exacts_lists(page: Page) -> None:
    pick(page, "Divisiecode", str(DIVISION_NL))
    page.get_by_role("button", name="Opslaan").first.click()
    expect(page.get_by_text(re.compile(r"^Opgeslagen als versie \d+\.$"))).to_be_visible()
    pick(page, "Verkoopdagboek", "70")
    pick(page, "Grootboekrekening debiteuren", "1300")
    page.get_by_label("Boeken vanaf").fill(_last_month().isoformat())
    page.get_by_role("button", name="Opslaan").first.click()
    expect(page.get_by_text(re.compile(r"^Opgeslagen als versie \d+\.$"))).to_be_visible()


def _last_month() -> date:
    today = date.today()  # noqa: DTZ011  # the program goes by the wall clock too
    return date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)


def see_what_the_checklist_says(page: Page) -> None:
    checklist = page.get_by_role("region", name="Checklist")
    while checklist.get_by_role("button", name="Ja, dat is zo").count():
        waits = checklist.get_by_role("button", name="Ja, dat is zo").count()
        checklist.get_by_role("button", name="Ja, dat is zo").first.click()
        expect(checklist.get_by_role("button", name="Ja, dat is zo")).to_have_count(waits - 1)
    expect(checklist.locator("li.green").first).to_be_visible()
    expect(checklist.locator("li.red")).to_have_count(0)


def try_the_connection(page: Page) -> None:
    page.get_by_role("button", name="Verbinding testen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("De verbindingen werken")
    fits_a_telephone_too(page)
    page.get_by_role("link", name="Terug naar de koppeling").click()
    expect(page.get_by_role("region", name="Coachview")).to_contain_text("De verbinding met Coachview werkt.")


def switch_on(page: Page) -> None:
    button(page, "Inschakelen").click()
    expect(page.get_by_role("heading", name="Dit gaat er gebeuren")).to_be_visible()
    fits_a_telephone_too(page)
    page.get_by_role("button", name=re.compile("^Bevestigen")).click()
    expect(page.get_by_text("Het boeken is gestart.")).to_be_visible()


def wait_until_all_is_booked(page: Page) -> None:
    page.get_by_role("link", name="Facturen").first.click()

    def booked() -> bool:
        page.reload()
        return page.get_by_role("row").filter(has_text=BOOKED).count() == INVOICES

    until(booked, seconds=BOOKED_SECONDS)


def open_the_first(page: Page) -> None:
    page.get_by_role("row").filter(has_text=BOOKED).first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Factuur")
    expect(page.locator("table.journal")).to_be_visible()


def fits_a_telephone_too(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(WIDER) == 0, page.url
    page.set_viewport_size({"width": 1280, "height": 900})
    fits_everybody(page)


def test_from_an_empty_installation_to_the_first_booked_invoice(nothing_yet: House, page: Page) -> None:
    faults: list[str] = []
    address = nothing_yet.serve()

    def listen(said: ConsoleMessage) -> None:
        if said.type == "error" and said.location["url"].startswith(address):
            faults.append(said.text)

    page.on("console", listen)
    page.on("pageerror", lambda fault: faults.append(str(fault)))

    make_the_institute(page, nothing_yet.set_up_link())
    fits_a_telephone_too(page)
    add_the_koppeling(page, nothing_yet)
    log_in_to_exact(page)
    fits_a_telephone_too(page)
    choose_from_exacts_lists(page)
    try_the_connection(page)
    see_what_the_checklist_says(page)
    switch_on(page)
    wait_until_all_is_booked(page)
    open_the_first(page)
    fits_a_telephone_too(page)

    assert len(nothing_yet.entries()) == INVOICES
    assert faults == []
