"""Section 4: entities."""

import base64
import http.server
import json
import queue
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.company import Company, Json, message, today

from boekbrug_sim.exact.schema import raw_entities

ANSWERED_OTHERWISE = {"Me", "SyncTimestamp"}
LISTS = {name: raw for name, raw in raw_entities().items() if name not in ANSWERED_OTHERWISE}
PDF = b"%PDF-1.4 contract"
NOBODY = "0badc0de-0000-4000-8000-000000000001"


def milliseconds(day: date) -> str:
    return f"/Date({(day - date(1970, 1, 1)).days * 86_400_000})/"


@pytest.mark.parametrize("name", sorted(LISTS))
def test_4_every_entity_has_its_fields_and_only_its_verbs(company: Company, name: str) -> None:
    raw = LISTS[name]
    answer = company.get(raw["path"], top="1", select=",".join(f for f, t in raw["fields"].items() if "*" not in t))
    assert answer.status_code == 200, answer.text
    if raw["methods"] == "GET":
        assert company.post(raw["path"], {}).status_code == 405


def test_4_7_me_has_its_fields_and_starts_every_client(company: Company) -> None:
    (me,) = company.call("GET", "/api/v1/current/Me").json()["d"]["results"]
    assert set(raw_entities()["Me"]["fields"]) <= set(me)
    (short,) = company.call("GET", "/api/v1/current/Me?$select=CurrentDivision").json()["d"]["results"]
    assert set(short) == {"__metadata", "CurrentDivision"}


def test_4_1_an_entry_takes_its_defaults(company: Company) -> None:
    entry = company.book()
    assert entry["Currency"] == "EUR"
    assert entry["EntryDate"] == milliseconds(today())
    assert entry["PaymentCondition"].strip() == company.condition
    condition = company.row("cashflow/PaymentConditions", filter=f"Code eq '{company.condition}'")
    if not condition["PaymentEndOfMonths"]:
        assert entry["DueDate"] == milliseconds(today() + timedelta(days=condition["PaymentDays"]))
    period = company.row(
        "financial/FinancialPeriods",
        filter=f"StartDate le datetime'{today()}' and EndDate ge datetime'{today()}'",
        orderby="FinPeriod",
    )
    assert (entry["ReportingYear"], entry["ReportingPeriod"]) == (period["FinYear"], period["FinPeriod"])
    assert (entry["Type"], entry["Status"]) == (20, 20)
    assert isinstance(entry["EntryNumber"], int)


def test_4_1_what_is_given_counts(company: Company) -> None:
    due = today() + timedelta(days=9)
    entry = company.book(
        DueDate=due.isoformat(), YourRef="Contract-7", Description="Contract kop", PaymentReference="900000000007"
    )
    found = [entry[name] for name in ("DueDate", "YourRef", "Description", "PaymentReference")]
    assert found == [milliseconds(due), "Contract-7", "Contract kop", "900000000007"]


def test_4_1_the_journal_goes_by_code_and_not_by_guid(company: Company) -> None:
    key = company.row("financial/Journals", filter=f"Code eq '{company.journal}'")["ID"]
    answer = company.post("salesentry/SalesEntries", company.entry_body(Journal=key))
    assert answer.status_code == 500
    assert message(answer) in {"Ongeldige referentie: Journals", "Invalid reference: Journals"}


@pytest.mark.parametrize(("field", "names"), [("Customer", ("Relatie", "Account")), ("Document", ("Document",))])
def test_4_1_what_is_not_there_is_an_invalid_reference(company: Company, field: str, names: tuple[str, ...]) -> None:
    answer = company.post("salesentry/SalesEntries", company.entry_body(**{field: NOBODY}))
    assert answer.status_code == 500
    told = set(message(answer).splitlines())
    assert told & {f"{words}: {name}" for words in ("Ongeldige referentie", "Invalid reference") for name in names}


def test_4_5_a_file_for_a_document_that_is_not_there_is_an_invalid_reference(company: Company) -> None:
    body = {"Document": NOBODY, "FileName": "f.pdf", "Attachment": "JVBERi0="}
    answer = company.post("documents/DocumentAttachments", body)
    assert answer.status_code == 500
    assert message(answer) in {"Ongeldige referentie: Document", "Invalid reference: Document"}


def test_4_1_an_open_entry_can_be_removed(company: Company) -> None:
    entry = company.book()
    assert company.delete("salesentry/SalesEntries", entry["EntryID"]).status_code == 204
    assert company.lines_of(entry["EntryID"]) == []


def test_4_2_amounts_exclude_vat_and_a_vat_amount_given_counts(company: Company) -> None:
    vat = Decimal(100) * company.percentage
    lines = [company.line(), company.line(VATAmountFC=float(vat) - 0.01)]
    entry = company.book(SalesEntryLines=lines)
    assert entry["VATAmountFC"] == pytest.approx(float(2 * vat) - 0.01)
    assert entry["AmountFC"] == pytest.approx(float(200 + 2 * vat) - 0.01)


def test_4_2_the_vat_code_comes_from_the_account(company: Company) -> None:
    account = company.by_key("financial/GLAccounts", company.account)
    bare = {"AmountFC": 100, "GLAccount": company.account}
    entry = company.book(SalesEntryLines=[bare])
    (line,) = company.rows("salesentry/SalesEntryLines", filter=f"EntryID eq guid'{entry['EntryID']}'")
    assert (line["VATCode"] or "").strip() == (account["VATCode"] or "").strip()
    assert (line["LineNumber"], line["Type"]) == (1, 20)


def test_4_3_only_a_name_is_mandatory(company: Company) -> None:
    answer = company.post("crm/Accounts", {"City": "Goes"})
    assert answer.status_code == 500
    made = company.make("crm/Accounts", {"Name": "Contract leeg"}, Prefer="return=representation")
    found = company.by_key("crm/Accounts", made["ID"])
    names = ("InvoiceAttachmentType", "ConsolidationScenario", "SecurityLevel", "Source")
    assert [found[name] for name in names] == [1, 6, 10, 2]
    assert found["Code"].strip().isdigit()


def test_4_3_codes_go_up_and_are_unique(company: Company) -> None:
    first, second = (company.by_key("crm/Accounts", company.customer())["Code"] for _ in range(2))
    assert int(second) == int(first) + 1
    answer = company.post("crm/Accounts", {"Name": "Contract dubbel", "Code": first.strip()})
    assert answer.status_code == 500
    assert message(answer) in {"Gegeven bestaat reeds", "Data already exists"}


def test_4_3_a_code_in_an_update_is_refused_even_unchanged(company: Company) -> None:
    key = company.customer()
    code = company.by_key("crm/Accounts", key)["Code"]
    answer = company.put("crm/Accounts", key, {"Code": code, "City": "Goes"})
    assert answer.status_code == 500
    assert message(answer) in {"Gegeven bestaat reeds", "Data already exists"}


def test_4_3_a_relation_in_use_stays(company: Company) -> None:
    key = company.customer()
    document = company.make("documents/Documents", {"Subject": "Contract", "Type": 55, "Account": key})["ID"]
    answer = company.delete("crm/Accounts", key)
    assert answer.status_code == 500
    assert message(answer).startswith(("Kan niet verwijderen: ", "Can't delete: "))
    company.delete("documents/Documents", document)
    assert company.delete("crm/Accounts", key).status_code == 204


def test_4_4_contacts_addresses_and_bank_accounts_belong_to_a_relation(company: Company) -> None:
    key = company.customer()
    contact = company.make("crm/Contacts", {"Account": key, "LastName": "Contract"})["ID"]
    assert company.by_key("crm/Contacts", contact)["Account"] == key
    company.put("crm/Accounts", key, {"MainContact": contact})
    assert company.by_key("crm/Contacts", contact)["IsMainContact"] is True
    address = company.make("crm/Addresses", {"Account": key, "Type": 3, "City": "Goes"})["ID"]
    assert company.by_key("crm/Addresses", address)["Type"] == 3
    body = {"Account": key, "BankAccount": "NL91ABNA0417164300"}
    bank = company.make("crm/BankAccounts", body)["ID"]
    assert company.by_key("crm/BankAccounts", bank)["Type"].strip() == "A"
    assert company.post("crm/Contacts", {"Account": key}).status_code == 500


def test_4_5_document_attachment_entry_in_that_order(company: Company) -> None:
    document = company.make("documents/Documents", {"Subject": "Contract factuur", "Type": 10})
    assert document["Category"]
    assert document["DocumentDate"] == milliseconds(today())
    assert document["HID"]
    body = {"Document": document["ID"], "FileName": "contract.pdf", "Attachment": base64.b64encode(PDF).decode()}
    attachment = company.make("documents/DocumentAttachments", body)
    assert attachment["Attachment"] is None
    assert attachment["FileSize"] == len(PDF)
    download = company.call("GET", f"{attachment['Url']}&Download=1")
    assert download.content == PDF
    entry = company.book(Document=document["ID"])
    assert entry["Document"] == document["ID"]
    assert company.put("documents/DocumentAttachments", attachment["ID"], {}).status_code == 405


def test_4_5_the_other_direction_is_writable_too(company: Company) -> None:
    entry = company.book()
    body = {"Subject": "Contract factuur", "Type": 10, "FinancialTransactionEntryID": entry["EntryID"]}
    document = company.make("documents/Documents", body)["ID"]
    assert company.by_key("documents/Documents", document)["FinancialTransactionEntryID"] == entry["EntryID"]


def test_4_5_some_types_cannot_be_made(company: Company) -> None:
    for kind in company.rows("documents/DocumentTypes", filter="DocumentIsCreatable eq false", top="1"):
        assert company.post("documents/Documents", {"Subject": "Contract", "Type": kind["ID"]}).status_code == 500
    assert company.rows("documents/DocumentCategories", top="1")


def test_4_6_ledger_data_can_be_read(company: Company) -> None:
    journal = company.row("financial/Journals", filter=f"Code eq '{company.journal}'")
    receivables = company.by_key("financial/GLAccounts", journal["GLAccount"])
    assert (journal["Type"], receivables["Type"]) == (20, 20)
    account = company.by_key("financial/GLAccounts", company.account)
    assert account["Type"] == 110
    assert {account["UseCostcenter"], account["UseCostunit"]} <= {0, 1, 2}
    period = company.row("financial/FinancialPeriods", filter=f"FinYear eq {today().year} and FinPeriod eq 1")
    assert "Status" not in period
    status = company.rows("read/financial/JournalStatusList", filter=f"Journal eq '{company.journal}'")
    assert {row["Status"] for row in status} <= {0, 1}


def test_4_6_dated_percentages(company: Company) -> None:
    code = company.row("vat/VATCodes", filter=f"trim(Code) eq '{company.vat_code}'")
    rows = company.rows("vat/VatPercentages", filter=f"VATCodeID eq guid'{code['ID']}'")
    assert all(row["Type"] in {0, 1} for row in rows)
    assert code["Percentage"] in {row["Percentage"] for row in rows}
    assert 0 <= code["Percentage"] < 1


def test_4_6_the_code_of_a_cost_centre_stays(company: Company) -> None:
    made = company.make("hrm/Costcenters", {"Code": "CONTRACT", "Description": "Contract"})
    company.put("hrm/Costcenters", made["ID"], {"Code": "ANDERS", "Description": "Contract 2"})
    found = company.by_key("hrm/Costcenters", made["ID"])
    assert (found["Code"].strip(), found["Description"]) == ("CONTRACT", "Contract 2")


def test_4_8_debit_is_positive_and_the_header_line_is_nought(company: Company) -> None:
    entry = company.book()
    lines = company.lines_of(entry["EntryID"])
    vat = Decimal(100) * company.percentage
    assert lines[0]["LineNumber"] == 0
    assert lines[0]["AmountDC"] == pytest.approx(float(100 + vat))
    assert sum(Decimal(str(line["AmountDC"])) for line in lines) == 0
    revenue = next(line for line in lines if line["GLAccount"] == company.account)
    assert revenue["AmountDC"] == -100
    assert sum(Decimal(str(line["AmountVATFC"] or 0)) for line in lines) == -vat
    (header,) = company.rows("financialtransaction/Transactions", filter=f"EntryID eq guid'{entry['EntryID']}'")
    assert (header["Type"], header["JournalCode"].strip()) == (20, company.journal)


def test_4_8_three_ways_to_the_same_lines(company: Company) -> None:
    key = company.book()["EntryID"]
    where = f"EntryID eq guid'{key}'"
    found = [
        {row["ID"] for row in company.rows(path, select="ID", filter=condition)}
        for path, condition in (
            ("financialtransaction/TransactionLines", where),
            ("bulk/Financial/TransactionLines", where),
            ("sync/Financial/TransactionLines", f"Timestamp gt 1L and {where}"),
        )
    ]
    assert found[0] == found[1] == found[2] != set()


def test_4_8_an_entry_is_receivable(company: Company) -> None:
    entry = company.book()
    total = float(100 * (1 + company.percentage))
    where = f"TransactionEntryID eq guid'{entry['EntryID']}'"
    names = "AmountDC,TransactionAmountDC,IsFullyPaid,Status"
    (found,) = company.rows("cashflow/Receivables", filter=where, select=names)
    assert found["AmountDC"] == pytest.approx(-total)
    assert found["TransactionAmountDC"] == pytest.approx(total)
    assert (found["IsFullyPaid"], found["Status"]) == (False, 20)
    (item,) = company.rows("read/financial/ReceivablesList", filter=f"EntryNumber eq {entry['EntryNumber']}")
    assert item["Amount"] == pytest.approx(total)
    assert item["AccountId"] == entry["Customer"]


def test_4_8_a_paid_invoice_is_gone_from_the_list_and_matched(practice: Company) -> None:
    entry = practice.book()
    receipt: Json = {"division": practice.division, "journal": "70", "year": today().year}
    practice.steer("receipts", receipt | {"entry_numbers": [entry["EntryNumber"]], "amount": "21.00"})
    where = f"EntryNumber eq {entry['EntryNumber']}"
    (rest,) = practice.rows("read/financial/ReceivablesList", filter=where)
    assert rest["Amount"] == 100
    names = "IsFullyPaid,Status,LastPaymentDate"
    assert {row["IsFullyPaid"] for row in practice.rows("cashflow/Receivables", filter=where, select=names)} == {False}
    practice.steer("receipts", receipt | {"entry_numbers": [entry["EntryNumber"]]})
    assert practice.rows("read/financial/ReceivablesList", filter=where) == []
    rows = practice.rows("cashflow/Receivables", filter=where, select=names)
    assert {(row["IsFullyPaid"], row["Status"]) for row in rows} == {(True, 50)}
    assert all(row["LastPaymentDate"] for row in rows)


class _Hook(http.server.BaseHTTPRequestHandler):
    bodies: queue.Queue[bytes]

    def do_POST(self) -> None:
        self.bodies.put(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def hook() -> Iterator[tuple[str, queue.Queue[bytes]]]:
    bodies: queue.Queue[bytes] = queue.Queue()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Hook", (_Hook,), {"bodies": bodies}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", bodies
    server.shutdown()
    server.server_close()


def test_4_9_a_subscription_is_tried_first_and_then_told(
    practice: Company, hook: tuple[str, queue.Queue[bytes]]
) -> None:
    address, bodies = hook
    subscription = {"Topic": "Accounts", "CallbackURL": address}
    assert practice.post("webhooks/WebhookSubscriptions", subscription).status_code == 201
    assert bodies.get(timeout=10) == b""
    again = practice.post("webhooks/WebhookSubscriptions", subscription)
    assert (again.status_code, message(again)) == (500, "Gegeven bestaat reeds")
    key = practice.customer()
    event = json.loads(bodies.get(timeout=10))
    names = {"Topic", "ClientId", "Division", "Action", "Key", "ExactOnlineEndpoint", "EventCreatedOn"}
    assert set(event["Content"]) == names
    assert event["Content"]["Key"] == key
    assert event["HashCode"] == event["HashCode"].upper()
    assert len(event["HashCode"]) == 64
