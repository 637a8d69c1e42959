"""VAT numbers and IBANs by their country's own rules."""

import pytest

from boekbrug.sync.number_checks import NUMBER_CHECKS


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("NL004495445B01", "NL"),
        ("NL123456782B90", "NL"),
        ("004495445B01", "NL"),
        ("BE0428759497", "BE"),
        ("0428759497", "BE"),
        ("DE136695976", "NL"),
        ("EL094259216", "GR"),
        ("GB980780684", "NL"),
        ("CHE107787577IVA", "CH"),
        ("FR40303265045", "FR"),
    ],
)
def test_a_number_that_follows_its_countrys_rules_is_valid(number: str, country: str) -> None:
    assert NUMBER_CHECKS.vat_number_valid(number, country)


@pytest.mark.parametrize(
    ("number", "country"), [("BE0428759498", "BE"), ("NL00", "NL"), ("NL123456782X90", "NL"), ("0428759498", "BE")]
)
def test_a_number_with_wrong_digits_or_form_is_not_valid(number: str, country: str) -> None:
    assert not NUMBER_CHECKS.vat_number_valid(number, country)


@pytest.mark.parametrize(
    ("number", "country", "valid"), [("US123456", "US", True), ("12345678", "", True), ("é12", "", False)]
)
def test_the_form_decides_where_no_rules_are_known(number: str, country: str, valid: bool) -> None:
    assert NUMBER_CHECKS.vat_number_valid(number, country) is valid


@pytest.mark.parametrize(
    ("iban", "valid"),
    [
        ("NL91ABNA0417164300", True),
        ("NL91ABNA0417164301", False),
        ("BE43068999999501", True),
        ("BE68539007547034", False),
        ("GB82WEST12345698765432", True),
        ("XX00", False),
        ("", False),
    ],
)
def test_an_iban_needs_its_check_digits_and_its_countrys_form(iban: str, valid: bool) -> None:
    assert NUMBER_CHECKS.iban_valid(iban) is valid
