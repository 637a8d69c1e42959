"""A customer, and what hangs on it, in Exact's words (exact-rest.md 4.3, 4.4, 6.7; booking.md, "Customer record")."""

from collections.abc import Callable, Mapping
from typing import Any

from boekbrug.domain.debtor import Address
from boekbrug.domain.entry import CustomerChange
from boekbrug.domain.reference import Reference
from boekbrug.exact.wire.values import Row, filled, text
from boekbrug.sync.ports import IntentKind

CUSTOMER = "C"
INVOICE_ADDRESS = 3
TIME_AND_MATERIAL = 3


def customer_body(change: CustomerChange, reference: Reference) -> dict[str, Any]:
    """The body of a new customer; its receivables account goes as a guid."""
    account = reference.gl_accounts.get(change.receivables_account)
    fields = {
        "Code": change.code.strip(),
        "Name": change.name,
        "Status": CUSTOMER,
        **_address(change.address),
        "VATNumber": change.vat_number,
        "ChamberOfCommerce": change.chamber_of_commerce,
        "Email": change.email,
        "Phone": change.phone,
        "Language": change.language,
        "PaymentConditionSales": change.payment_condition,
        "GLAR": account.exact_id if account else None,
    }
    return filled(fields)


FIELDS: Mapping[str, Callable[[CustomerChange], Mapping[str, Any]]] = {
    "name": lambda change: {"Name": change.name},
    "line_1": lambda change: {"AddressLine1": change.address.line_1},
    "line_2": lambda change: {"AddressLine2": change.address.line_2},
    "line_3": lambda change: {"AddressLine3": change.address.line_3},
    "postal_code": lambda change: {"Postcode": change.address.postal_code},
    "city": lambda change: {"City": change.address.city},
    "country": lambda change: {"Country": change.address.country},
    "vat_number": lambda change: {"VATNumber": change.vat_number},
    "chamber_of_commerce": lambda change: {"ChamberOfCommerce": change.chamber_of_commerce},
    "email": lambda change: {"Email": change.email},
    "phone": lambda change: {"Phone": change.phone},
    "language": lambda change: {"Language": change.language},
    "payment_condition": lambda change: {"PaymentConditionSales": change.payment_condition},
    "status": lambda _: {"Status": CUSTOMER},
}
"""What an update may change, by the names in `CustomerChange.fields`; never the code (booking.md)."""


def update_body(change: CustomerChange) -> dict[str, Any]:
    """The body of an update: only the named fields, and an empty one never empties Exact's.

    Raises ValueError for a field that an update does not know: doing nothing silently is forbidden.
    """
    body: dict[str, Any] = {}
    for name in change.fields:
        if name not in FIELDS:
            raise ValueError(f"an update of a customer does not know the field {name!r}")
        body |= FIELDS[name](change)
    if change.make_customer:
        body["Status"] = CUSTOMER
    return filled(body)


def contact_body(change: CustomerChange, customer_id: str) -> dict[str, Any]:
    """The body of a contact person; one name is enough (4.0). No `HID`: it must be unique over all relations."""
    if change.contact is None:
        raise ValueError("there is no contact person")
    contact = change.contact
    fields = {
        "Account": customer_id,
        "FirstName": contact.first_name,
        "MiddleName": contact.prefix,
        "LastName": contact.last_name,
        "Gender": contact.sex,
        "Email": change.email,
    }
    return filled(fields)


def address_body(change: CustomerChange, customer_id: str) -> dict[str, Any]:
    """The body of an invoice address."""
    if change.invoice_address is None:
        raise ValueError("there is no invoice address")
    return filled({"Account": customer_id, "Type": INVOICE_ADDRESS, "Main": True, **_address(change.invoice_address)})


def bank_account_body(change: CustomerChange, customer_id: str) -> dict[str, Any]:
    """The body of a bank account."""
    if change.bank_account is None:
        raise ValueError("there is no bank account")
    account = change.bank_account
    fields = {
        "Account": customer_id,
        "BankAccount": account.iban,
        "BICCode": account.bic,
        "BankAccountHolderName": account.holder_name,
        "Main": True,
    }
    return filled(fields)


BELONGING_FIELDS: Mapping[IntentKind, tuple[str, ...]] = {
    IntentKind.CONTACT: ("FirstName", "MiddleName", "LastName", "Gender"),
    IntentKind.ADDRESS: ("AddressLine1", "AddressLine2", "AddressLine3", "Postcode", "City", "Country"),
    IntentKind.BANK_ACCOUNT: ("BICCode", "BankAccountHolderName"),
}
"""What of a record that hangs on a customer may be overwritten; whose it is and which account it is stay."""


def belonging_differences(kind: IntentKind, body: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """The fields of `body` that Exact's record has otherwise; what the body leaves out is never emptied."""
    fields = (name for name in BELONGING_FIELDS[kind] if name in body)
    return {name: body[name] for name in fields if text(body, name) != text(row, name)}


def project_body(code: str, description: str, customer_id: str) -> dict[str, Any]:
    """The body of a project; the customer is assumed to be needed (4.6)."""
    return filled({"Code": code, "Description": description, "Type": TIME_AND_MATERIAL, "Account": customer_id})


def _address(address: Address) -> dict[str, Any]:
    return {
        "AddressLine1": address.line_1,
        "AddressLine2": address.line_2,
        "AddressLine3": address.line_3,
        "Postcode": address.postal_code,
        "City": address.city,
        "Country": address.country,
    }
