"""What the verdict of the chaos calls right, as a table: an exact verdict cannot be talked round."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from bench.changes import Was
from bench.verdict import right_amount, right_debtor

FIRST, SECOND, LAST = (
    Was(amount=Decimal(amount), debtor=debtor) for amount, debtor in (("121.00", "1"), ("12", "2"), ("242.5", "3"))
)
EVER = (FIRST, SECOND, LAST)


@pytest.mark.parametrize(
    ("was", "told", "amount", "debtor"),
    [
        ((FIRST,), {}, FIRST.amount, "1"),
        (EVER, {}, LAST.amount, "3"),
        (EVER, {"reference": ("PO-1", "PO-2")}, LAST.amount, "3"),
        (EVER, {"total_incl": ("121", "242.5")}, FIRST.amount, "3"),
        (EVER, {"total_incl": ("12", "242.5"), "debtor.number": ("2", "3")}, SECOND.amount, "2"),
        (EVER, {"total_incl": ("13", "242.5"), "debtor.number": ("4", "3")}, None, None),
        (EVER, {"total_incl": ("121", "12"), "debtor.number": ("1", "2")}, None, None),
        (EVER, {"total_incl": ("242.5", "242.5"), "debtor.number": ("3", "3")}, None, None),
    ],
    ids=[
        "never changed",
        "booked as it is now",
        "something else is told",
        "booked as it once was",
        "booked as it was in between",
        "told of what it never was",
        "told of an earlier change only",
        "told of no change",
    ],
)
def test_an_invoice_is_booked_as_it_is_now_or_as_a_finding_says_that_it_was(
    was: Sequence[Was], told: Mapping[str, Sequence[str]], amount: Decimal | None, debtor: str | None
) -> None:
    assert right_amount(was, told) == amount
    assert right_debtor(was, told) == debtor
