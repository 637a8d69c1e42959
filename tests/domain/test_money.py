"""Money comes in by one door, and the parts of an amount always sum to the whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boekbrug.domain.money import CENT, ZERO, amount, equal_parts, spread, to_cents

D = Decimal
cents = st.integers(-10_000_000, 10_000_000).map(lambda number: D(number) / 100)
exact = st.decimals(-100_000, 100_000, places=5)


@pytest.mark.parametrize(
    ("text", "value"), [("12.5", "12.50"), (" -3 ", "-3.00"), (7, "7.00"), ("1.230", "1.23"), ("1e2", "100.00")]
)
def test_an_amount_is_made_from_text(text: str | int, value: str) -> None:
    assert str(amount(text)) == value


@pytest.mark.parametrize("text", ["", "1,50", "1.005", "NaN", "Infinity", "1000000000000", "-1000000000000", "1e400"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount|more than two decimals"):
        amount(text)


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0.00"), ("1.015", "1.02")]
)
def test_half_a_cent_goes_away_from_zero(value: str, rounded: str) -> None:
    assert str(to_cents(D(value))) == rounded


@pytest.mark.parametrize(
    ("total", "shares", "parts"),
    [
        ("0.08", ("0.0252", "0.021", "0.0189"), ("0.03", "0.03", "0.02")),
        ("0.06", ("0.0252", "0.021", "0.0189"), ("0.02", "0.02", "0.02")),
        ("0.03", ("0.01", "0.01", "0.00"), ("0.02", "0.01", "0.00")),
        ("0.00", ("0.005", "-0.005"), ("0.01", "-0.01")),
        ("0.10", ("0", "0"), ("0.05", "0.05")),
        ("0", (), ()),
    ],
)
def test_an_amount_is_spread_by_largest_remainder(total: str, shares: tuple[str, ...], parts: tuple[str, ...]) -> None:
    assert tuple(str(part) for part in spread(D(total), [D(share) for share in shares])) == parts


def test_something_cannot_be_spread_over_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to spread over"):
        spread(CENT, ())


@given(total=cents, shares=st.lists(exact, min_size=1, max_size=12))
def test_the_parts_of_a_spread_sum_to_the_whole(total: Decimal, shares: list[Decimal]) -> None:
    parts = spread(total, shares)
    assert len(parts) == len(shares)
    assert sum(parts, ZERO) == total
    assert all(part == to_cents(part) for part in parts)


@given(shares=st.lists(exact, min_size=1, max_size=12))
def test_a_spread_of_what_the_shares_make_leaves_each_within_a_cent(shares: list[Decimal]) -> None:
    parts = spread(to_cents(sum(shares, ZERO)), shares)
    assert all(abs(part - share) <= CENT for part, share in zip(parts, shares, strict=True))


@given(total=cents, count=st.integers(1, 60))
def test_equal_parts_sum_to_the_whole_with_the_rest_in_the_last(total: Decimal, count: int) -> None:
    *others, last = equal_parts(total, count)
    assert sum(others, last) == total
    assert len({*others}) <= 1
    assert all(abs(last) >= abs(part) for part in others)
    assert abs(last) - abs(total / count) < CENT * count


def test_there_is_at_least_one_part() -> None:
    with pytest.raises(ValueError, match="at least one part"):
        equal_parts(D(1), 0)
