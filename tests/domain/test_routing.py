"""Which integration an invoice belongs to, and whether two filters are apart."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.builders import invoice, line

from boekbrug.domain.invoice import Course
from boekbrug.domain.options import InvoiceFilter
from boekbrug.domain.problem import Problem
from boekbrug.domain.routing import fits, integration_for, may_overlap

LOW_SERIES = InvoiceFilter(numbers=(("20260001", "20264999"),))
HIGH_SERIES = InvoiceFilter(numbers=(("20265000", "20269999"),))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, True),
        ({"numbers": (("20260001", "20260001"),)}, True),
        ({"numbers": (("1", "9"), ("20260000", "20260009"))}, True),
        ({"numbers": (("20260002", "20269999"),)}, False),
        ({"numbers": (("A0000000", "Z9999999"),)}, False),
        ({"numbers": (("00000000", "ZZZZZZZZ"),)}, True),
        ({"numbers": (("000", "ZZZ"),)}, False),
        ({"cost_centres": ("Intern", "UTR")}, True),
        ({"cost_centres": ("UTR",)}, False),
        ({"course_kinds": ("BHV",)}, True),
        ({"course_kinds": ("VCA",)}, False),
        ({"numbers": (("1", "9"),), "course_kinds": ("BHV",)}, False),
    ],
)
def test_every_filled_part_of_a_filter_must_be_met(wanted: dict[str, Any], expected: bool) -> None:
    assert fits(invoice(), InvoiceFilter(**wanted)) is expected


def test_lines_of_two_courses_fit_only_a_filter_with_both() -> None:
    mixed = invoice(line(), line(number=2, course=Course(kind="VCA")), line(number=3, course=None))
    assert not fits(mixed, InvoiceFilter(course_kinds=("BHV",)))
    assert fits(mixed, InvoiceFilter(course_kinds=("BHV", "VCA")))
    assert not fits(invoice(line(course=None)), InvoiceFilter(course_kinds=("BHV",)))


def test_an_invoice_goes_to_the_one_integration_that_it_fits() -> None:
    assert integration_for(invoice(), {1: LOW_SERIES, 2: HIGH_SERIES}) == 1


def test_an_invoice_that_fits_none_or_two_is_a_problem() -> None:
    none, two = integration_for(invoice(), {2: HIGH_SERIES}), integration_for(invoice(), {1: LOW_SERIES, 3: LOW_SERIES})
    assert isinstance(none, Problem)
    assert isinstance(two, Problem)
    assert (none.code, two.code) == ("integration-none", "integration-ambiguous")
    assert dict(two.values) == {"number": "20260001", "integrations": "1, 3"}


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ({}, {}, True),
        ({"numbers": (("1", "9"),)}, {}, True),
        ({"numbers": (("1", "9"),)}, {"numbers": (("9", "20"),)}, True),
        ({"numbers": (("5", "6"),)}, {"numbers": (("1", "9"),)}, True),
        ({"numbers": (("1", "9"),)}, {"numbers": (("10", "20"),)}, False),
        ({"numbers": (("A1", "A9"),)}, {"numbers": (("A5", "B1"),)}, True),
        ({"numbers": (("A1", "A4"),)}, {"numbers": (("A5", "B1"),)}, False),
        ({"numbers": (("A1", "A4"),)}, {"numbers": (("1", "99"),)}, False),
        ({"numbers": (("1", "99"),)}, {"numbers": (("00", "ZZ"),)}, True),
        ({"cost_centres": ("A",)}, {"cost_centres": ("B",)}, False),
        ({"cost_centres": ("A", "B")}, {"cost_centres": ("B",)}, True),
        ({"cost_centres": ("A",)}, {"course_kinds": ("B",)}, True),
        ({"course_kinds": ("A",)}, {"course_kinds": ("B",)}, False),
    ],
)
def test_filters_are_apart_when_one_part_excludes_the_other(
    one: dict[str, Any], other: dict[str, Any], overlap: bool
) -> None:
    assert may_overlap(InvoiceFilter(**one), InvoiceFilter(**other)) is overlap
    assert may_overlap(InvoiceFilter(**other), InvoiceFilter(**one)) is overlap


numbers = st.integers(1, 60)
series = st.tuples(numbers, numbers).map(lambda pair: (str(min(pair)), str(max(pair))))


@given(one=series, other=series)
def test_no_number_fits_two_filters_that_are_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    left, right = InvoiceFilter(numbers=(one,)), InvoiceFilter(numbers=(other,))
    both = [n for n in range(1, 61) if all(fits(invoice(number=str(n)), wanted) for wanted in (left, right))]
    assert may_overlap(left, right) is bool(both)
