"""Whether a VAT number or an IBAN is well formed: two questions that the caller may answer better than we do."""

import re
from collections.abc import Callable
from dataclasses import dataclass

VAT_FORM = re.compile(r"(?:[A-Z]{2})?[A-Z0-9]{2,13}")
IBAN_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def vat_number_in_form(number: str, country: str) -> bool:
    """Whether `number` (compact, in capitals) looks like a VAT number; check digits are not known here."""
    del country
    return VAT_FORM.fullmatch(number) is not None and any(char.isdigit() for char in number)


def iban_in_form(iban: str) -> bool:
    """Whether `iban` (compact, in capitals) has the form and the check digits of ISO 13616 (mod 97)."""
    if IBAN_FORM.fullmatch(iban) is None:
        return False
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberChecks:
    """The checks of numbers that `book()` uses; both get the compact number in capitals.

    `vat_number_valid` also gets the country (ISO 3166 alpha-2, may be empty) for numbers without their prefix.
    """

    vat_number_valid: Callable[[str, str], bool] = vat_number_in_form
    iban_valid: Callable[[str], bool] = iban_in_form


FORM_ONLY = NumberChecks()
