"""The overview in the browser: simulators.md."""

import html
import json
import re

from tests.sim.exact.practice_office import Office


def buttons(page: str) -> list[tuple[str, dict[str, object], str]]:
    found = re.findall(r'data-verb="(\w+)" data-body="([^"]*)">([^<]*)<', page)
    return [(verb, json.loads(html.unescape(body)), text) for verb, body, text in found]


def test_the_page_shows_bookings_calls_and_limits(office: Office) -> None:
    customer = office.customer(Name="Koek & <Zopie>")
    office.book(Customer=customer, Description="Factuur 12")
    page = office.http.get("/_sim/").text
    for text in ("Koek &amp; &lt;Zopie&gt;", "Factuur 12", "26700001", "121.00", "sim-client/100001", "SalesEntries"):
        assert text in page
    assert "<Zopie>" not in page


def test_its_buttons_are_control_calls_that_work(office: Office) -> None:
    office.book()
    found = buttons(office.http.get("/_sim/").text)
    assert [text for _, _, text in found] == ["Sluit periode", "Betaal", "Taal: en", "Trek de app in"]
    for verb, body, _ in found:
        office.control(verb, body)
    assert office.http.get("/api/v1/current/Me").status_code == 401
    office.log_in()
    assert office.rows("read/financial/ReceivablesList") == []
    answer = office.post("salesentry/SalesEntries", office.entry_body())
    assert office.refusal(answer) == ["Period is closed: 2026 - 6"]
    assert "Betaal" not in [text for _, _, text in buttons(office.http.get("/_sim/").text)]
