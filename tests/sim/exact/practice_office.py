"""A practice office for tests: an Exact simulator behind real HTTP, and a client that is logged in."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from boekbrug_sim.control import running
from boekbrug_sim.exact.app import Simulator

NOW = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
NL = 100001
BE = 100002
REDIRECT = "http://127.0.0.1:9/return"
USER = "demo@sim.example"

Json = dict[str, Any]


class Office:
    """The simulator with one logged-in client in the Dutch division."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx2.Client(base_url=address, headers={"Accept": "application/json"}, timeout=20.0)
        self.pair: Json = {}
        self._made = 0

    # --- login

    def code(self, user: str = USER, **more: str) -> str:
        """A code without a browser."""
        query = {"client_id": "sim-client", "redirect_uri": REDIRECT, "response_type": "code", "sim_user": user}
        answer = self.http.get("/api/oauth2/auth", params=query | more)
        assert answer.status_code == 302, answer.text
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def token(self, **form: str) -> httpx2.Response:
        """A call of the token endpoint with the practice app."""
        body = {"client_id": "sim-client", "client_secret": "sim-secret"} | form
        return self.http.post("/api/oauth2/token", data=body)

    def redeem(self, code: str) -> httpx2.Response:
        """Tokens for a code."""
        return self.token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT)

    def refresh(self, refresh_token: str) -> httpx2.Response:
        """The next pair."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def log_in(self, user: str = USER) -> None:
        """Use a fresh token from now on."""
        self.pair = self.redeem(self.code(user)).json()
        self.http.headers["Authorization"] = f"Bearer {self.pair['access_token']}"

    # --- data calls

    def get(self, path: str, division: int = NL, **options: Any) -> httpx2.Response:
        """A GET under the division; options without their dollar sign."""
        params = {f"${name}": value for name, value in options.items()}
        return self.http.get(f"/api/v1/{division}/{path}", params=params)

    def rows(self, path: str, division: int = NL, **options: Any) -> list[Json]:
        """The rows of a list, of whichever shape."""
        answer = self.get(path, division, **options)
        assert answer.status_code == 200, answer.text
        found = answer.json()["d"]
        rows: list[Json] = found if isinstance(found, list) else found["results"]
        return rows

    def row(self, path: str, division: int = NL, **options: str) -> Json:
        """The only row of a list."""
        (found,) = self.rows(path, division, **options)
        return found

    def post(self, path: str, body: Any, division: int = NL, **headers: str) -> httpx2.Response:
        """A POST under the division."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(f"/api/v1/{division}/{path}", json=body, headers=named)

    def put(self, path: str, key: str, body: Any, division: int = NL) -> httpx2.Response:
        """A PUT on one object."""
        return self.http.put(f"/api/v1/{division}/{path}(guid'{key}')", json=body)

    def delete(self, path: str, key: str, division: int = NL) -> httpx2.Response:
        """A DELETE of one object."""
        return self.http.delete(f"/api/v1/{division}/{path}(guid'{key}')")

    def control(self, verb: str, body: Any) -> Any:
        """A control call that must succeed."""
        answer = self.http.post(f"/_sim/{verb}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ledger(self) -> list[Json]:
        """All ledger lines."""
        found: list[Json] = self.http.get("/_sim/ledger").json()
        return found

    # --- things to book with

    def account(self, code: str = "8000") -> str:
        """The guid of a G/L account."""
        return str(self.row("financial/GLAccounts", filter=f"Code eq '{code}'", select="ID")["ID"])

    def customer(self, **more: Any) -> str:
        """A new customer; its guid."""
        self._made += 1
        body = {"Name": f"Klant {self._made}", "Status": "C", "PaymentConditionSales": "30"} | more
        answer = self.post("crm/Accounts", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["d"]["ID"])

    def entry_body(self, **more: Any) -> Json:
        """A sales entry of one line of 100.00 with 21% VAT, for a new customer unless one is given."""
        line = {"AmountFC": 100, "GLAccount": self.account(), "VATCode": "4"}
        body = {"Journal": "70", "EntryDate": "2026-06-10", "SalesEntryLines": [line]} | more
        if "Customer" not in body:
            body["Customer"] = self.customer()
        return body

    def book(self, **more: Any) -> Json:
        """Book such an entry; its answer."""
        answer = self.post("salesentry/SalesEntries", self.entry_body(**more))
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()["d"]
        return found

    def refusal(self, answer: httpx2.Response) -> list[str]:
        """The lines of a business refusal."""
        assert answer.status_code == 500, answer.text
        return message(answer).split("\n")


def message(answer: httpx2.Response) -> str:
    """The text of an error body."""
    body = answer.json()["error"]
    assert body["code"] == ""
    assert body["message"]["lang"] == ""
    return str(body["message"]["value"])


@contextlib.contextmanager
def open_office(*, state: Path | None = None, frozen: bool = True) -> Iterator[Office]:
    """A running simulator, its clock frozen, no limits, one client logged in."""
    simulator = Simulator(state=state, frozen_at=NOW if frozen else None)
    with running(simulator.app()) as listening:
        office = Office(listening.address)
        office.control("limits", {"minute": 0, "day": 0})
        office.log_in()
        try:
            yield office
        finally:
            office.http.close()
