"""Section 5: code lists."""

from typing import Any

import pytest
from tests.contract.company import Company

TYPES_5_3 = {
    *(10, 12, 14, 16, 20, 21, 22, 24, 25, 26, 27, 29, 30, 32, 35, 40, 50, 52, 55, 60, 90, 100, 110, 111, 120, 121, 122),
    *(123, 125, 126, 130, 140, 150, 160, 300, 301, 302),
}


def test_5_1_transaction_types_are_listed_live(company: Company) -> None:
    found = {row["ID"] for row in company.rows("financial/GLTransactionTypes", select="ID,Description")}
    assert {10, 20, 21, 30, 31, 40, 83, 84, 90} <= found


@pytest.mark.parametrize(("sign", "more", "letters"), [(1, {}, {"V", "A"}), (-1, {"Type": 21}, {"X", "Z"})])
def test_5_2_letters_of_a_sale_and_of_a_credit_note(
    company: Company, sign: int, more: dict[str, Any], letters: set[str]
) -> None:
    entry = company.book(SalesEntryLines=[company.line(AmountFC=100 * sign)], **more)
    assert {line["VATType"] for line in company.lines_of(entry["EntryID"])} - {None, ""} == letters


def test_5_3_accounts_have_known_types_sides_and_kinds(company: Company) -> None:
    rows = company.rows("financial/GLAccounts", select="Type,BalanceSide,BalanceType")
    assert {row["Type"] for row in rows} <= TYPES_5_3
    assert {row["BalanceSide"] for row in rows} <= {"D", "C"}
    assert {row["BalanceType"] for row in rows} <= {"B", "W"}
