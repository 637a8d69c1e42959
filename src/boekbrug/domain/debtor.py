"""The debtor: Coachview's side of whom an invoice is for."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalId:
    """One (externId, externSource) pair of a company or person."""

    id: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166 alpha-2 in capitals."""

    line_1: str = ""
    line_2: str = ""
    line_3: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing that a letter needs is filled in."""
        return not (self.line_1 or self.postal_code or self.city)


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactPerson:
    """The person at a debtor; `sex` is M, V or O (coachview.md 2.1)."""

    id: str
    sex: str = ""
    first_name: str = ""
    prefix: str = ""
    last_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Debtor:
    """Whom an invoice is for, with all that a new customer in Exact needs.

    `company` and `person` hold the external ids of the company and the person behind the debtor; None
    means that the debtor has none of that kind. `visit_address` is None when the source has one address.
    """

    id: str
    number: str
    external_number: str
    name: str
    company: tuple[ExternalId, ...] | None
    person: tuple[ExternalId, ...] | None
    invoice_address: Address
    visit_address: Address | None
    vat_number: str = ""
    chamber_of_commerce: str = ""
    private_person: bool = False
    email: str = ""
    phone: str = ""
    iban: str = ""
    bic: str = ""
    holder_name: str = ""
    contact: ContactPerson | None = None
    gl_account: str = ""
    payment_term_days: int | None = None
    language: str = ""
    reference_mandatory: bool = False
