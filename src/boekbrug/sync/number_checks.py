"""The checks of VAT numbers and IBANs by python-stdnum, country by country, for `book()`'s last argument."""

from functools import cache
from typing import Any

from stdnum import iban
from stdnum.util import get_cc_module

from boekbrug.domain.checks import NumberChecks, vat_number_in_form

OTHER_PREFIX = {"EL": "gr", "XI": "gb"}
"""Greece and Northern Ireland write another prefix than their country code."""


@cache
def _vat_module(place: str) -> Any:
    """The module that knows the VAT numbers of a country or prefix; None when there is none."""
    if not (place.isascii() and place.isalpha()):
        return None
    return get_cc_module(OTHER_PREFIX.get(place, place).lower(), "vat")


def vat_number_valid(number: str, country: str) -> bool:
    """Whether the compact number is right by the rules of its prefix's country or of `country`.

    Where neither has rules that we know, its form decides.
    """
    modules = [module for module in (_vat_module(number[:2]), _vat_module(country.upper())) if module]
    if not modules:
        return vat_number_in_form(number, country)
    return any(module.is_valid(number) for module in modules)


def iban_valid(number: str) -> bool:
    """Whether the IBAN is right by ISO 13616 and by the rules of its own country."""
    return bool(iban.is_valid(number))


NUMBER_CHECKS = NumberChecks(vat_number_valid=vat_number_valid, iban_valid=iban_valid)
