"""The customer in Exact before its entry: used, updated or created, with contact, address and bank account once."""

from collections.abc import Callable
from dataclasses import replace

from boekbrug.domain.entry import CustomerAction, CustomerChange
from boekbrug.domain.problem import Problem, Severity
from boekbrug.domain.reference import Customer, Links, Reference
from boekbrug.sync.failures import Refused
from boekbrug.sync.once import once
from boekbrug.sync.ports import Body, Booking, IntentKind
from boekbrug.sync.tools import Tools


def place_customer(
    tools: Tools, booking: Booking, change: CustomerChange, reference: Reference, links: Links
) -> tuple[str, tuple[Problem, ...]]:
    """The Exact id of the customer, and warnings about what Exact refused of contact, address or bank account."""
    customer_id = _customer_id(tools, change, reference)
    if links.customer_of_debtor.get(change.debtor_id) != customer_id:
        tools.books.link_debtor(booking.organisation_id, change.debtor_id, customer_id)
    if change.action is CustomerAction.USE:
        return customer_id, ()
    tools.books.keep_customer(_as_kept(change, customer_id, reference))
    return customer_id, _belongings(tools, booking, change, customer_id)


def _customer_id(tools: Tools, change: CustomerChange, reference: Reference) -> str:
    """Two invoices of one new debtor create one customer: its intent belongs to the code, not to a booking."""
    if change.exact_id is not None:
        if change.action is CustomerAction.UPDATE:
            tools.ledger.update_customer(change)
        return change.exact_id
    body = tools.ledger.customer_body(change, reference)
    return once(tools.books, tools.ledger, IntentKind.CUSTOMER, change.code, body, booking=None).exact_id


def _as_kept(change: CustomerChange, customer_id: str, reference: Reference) -> Customer:
    """Our copy of the customer as it now stands in Exact, until the next refresh reads it."""
    known = next((customer for customer in reference.customers if customer.exact_id == customer_id), None)
    if known is None:
        known = Customer(exact_id=customer_id, code=change.code, name=change.name, status="C")
    return replace(
        known,
        name=change.name or known.name,
        status="C",
        vat_number=change.vat_number or known.vat_number,
        chamber_of_commerce=change.chamber_of_commerce or known.chamber_of_commerce,
        email=change.email or known.email,
        phone=change.phone or known.phone,
        language=change.language or known.language,
        address=known.address if change.address.empty else change.address,
        receivables_account=change.receivables_account or known.receivables_account,
        payment_condition=change.payment_condition or known.payment_condition,
        ibans=known.ibans if change.bank_account is None else (*known.ibans, change.bank_account.iban),
    )


def _belongings(tools: Tools, booking: Booking, change: CustomerChange, customer_id: str) -> tuple[Problem, ...]:
    """Each once: the natural key holds whose it is, so a second export never makes a second one."""
    warnings: list[Problem] = []

    def put(kind: IntentKind, key: str, body: Callable[[CustomerChange, str], Body]) -> None:
        try:
            once(tools.books, tools.ledger, kind, f"{customer_id}:{key}", body(change, customer_id), booking=booking)
        except Refused as refusal:
            warnings.extend(replace(problem, severity=Severity.WARNS) for problem in refusal.problems)

    if change.contact is not None:
        put(IntentKind.CONTACT, change.contact.id, tools.ledger.contact_body)
    if change.invoice_address is not None:
        put(IntentKind.ADDRESS, "invoice", tools.ledger.address_body)
    if change.bank_account is not None:
        put(IntentKind.BANK_ACCOUNT, change.bank_account.iban, tools.ledger.bank_account_body)
    return tuple(warnings)
