"""The overview at `/_sim/`, which a person opens in a browser: simulators.md, issue of the practice book."""

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
from tests.sim.exact.practice_office import NL, Office

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Forms(HTMLParser):
    """The buttons of a page: label -> fields, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._fields: dict[str, str] = {}
        self._label: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
        elif tag == "input":
            self._fields[given["name"]] = given["value"]
        elif tag == "button":
            self._label = []

    def handle_data(self, data: str) -> None:
        if self._label is not None:
            self._label.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._label is not None:
            self.found.append(("".join(self._label), self._fields))
            self._label = None


def page(office: Office) -> str:
    answer = office.http.get("/_sim/")
    assert answer.headers["Content-Type"].startswith("text/html")
    return answer.text


def press(office: Office, label: str) -> Any:
    fields = next(fields for name, fields in Forms(page(office)).found if name == label)
    answer = office.http.post("/_sim/", data=fields)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/_sim/"
    return fields


@pytest.mark.parametrize("address", ["/_sim", "/docs/FinEntryView.aspx?EntryID=%7B1%7D&_Division_=100001"])
def test_the_address_without_its_slash_and_that_of_an_entry_lead_to_the_page(office: Office, address: str) -> None:
    answer = office.http.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/_sim/")


def test_an_invoice_is_paid_and_the_receipt_undone(office: Office) -> None:
    assert "nog niets geboekt" in page(office)
    office.book(YourRef="<F1>", Customer=office.customer(Name="O'Neill & <zoon>"))
    assert "&lt;F1&gt;" in page(office)
    assert "O&#x27;Neill &amp; &lt;zoon&gt;" in page(office)
    press(office, "Betalen")
    assert "betaald" in page(office)
    assert office.rows("read/financial/ReceivablesList") == []
    press(office, "Terugdraaien")
    assert len(office.rows("read/financial/ReceivablesList")) == 1
    assert "betaald" not in page(office)


def test_a_period_is_closed_and_opened(office: Office) -> None:
    label = "6 sluiten"
    fields = press(office, label)
    assert (fields["division"], fields["journal"]) == (str(NL), "70")
    assert office.post("salesentry/SalesEntries", office.entry_body()).status_code == 500
    press(office, "6 openen")
    assert office.post("salesentry/SalesEntries", office.entry_body()).status_code == 201


def test_the_login_is_revoked(office: Office) -> None:
    press(office, "Toegang van de app intrekken")
    assert office.get("crm/Accounts", top="1").status_code == 401


def test_page_and_messages_switch_their_language(office: Office) -> None:
    press(office, "Switch to English")
    assert '<html lang="en">' in page(office)
    assert "Nothing has been booked yet." in page(office)
    answer = office.post("salesentry/SalesEntries", office.entry_body(Customer=None))
    assert office.refusal(answer) == ["Mandatory: Relationship"]
    press(office, "Naar het Nederlands")
    assert '<html lang="nl">' in page(office)


def test_the_page_speaks_french_to_a_french_user(office: Office) -> None:
    office.book(SalesEntryLines=[{"AmountFC": 1000, "GLAccount": office.account(), "VATCode": "4"}])
    assert "1.210,00" in page(office)
    press(office, "Passer au français")
    text = page(office)
    assert '<html lang="fr">' in text
    assert "1\u202f210,00" in text
    assert "10/06/2026" in text
    press(office, "Payer")
    assert "payé" in page(office)
    press(office, "Switch to English")
    assert "1,210.00" in page(office)


def test_a_credit_note_is_paid_back(office: Office) -> None:
    office.book(Type=21, SalesEntryLines=[{"AmountFC": -40, "GLAccount": office.account(), "VATCode": "4"}])
    press(office, "Terugbetalen")
    assert "betaald" in page(office)
    assert office.rows("read/financial/ReceivablesList") == []


def test_calls_and_limits_are_shown(office: Office) -> None:
    office.control("limits", {"minute": 60, "day": 5000})
    office.get("crm/Accounts", top="1")
    text = page(office)
    assert f"GET /api/v1/{NL}/crm/Accounts" in text
    assert f"sim-client/{NL}" in text
    assert "1 / 60" in text
    assert "1 / 5000" in text


def test_a_year_without_periods_has_no_buttons(office: Office) -> None:
    office.control("clock", {"now": "2099-01-01"})
    assert not [label for label, _ in Forms(page(office)).found if label.startswith("1 ")]


def test_a_button_that_cannot_be_pressed_any_more_says_why(office: Office) -> None:
    office.book()
    (fields,) = [fields for name, fields in Forms(page(office)).found if name == "Betalen"]
    assert office.http.post("/_sim/", data=fields).status_code == 303
    again = office.http.post("/_sim/", data=fields)
    assert again.status_code == 400
    assert "Dat ging niet: entry" in again.text
    assert office.http.post("/_sim/", data={"do": "nonsense"}).status_code == 400


@pytest.fixture
def window() -> Iterator[Page]:
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert program, "Chromium is not installed (Debian: apt-get install chromium)"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser.new_page()
        browser.close()


@pytest.mark.browser
def test_in_a_browser_an_invoice_is_paid_with_one_click(office: Office, window: Page) -> None:
    office.book()
    window.goto(f"{office.address}/_sim/")
    window.get_by_role("button", name="Betalen").click()
    window.get_by_text("betaald").wait_for()
    assert re.search(r"Exact-oefenboek", window.title())
    assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert window.get_by_role("button", name="Terugdraaien").is_visible()
