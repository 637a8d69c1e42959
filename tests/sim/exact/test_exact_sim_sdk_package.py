"""The PyPI package `exact-online-sdk` drives the simulator unchanged but for the addresses: simulators.md."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from exact_online_sdk.api.endpoints import AccountsAPI, MeAPI
from exact_online_sdk.auth import ExactOnlineAuth
from exact_online_sdk.client import ExactOnlineClient
from exact_online_sdk.config import Settings
from tests.sim.exact.practice_office import NL, REDIRECT, USER, Office


@pytest.fixture
def client(office: Office) -> Iterator[ExactOnlineClient]:
    """A client of the package that is logged in; it names its app in a Basic header."""
    chosen = Settings(
        client_id="sim-client",
        client_secret="sim-secret",
        redirect_uri=REDIRECT,
        base_url=office.address,
        auth_url=f"{office.address}/api/oauth2/auth",
        token_url=f"{office.address}/api/oauth2/token",
        division=NL,
    )
    auth = ExactOnlineAuth(chosen)
    answer = office.http.get(f"{auth.get_authorization_url('s')}&sim_user={USER}")
    auth.exchange_code_for_token(parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0])
    with ExactOnlineClient(chosen, auth=auth) as opened:
        yield opened


def test_it_reads_me_and_pages(office: Office, client: ExactOnlineClient) -> None:
    assert MeAPI(client).list()[0].current_division == NL
    for _ in range(70):
        office.customer()
    pages = [len(page) for page in client.iter_pages("crm/Accounts", params={"$select": "ID,Code"})]
    assert pages[0] == 60
    assert sum(pages) == int(office.get("crm/Accounts/$count").text)


def test_it_makes_a_customer_and_books_an_invoice(office: Office, client: ExactOnlineClient) -> None:
    made = AccountsAPI(client).create({"Name": "Klant van de SDK"}, raw=True)
    client.put(f"crm/Accounts(guid'{made['ID']}')", json={"Status": "C", "PaymentConditionSales": "30"})
    line = {"AmountFC": 100, "GLAccount": office.account(), "VATCode": "4"}
    entry = {"Customer": made["ID"], "Journal": "70", "EntryDate": "2026-06-10", "SalesEntryLines": [line]}
    booked = client.post("salesentry/SalesEntries", json=entry)
    assert (booked["EntryNumber"], booked["AmountFC"]) == (26700001, 121)
    (found,) = client.get("salesentry/SalesEntries", params={"$filter": f"EntryID eq guid'{booked['EntryID']}'"})
    assert found["CustomerName"] == "Klant van de SDK"
