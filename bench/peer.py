"""The peer of P4: the PyPI package `exactonline`, used as its README shows, with nothing cached beside it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import exactonline.http
from exactonline.api import ExactApi
from exactonline.elements import ExactCustomer, ExactInvoice
from exactonline.storage import ExactOnlineConfig, MissingSetting

from boekbrug.cli.practice import DIVISION_NL, EXACT_CLIENT, consent

RETURN = "http://127.0.0.1/return"
JOURNAL = "70"


class Settings(ExactOnlineConfig):  # type: ignore[misc]
    """The package's settings, in memory."""

    def __init__(self, address: str) -> None:
        self._data = {
            "server": {
                "auth_url": f"{address}/api/oauth2/auth",
                "rest_url": f"{address}/api",
                "token_url": f"{address}/api/oauth2/token",
            },
            "application": {
                "base_url": RETURN,
                "client_id": EXACT_CLIENT[0],
                "client_secret": EXACT_CLIENT[1],
                "iteration_limit": "50",
            },
            "transient": {"access_expiry": "0"},
        }

    def get(self, section: str, option: str) -> str:
        """A setting; raises MissingSetting."""
        try:
            return self._data[section][option]
        except KeyError:
            raise MissingSetting(section, option) from None

    def set(self, section: str, option: str, value: str) -> None:
        """Keep a setting."""
        self._data[section][option] = value


class Customer(ExactCustomer):  # type: ignore[misc]
    """The debtor of one Coachview invoice."""

    def __init__(self, debtor: Mapping[str, Any], **fields: Any) -> None:
        super().__init__(**fields)
        self._debtor = debtor

    def get_code(self) -> str:
        """The debtor's number without zeros."""
        return str(int(self._debtor["debiteurnummer"]))

    def get_name(self) -> str:
        """The debtor's name."""
        return str(self._debtor["naam"])[:50]


class Invoice(ExactInvoice):  # type: ignore[misc]
    """One Coachview invoice in the package's words."""

    def __init__(self, record: Mapping[str, Any], **fields: Any) -> None:
        super().__init__(**fields)
        self._record = record

    def get_customer(self) -> Customer:
        """Its debtor."""
        return Customer(self._record["debiteur"], api=self._api)

    def get_created_date(self) -> date:
        """The invoice date."""
        return date.fromisoformat(str(self._record["factuurdatum"])[:10])

    def get_exact_journal(self) -> str:
        """The sales journal."""
        return JOURNAL

    def get_invoice_number(self) -> str:
        """Our number, as YourRef."""
        return str(self._record["factuurnummer"])

    def hint_exact_invoice_number(self) -> int:
        """The entry number that is wanted."""
        return int(self._record["factuurnummer"])

    def get_total_vat(self) -> Decimal:
        """The VAT."""
        return Decimal(str(self._record["totaalBtw"]))

    def get_total_amount_incl_vat(self) -> Decimal:
        """The total."""
        return Decimal(str(self._record["totaalInclBtw"]))

    def get_vatcode_for_ledger_line(self, ledger_line: Mapping[str, Any]) -> str:
        """The line's own code."""
        return str(ledger_line["vat_code"])

    def get_ledger_lines(self) -> list[dict[str, Any]]:
        """The lines."""
        return [_line(line) for line in self._record["factuurregels"]]


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": line["grootboekrekening"]["nummer"],
        "vat_code": line["btw"]["code"],
        "vat_percentage": int(Decimal(str(line["btw"]["percentage"])) * 100),
        "total_amount_excl_vat": Decimal(str(line["bedragExclBtw"])),
        "description": str(line["omschrijving"])[:60],
    }


class Peer:
    """A logged-in `exactonline`."""

    def __init__(self, address: str) -> None:
        exactonline.http.opt_secure.protocols = ("http", "https")  # the practice book has no certificate
        self._api = ExactApi(storage=Settings(address))
        self._api.request_token(consent(self._api.create_auth_request_url())["code"])
        self._api.set_division(DIVISION_NL)

    def book(self, record: Mapping[str, Any]) -> None:
        """Book one Coachview invoice."""
        Invoice(record, api=self._api).commit()
