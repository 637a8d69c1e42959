"""Sales entries and the ledger behind them: exact-rest.md 4.1, 4.2, 4.8, 5.2, 6.2 to 6.6."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from tests.sim.exact.practice_office import BE, Office

Json = dict[str, Any]


def is_balanced(office: Office) -> bool:
    """Debit equals credit in every entry, and in every period of it."""
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for line in office.ledger():
        sums[line["entry_id"], line["year"], line["period"]] += Decimal(line["amount"])
    return bool(sums) and set(sums.values()) == {Decimal(0)}


def line(office: Office, amount: float, **more: Any) -> Json:
    return {"AmountFC": amount, "GLAccount": office.account(), "VATCode": "4"} | more


def shown(office: Office) -> list[tuple[Any, ...]]:
    return [
        (row["line"], row["type"], row["account"], row["amount"], row["vat_code"], row["vat_amount"])
        for row in office.ledger()
    ]


def test_3_3_a_sales_entry_comes_back_whole(office: Office) -> None:
    entry = office.book(YourRef="REF 1", Description="Factuur 1")
    assert (entry["AmountFC"], entry["VATAmountFC"], entry["Type"], entry["Status"]) == (121, 21, 20, 20)
    assert (entry["ReportingYear"], entry["ReportingPeriod"]) == (2026, 6)
    assert entry["EntryNumber"] == entry["InvoiceNumber"] == 26700001
    assert entry["DueDate"] == "/Date(1783641600000)/"  # 30 days after 10 June
    assert "__deferred" in entry["SalesEntryLines"]
    found = office.row("salesentry/SalesEntries", filter="YourRef eq 'REF 1'")
    assert found == entry


def test_4_8_the_ledger_lines_of_an_entry(office: Office) -> None:
    office.book(SalesEntryLines=[line(office, 100), line(office, 50, VATCode="0"), line(office, 0.05)])
    assert shown(office) == [
        (0, 20, "1300", "171.06", None, None),
        (1, 20, "8000", "-100.00", "4", "-21.00"),
        (2, 20, "8000", "-50.00", "0", "0.00"),
        (3, 20, "8000", "-0.05", "4", "-0.01"),
        (4, 20, "1500", "-21.01", "4", None),
    ]
    assert is_balanced(office)
    rows = office.rows("financialtransaction/TransactionLines", orderby="LineNumber")
    assert [row["VATType"] for row in rows] == [None, "V", "V", "V", "A"]
    assert rows[1]["AmountVATBaseFC"] == -100
    assert {row["EntryID"] for row in rows} == {office.row("salesentry/SalesEntries")["EntryID"]}
    assert office.row("financialtransaction/Transactions")["Type"] == 20
    bulk = office.rows("bulk/Financial/TransactionLines", select="ID,LineNumber", filter="JournalCode eq '70'")
    assert {row["ID"] for row in bulk} == {row["ID"] for row in rows}


def test_6_4_a_credit_note_is_honoured_and_keeps_its_sign(office: Office) -> None:
    entry = office.book(Type=21, SalesEntryLines=[line(office, -100)])
    assert (entry["Type"], entry["AmountFC"]) == (21, -121)
    assert [row[3] for row in shown(office)] == ["-121.00", "100.00", "21.00"]
    rows = office.rows("financialtransaction/TransactionLines", orderby="LineNumber")
    assert [(row["Type"], row["VATType"]) for row in rows] == [(21, None), (21, "X"), (21, "Z")]


def test_6_4_type_21_can_be_ignored_by_a_switch(office: Office) -> None:
    office.control("switches", {"type_21": "ignore"})
    assert office.book(Type=21, SalesEntryLines=[line(office, -100)])["Type"] == 20
    office.control("switches", {"type_21": "honour"})
    assert office.book(SalesEntryLines=[line(office, -100)])["Type"] == 20


def test_6_3_vat_is_rounded_per_line_and_an_amount_given_counts(office: Office) -> None:
    three = [line(office, 0.02)] * 3
    assert office.book(SalesEntryLines=three)["VATAmountFC"] == 0.0
    given = [line(office, 0.02, VATAmountFC=0.01), line(office, 0.02, VATAmountFC=0), line(office, 0.02)]
    assert office.book(SalesEntryLines=given)["VATAmountFC"] == 0.01
    assert office.book(SalesEntryLines=[line(office, 2.50)])["VATAmountFC"] == 0.53  # half a cent goes up
    assert office.book(SalesEntryLines=[line(office, -2.50)])["VATAmountFC"] == -0.53
    assert is_balanced(office)


def test_4_1_a_vat_total_in_the_header_corrects_the_largest_line(office: Office) -> None:
    entry = office.book(VATAmountFC=31.49, SalesEntryLines=[line(office, 50), line(office, 100)])
    lines = office.rows(f"salesentry/SalesEntries(guid'{entry['EntryID']}')/SalesEntryLines", orderby="LineNumber")
    assert [row["VATAmountFC"] for row in lines] == [10.5, 20.99]


def test_4_2_the_vat_code_comes_from_the_account_when_none_is_given(office: Office) -> None:
    entry = office.book(SalesEntryLines=[{"AmountFC": 100, "GLAccount": office.account()}])
    assert entry["VATAmountFC"] == 21


def test_6_3_the_percentage_is_that_of_the_invoice_date(office: Office) -> None:
    code = {
        "Code": "D1",
        "Description": "dated",
        "VATPercentages": [
            {"Percentage": 0.19, "StartDate": "2020-01-01", "EndDate": "2026-05-31"},
            {"Percentage": 0.21, "StartDate": "2026-06-01"},
        ],
    }
    assert office.post("vat/VATCodes", code).status_code == 201
    dated = [line(office, 100, VATCode="D1")]
    office.control("periods", {"division": 100001, "year": 2026, "period": 5, "status": "open"})
    assert office.book(SalesEntryLines=dated)["VATAmountFC"] == 21
    assert office.book(SalesEntryLines=dated, EntryDate="2026-05-31")["VATAmountFC"] == 19
    other = [line(office, 100, VATCode="D1", VATPercentage=0.19)]
    assert office.book(SalesEntryLines=other)["VATAmountFC"] == 19
    for wrong in (0.5, 0, -0.21):
        body = office.entry_body(SalesEntryLines=[line(office, 100, VATPercentage=wrong)])
        assert office.refusal(office.post("salesentry/SalesEntries", body)) == ["Ongeldig: Btw-percentage []"]


def test_6_2_numbers_are_per_journal_and_year(office: Office) -> None:
    assert [office.book()["EntryNumber"] for _ in range(2)] == [26700001, 26700002]
    assert office.book(EntryNumber=26700003)["EntryNumber"] == 26700003
    assert office.book()["EntryNumber"] == 26700004
    assert office.book(EntryNumber=20250117)["EntryNumber"] == 20250117  # a gap is accepted
    again = office.post("salesentry/SalesEntries", office.entry_body(EntryNumber=20250117))
    assert office.refusal(again) == ["In gebruik: Boekstuknummer"]
    open_year = {"ReportingYear": 2027, "ReportingPeriod": 1}
    assert office.book(EntryNumber=20250117, **open_year)["ReportingYear"] == 2027
    assert office.book(**open_year)["EntryNumber"] == 27700001


def test_8_a_number_given_can_be_ignored_by_a_switch(office: Office) -> None:
    office.control("switches", {"entry_number": "ignore"})
    assert office.book(EntryNumber=5)["EntryNumber"] == 26700001


def test_6_2_a_double_reference_is_not_refused(office: Office) -> None:
    customer = office.customer()
    first, second = (office.book(Customer=customer, YourRef="same") for _ in range(2))
    assert first["EntryID"] != second["EntryID"]
    condition = f"YourRef eq 'same' and Customer eq guid'{customer}'"
    assert len(office.rows("salesentry/SalesEntries", filter=condition)) == 2


def test_6_6_deferred_revenue_is_spread_in_equal_parts_with_the_rest_in_the_last(office: Office) -> None:
    office.book(SalesEntryLines=[line(office, 100, From="2026-06-15", To="2026-08-03")])
    spread = [row for row in office.ledger() if row["type"] == 84]
    assert [(row["account"], row["amount"], row["period"]) for row in spread] == [
        ("8000", "100.00", 6),
        ("1450", "-100.00", 6),
        ("1450", "33.33", 6),
        ("8000", "-33.33", 6),
        ("1450", "33.33", 7),
        ("8000", "-33.33", 7),
        ("1450", "33.34", 8),
        ("8000", "-33.34", 8),
    ]
    assert is_balanced(office)


def test_6_6_negative_lines_are_spread_like_positive_ones(office: Office) -> None:
    office.book(Type=21, SalesEntryLines=[line(office, -0.02, From="2026-06-15", To="2026-12-03")])
    assert is_balanced(office)
    assert sum(Decimal(row["amount"]) for row in office.ledger() if row["account"] == "8000") == Decimal("0.02")


@pytest.mark.parametrize(("start", "end", "rows"), [("2026-06-02", "2026-06-20", 0), ("2026-07-02", "2026-07-20", 4)])
def test_6_6_one_month_is_deferred_only_when_it_is_a_later_one(office: Office, start: str, end: str, rows: int) -> None:
    office.book(SalesEntryLines=[line(office, 100, From=start, To=end)])
    assert len([row for row in office.ledger() if row["type"] == 84]) == rows


def test_6_6_the_spread_can_be_switched_off(office: Office) -> None:
    office.control("switches", {"deferral": "off"})
    office.book(SalesEntryLines=[line(office, 100, From="2026-06-15", To="2026-08-03")])
    assert {row["type"] for row in office.ledger()} == {20}


def test_4_8_an_entry_makes_a_receivable(office: Office) -> None:
    entry = office.book()
    row = office.row(
        "cashflow/Receivables", filter=f"TransactionEntryID eq guid'{entry['EntryID']}'", select="*", top="1"
    )
    assert (row["AmountDC"], row["TransactionAmountDC"], row["IsFullyPaid"], row["Status"]) == (-121, 121, False, 20)
    open_item = office.row("read/financial/ReceivablesList")
    assert (open_item["Amount"], open_item["EntryNumber"]) == (121, entry["EntryNumber"])
    term = office.row("sync/Cashflow/PaymentTerms", filter="Timestamp gt 1L")
    assert (term["LineType"], term["AmountDC"], term["ID"]) == (20, -121, row["ID"])


def test_4_8_some_fields_of_a_receivable_can_be_changed(office: Office) -> None:
    office.book()
    key = office.row("cashflow/Receivables", select="ID")["ID"]
    assert office.put("cashflow/Receivables", key, {"Description": "bel even", "AmountDC": 0}).status_code == 204
    row = office.row("cashflow/Receivables", select="Description,AmountDC")
    assert (row["Description"], row["AmountDC"]) == ("bel even", -121)


def test_3_9_an_update_changes_the_header_and_the_ledger_follows(office: Office) -> None:
    entry = office.book(SalesEntryLines=[line(office, 100), line(office, 10, VATCode="0")])
    key = entry["EntryID"]
    assert office.put("salesentry/SalesEntries", key, {"EntryDate": "2026-07-01", "YourRef": "N"}).status_code == 204
    row = office.row("salesentry/SalesEntries", filter=f"EntryID eq guid'{key}'")
    assert (row["ReportingPeriod"], row["YourRef"], row["EntryNumber"]) == (7, "N", entry["EntryNumber"])
    assert {each["period"] for each in office.ledger()} == {7}
    assert len(office.ledger()) == 4
    year = office.put("salesentry/SalesEntries", key, {"EntryDate": "2027-01-01"})
    assert office.refusal(year) == ["Het boekjaar kan niet worden gewijzigd"]


def test_3_9_lines_are_changed_by_themselves_and_the_last_one_takes_the_entry_along(office: Office) -> None:
    key = office.book()["EntryID"]
    added = office.post("salesentry/SalesEntryLines", line(office, 50, EntryID=key)).json()["d"]["ID"]
    assert office.row("salesentry/SalesEntries")["AmountFC"] == 181.5
    assert office.put("salesentry/SalesEntryLines", added, {"AmountFC": 10}).status_code == 204
    assert office.row("salesentry/SalesEntries")["AmountFC"] == 133.1
    for row in office.rows("salesentry/SalesEntryLines", filter=f"EntryID eq guid'{key}'"):
        assert office.delete("salesentry/SalesEntryLines", row["ID"]).status_code == 204
    assert office.rows("salesentry/SalesEntries") == []
    assert office.ledger() == []


def test_4_1_an_open_entry_can_be_removed(office: Office) -> None:
    key = office.book()["EntryID"]
    assert office.delete("salesentry/SalesEntries", key).status_code == 204
    assert office.ledger() == []
    assert office.rows("read/financial/ReceivablesList") == []
    deleted = office.rows("sync/Deleted", filter="Timestamp gt 1L", select="EntityType")
    assert sorted({row["EntityType"] for row in deleted}) == [1, 10]


def test_4_1_a_document_travels_with_the_entry(office: Office) -> None:
    document = office.post("documents/Documents", {"Subject": "F (BB-1)", "Type": 10}).json()["d"]["ID"]
    entry = office.book(Document=document)
    assert (entry["Document"], entry["DocumentSubject"]) == (document, "F (BB-1)")
    assert {row["Document"] for row in office.rows("financialtransaction/TransactionLines")} == {document}


def test_4_1_a_foreign_currency_needs_a_journal_that_allows_it(office: Office) -> None:
    body = office.entry_body(Currency="USD", Rate=0.9)
    assert office.refusal(office.post("salesentry/SalesEntries", body)) == ["Ongeldig: Valuta"]
    journal = office.row("financial/Journals", filter="Code eq '70'")["ID"]
    office.put("financial/Journals", journal, {"AllowVariableCurrency": True})
    lines = [line(office, 33.33), line(office, 66.67)]
    entry = office.book(Currency="USD", Rate=0.9, SalesEntryLines=lines)
    assert (entry["AmountFC"], entry["AmountDC"]) == (121, 108.9)
    assert is_balanced(office)


def test_4_1_the_belgian_company_books_in_its_own_journal(office: Office) -> None:
    journal = next(
        row
        for row in office.rows("financial/Journals", division=BE, filter="Type eq 20", select="Code,IsBlocked")
        if not row["IsBlocked"]
    )
    account = office.rows("financial/GLAccounts", division=BE, filter="Type eq 110", select="ID,UseCostcenter")
    free = next(row for row in account if row["UseCostcenter"] != 1)
    customer = office.post("crm/Accounts", {"Name": "Belg", "Status": "C"}, division=BE).json()["d"]["ID"]
    body = {
        "Customer": customer,
        "Journal": journal["Code"],
        "PaymentReference": "+++090/9337/55493+++",
        "SalesEntryLines": [{"AmountFC": 10, "GLAccount": free["ID"]}],
    }
    answer = office.post("salesentry/SalesEntries", body, division=BE)
    assert answer.status_code == 201, answer.text
    assert is_balanced(office)
    assert office.rows("salesentry/SalesEntries") == []
