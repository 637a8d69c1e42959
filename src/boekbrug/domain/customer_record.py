"""The customer as Exact should have it, and the change that brings it there (booking.md, "Customer record")."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from boekbrug.domain.customers import Customer, compact
from boekbrug.domain.debtor import Address, ContactPerson, Debtor
from boekbrug.domain.draft import Draft
from boekbrug.domain.entry import BankAccount, Belongings, CustomerAction, CustomerChange, FieldChange
from boekbrug.domain.options import FieldLengths
from boekbrug.domain.payment import condition_for
from boekbrug.domain.texts import fit, one_line

ADDRESS = tuple(part.name for part in fields(Address))
PROTECTED_NAMES = {"payment_condition": "payment_term", "bank_account": "iban", **dict.fromkeys(ADDRESS, "address")}
"""Fields that bear another name in the option `protected_fields`; the parts of an address go together."""

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


def finishing(draft: Draft, customer: Customer, wanted: Wanted) -> CustomerChange:
    """The rest of a creation that was interrupted: the customer is there, what hangs on it is not, or not all.

    The customer itself stays as it is; its contact person gets the e-mail address that it would have got.
    """
    return replace(
        unchanged(draft, customer),
        action=CustomerAction.UPDATE,
        email=wanted.email,
        contact=wanted.contact,
        invoice_address=wanted.invoice_address,
        bank_account=wanted.bank_account,
    )


def update(draft: Draft, customer: Customer, wanted: Wanted) -> CustomerChange:
    """The change of the fields that differ: never a protected one, never a filled one by an empty one."""
    protected = frozenset(draft.options.protected_fields)
    differing = tuple(name for name in _differing(customer, wanted) if not _protects(protected, name))
    placed = draft.links.belongings.get(draft.invoice.debtor.id, Belongings())
    new = _new_belongings(customer, wanted, placed, protected)
    if not differing and new == Belongings():
        return unchanged(draft, customer)
    address = {part: getattr(wanted.address if part in differing else customer.address, part) for part in ADDRESS}

    def value(name: str) -> str:
        return str(getattr(wanted if name in differing else customer, name))

    return CustomerChange(
        action=CustomerAction.UPDATE,
        code=customer.code.strip(),
        exact_id=customer.exact_id,
        debtor_id=draft.invoice.debtor.id,
        name=value("name"),
        address=Address(**address),
        vat_number=value("vat_number"),
        chamber_of_commerce=value("chamber_of_commerce"),
        email=value("email"),
        phone=value("phone"),
        language=value("language"),
        payment_condition=value("payment_condition") or None,
        receivables_account=customer.receivables_account,
        contact=new.contact,
        invoice_address=new.invoice_address,
        bank_account=new.bank_account,
        make_customer=customer.status != "C",
        fields=differing,
        changes=(*_field_changes(customer, wanted, differing), *_belonging_changes(placed, new)),
    )


def _new_belongings(customer: Customer, wanted: Wanted, placed: Belongings, protected: frozenset[str]) -> Belongings:
    """What is not as we put it before; a bank account that the customer has already is left alone.

    An invoice address that was put apart follows when invoices go to the visit address again.
    """
    contact, place, bank = wanted.contact, wanted.invoice_address, wanted.bank_account
    if place is None and placed.invoice_address is not None and not wanted.address.empty:
        place = wanted.address
    if contact == placed.contact or _protects(protected, "contact"):
        contact = None
    if place == placed.invoice_address or _protects(protected, "invoice_address"):
        place = None
    known = bank is not None and placed.bank_account is None and bank.iban in map(compact, customer.ibans)
    if bank == placed.bank_account or known or _protects(protected, "bank_account"):
        bank = None
    return Belongings(contact=contact, invoice_address=place, bank_account=bank)


def _field_changes(customer: Customer, wanted: Wanted, differing: tuple[str, ...]) -> Iterator[FieldChange]:
    for name in differing:
        ours, theirs = (wanted.address, customer.address) if name in ADDRESS else (wanted, customer)
        yield FieldChange(field=name, before=str(getattr(theirs, name)).strip(), after=str(getattr(ours, name)))


def _belonging_changes(placed: Belongings, new: Belongings) -> Iterator[FieldChange]:
    for name, in_words in IN_WORDS.items():
        record = getattr(new, name)
        if record is not None:
            before = getattr(placed, name)
            yield FieldChange(field=name, before=in_words(before) if before else "", after=in_words(record))


def _person_in_words(person: ContactPerson) -> str:
    return " ".join(filter(None, (person.first_name.strip(), person.prefix.strip(), person.last_name.strip())))


def _address_in_words(address: Address) -> str:
    place = f"{address.postal_code} {address.city}".strip()
    return ", ".join(filter(None, (address.line_1, address.line_2, address.line_3, place, address.country)))


def _bank_account_in_words(account: BankAccount) -> str:
    return " ".join(filter(None, (account.iban, account.bic, account.holder_name)))


IN_WORDS: Mapping[str, Callable[..., str]] = {
    "contact": _person_in_words,
    "invoice_address": _address_in_words,
    "bank_account": _bank_account_in_words,
}


def _protects(protected: frozenset[str], name: str) -> bool:
    return name in protected or PROTECTED_NAMES.get(name, name) in protected


def _differing(customer: Customer, wanted: Wanted) -> Iterator[str]:
    """The fields in which Coachview says something else than Exact; what it leaves empty, it does not say."""
    for name in (*COMPARED, *ADDRESS):
        of = (wanted.address, customer.address) if name in ADDRESS else (wanted, customer)
        ours, theirs = (str(getattr(record, name)).strip() for record in of)
        if name in LOOSELY_COMPARED:
            ours, theirs = compact(ours), compact(theirs)
        if ours and ours != theirs:
            yield name
