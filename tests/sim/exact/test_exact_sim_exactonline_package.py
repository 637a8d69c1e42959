"""The PyPI package `exactonline` drives the simulator unchanged but for the addresses: simulators.md."""

from datetime import date
from decimal import Decimal
from typing import Any

import exactonline.http
import pytest
from exactonline.api import ExactApi
from exactonline.elements import ExactCustomer, ExactInvoice
from exactonline.exceptions import ObjectDoesNotExist
from exactonline.storage import ExactOnlineConfig, MissingSetting
from tests.sim.exact.practice_office import NL, REDIRECT, Office


class Storage(ExactOnlineConfig):  # type: ignore[misc]
    """The package's settings, in memory."""

    def __init__(self, address: str) -> None:
        self._data = {
            "server": {
                "auth_url": f"{address}/api/oauth2/auth",
                "rest_url": f"{address}/api",
                "token_url": f"{address}/api/oauth2/token",
            },
            "application": {
                "base_url": REDIRECT,
                "client_id": "sim-client",
                "client_secret": "sim-secret",
                "iteration_limit": "50",
            },
            "transient": {"access_expiry": "0"},
        }

    def get(self, section: str, option: str) -> str:
        try:
            return self._data[section][option]
        except KeyError:
            raise MissingSetting(section, option) from None

    def set(self, section: str, option: str, value: str) -> None:
        self._data[section][option] = value


class Customer(ExactCustomer):  # type: ignore[misc]
    """A customer of our own administration."""

    def get_code(self) -> str:
        return "880001"

    def get_name(self) -> str:
        return "Klant van het pakket"

    def assemble(self) -> dict[str, Any]:
        return dict(super().assemble()) | {"PaymentConditionSales": 30}


class Invoice(ExactInvoice):  # type: ignore[misc]
    """An invoice of two lines, one of them for August."""

    amounts = (Decimal("100.00"), Decimal("50.50"))

    def get_customer(self) -> Customer:
        return Customer(api=self._api)

    def get_created_date(self) -> date:
        return date(2026, 6, 10)

    def get_exact_journal(self) -> str:
        return "70"

    def get_invoice_number(self) -> str:
        return "F2026-1"

    def hint_exact_invoice_number(self) -> int:
        return 20260001

    def get_total_vat(self) -> Decimal:
        return Decimal("31.61")

    def get_total_amount_incl_vat(self) -> Decimal:
        return sum(self.amounts, self.get_total_vat())

    def get_vatcode_for_ledger_line(self, ledger_line: dict[str, Any]) -> str:
        return {21: "4  "}[ledger_line["vat_percentage"]]

    def get_ledger_lines(self) -> list[dict[str, Any]]:
        first, second = (
            {"code": "8000", "vat_percentage": 21, "total_amount_excl_vat": amount, "description": "Training"}
            for amount in self.amounts
        )
        return [first, second | {"month": date(2026, 8, 1)}]


@pytest.fixture
def api(office: Office, monkeypatch: pytest.MonkeyPatch) -> ExactApi:
    monkeypatch.setattr(exactonline.http.opt_secure, "protocols", ("http", "https"))
    found = ExactApi(storage=Storage(office.address))
    assert found.create_auth_request_url().startswith(f"{office.address}/api/oauth2/auth?client_id=sim-client")
    found.request_token(office.code())
    return found


def test_it_logs_in_picks_a_division_and_pages(office: Office, api: ExactApi) -> None:
    choices, current = api.get_divisions()
    assert set(choices) == {100001, 100002}
    api.set_division(current)
    for _ in range(130):
        office.customer()
    assert len(api.relations.all()) >= 130
    assert api.vatcodes.get(vat_code="4")["Percentage"] == 0.21


def test_it_makes_a_customer_and_books_an_invoice_and_books_it_anew(office: Office, api: ExactApi) -> None:
    api.set_division(NL)
    with pytest.raises(ObjectDoesNotExist):
        Customer(api=api).get_guid()
    made = Invoice(api=api).commit()
    assert (made["AmountFC"], made["VATAmountFC"]) == (182.11, 31.61)
    assert made["CustomerName"] == "Klant van het pakket"
    again = Invoice(api=api)
    again.commit()
    (entry,) = api.invoices.filter(invoice_number="F2026-1")
    assert (entry["EntryID"], entry["AmountFC"]) == (made["EntryID"], 182.11)
    assert sum(Decimal(line["amount"]) for line in office.ledger()) == 0
    open_items = api.receivables.filter(relation_id=entry["Customer"])
    assert [item["Amount"] for item in open_items] == [182.11]


def test_it_refreshes_after_its_token_expired(office: Office, api: ExactApi) -> None:
    api.set_division(NL)
    office.control("clock", {"advance_seconds": 601})
    assert api.relations.filter(relation_code="101")
