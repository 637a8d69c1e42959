"""A new debtor with all that hangs on it, and PDFs that come late or are replaced: one of each in Exact."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.contract.company import Company, Json
from tests.journeys.house import House, house

from boekbrug.cli.practice import DIVISION_NL, EXACT_CLIENT, consent

pytestmark = pytest.mark.journey

FIRST, SECOND, THIRD = "30000001", "30000002", "30000003"
DEBTOR, OTHER = "1f0ad002-0000-4000-8000-000000000000", "1f0ad002-0000-4000-8000-000000000001"
INVOICES = {number: f"1f0ad000-0000-4000-8000-{place:012x}" for place, number in enumerate((FIRST, SECOND, THIRD))}
HERE = "http://127.0.0.1/back"


@pytest.fixture
def noord(tmp_path: Path) -> Iterator[House]:
    """An institute that overwrites customer data; its three invoices are all for one new debtor, the last a draft."""
    with house(tmp_path, scenario="load-new", invoices=3) as ours:
        change(ours, "debtors", DEBTOR, {"factuurAdres.adres1": "Postbus 9", "factuurAdres.plaats": "Zwolle"})
        for number in (SECOND, THIRD):
            change(ours, "invoices", INVOICES[number], {"debiteurId": DEBTOR, "debiteur": None})
        change(ours, "invoices", INVOICES[THIRD], {"factuurStatusId": "Concept"})
        ours.book.coachview.control("switches", {"pdf_missing": SECOND, "pdf_broken": THIRD})
        options = {
            "name": "Exact Online", "site": "practice", "division": DIVISION_NL, "country": "NL",
            "book_from": start_of_last_month().isoformat(), "overwrite_customer": True,
        }  # fmt: skip
        ours.script("settle_one.py", ours.book.coachview.address, json.dumps(options))
        yield ours


def start_of_last_month() -> date:
    """Since when the institute has invoices."""
    end = date.today().replace(day=1) - timedelta(days=1)  # noqa: DTZ011  # the program goes by the wall clock too
    return end.replace(day=1)


def change(ours: House, entity: str, record_id: str, values: dict[str, Any]) -> None:
    ours.book.coachview.control("records", {"entity": entity, "id": record_id, "values": values})


def exact_of(ours: House) -> Company:
    """The books in Exact as an app of its own sees them."""
    return company_at(ours.book.exact.address)


@contextmanager
def company(exact: str) -> Iterator[Company]:
    """The books in Exact at this address, for a while."""
    ours = company_at(exact)
    with ours.http:
        yield ours


def company_at(exact: str) -> Company:
    """The books in Exact at this address, as an app of its own sees them."""
    asked = f"{exact}/api/oauth2/auth?client_id={EXACT_CLIENT[0]}&redirect_uri={HERE}&response_type=code"
    form = {
        "grant_type": "authorization_code", "code": consent(asked)["code"], "redirect_uri": HERE,
        "client_id": EXACT_CLIENT[0], "client_secret": EXACT_CLIENT[1],
    }  # fmt: skip
    token = httpx2.post(f"{exact}/api/oauth2/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return Company(http=httpx2.Client(base_url=exact, headers=headers), division=DIVISION_NL)


def the_customer(exact: Company) -> Json:
    return exact.row("crm/Accounts", filter="trim(Code) eq '10001'")


def hanging_on(exact: Company, customer: Json) -> list[int]:
    """How many contacts, invoice addresses and bank accounts the customer has."""
    mine = f"Account eq guid'{customer['ID']}'"
    wanted = {"crm/Contacts": mine, "crm/Addresses": f"{mine} and Type eq 3", "crm/BankAccounts": mine}
    return [len(exact.rows(path, filter=condition)) for path, condition in wanted.items()]


def documents(exact: Company, number: str) -> list[Json]:
    return exact.rows("documents/Documents", filter=f"substringof('{number}',Subject) eq true")


def files(exact: Company, document: Json) -> list[Json]:
    return exact.rows("documents/DocumentAttachments", filter=f"Document eq guid'{document['ID']}'")


def sent(ours: House, method: str, path: str) -> list[Json]:
    calls = ours.book.exact.read("calls")
    return [call for call in calls if call["method"] == method and f"/{path}" in call["path"]]


def test_one_of_each_in_exact_whatever_comes_late_changes_or_is_refused(noord: House) -> None:
    noord.run("sync", "--all", "--until-idle")
    assert noord.states() == {FIRST: "proven", SECOND: "proven", THIRD: "skipped"}
    exact = exact_of(noord)
    customer = the_customer(exact)
    assert hanging_on(exact, customer) == [1, 1, 1]
    assert (len(documents(exact, FIRST)), documents(exact, SECOND)) == (1, [])
    assert sent(noord, "PUT", "crm/") == []

    # The PDF is there at last, a person asks for it; meanwhile the debtor's e-mail changed, and a month was closed.
    entry = exact.row("salesentry/SalesEntries", filter=f"EntryNumber eq {SECOND}")
    noord.book.coachview.control("switches", {"pdf_missing": ""})
    assert noord.script("try_again.py", SECOND) == "1\n"
    change(noord, "debtors", DEBTOR, {"email1": "crediteuren@debiteur10001.example"})
    change(noord, "invoices", INVOICES[THIRD], {"factuurStatusId": "Definitief"})
    close_the_journal(noord, "closed")
    noord.run("sync", "--all", "--until-idle", check=False)
    (late,) = documents(exact, SECOND)
    assert late["FinancialTransactionEntryID"] == entry["EntryID"]
    assert len(files(exact, late)) == 1
    assert noord.states() == {FIRST: "proven", SECOND: "proven", THIRD: "held"}
    (refused_one,) = documents(exact, THIRD)

    # Only the e-mail was overwritten, with one call, although the entry behind it was refused.
    assert [call["status"] for call in sent(noord, "PUT", "crm/")] == [204]
    after = the_customer(exact)
    differing = {name for name, value in after.items() if value != customer[name]}
    assert differing - {"Modified", "ModifierFullName", "Modifier", "__metadata"} == {"Email"}

    # The month is open again and the PDF has become another: the document of the refused entry is replaced.
    close_the_journal(noord, "open")
    noord.book.coachview.control("switches", {"pdf_broken": ""})
    assert noord.script("try_again.py", THIRD) == "1\n"
    noord.run("sync", "--all", "--until-idle")
    assert set(noord.states().values()) == {"proven"}
    (replaced,) = documents(exact, THIRD)
    assert replaced["ID"] != refused_one["ID"]
    assert len(files(exact, replaced)) == 1
    assert [call["status"] for call in sent(noord, "DELETE", "documents/")] == [204]
    assert hanging_on(exact, customer) == [1, 1, 1]
    exact.http.close()


def close_the_journal(ours: House, status: str) -> None:
    """Close or open the sales journal in all months in which an invoice of the institute may be dated."""
    for year in {start_of_last_month().year, date.today().year}:  # noqa: DTZ011  # the program goes by the wall clock too
        for month in range(1, 13):
            period = {"division": DIVISION_NL, "journal": "70", "year": year, "period": month}
            ours.book.exact.control("periods", {**period, "status": status})


def test_what_somebody_deletes_in_exact_by_hand_is_made_anew(noord: House) -> None:
    noord.book.coachview.control("switches", {"pdf_missing": "", "pdf_broken": ""})
    noord.run("sync", "--all", "--until-idle")
    exact = exact_of(noord)
    before = {row["ID"] for row in exact.rows("crm/Accounts", select="ID")}

    # A customer and a document are made, and the entry is refused because a month was closed.
    change(noord, "invoices", INVOICES[THIRD], {"debiteurId": OTHER, "factuurStatusId": "Definitief"})
    close_the_journal(noord, "closed")
    noord.run("sync", "--all", "--until-idle", check=False)
    assert noord.states()[THIRD] == "held"
    (document,) = documents(exact, THIRD)
    (customer,) = {row["ID"] for row in exact.rows("crm/Accounts", select="ID")} - before

    # Somebody takes both away, longer than a minute after they were made.
    noord.script("run_sql.py", "UPDATE store_intent SET closed_at = closed_at - interval '2 minutes'")
    assert exact.delete("documents/Documents", document["ID"]).status_code == 204
    assert exact.delete("crm/Accounts", customer).status_code == 204
    close_the_journal(noord, "open")
    assert noord.script("try_again.py", THIRD) == "1\n"
    noord.run("sync", "--all", "--until-idle")
    assert noord.states()[THIRD] == "proven"
    (again,) = {row["ID"] for row in exact.rows("crm/Accounts", select="ID")} - before
    (whole,) = documents(exact, THIRD)
    entry = exact.row("salesentry/SalesEntries", filter=f"EntryNumber eq {THIRD}")
    assert (entry["Customer"], entry["Document"], whole["Account"]) == (again, whole["ID"], again)
    assert len(files(exact, whole)) == 1
    exact.http.close()
