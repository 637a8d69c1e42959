"""Who a debtor is in Exact: the customer number and the customer that it leads to (booking.md rules 5 and 6)."""

from dataclasses import dataclass

from boekbrug.domain.customers import Customer, compact, plain_name
from boekbrug.domain.debtor import Debtor
from boekbrug.domain.options import NumberSource, Options
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.reference import Links, Reference

LONGEST_CODE = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """The debtor in Exact.

    `code` is the number for a new customer or the found customer's own; `sure` says that a person linked it or
    that it was met before; `rivals` are several customers with one number; `problem` is rule 5's.
    """

    code: str = ""
    customer: Customer | None = None
    sure: bool = False
    rivals: tuple[Customer, ...] = ()
    problem: Problem | None = None


def identify(debtor: Debtor, options: Options, reference: Reference, links: Links) -> Identity:
    """The customer that this debtor is: the one a person linked, else the one with the debtor's number."""
    linked = reference.relations.with_id(links.customer_of_debtor.get(debtor.id))
    if linked and debtor.id not in links.met:
        return Identity(code=linked.code.strip(), customer=linked, sure=True)
    number = customer_number(debtor, options)
    if isinstance(number, Problem):
        return Identity(problem=number)
    found = reference.relations.with_code(number)
    if linked and linked in found:
        return Identity(code=linked.code.strip(), customer=linked, sure=True)
    if len(found) > 1:
        return Identity(code=number, rivals=found)
    if not found:
        return Identity(code=number)
    return Identity(code=found[0].code.strip(), customer=found[0], sure=found[0].exact_id in links.make_customer)


def customer_number(debtor: Debtor, options: Options) -> str | Problem:
    """The number of the first option that gives one; the prefix goes only before Coachview's internal number."""
    sources = [
        source for source in (options.debtor_number_1, options.debtor_number_2, options.debtor_number_3) if source
    ]
    for source in sources:
        numbers = _numbers_from(source, debtor, options)
        if len(numbers) > 1:
            return report(
                "debtor-number-ambiguous",
                Subject(option="external_source", key=debtor.id),
                debtor=debtor.name,
                source=options.external_source,
                numbers=", ".join(numbers),
            )
        if numbers:
            return _short_enough(numbers[0], debtor)
    return report(
        "debtor-number-missing",
        Subject(option="debtor_number_1", key=debtor.id),
        debtor=debtor.name,
        sources=", ".join(sources),
    )


def _numbers_from(source: NumberSource, debtor: Debtor, options: Options) -> list[str]:
    if source is NumberSource.NUMBER:
        number = debtor.number.strip()
        return [options.debtor_prefix + number] if number else []
    if source is NumberSource.EXTERNAL_NUMBER:
        return [debtor.external_number.strip()] if debtor.external_number.strip() else []
    pairs = (debtor.company if debtor.company is not None else debtor.person) or ()
    ids = (pair.id.strip() for pair in pairs if pair.source == options.external_source)
    return list(dict.fromkeys(filter(None, ids)))


def _short_enough(number: str, debtor: Debtor) -> str | Problem:
    if len(number) <= LONGEST_CODE:
        return number
    subject = Subject(kind="Account", key=debtor.id)
    return report("debtor-number-too-long", subject, debtor=debtor.name, number=number, most=LONGEST_CODE)


def agrees(debtor: Debtor, customer: Customer) -> bool:
    """Whether VAT number, chamber number, e-mail, or name with postal code shows that both are the same party."""
    return (
        _same(compact(debtor.vat_number), compact(customer.vat_number))
        or _same(compact(debtor.chamber_of_commerce), compact(customer.chamber_of_commerce))
        or _same(debtor.email.strip().casefold(), customer.email.strip().casefold())
        or _same_name_and_place(debtor, customer)
    )


def _same(ours: str, theirs: str) -> bool:
    return bool(ours) and ours == theirs


def _same_name_and_place(debtor: Debtor, customer: Customer) -> bool:
    theirs = compact(customer.address.postal_code)
    addresses = (debtor.invoice_address, debtor.visit_address or debtor.invoice_address)
    return _same(plain_name(debtor.name), plain_name(customer.name)) and any(
        _same(compact(address.postal_code), theirs) for address in addresses
    )
