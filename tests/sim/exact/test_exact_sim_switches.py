"""Each switch changes what it says, and nothing stays as it was: switches.py, docs/reference/simulator-switches.md."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.sim.exact.practice_office import NL, USER, Json, Office, message

from boekbrug_sim.exact.switches import KNOWN

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "simulator-switches.md"


def switch(office: Office, **values: Any) -> None:
    office.control("switches", values)


def entry(office: Office, **more: Any) -> httpx2.Response:
    return office.post("salesentry/SalesEntries", office.entry_body(**more))


def line(office: Office, **more: Any) -> list[Json]:
    return [{"AmountFC": 100, "GLAccount": office.account(), "VATCode": "4"} | more]


def test_the_page_of_docs_names_every_switch_with_its_default_and_section() -> None:
    rows = {
        cells[1].strip(" `"): cells
        for text in PAGE.read_text().splitlines()
        if (cells := text.split("|"))[0] == "" and len(cells) == 7
    }
    for each in KNOWN:
        cells = rows[each.name]
        assert cells[2].strip() == f"`{str(each.default).lower() if isinstance(each.default, bool) else each.default}`"
        assert cells[4].strip() == each.section
        allowed = [str(value).lower() if isinstance(value, bool) else str(value) for value in each.allowed]
        assert re.findall(r"`([^`]+)`", cells[3]) == allowed
    assert set(rows) == {each.name for each in KNOWN} | {"switch", "---"}


def test_1_3_the_token_type_is_spelt_both_ways(office: Office) -> None:
    assert office.redeem(office.code()).json()["token_type"] == "bearer"
    switch(office, token_type="Bearer")
    assert office.redeem(office.code()).json()["token_type"] == "Bearer"


def test_1_6_sales_entries_can_ask_for_the_scope_of_sales_invoices(office: Office) -> None:
    switch(office, sales_entry_scope="sales.invoices")
    office.control("login", {"user": USER, "scopes": ["financial.accounting"]})
    answer = office.get("salesentry/SalesEntries")
    assert (answer.status_code, "'sales.invoices'" in message(answer)) == (403, True)
    assert office.get("vat/VATCodes").status_code == 200


def test_2_a_429_can_carry_retry_after(office: Office) -> None:
    office.control("limits", {"minute": 1})
    office.get("crm/Accounts", top="1")
    assert "Retry-After" not in office.get("crm/Accounts", top="1").headers
    switch(office, retry_after=True)
    answer = office.get("crm/Accounts", top="1")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_3_2_the_status_of_refused_xml_is_open(office: Office) -> None:
    switch(office, xml_accept_status=406)
    answer = office.http.get(f"/api/v1/{NL}/crm/Accounts", headers={"Accept": "application/xml"})
    assert answer.status_code == 406


def test_3_2_a_sales_entry_can_answer_only_its_key(office: Office) -> None:
    switch(office, sales_entry_answer="key")
    bare = entry(office).json()["d"]
    assert bare.pop("EntryID")
    assert bare.pop("__metadata")
    assert set(bare.values()) == {None}
    body = office.entry_body()
    full = office.post("salesentry/SalesEntries", body, Prefer="return=representation").json()["d"]
    assert full["AmountFC"] == 121


def test_3_5_a_list_with_top_can_have_results(office: Office) -> None:
    switch(office, list_with_top="results")
    assert len(office.get("crm/Accounts", top="2").json()["d"]["results"]) == 2


def test_6_4_a_negative_total_can_make_a_credit_note(office: Office) -> None:
    negative = line(office, AmountFC=-100)
    assert entry(office, SalesEntryLines=negative).json()["d"]["Type"] == 20
    switch(office, negative_entry_type=21)
    assert entry(office, SalesEntryLines=negative).json()["d"]["Type"] == 21
    assert entry(office).json()["d"]["Type"] == 20


def test_6_2_a_gap_in_the_numbers_can_be_refused(office: Office) -> None:
    assert entry(office, EntryNumber=26700010).status_code == 201
    switch(office, entry_number_gap="refuse")
    assert office.refusal(entry(office, EntryNumber=26700005)) == ["Ongeldig: Boekstuknummer"]
    assert entry(office, EntryNumber=26700001).status_code == 201


def test_6_2_a_double_reference_can_be_refused(office: Office) -> None:
    customer = office.customer()
    switch(office, double_your_ref="refuse")
    assert entry(office, Customer=customer, YourRef="F1").status_code == 201
    assert office.refusal(entry(office, Customer=customer, YourRef="F1")) == ["Gegeven bestaat reeds"]
    assert entry(office, YourRef="F1").status_code == 201


def test_6_1_what_nobody_saw_refused_can_be_let_through(office: Office) -> None:
    blocked = office.customer(Blocked=True)
    body = office.entry_body(Customer=blocked, Journal="72")
    body["SalesEntryLines"][0] |= {"VATCode": "8", "From": "2026-08-01", "To": "2026-07-01", "CostCenter": "OUD"}
    assert len(office.refusal(office.post("salesentry/SalesEntries", body))) == 5
    switch(office, guessed_refusals=False)
    assert office.post("salesentry/SalesEntries", body).status_code == 201
    assert office.refusal(entry(office, Journal="60")) == ["Ongeldig: Dagboek"]


@pytest.mark.parametrize(
    ("where", "field", "longest"),
    [("header", "YourRef", 40), ("header", "PaymentReference", 25), ("line", "Description", 60)],
)
def test_8_long_texts_can_be_refused(office: Office, where: str, field: str, longest: int) -> None:
    switch(office, field_lengths="refuse")
    for length, status in ((longest, 201), (longest + 1, 500)):
        text = {field: "x" * length}
        more: Json = text if where == "header" else {"SalesEntryLines": line(office, **text)}
        answer = entry(office, **more)
        assert answer.status_code == status
    assert message(answer) == f"Te lang: {field} (maximaal {longest})"
    assert "Te lang: Name" in message(office.post("crm/Accounts", {"Name": "x" * 51}))


def test_4_2_the_customers_vat_code_can_come_before_that_of_the_account(office: Office) -> None:
    customer = office.customer(SalesVATCode="2")
    bare = [{"AmountFC": 100, "GLAccount": office.account()}]
    assert entry(office, Customer=customer, SalesEntryLines=bare).json()["d"]["VATAmountFC"] == 21
    switch(office, default_vat_code="customer_first")
    assert entry(office, Customer=customer, SalesEntryLines=bare).json()["d"]["VATAmountFC"] == 9


def test_4_2_from_alone_can_be_let_through(office: Office) -> None:
    switch(office, from_to_pair=False)
    assert entry(office, SalesEntryLines=line(office, From="2026-07-01")).status_code == 201
    assert {each["type"] for each in office.ledger()} == {20}


def test_6_6_revenue_can_be_deferred_into_a_closed_period(office: Office) -> None:
    office.control("periods", {"division": NL, "journal": "70", "year": 2026, "period": 8, "status": "closed"})
    spread = line(office, From="2026-07-01", To="2026-09-30")
    assert entry(office, SalesEntryLines=spread).status_code == 500
    switch(office, deferral_into_closed="accept")
    assert entry(office, SalesEntryLines=spread).status_code == 201


def test_4_6_a_project_can_do_without_a_relation(office: Office) -> None:
    body = {"Code": "P1", "Description": "x", "Type": 2}
    assert office.refusal(office.post("project/Projects", body)) == ["Verplicht: Relatie"]
    switch(office, project_account="optional")
    assert office.post("project/Projects", body).status_code == 201


def test_4_8_receivables_can_be_positive_while_the_customer_owes(office: Office) -> None:
    entry(office)
    signs = []
    for sign in ("negative", "positive"):
        switch(office, receivable_sign=sign)
        found = office.row("cashflow/Receivables", select="AmountDC,TransactionAmountDC")
        signs.append((found["AmountDC"], found["TransactionAmountDC"]))
        assert office.rows("cashflow/Receivables", select="ID", filter=f"AmountDC eq {found['AmountDC']}")
    assert signs == [(-121, 121), (121, 121)]
