"""Rules 5, 6 and 15: the customer number, the customer, and its VAT number."""

from collections.abc import Iterator

from boekbrug.domain.customer_record import creation, finishing, unchanged, update, wanted_record
from boekbrug.domain.customers import Customer
from boekbrug.domain.draft import Draft
from boekbrug.domain.identity import agrees
from boekbrug.domain.options import Country
from boekbrug.domain.problem import Problem, Severity, Subject, report

CUSTOMER = "C"
EU_LISTED = frozenset("LST")


def must_have_a_customer_number(draft: Draft) -> Iterator[Problem]:
    """Rule 5: one of the three options gives a number, of at most 18 characters and without doubt."""
    if draft.identity.problem:
        yield draft.identity.problem


def customer_must_be_one(draft: Draft) -> Iterator[Problem]:
    """Rule 6: two customers whose codes differ only in blanks and zeros are for a person to tell apart."""
    rivals = draft.identity.rivals
    if rivals:
        codes = ", ".join(customer.code.strip() for customer in rivals)
        yield _about_debtor(draft, "customer-ambiguous", number=draft.identity.code, codes=codes)


def known_customer_must_be_certain(draft: Draft) -> Iterator[Problem]:
    """Rule 6: a known relation is there, not blocked, a customer, and at the first meeting looks like the debtor."""
    customer = draft.identity.customer
    if customer is None:
        return
    if customer.gone:
        subject = Subject(kind="Account", key=customer.exact_id)
        yield report("customer-gone", subject, debtor=draft.invoice.debtor.name, name=customer.name)
        return
    if customer.blocked or (customer.ended_on and customer.ended_on < draft.today):
        yield _about_customer(draft, "customer-blocked", customer)
    if customer.status != CUSTOMER and customer.exact_id not in draft.links.make_customer:
        code = "customer-is-supplier" if customer.supplier else "customer-is-prospect"
        yield _about_customer(draft, code, customer)
    elif not draft.identity.sure and not agrees(draft.invoice.debtor, customer):
        yield _about_customer(draft, "customer-looks-different", customer)
    if customer.status == CUSTOMER and customer.supplier:
        subject = Subject(kind="Account", key=customer.exact_id)
        yield report("customer-also-supplier", subject, code=customer.code.strip(), name=customer.name)


def new_customer_must_be_new(draft: Draft) -> Iterator[Problem]:
    """Rule 6: no relation has the new customer's VAT number, chamber number or IBAN, unless a person insists."""
    identity, debtor = draft.identity, draft.invoice.debtor
    if not identity.code or identity.customer or identity.rivals or debtor.id in draft.links.create_anyway:
        return
    alike = draft.reference.relations.alike(
        vat_number=debtor.vat_number, chamber_of_commerce=debtor.chamber_of_commerce, iban=debtor.iban
    )
    if alike:
        customer, mark = alike
        yield _about_debtor(draft, "customer-maybe-exists", code=customer.code.strip(), name=customer.name, agrees=mark)


def customer_record_must_fit(draft: Draft) -> Iterator[Problem]:
    """Rule 6: what is created or updated fits Exact's fields; what does not is cut or left out, and said.

    A customer is updated only with `overwrite_customer`, and never when it is a supplier too; one that we were
    making when something came between is finished.
    """
    customer = draft.identity.customer
    to_finish = draft.invoice.debtor.id in draft.links.unfinished
    if customer and (customer.supplier or not (draft.options.overwrite_customer or to_finish)):
        draft.customer_change = unchanged(draft, customer)
        return
    wanted = wanted_record(draft)
    if customer is None:
        draft.customer_change = creation(draft, wanted)
    else:
        draft.customer_change = (finishing if to_finish else update)(draft, customer, wanted)
    for field, text, kept in wanted.shortened:
        yield _shortened(draft, field, text, kept)
    if draft.invoice.debtor.iban.strip() and wanted.bank_account is None:
        yield _about_debtor(draft, "iban-invalid", iban=draft.invoice.debtor.iban.strip())


def _shortened(draft: Draft, field: str, text: str, kept: str) -> Problem:
    subject = Subject(kind="Account", key=f"{draft.invoice.debtor.id}/{field}")
    if field == "name":
        return report("customer-name-shortened", subject, name=text, kept=kept)
    return report("text-shortened", subject, field=field, text=text, kept=kept)


def vat_number_must_serve(draft: Draft) -> Iterator[Problem]:
    """Rule 15: an invalid VAT number is left out, but holds where the VAT return needs one; so does a missing one."""
    needed = _vat_number_needed(draft)
    if draft.vat_number and not draft.vat_number_valid:
        severity = Severity.HOLDS if needed else Severity.WARNS
        yield report(
            "vat-number-invalid",
            Subject(kind="Account", key=draft.invoice.debtor.id),
            severity,
            debtor=draft.invoice.debtor.name,
            vat_number=draft.invoice.debtor.vat_number.strip(),
        )
    customer = draft.identity.customer
    if needed and not draft.vat_number and not (customer and customer.vat_number.strip()):
        yield _about_debtor(draft, "vat-number-needed")


def _vat_number_needed(draft: Draft) -> bool:
    if any(line.vat and (line.vat.charged or line.vat.eu_listing in EU_LISTED) for line in draft.lines):
        return True
    debtor = draft.invoice.debtor
    is_company = debtor.company is not None and not debtor.private_person
    return draft.options.country is Country.BE and is_company and debtor.invoice_address.country == Country.BE


def _about_debtor(draft: Draft, problem: str, /, **values: object) -> Problem:
    debtor = draft.invoice.debtor
    return report(problem, Subject(kind="Account", key=debtor.id), None, debtor=debtor.name, **values)


def _about_customer(draft: Draft, code: str, customer: Customer) -> Problem:
    return report(
        code,
        Subject(kind="Account", key=customer.exact_id),
        debtor=draft.invoice.debtor.name,
        code=customer.code.strip(),
        name=customer.name,
    )
