"""Money is Decimal, made from text at one door; splitting an amount is one function whose parts sum to the whole."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST = Decimal("999999999999.99")


def amount(text: str | int) -> Decimal:
    """Money in cents from text such as "1234.5" or a whole number.

    Raises ValueError on anything else, on more than two decimals that are not zero, and on an amount
    that no invoice has (above 999,999,999,999.99).
    """
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None
    if not value.is_finite() or abs(value) > LARGEST:
        raise ValueError(f"not an amount: {text!r}")
    rounded = value.quantize(CENT)
    if rounded != value:
        raise ValueError(f"more than two decimals: {text!r}")
    return rounded


def to_cents(value: Decimal) -> Decimal:
    """`value` rounded half up (away from zero at exactly half a cent) to cents."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def spread(total: Decimal, shares: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """`total` in cents split over `shares` (the exact parts that each would like), by largest remainder.

    Each part is its share rounded half up; the cents that are then too many or too few go to the parts whose
    share was rounded most the other way, the first of equals first. The parts always sum to `total`.
    """
    if not shares:
        if total:
            raise ValueError("nothing to spread over")
        return ()
    parts = [to_cents(share) for share in shares]
    missing = int((total - sum(parts, ZERO)) / CENT)
    step = CENT if missing > 0 else -CENT
    order = sorted(range(len(parts)), key=lambda i: ((parts[i] - shares[i]) * (1 if missing > 0 else -1), i))
    whole, rest = divmod(abs(missing), len(parts))
    for rank, index in enumerate(order):
        parts[index] += step * (whole + (1 if rank < rest else 0))
    return tuple(parts)


def equal_parts(total: Decimal, count: int) -> tuple[Decimal, ...]:
    """`total` in `count` equal parts of whole cents towards zero, the rest in the last (booking.md rule 10)."""
    if count < 1:
        raise ValueError("at least one part")
    sign = 1 if total >= 0 else -1
    part = (abs(total) / count).quantize(CENT, rounding=ROUND_FLOOR) * sign
    return (*(part,) * (count - 1), total - part * (count - 1))
