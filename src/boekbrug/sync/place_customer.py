"""The customer in Exact before its entry: used, updated or created, with contact, address and bank account once."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from boekbrug.domain.customers import bare_code
from boekbrug.domain.entry import Belongings, CustomerAction, CustomerChange
from boekbrug.domain.problem import CATALOGUE, Problem, Severity, Subject, report
from boekbrug.domain.reference import Customer, Links, Reference
from boekbrug.sync.failures import Refused
from boekbrug.sync.once import once
from boekbrug.sync.ports import Answer, Body, Booking, IntentKind
from boekbrug.sync.tools import Tools


@dataclass(frozen=True, kw_only=True)
class _Record:
    """One record that hangs on a customer: its kind, its own key among the customer's, its body in Exact's words."""

    kind: IntentKind
    key: str
    body: Body


def place_customer(
    tools: Tools, booking: Booking, change: CustomerChange, reference: Reference, links: Links
) -> tuple[str, tuple[Problem, ...]]:
    """The Exact id of the customer, and warnings about what Exact refused of contact, address or bank account."""
    if change.exact_id is None and change.debtor_id not in links.unfinished:
        tools.books.making_customer(booking.organisation_id, change.debtor_id)
    made = _customer(tools, change, reference)
    customer_id = made.exact_id
    if links.customer_of_debtor.get(change.debtor_id) != customer_id:
        tools.books.link_debtor(booking.organisation_id, change.debtor_id, customer_id)
    if change.action is CustomerAction.USE:
        return customer_id, ()
    kept = replace(_as_kept(change, customer_id, reference), code=made.code or change.code)
    tools.books.keep_customer(kept)
    warnings = _belongings(tools, booking, change, customer_id)
    if change.bank_account is not None and not any(problem.subject.kind == "bank_account" for problem in warnings):
        ibans = dict.fromkeys((*kept.ibans, change.bank_account.iban))
        tools.books.keep_customer(replace(kept, ibans=tuple(ibans)))
    if change.belongings != Belongings() or change.exact_id is None or change.debtor_id in links.unfinished:
        tools.books.keep_belongings(booking.organisation_id, change.debtor_id, change.belongings)
    return customer_id, (*_code_ignored(change, made), *warnings)


def _customer(tools: Tools, change: CustomerChange, reference: Reference) -> Answer:
    """Two invoices of one new debtor create one customer: its intent belongs to the code, not to a booking."""
    if change.exact_id is not None:
        if change.action is CustomerAction.UPDATE:
            tools.ledger.update_customer(change)
        return Answer(exact_id=change.exact_id, code=change.code)
    body = tools.ledger.customer_body(change, reference)
    return once(tools.books, tools.ledger, IntentKind.CUSTOMER, change.code, body, booking=None)


def _code_ignored(change: CustomerChange, made: Answer) -> tuple[Problem, ...]:
    """The code is read back: one that Exact chose itself is not the debtor's number."""
    if not made.code or bare_code(made.code) == bare_code(change.code):
        return ()
    subject = Subject(kind="Account", key=made.exact_id)
    return (report("customer-code-ignored", subject, debtor=change.name, asked=change.code, got=made.code),)


def _as_kept(change: CustomerChange, customer_id: str, reference: Reference) -> Customer:
    """Our copy of the customer as it now stands in Exact, until the next refresh reads it."""
    known = reference.relations.with_id(customer_id)
    if known is None:
        known = Customer(exact_id=customer_id, code=change.code, name=change.name, status="C")
    return replace(
        known,
        name=change.name or known.name,
        status="C",
        vat_number=change.vat_number or known.vat_number,
        chamber_of_commerce=change.chamber_of_commerce or known.chamber_of_commerce,
        email=(change.email if change.exact_id is None or "email" in change.fields else "") or known.email,
        phone=change.phone or known.phone,
        language=change.language or known.language,
        address=known.address if change.address.empty else change.address,
        receivables_account=change.receivables_account or known.receivables_account,
        payment_condition=change.payment_condition or known.payment_condition,
    )


def _belongings(tools: Tools, booking: Booking, change: CustomerChange, customer_id: str) -> tuple[Problem, ...]:
    """Each once, whatever the customer had before; what Exact refuses of them does not hold the entry."""
    warnings: list[Problem] = []

    def put(kind: IntentKind, key: str, body: Callable[[CustomerChange, str], Body]) -> None:
        record = _Record(kind=kind, key=f"{customer_id}:{key}", body=body(change, customer_id))
        try:
            _put(tools, booking, record, new_customer=change.exact_id is None)
        except Refused as refusal:
            warnings.extend(_as_warning(problem, kind, change) for problem in refusal.problems)

    if change.contact is not None:
        put(IntentKind.CONTACT, change.contact.id, tools.ledger.contact_body)
    if change.invoice_address is not None:
        put(IntentKind.ADDRESS, "invoice", tools.ledger.address_body)
    if change.bank_account is not None:
        put(IntentKind.BANK_ACCOUNT, change.bank_account.iban, tools.ledger.bank_account_body)
    return tuple(warnings)


def _put(tools: Tools, booking: Booking, record: _Record, *, new_customer: bool) -> None:
    """Made once, as its natural key holds whose it is; what was there already is brought up to date.

    A customer that is not new may have one that somebody else made: it is looked for first. One of ours that is gone
    in Exact is made again.
    """
    if new_customer:
        _once(tools, booking, record)
        return
    earlier = tools.books.earlier(record.kind, record.key)
    ours = isinstance(earlier, Answer)
    exact_id = earlier.exact_id if isinstance(earlier, Answer) else _once(tools, booking, record, look_first=True)
    if not tools.ledger.update_belonging(record.kind, exact_id, record.body) and ours:
        tools.books.removed(record.kind, exact_id)
        _once(tools, booking, record)


def _once(tools: Tools, booking: Booking, record: _Record, *, look_first: bool = False) -> str:
    answer = once(
        tools.books, tools.ledger, record.kind, record.key, record.body, booking=booking, look_first=look_first
    )
    return answer.exact_id


def _as_warning(problem: Problem, kind: IntentKind, change: CustomerChange) -> Problem:
    """A refusal of a part: the words of a problem that holds would say that nothing was booked."""
    subject = Subject(kind=kind, key=f"{change.debtor_id}/{kind}")
    if CATALOGUE[problem.code].warns:
        return replace(problem, severity=Severity.WARNS, subject=subject)
    text = dict(problem.values).get("text", "")
    return report("customer-part-refused", subject, debtor=change.name, field=PARTS[kind], text=text)


PARTS = {
    IntentKind.CONTACT: "contact",
    IntentKind.ADDRESS: "invoice_address",
    IntentKind.BANK_ACCOUNT: "bank_account",
}
