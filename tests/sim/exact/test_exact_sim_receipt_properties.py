"""Any sequence of receipts, write-offs and undoings keeps the books whole: simulators.md, exact-rest.md 4.8."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sim.exact.practice_office import NL, Json, Office, open_office

AMOUNTS = (Decimal("121.00"), Decimal("60.50"), Decimal("-30.25"), Decimal("0.01"))
RECEIVABLES = "1300"


@pytest.fixture(scope="module")
def shared() -> Iterator[Office]:
    with open_office() as office:
        yield office


def entries(office: Office) -> list[int]:
    """Three invoices and a credit note of one customer; all that was booked before is gone."""
    office.control("scenario", {"name": "demo"})
    customer, account = office.customer(), office.account()
    numbers = []
    for amount in AMOUNTS:
        line = {"AmountFC": float(amount), "GLAccount": account, "VATCode": "0"}
        body = {"Customer": customer, "Journal": "70", "EntryDate": "2026-06-10", "SalesEntryLines": [line]}
        numbers.append(office.post("salesentry/SalesEntries", body).json()["d"]["EntryNumber"])
    return numbers


def open_items(office: Office) -> dict[int, Decimal]:
    rows = office.rows("read/financial/ReceivablesList", select="EntryNumber,Amount")
    return {row["EntryNumber"]: Decimal(str(row["Amount"])) for row in rows}


def check(office: Office, numbers: list[int]) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    receivable = Decimal(0)
    for line in office.ledger():
        sums[line["entry_id"]] += Decimal(line["amount"])
        receivable += Decimal(line["amount"]) if line["account"] == RECEIVABLES else 0
    assert not any(sums.values())
    left = open_items(office)
    assert sum(left.values()) == receivable
    names = "EntryNumber,AmountDC,TransactionAmountDC,IsFullyPaid,Status"
    terms = office.rows("cashflow/Receivables", select=names)
    for number, amount in zip(numbers, AMOUNTS, strict=True):
        mine = [row for row in terms if row["EntryNumber"] == number]
        assert sum(Decimal(str(row["AmountDC"])) for row in mine) == -amount
        assert {row["TransactionAmountDC"] for row in mine} == {float(amount)}
        assert {row["IsFullyPaid"] for row in mine} == {number not in left}
        assert sum(row["Status"] < 50 for row in mine) == (number in left)


chosen = st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True)
paid = st.none() | st.sampled_from(["0.00", "0.01", "10.00", "30.25", "60.50", "500.00", "-30.25"])
written_off = st.sampled_from([False, False, True, "0.01", "5.00"])
steps = st.lists(st.tuples(st.just("receive"), chosen, paid, written_off) | st.just("undo"), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.randoms(use_true_random=False))
def test_receipts_and_their_undoing_keep_books_and_open_items_whole(shared: Office, steps: Any, dice: Any) -> None:
    numbers = entries(shared)
    before = open_items(shared)
    receipts: list[str] = []
    for step in steps:
        if step == "undo":
            if receipts:
                undo(shared, receipts.pop(dice.randrange(len(receipts))))
        else:
            receipts += receive(shared, [numbers[place] for place in step[1]], step[2], step[3])
        check(shared, numbers)
    dice.shuffle(receipts)
    for receipt in receipts:
        undo(shared, receipt)
    check(shared, numbers)
    assert open_items(shared) == before


def receive(office: Office, numbers: list[int], amount: str | None, off: object) -> list[str]:
    """Book a receipt; one that cannot be is refused with a sentence and leaves nothing."""
    body: Json = {"division": NL, "journal": "70", "year": 2026, "entry_numbers": numbers, "written_off": off}
    answer = office.http.post("/_sim/receipts", json=body | ({} if amount is None else {"amount": amount}))
    if answer.status_code == 400:
        assert answer.json()["error"]
        return []
    assert answer.status_code == 200, answer.text
    return [answer.json()["id"]]


def undo(office: Office, receipt: str) -> None:
    assert office.http.delete(f"/_sim/receipts/{receipt}").status_code == 200
