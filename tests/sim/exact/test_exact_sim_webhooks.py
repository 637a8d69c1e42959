"""Webhooks: the validation call, the signature over the raw text, retries: exact-rest.md 4.9."""

import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.sim.exact.practice_office import NL, Office, open_office

WAIT_SECONDS = 10


class Listener:
    """A subscriber: what it was sent, and the statuses that it answers with (200 when none is left)."""

    def __init__(self) -> None:
        self.bodies: queue.Queue[bytes] = queue.Queue()
        self.statuses: queue.Queue[int] = queue.Queue()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener.bodies.put(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200 if listener.statuses.empty() else listener.statuses.get())
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_values: object) -> None:
                """Tests are silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def next(self) -> bytes:
        return self.bodies.get(timeout=WAIT_SECONDS)


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def subscribe(office: Office, listener: Listener, topic: str) -> Any:
    return office.post("webhooks/WebhookSubscriptions", {"Topic": topic, "CallbackURL": listener.url})


def test_the_address_is_called_with_an_empty_body_first(office: Office, listener: Listener) -> None:
    assert subscribe(office, listener, "Accounts").status_code == 201
    assert listener.next() == b""
    listener.statuses.put(404)
    assert subscribe(office, listener, "Contacts").status_code == 500
    rows = office.rows("webhooks/WebhookSubscriptions", select="Topic,ClientID")
    assert [row["Topic"] for row in rows] == ["Accounts"]


def test_an_event_is_signed_over_its_raw_text(office: Office, listener: Listener) -> None:
    subscribe(office, listener, "Accounts")
    listener.next()
    key = office.customer()
    text = listener.next().decode()
    content = text[len('{"Content":') : text.index(',"HashCode"')]
    expected = hmac.new(b"sim-webhook", content.encode(), hashlib.sha256).hexdigest().upper()
    assert json.loads(text)["HashCode"] == expected
    event = json.loads(text)["Content"]
    assert (event["Topic"], event["Division"], event["Key"], event["Action"]) == ("Accounts", NL, key, "Create")
    assert event["EventCreatedOn"] == "2026-06-15T10:00:00.000"
    assert office.http.get(event["ExactOnlineEndpoint"]).json()["d"]["ID"] == key
    office.put("crm/Accounts", key, {"City": "Goes"})
    assert json.loads(listener.next())["Content"]["Action"] == "Update"
    office.delete("crm/Accounts", key)
    assert json.loads(listener.next())["Content"]["Action"] == "Delete"


def test_a_sales_entry_is_told_as_financial_transaction_too(office: Office, listener: Listener) -> None:
    body = office.entry_body()
    subscribe(office, listener, "SalesEntries")
    subscribe(office, listener, "FinancialTransactions")
    listener.next(), listener.next()
    key = office.book(**body)["EntryID"]
    events = [json.loads(listener.next())["Content"] for _ in range(2)]
    assert {event["Topic"] for event in events} == {"SalesEntries", "FinancialTransactions"}
    assert {event["Key"] for event in events} == {key}


def test_a_receipt_is_told_as_a_transaction_and_as_a_bank_entry_and_its_undoing_too(
    office: Office, listener: Listener
) -> None:
    number = office.book()["EntryNumber"]
    for topic in ("FinancialTransactions", "BankEntries"):
        subscribe(office, listener, topic)
        listener.next()
    place = {"division": NL, "journal": "70", "year": 2026, "entry_numbers": [number]}
    receipt = office.control("receipts", place)["id"]
    events = [json.loads(listener.next())["Content"] for _ in range(2)]
    assert {(event["Topic"], event["Action"]) for event in events} == {
        ("FinancialTransactions", "Create"),
        ("BankEntries", "Create"),
    }
    (key,) = {event["Key"] for event in events}
    assert office.rows("financialtransaction/Transactions", filter=f"EntryID eq guid'{key}'")
    office.http.delete(f"/_sim/receipts/{receipt}")
    undone = [json.loads(listener.next())["Content"] for _ in range(2)]
    assert {(event["Topic"], event["Action"], event["Key"]) for event in undone} == {
        ("FinancialTransactions", "Delete", key),
        ("BankEntries", "Delete", key),
    }


def test_an_event_can_come_twice(office: Office, listener: Listener) -> None:
    subscribe(office, listener, "Accounts")
    listener.next()
    office.control("switches", {"webhook_twice": True})
    office.customer()
    assert listener.next() == listener.next() != b""


def test_a_refused_entry_is_told_to_nobody(office: Office, listener: Listener) -> None:
    subscribe(office, listener, "SalesEntries")
    listener.next()
    office.post("salesentry/SalesEntries", office.entry_body(Journal="??"))
    office.book()
    assert json.loads(listener.next())["Content"]["Action"] == "Create"
    assert listener.bodies.empty()


def test_an_event_is_sent_again_until_it_is_taken(office: Office, listener: Listener) -> None:
    office.control("switches", {"webhook_retry_seconds": 0.01})
    subscribe(office, listener, "Accounts")
    listener.next()
    for status in (500, 404):
        listener.statuses.put(status)
    office.customer()
    assert listener.next() == listener.next() == listener.next()


def test_the_same_topic_twice_is_refused(office: Office, listener: Listener) -> None:
    subscribe(office, listener, "Accounts")
    assert office.refusal(subscribe(office, listener, "Accounts")) == ["Gegeven bestaat reeds"]


@pytest.mark.parametrize("url", ["http://boekbrug.example/hook", "nonsense", "http://[::1", ""])
def test_an_address_elsewhere_must_be_https(office: Office, url: str) -> None:
    body = {"Topic": "Accounts", "CallbackURL": url}
    assert office.post("webhooks/WebhookSubscriptions", body).status_code == 500


def test_an_unknown_topic_is_refused(office: Office, listener: Listener) -> None:
    assert office.refusal(subscribe(office, listener, "Weather")) == ["Ongeldig: Topic"]


def test_a_subscription_can_be_ended(office: Office, listener: Listener) -> None:
    key = subscribe(office, listener, "Accounts").json()["d"]["ID"]
    listener.next()
    assert office.delete("webhooks/WebhookSubscriptions", key).status_code == 204
    office.customer()
    assert listener.bodies.empty()


def test_an_event_that_was_not_taken_is_sent_after_a_stop(tmp_path: Path, listener: Listener) -> None:
    state = tmp_path / "exact.db"
    with open_office(state=state) as office:
        office.control("switches", {"webhook_retry_seconds": 0.1})
        assert subscribe(office, listener, "Accounts").status_code == 201
        listener.next()
        listener.statuses.put(500)
        key = office.customer()
        first = listener.next()
    with open_office(state=state):
        assert listener.next() == first
    assert json.loads(first)["Content"]["Key"] == key
    with open_office(state=state) as office:
        office.customer()
        assert listener.next() != first


def test_events_can_come_in_another_order(office: Office, listener: Listener) -> None:
    office.control("switches", {"webhook_order": "shuffled"})
    subscribe(office, listener, "Accounts")
    listener.next()
    made = [office.customer() for _ in range(12)]
    told = [json.loads(listener.next())["Content"]["Key"] for _ in made]
    assert sorted(told) == sorted(made)
    assert told != made


def test_a_scenario_forgets_what_was_still_to_be_told(office: Office, listener: Listener) -> None:
    office.control("switches", {"webhook_retry_seconds": 0.2})
    subscribe(office, listener, "Accounts")
    listener.next()
    listener.statuses.put(500)
    old = office.customer()
    assert json.loads(listener.next())["Content"]["Key"] == old
    office.control("scenario", {"name": "demo"})
    subscribe(office, listener, "Accounts")
    listener.next()
    new = office.customer()
    assert json.loads(listener.next())["Content"]["Key"] == new


def test_a_changed_address_is_tried_too(office: Office, listener: Listener) -> None:
    key = subscribe(office, listener, "Accounts").json()["d"]["ID"]
    listener.next()
    refused = office.put("webhooks/WebhookSubscriptions", key, {"CallbackURL": "http://elsewhere.example/x"})
    assert office.refusal(refused) == ["Ongeldig: CallbackURL"]
    listener.statuses.put(500)
    refused = office.put("webhooks/WebhookSubscriptions", key, {"CallbackURL": f"{listener.url}/other"})
    assert office.refusal(refused) == ["Ongeldig: CallbackURL"]
    assert listener.next() == b""
    changed = office.put("webhooks/WebhookSubscriptions", key, {"CallbackURL": f"{listener.url}/other"})
    assert (changed.status_code, listener.next()) == (204, b"")
    customer = office.customer()
    assert json.loads(listener.next())["Content"]["Key"] == customer


def test_only_goods_deliveries_are_instant(office: Office, listener: Listener) -> None:
    body = {"Topic": "Accounts", "CallbackURL": listener.url, "IsInstant": True}
    assert office.refusal(office.post("webhooks/WebhookSubscriptions", body)) == ["Niet toegestaan: IsInstant"]
    assert office.post("webhooks/WebhookSubscriptions", body | {"Topic": "GoodsDeliveries"}).status_code == 201
