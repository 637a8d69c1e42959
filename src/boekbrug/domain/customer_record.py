"""The customer as Exact should have it, and the change that brings it there (booking.md, "Customer record")."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from boekbrug.domain.customers import Customer, compact
from boekbrug.domain.debtor import Address, ContactPerson, Debtor
from boekbrug.domain.draft import Draft
from boekbrug.domain.entry import BankAccount, CustomerAction, CustomerChange
from boekbrug.domain.options import FieldLengths
from boekbrug.domain.payment import condition_for
from boekbrug.domain.texts import fit, one_line

PROTECTED_NAMES = {"payment_condition": "payment_term", "bank_account": "iban"}
"""Fields that bear another name in the option `protected_fields`."""

COMPARED = ("name", "vat_number", "chamber_of_commerce", "email", "phone", "language", "payment_condition")
LOOSELY_COMPARED = frozenset({"vat_number", "chamber_of_commerce"})

LANGUAGES = {"NEDERLANDS": "NL", "ENGELS": "EN", "FRANS": "FR", "DUITS": "DE"}

Shortened = tuple[str, str, str]
"""Field, full text and what is kept of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What Coachview knows of the debtor, fitted to Exact's fields."""

    name: str
    address: Address
    vat_number: str
    chamber_of_commerce: str
    email: str
    phone: str
    language: str
    payment_condition: str
    contact: ContactPerson | None
    invoice_address: Address | None
    bank_account: BankAccount | None
    shortened: tuple[Shortened, ...]


def wanted_record(draft: Draft) -> Wanted:
    """The customer that this debtor should be; an invalid VAT number or IBAN is left out."""
    debtor, lengths = draft.invoice.debtor, draft.options.lengths
    visit = debtor.visit_address if debtor.visit_address and not debtor.visit_address.empty else None
    own = visit or debtor.invoice_address
    elsewhere = debtor.invoice_address if visit and debtor.invoice_address not in {visit, Address()} else None
    condition = condition_for(debtor.payment_term_days, draft.reference, draft.links) or ""
    cut: list[Shortened] = []
    return Wanted(
        name=_kept("name", debtor.name, lengths.name, cut),
        address=_fitted(own, lengths, cut),
        vat_number=draft.vat_number if draft.vat_number_valid else "",
        chamber_of_commerce=debtor.chamber_of_commerce.strip(),
        email=debtor.email.strip(),
        phone=debtor.phone.strip(),
        language=language(debtor.language),
        payment_condition=condition if condition in draft.reference.payment_conditions else "",
        contact=_contact(debtor),
        invoice_address=_fitted(elsewhere, lengths, cut) if elsewhere else None,
        bank_account=_bank_account(draft),
        shortened=tuple(dict.fromkeys(cut)),
    )


def language(text: str) -> str:
    """Exact's two-letter language of Coachview's code or Dutch word; empty when it is neither."""
    word = text.strip().upper()
    if word in LANGUAGES:
        return LANGUAGES[word]
    code = word.replace("_", "-").split("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def _kept(field: str, text: str, most: int, cut: list[Shortened]) -> str:
    kept = fit(text, most)
    if kept != one_line(text):
        cut.append((field, text, kept))
    return kept


def _fitted(address: Address, lengths: FieldLengths, cut: list[Shortened]) -> Address:
    return Address(
        line_1=_kept("line_1", address.line_1, lengths.address_line, cut),
        line_2=_kept("line_2", address.line_2, lengths.address_line, cut),
        line_3=_kept("line_3", address.line_3, lengths.address_line, cut),
        postal_code=_kept("postal_code", address.postal_code, lengths.postal_code, cut),
        city=_kept("city", address.city, lengths.city, cut),
        country=address.country.strip().upper(),
    )


def _contact(debtor: Debtor) -> ContactPerson | None:
    contact = debtor.contact
    return contact if contact and contact.id and (contact.first_name.strip() or contact.last_name.strip()) else None


def _bank_account(draft: Draft) -> BankAccount | None:
    debtor = draft.invoice.debtor
    iban = compact(debtor.iban)
    if not iban or not draft.checks.iban_valid(iban):
        return None
    return BankAccount(iban=iban, bic=compact(debtor.bic), holder_name=one_line(debtor.holder_name))


def creation(draft: Draft, wanted: Wanted) -> CustomerChange:
    """The change that makes a new customer, with our receivables account."""
    return CustomerChange(
        action=CustomerAction.CREATE,
        code=draft.identity.code,
        exact_id=None,
        debtor_id=draft.invoice.debtor.id,
        name=wanted.name,
        address=wanted.address,
        vat_number=wanted.vat_number,
        chamber_of_commerce=wanted.chamber_of_commerce,
        email=wanted.email,
        phone=wanted.phone,
        language=wanted.language,
        payment_condition=wanted.payment_condition or None,
        receivables_account=draft.options.receivables_account,
        contact=wanted.contact,
        invoice_address=wanted.invoice_address,
        bank_account=wanted.bank_account,
    )


def unchanged(draft: Draft, customer: Customer) -> CustomerChange:
    """The change that only uses a customer, or gives it the status of one when a person said so."""
    make_customer = customer.status != "C"
    return CustomerChange(
        action=CustomerAction.UPDATE if make_customer else CustomerAction.USE,
        code=customer.code.strip(),
        exact_id=customer.exact_id,
        debtor_id=draft.invoice.debtor.id,
        name=customer.name,
        address=customer.address,
        make_customer=make_customer,
    )


def update(draft: Draft, customer: Customer, wanted: Wanted) -> CustomerChange:
    """The change of the fields that differ: never a protected one, never a filled one by an empty one."""
    protected = frozenset(draft.options.protected_fields)
    differing = tuple(name for name in _differing(customer, wanted) if not _protects(protected, name))
    bank = wanted.bank_account
    if bank and (_protects(protected, "bank_account") or bank.iban in map(compact, customer.ibans)):
        bank = None
    if not differing and not bank:
        return unchanged(draft, customer)

    def value(name: str) -> str:
        return str(getattr(wanted if name in differing else customer, name))

    return CustomerChange(
        action=CustomerAction.UPDATE,
        code=customer.code.strip(),
        exact_id=customer.exact_id,
        debtor_id=draft.invoice.debtor.id,
        name=value("name"),
        address=merged(customer.address, wanted.address) if "address" in differing else customer.address,
        vat_number=value("vat_number"),
        chamber_of_commerce=value("chamber_of_commerce"),
        email=value("email"),
        phone=value("phone"),
        language=value("language"),
        payment_condition=value("payment_condition") or None,
        receivables_account=customer.receivables_account,
        contact=None if _protects(protected, "contact") else wanted.contact,
        invoice_address=None if _protects(protected, "invoice_address") else wanted.invoice_address,
        bank_account=bank,
        make_customer=customer.status != "C",
        fields=differing,
    )


def merged(theirs: Address, ours: Address) -> Address:
    """Our address, with Exact's where ours is empty."""
    return Address(**{part.name: getattr(ours, part.name) or getattr(theirs, part.name) for part in fields(Address)})


def _protects(protected: frozenset[str], name: str) -> bool:
    return name in protected or PROTECTED_NAMES.get(name, name) in protected


def _differing(customer: Customer, wanted: Wanted) -> Iterator[str]:
    for name in COMPARED:
        ours, theirs = str(getattr(wanted, name)), str(getattr(customer, name)).strip()
        if name in LOOSELY_COMPARED:
            ours, theirs = compact(ours), compact(theirs)
        if ours and ours != theirs:
            yield name
    if merged(customer.address, wanted.address) != customer.address:
        yield "address"
