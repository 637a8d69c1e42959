"""A company in Exact Online under contract: the simulator's, or a real test company named by the environment.

For a real one (`pytest -m real_exact tests/contract`):

* `EXACT_CONTRACT_URL`: the country's base, such as https://start.exactonline.nl
* `EXACT_CONTRACT_LOGIN`: a JSON file with `client_id`, `client_secret` and `refresh_token`, which is kept up to date;
  or `EXACT_CONTRACT_TOKEN`: an access token
* `EXACT_CONTRACT_DIVISION`: the number of the test company
* `EXACT_CONTRACT_JOURNAL` (70), `EXACT_CONTRACT_ACCOUNT` (8000), `EXACT_CONTRACT_VAT_CODE` (4): a sales journal, a
  revenue account that demands no cost centre, and an exclusive VAT code of sales
* `EXACT_CONTRACT_LONG_LIST` (financial/GLAccounts): a list with more than 60 rows

What the tests make is named `Contract ...` and taken away again; about 250 calls, at the pace that the limits allow.
"""

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from tests.contract.kept_login import KeptLogin

Json = dict[str, Any]
WAITED_AT_MOST_SECONDS = 120


@dataclass(kw_only=True)
class Company:
    """One company, one login; remembers what was made."""

    http: httpx2.Client
    division: int
    journal: str = "70"
    account_code: str = "8000"
    vat_code: str = "4"
    long_list: str = "financial/GLAccounts"
    """A list of more than one page."""
    control_address: str | None = None
    """Where a simulator is steered; a real company has none."""
    made: list[tuple[str, str]] = field(default_factory=list)
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def simulated(self) -> bool:
        """Whether this is the simulator."""
        return self.control_address is not None

    # --- calls

    def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """One call of the service, at its pace."""
        answer = self.http.request(method, path, **more)
        if answer.headers.get("X-RateLimit-Minutely-Remaining") == "0":
            reset = int(answer.headers["X-RateLimit-Minutely-Reset"]) / 1000
            time.sleep(min(max(0.0, reset - time.time()) + 0.5, WAITED_AT_MOST_SECONDS))
        return answer

    def address(self, path: str) -> str:
        """The address of something in this company."""
        return f"/api/v1/{self.division}/{path}"

    def get(self, path: str, **options: Any) -> httpx2.Response:
        """A GET; options without their dollar sign."""
        return self.call("GET", self.address(path), params={f"${name}": text for name, text in options.items()})

    def rows(self, path: str, **options: Any) -> list[Json]:
        """The rows of a list, of whichever shape (3.5)."""
        answer = self.get(path, **options)
        assert answer.status_code == 200, answer.text
        found = answer.json()["d"]
        rows: list[Json] = found if isinstance(found, list) else found["results"]
        return rows

    def row(self, path: str, **options: Any) -> Json:
        """The first row of a list."""
        return self.rows(path, **options)[0]

    def by_key(self, path: str, key: str, **options: Any) -> Json:
        """One object."""
        answer = self.get(f"{path}(guid'{key}')", **options)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()["d"]
        return found

    def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        """A POST; what it made is remembered."""
        answer = self.call("POST", self.address(path), json=body, headers=headers)
        if answer.is_success:
            found = answer.json()["d"]
            self.made.append((path, found.get("EntryID") if path == "salesentry/SalesEntries" else found["ID"]))
        return answer

    def make(self, path: str, body: Any, **headers: str) -> Json:
        """A POST that must succeed; its object."""
        answer = self.post(path, body, **headers)
        assert answer.is_success, answer.text
        found: Json = answer.json()["d"]
        return found

    def put(self, path: str, key: str, body: Any) -> httpx2.Response:
        """A PUT on one object."""
        return self.call("PUT", self.address(f"{path}(guid'{key}')"), json=body)

    def delete(self, path: str, key: str) -> httpx2.Response:
        """A DELETE of one object."""
        return self.call("DELETE", self.address(f"{path}(guid'{key}')"))

    def steer(self, verb: str, body: Any) -> Any:
        """A control call of the simulator."""
        answer = self.http.post(f"{self.control_address}/_sim/{verb}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def clear(self) -> None:
        """Take away what was made, last first; what Exact wants to keep stays."""
        while self.made:
            self.delete(*self.made.pop())

    # --- things to book with

    def _once(self, name: str, path: str, **options: Any) -> Json:
        if name not in self._known:
            self._known[name] = self.row(path, **options)
        found: Json = self._known[name]
        return found

    @property
    def account(self) -> str:
        """The guid of the revenue account."""
        return str(self._once("account", "financial/GLAccounts", filter=f"Code eq '{self.account_code}'")["ID"])

    @property
    def percentage(self) -> Decimal:
        """The percentage of the VAT code."""
        found = self._once("vat", "vat/VATCodes", filter=f"trim(Code) eq '{self.vat_code}'")
        return Decimal(str(found["Percentage"]))

    @property
    def condition(self) -> str:
        """A payment condition on credit."""
        found = self._once("condition", "cashflow/PaymentConditions", filter="PaymentMethod eq 'B'")
        return str(found["Code"])

    def customer(self, **more: Any) -> str:
        """A new customer; its guid."""
        body = {"Name": "Contract klant", "Status": "C", "PaymentConditionSales": self.condition} | more
        return str(self.make("crm/Accounts", body)["ID"])

    def line(self, **more: Any) -> Json:
        """A line of 100.00."""
        return {"AmountFC": 100, "GLAccount": self.account, "VATCode": self.vat_code} | more

    def entry_body(self, **more: Any) -> Json:
        """A sales entry of such a line, for a new customer unless one is given."""
        body = {"Journal": self.journal, "EntryDate": today().isoformat(), "SalesEntryLines": [self.line()]} | more
        if "Customer" not in body:
            body["Customer"] = self.customer()
        return body

    def book(self, **more: Any) -> Json:
        """Book such an entry and read it back."""
        key = self.make("salesentry/SalesEntries", self.entry_body(**more))["EntryID"]
        return self.by_key("salesentry/SalesEntries", key)

    def lines_of(self, entry_id: str) -> list[Json]:
        """The ledger lines of an entry, in order."""
        found = self.rows("financialtransaction/TransactionLines", filter=f"EntryID eq guid'{entry_id}'")
        return sorted(found, key=lambda row: int(row["LineNumber"]))


def today() -> date:
    """The day of the tests, as the service dates it."""
    return datetime.now(UTC).date()


def message(answer: httpx2.Response) -> str:
    """The text of an error body (3.4)."""
    return str(answer.json()["error"]["message"]["value"])


def real_company() -> Company:
    """The company that the environment names."""
    login, token = os.environ.get("EXACT_CONTRACT_LOGIN"), os.environ.get("EXACT_CONTRACT_TOKEN")
    missing = [name for name in ("URL", "DIVISION") if not os.environ.get(f"EXACT_CONTRACT_{name}")]
    missing += [] if login or token else ["LOGIN"]
    assert not missing, f"set {', '.join(f'EXACT_CONTRACT_{name}' for name in missing)}"
    url = os.environ["EXACT_CONTRACT_URL"].rstrip("/")
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token and not login else {})
    kept = KeptLogin(url=url, path=Path(login)) if login else None
    return Company(
        http=httpx2.Client(base_url=url, headers=headers, auth=kept, timeout=60.0),
        division=int(os.environ["EXACT_CONTRACT_DIVISION"]),
        journal=os.environ.get("EXACT_CONTRACT_JOURNAL", "70"),
        account_code=os.environ.get("EXACT_CONTRACT_ACCOUNT", "8000"),
        vat_code=os.environ.get("EXACT_CONTRACT_VAT_CODE", "4"),
        long_list=os.environ.get("EXACT_CONTRACT_LONG_LIST", "financial/GLAccounts"),
    )
