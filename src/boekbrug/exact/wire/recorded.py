"""Reading an intent's stored body back: what was (perhaps) sent, whatever JSON column it has passed through."""

from base64 import b64decode
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from boekbrug.domain.money import ZERO
from boekbrug.exact.wire.values import Row, key, money, text, when, whole

Line = tuple[str, Decimal, str, Decimal]


def total(body: Mapping[str, Any]) -> Decimal:
    """The total incl. VAT of a sales entry's body."""
    lines = body["SalesEntryLines"]
    return sum((money(line, "AmountFC") + money(line, "VATAmountFC") for line in lines), ZERO)


def lines(rows: list[Row]) -> Counter[Line]:
    """Sales entry lines as a bag: account, amount, VAT code and VAT, in any order."""
    return Counter(
        (key(row, "GLAccount"), money(row, "AmountFC"), text(row, "VATCode"), money(row, "VATAmountFC")) for row in rows
    )


def entry_date(body: Mapping[str, Any]) -> date | None:
    """The entry date of a sales entry's body."""
    return when(body, "EntryDate")


def invoice_number(body: Mapping[str, Any]) -> str:
    """The word of the description that holds the invoice number: the first one with a digit in it."""
    words = text(body, "Description").split()
    return next((word for word in words if any(char.isdigit() for char in word)), "")


def attachment_size(body: Mapping[str, Any]) -> int:
    """The size of an attachment in bytes."""
    return len(b64decode(body["Attachment"]))


def about_entry(body: Mapping[str, Any]) -> dict[str, str]:
    """What we know of a sales entry, by the names that problems' sentences have a place for."""
    return {
        "number": str(whole(body, "EntryNumber")),
        "journal": text(body, "Journal"),
        "year": text(body, "ReportingYear"),
        "period": text(body, "ReportingPeriod"),
        "date": text(body, "EntryDate"),
        "currency": text(body, "Currency"),
    }


def about_customer(body: Mapping[str, Any]) -> dict[str, str]:
    """What we know of a customer, by the names that problems' sentences have a place for."""
    return {
        "code": text(body, "Code"),
        "name": text(body, "Name"),
        "debtor": text(body, "Name"),
        "vat_number": text(body, "VATNumber"),
    }
