"""What changes in the Coachview simulator: write-back, control calls, webhooks, state, PDFs."""

import hashlib
import hmac
import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.sim.coachview.practice_coachview import Coachview, practice_coachview

from boekbrug_sim.data.dates import PracticeDates
from boekbrug_sim.data.ledger import ledger_rows
from boekbrug_sim.data.scenarios import scenario

Calls = queue.Queue[tuple[str | None, bytes]]


@contextmanager
def listener(*, refuse_first: int = 0) -> Iterator[tuple[str, Calls]]:
    """An address that takes webhooks, and the (signature, body) of each; the first ones may be refused."""
    got: Calls = queue.Queue()
    refusals = [500] * refuse_first

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(refusals.pop() if refusals else 200)
            self.end_headers()
            got.put((self.headers["X-WebHook-Signature"], body))

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_confirmed_and_paid_are_written_back(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    fields = {
        "bevestigd": True,
        "bevestigdOmschrijving": "Geboekt als 20260004",
        "betaald": True,
        "betaaldDatum": "2026-11-20",
        "betaaldBedrag": 359.44,
        "betaaldOmschrijving": None,
    }
    assert coachview.http.put(f"/api/v1/Facturen/{invoice['id']}", json=fields).status_code == 204
    after = coachview.invoice("20260004")
    assert {name: after[name] for name in fields} == fields
    assert after["audittrail"]["gewijzigdDatumTijd"] == "2026-11-24T12:00:00"
    assert after["factuurregels"] == invoice["factuurregels"]


@pytest.mark.parametrize(
    "body",
    [
        '{"totaalInclBtw": 1}',
        '{"betaald": "ja"}',
        '{"betaaldDatum": "vandaag"}',
        '{"betaaldDatum": "2026-11-20 en verder"}',
        '{"betaaldBedrag": "1"}',
        '{"betaaldBedrag": 1e999}',
        '{"betaaldBedrag": NaN}',
        '{"betaald": true, "Betaald": false}',
        "{}",
        "[]",
        "x",
    ],
)
def test_nothing_else_can_be_written(coachview: Coachview, body: str) -> None:
    invoice = coachview.invoice("20260004")
    assert coachview.http.put(f"/api/v1/Facturen/{invoice['id']}", content=body).status_code == 400
    assert coachview.invoice("20260004") == invoice


def test_writing_to_an_unknown_invoice_is_a_404(coachview: Coachview) -> None:
    answer = coachview.http.put("/api/v1/Facturen/3fa85f64-0000-4562-b3fc-2c963f66afa6", json={"betaald": True})
    assert answer.status_code == 404


def test_a_control_call_changes_one_record_by_any_spelling_of_its_fields(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260002")
    values = {"FactuurStatusId": "Concept", "debiteur.naam": "Ander", "factuurdatum": "onzin"}
    coachview.control("records", {"entity": "facturen", "id": invoice["id"], "values": values})
    after = coachview.invoice("20260002")
    assert (after["factuurStatusId"], after["debiteur"]["naam"], after["factuurdatum"]) == ("Concept", "Ander", "onzin")
    assert after["debiteur"]["iban"] == invoice["debiteur"]["iban"]
    assert "FactuurStatusId" not in after


def test_a_changed_debtor_is_seen_on_its_invoices(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    change = {"entity": "Debiteuren", "id": invoice["debiteurId"], "values": {"email1": "nieuw@post.example"}}
    coachview.control("records", change)
    assert coachview.invoice("20260004")["debiteur"]["email1"] == "nieuw@post.example"
    (debtor,) = coachview.get("Debiteuren", where=f"id={invoice['debiteurId']}").json()
    assert debtor["audittrail"]["gewijzigdDatumTijd"] == "2026-11-24T12:00:00"


def test_a_record_without_id_is_made(coachview: Coachview) -> None:
    template = coachview.invoice("20260004")
    made = coachview.control("records", {"entity": "Facturen", "values": {**template, "factuurnummer": "20264999"}})
    new = coachview.invoice("20264999")
    assert new["id"] == made["id"] != template["id"]
    assert coachview.get(f"Facturen/{made['id']}").status_code == 200
    assert coachview.get("Facturen", Count="true").headers["RowCount"] == "61"


@pytest.mark.parametrize(
    "data",
    [
        {"entity": "Onbekend", "values": {}},
        {"entity": "Facturen", "id": "geen", "values": {}},
        {"entity": "Facturen", "values": []},
        {"values": {}},
    ],
)
def test_a_control_call_that_makes_no_sense_is_a_400(coachview: Coachview, data: dict[str, Any]) -> None:
    assert coachview.http.post("/_sim/records", json=data).status_code == 400


def test_reset_forgets_changes_and_tokens(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    coachview.http.put(f"/api/v1/Facturen/{invoice['id']}", json={"betaald": True})
    coachview.control("reset", {})
    assert coachview.get("Facturen").status_code == 401
    coachview.login()
    assert coachview.invoice("20260004")["betaald"] is False


def test_a_change_calls_the_registered_webhooks_with_a_signature(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    with listener() as (url, got):
        coachview.control("webhooks", {"url": url, "secret": "geheim"})
        coachview.control("records", {"entity": "Facturen", "id": invoice["id"], "values": {"opmerking": "x"}})
        signature, body = got.get(timeout=10)
    assert signature == hmac.new(b"geheim", body, hashlib.sha512).hexdigest()
    assert json.loads(body)["id"] == invoice["id"]


def test_a_webhook_that_is_refused_comes_again(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    with listener(refuse_first=1) as (url, got):
        coachview.control("webhooks", {"url": url, "secret": "geheim"})
        coachview.control("records", {"entity": "Facturen", "id": invoice["id"], "values": {"opmerking": "x"}})
        assert got.get(timeout=10) == got.get(timeout=10)


def test_a_webhook_can_come_twice_wrongly_signed_or_not_signed(coachview: Coachview) -> None:
    change = {"entity": "Facturen", "id": coachview.invoice("20260004")["id"], "values": {"opmerking": "x"}}
    with listener() as (url, got):
        coachview.control("webhooks", {"url": url, "secret": "geheim"})
        coachview.control("switches", {"webhook_times": 2})
        coachview.control("records", change)
        assert got.get(timeout=10) == got.get(timeout=10)
        coachview.control("switches", {"webhook_times": 1, "webhook_signature": "wrong"})
        coachview.control("records", change)
        signature, body = got.get(timeout=10)
        assert signature
        assert signature != hmac.new(b"geheim", body, hashlib.sha512).hexdigest()
        coachview.control("switches", {"webhook_signature": "none"})
        coachview.control("records", change)
        assert got.get(timeout=10)[0] is None


def test_a_late_webhook_comes_after_a_later_one(coachview: Coachview) -> None:
    first, second = coachview.invoice("20260004")["id"], coachview.invoice("20260005")["id"]
    with listener() as (url, got):
        coachview.control("webhooks", {"url": url, "secret": "geheim"})
        for seconds, invoice_id in ((2, first), (0, second)):
            coachview.control("switches", {"webhook_seconds_late": seconds})
            coachview.control("records", {"entity": "Facturen", "id": invoice_id, "values": {"opmerking": "x"}})
        assert [json.loads(got.get(timeout=10)[1])["id"] for _ in range(2)] == [second, first]


@pytest.mark.parametrize("url", ["", "nergens", "ftp://127.0.0.1/", "http://", "http://[::1", 5])
def test_a_webhook_needs_an_address(coachview: Coachview, url: object) -> None:
    answer = coachview.http.post("/_sim/webhooks", json={"url": url})
    assert (answer.status_code, "address" in answer.json()["error"]) == (400, True)
    assert coachview.http.get("/_sim/webhooks").json() == {"webhooks": []}


def test_webhooks_are_listed_and_can_be_ended(coachview: Coachview) -> None:
    coachview.control("webhooks", {"url": "https://127.0.0.1/hook", "secret": "geheim"})
    assert coachview.http.get("/_sim/webhooks").json() == {"webhooks": ["https://127.0.0.1/hook"]}
    assert coachview.http.delete("/_sim/webhooks").json() == {"webhooks": []}


def test_an_invoice_that_the_clock_brings_calls_the_webhooks(coachview: Coachview) -> None:
    last = coachview.invoice("20260028")
    coachview.control("clock", {"freeze": "2026-11-20T07:00:00+00:00"})
    with listener() as (url, got):
        coachview.control("webhooks", {"url": url, "secret": "geheim"})
        ids = set()
        coachview.control("clock", {"freeze": "2026-11-20T09:00:00+00:00"})
        while last["id"] not in ids:
            ids.add(json.loads(got.get(timeout=10)[1])["id"])
    assert len(ids) <= 2


def test_everything_survives_a_restart_with_a_state_file(tmp_path: Path) -> None:
    state = tmp_path / "coachview.db"
    with practice_coachview(state=state) as coachview:
        invoice = coachview.invoice("20260004")
        coachview.http.put(f"/api/v1/Facturen/{invoice['id']}", json={"bevestigd": True})
        authorization = coachview.http.headers["Authorization"]
        made = coachview.control("records", {"entity": "Facturen", "values": {**invoice, "factuurnummer": "X1"}})
    with practice_coachview(state=state, now="2026-11-24T11:30:00+00:00", load=False) as coachview:
        coachview.http.headers["Authorization"] = authorization
        assert coachview.invoice("20260004")["bevestigd"] is True
        assert coachview.invoice("X1")["id"] == made["id"]
    with practice_coachview(state=state, fresh=True) as coachview:
        assert coachview.invoice("20260004")["bevestigd"] is False


@pytest.mark.parametrize("name", ["load", "load-new"])
def test_load_invoices_have_three_lines_and_their_debtors_are_known_or_not(name: str) -> None:
    with practice_coachview(scenario=name, invoices=120) as coachview:
        rows = coachview.invoices(take="100", skip="20", orderby="audittrail.gewijzigdDatumTijd asc")
    assert all(len(row["factuurregels"]) == 3 for row in rows)
    dates = PracticeDates(today=date(2026, 11, 24))
    known = {
        str(row.values["Code"]): row.values["Email"]
        for row in ledger_rows(name, 1, today=dates.today)
        if row.entity == "Accounts"
    }
    agree = [known.get(row["debiteur"]["debiteurnummer"]) == row["debiteur"]["email1"] for row in rows]
    assert set(agree) == {name == "load"}
    debtors = {row["debiteurId"] for row in rows}
    assert len(debtors) == len(rows) if name == "load-new" else len(debtors) < len(rows)


def test_the_same_seed_gives_the_same_load_and_another_seed_another() -> None:
    dates = PracticeDates(today=date(2026, 11, 24))
    first, same, other = (scenario("load", seed=seed, invoices=20, dates=dates) for seed in (1, 1, 2))
    assert list(first.invoices) == list(same.invoices)
    assert list(first.invoices) != list(other.invoices)
    assert all(first.invoices.find(invoice.id) == index for index, invoice in enumerate(first.invoices))
