"""Options are read from forms, command line and files through one door."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boekbrug.domain.option_values import READERS, changed_keys, read_options, write_options
from boekbrug.domain.options import (
    Country,
    InvoiceFilter,
    NumberSource,
    Options,
    ProjectSource,
    Repeat,
    Site,
)


def test_no_values_give_the_defaults_of_the_options_page() -> None:
    assert read_options({}) == (Options(), ())


def test_written_options_read_back_the_same() -> None:
    options = Options(
        division=100001,
        book_from=date(2026, 11, 1),
        bulk_time=time(2, 30),
        bulk_repeat=Repeat.WEEK,
        bulk_day="sunday",
        debtor_number_2=NumberSource.EXTERNAL_NUMBER,
        project_source=ProjectSource.REQUEST_NUMBER,
        vat_rounding=Decimal("0.05"),
        protected_fields=("email",),
        invoice_filter=InvoiceFilter(numbers=(("20260001", "20269999"),), cost_centres=("Noord",)),
    )
    assert read_options(write_options(options)) == (options, ())


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("send_pdf", "ja", True),
        ("send_pdf", "no", False),
        ("send_pdf", "", False),
        ("send_pdf", False, False),
        ("division", "100001", 100001),
        ("division", None, None),
        ("debtor_number_2", "", None),
        ("debtor_number_2", "none", None),
        ("book_from", "2026-11-01", date(2026, 11, 1)),
        ("book_from", "", None),
        ("bulk_time", "02:30", time(2, 30)),
        ("vat_rounding", "0,03", Decimal("0.03")),
        ("protected_fields", "iban, email", ("iban", "email")),
        ("protected_fields", ["iban", ""], ("iban",)),
        ("invoice_filter", None, InvoiceFilter()),
        ("invoice_filter", {"numbers": [[1, 9]]}, InvoiceFilter(numbers=(("1", "9"),))),
        ("journal", 70, "70"),
    ],
)
def test_a_value_is_read_from_text_and_json_alike(key: str, value: object, expected: object) -> None:
    options, refusals = read_options({key: value})
    assert refusals == ()
    assert getattr(options, key) == expected


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("colour", "red", "option-unknown"),
        ("name", "", "option-length"),
        ("name", "x" * 101, "option-length"),
        ("name", 1.5, "option-not-text"),
        ("name", True, "option-not-text"),
        ("site", "FR", "option-not-a-choice"),
        ("site", None, "option-not-a-choice"),
        ("send_pdf", "perhaps", "option-not-yes-no"),
        ("division", "abc", "option-not-a-division"),
        ("division", "0", "option-not-a-division"),
        ("division", "²", "option-not-a-division"),
        ("book_from", "1-11-2026", "option-not-a-date"),
        ("bulk_time", "25:00", "option-not-a-time"),
        ("invoice_prefix", "20A", "option-not-digits"),
        ("vat_rounding", "0.06", "option-vat-rounding"),
        ("vat_rounding", "-0.01", "option-vat-rounding"),
        ("vat_rounding", "0.005", "option-vat-rounding"),
        ("vat_rounding", "NaN", "option-vat-rounding"),
        ("vat_rounding", "veel", "option-vat-rounding"),
        ("protected_fields", 7, "option-not-a-list"),
        ("invoice_filter", "all", "option-not-a-filter"),
        ("invoice_filter", {"colour": []}, "option-not-a-filter"),
        ("invoice_filter", {"numbers": [["9", "1"]]}, "option-not-a-range"),
        ("invoice_filter", {"numbers": [["9"]]}, "option-not-a-range"),
        ("invoice_filter", {"numbers": [["A", "B"]]}, "option-not-a-range"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_at_its_key(key: str, value: object, code: str) -> None:
    options, refusals = read_options({key: value})
    assert [(refusal.key, refusal.code) for refusal in refusals] == [(key, code)]
    assert options == Options()


def test_belgium_follows_the_site_and_books_credit_notes() -> None:
    options, _ = read_options({"site": "BE"})
    assert (options.site, options.country, options.credit_notes) == (Site.BE, Country.BE, True)


def test_an_explicit_value_beats_what_the_site_suggests() -> None:
    options, _ = read_options({"site": "BE", "country": "BE", "credit_notes": "no"})
    assert options.credit_notes is False


def test_changes_are_named_in_the_order_of_the_panels() -> None:
    new, _ = read_options({"journal": "71", "name": "Exact Noord"}, base=Options())
    assert changed_keys(Options(), new) == ("name", "journal")


ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats()


@given(st.sampled_from(sorted(READERS)), ANYTHING)
def test_no_value_whatever_breaks_the_reading(key: str, value: object) -> None:
    options, refusals = read_options({key: value}, base=Options())
    assert isinstance(options, Options)
    assert {refusal.key for refusal in refusals} <= {key}
