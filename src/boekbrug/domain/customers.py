"""Customers in Exact: how codes and marks are compared, and an index that finds one among 100,000 at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from boekbrug.domain.debtor import Address


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """A relation in Exact. `status` A, S, P, C or empty; `code` is bare, without padding.

    `gone`: a person chose it and somebody deleted it in Exact since; its name is all that is kept.
    """

    exact_id: str
    code: str
    name: str
    status: str
    supplier: bool = False
    blocked: bool = False
    gone: bool = False
    ended_on: date | None = None
    vat_number: str = ""
    chamber_of_commerce: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    address: Address = Address()
    receivables_account: str = ""
    payment_condition: str = ""
    ibans: tuple[str, ...] = ()


def bare_code(code: str) -> str:
    """A customer code without surrounding blanks and leading zeros (booking.md rule 6)."""
    text = code.strip()
    return text.lstrip("0") or text[-1:]


def compact(text: str) -> str:
    """Letters and digits only, in capitals: how VAT numbers, chamber numbers, IBANs and postal codes are compared."""
    return "".join(char for char in text if char.isalnum()).upper()


def plain_name(text: str) -> str:
    """A name without capitals and punctuation, words one blank apart: how names are compared."""
    return " ".join("".join(char if char.isalnum() else " " for char in text).casefold().split())


class CustomerIndex:
    """The customers of one administration by each mark that may identify them; each index is made at first use."""

    def __init__(self, customers: Iterable[Customer] = ()) -> None:
        self._customers = tuple(customers)

    def with_id(self, exact_id: str | None) -> Customer | None:
        """The customer with this id in Exact."""
        return self._by_id.get(exact_id) if exact_id else None

    def with_code(self, code: str) -> tuple[Customer, ...]:
        """All customers whose code is `code`, blanks and leading zeros aside."""
        return tuple(self._by_code.get(bare_code(code), ()))

    def alike(self, *, vat_number: str, chamber_of_commerce: str, iban: str) -> tuple[Customer, str] | None:
        """The first relation with the same VAT number, chamber number or IBAN, and which of them agrees."""
        for mark, index, value in (
            ("vat_number", self._by_vat_number, vat_number),
            ("chamber_of_commerce", self._by_chamber, chamber_of_commerce),
            ("iban", self._by_iban, iban),
        ):
            if found := index.get(compact(value)):
                return found[0], mark
        return None

    @cached_property
    def _by_id(self) -> dict[str, Customer]:
        return {customer.exact_id: customer for customer in self._customers}

    @cached_property
    def _by_code(self) -> dict[str, list[Customer]]:
        return self._grouped(lambda customer: (bare_code(customer.code),))

    @cached_property
    def _by_vat_number(self) -> dict[str, list[Customer]]:
        return self._grouped(lambda customer: (compact(customer.vat_number),))

    @cached_property
    def _by_chamber(self) -> dict[str, list[Customer]]:
        return self._grouped(lambda customer: (compact(customer.chamber_of_commerce),))

    @cached_property
    def _by_iban(self) -> dict[str, list[Customer]]:
        return self._grouped(lambda customer: tuple(compact(iban) for iban in customer.ibans))

    def _grouped(self, marks: Callable[[Customer], Iterable[str]]) -> dict[str, list[Customer]]:
        groups: dict[str, list[Customer]] = {}
        for customer in self._customers:
            for mark in filter(None, marks(customer)):
                groups.setdefault(mark, []).append(customer)
        return groups
