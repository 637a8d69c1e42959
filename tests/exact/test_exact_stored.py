"""What Exact stored, put together from its ledger lines, so that it can be compared with what was sent."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exact.answers_of_exact import BASE, DOCUMENT, ENTRY, OTHER, World, listed, ms
from tests.exact.entries_of_ours import entry, line

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.statement import compare
from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.wire.stored import stored_entries
from boekbrug.exact.wire.values import NotReadable
from boekbrug.sync.failures import Unreachable

CENTS = st.decimals(min_value="-99999.99", max_value="99999.99", places=2)


def ledger_lines(
    sent: SalesEntry, *, entry_id: str = ENTRY, vat_sign: int = -1, vat_on_revenue: bool = True
) -> list[dict[str, Any]]:
    """The lines that Exact makes of an entry: debit positive, line 0 the receivable, then revenue, then VAT."""
    common = {
        "EntryID": entry_id,
        "EntryNumber": sent.entry_number,
        "JournalCode": sent.journal,
        "Type": sent.kind,
        "FinancialYear": sent.reporting_year,
        "FinancialPeriod": sent.reporting_period,
        "Date": ms(datetime(sent.entry_date.year, sent.entry_date.month, sent.entry_date.day, tzinfo=UTC)),
        "DueDate": ms(datetime(2026, 12, 3, tzinfo=UTC)),
        "Currency": sent.currency,
        "AccountCode": sent.customer_code.rjust(18),
        "Document": DOCUMENT,
    }
    rows = [common | {"LineNumber": 0, "GLAccountCode": "1300", "AmountFC": sent.total_incl, "VATType": None}]
    rows += [
        common
        | {
            "LineNumber": number,
            "GLAccountCode": ours.gl_account,
            "AmountFC": -ours.amount,
            "AmountVATFC": vat_sign * ours.vat_amount if vat_on_revenue else None,
            "VATCode": ours.vat_code.ljust(3),
            "VATType": "V" if sent.kind == 20 else "X",
            "CostCenter": ours.cost_centre,
            "ProjectCode": ours.project_code,
        }
        for number, ours in enumerate(sent.lines, start=1)
    ]
    for number, code in enumerate(sorted({ours.vat_code for ours in sent.lines}), start=len(rows)):
        vat = sum((ours.vat_amount for ours in sent.lines if ours.vat_code == code), Decimal(0))
        rows.append(
            common
            | {
                "LineNumber": number, "GLAccountCode": "1500", "AmountFC": -vat, "VATCode": code,
                "VATType": "A" if sent.kind == 20 else "Z",
            }
        )  # fmt: skip
    return rows


THREE = entry(
    line(1, cost_centre="0400", project="P1"), line(2, amount="33.33", vat="7.00"),
    line(3, amount="50.00", vat="4.50", vat_code="2"),
)  # fmt: skip


@pytest.mark.parametrize("vat_sign", [1, -1])
@pytest.mark.parametrize("kind", [20, 21])
def test_what_was_stored_as_sent_is_proven(vat_sign: int, kind: int) -> None:
    sent = THREE if kind == 20 else entry(line(1, amount="-100.10", vat="-21.02"), kind=21)
    (stored,) = stored_entries(ledger_lines(sent, vat_sign=vat_sign))
    assert compare(sent, stored, document=DOCUMENT) == ()
    assert (stored.entry_id, stored.due_date, stored.total_incl) == (ENTRY, date(2026, 12, 3), sent.total_incl)


def test_vat_that_only_stands_on_the_vat_lines_is_spread_over_its_revenue() -> None:
    (stored,) = stored_entries(ledger_lines(THREE, vat_on_revenue=False))
    assert compare(THREE, stored) == ()


def test_vat_lines_without_revenue_of_their_code_change_nothing() -> None:
    rows = ledger_lines(THREE, vat_on_revenue=False)
    for row in rows[4:]:
        row["VATCode"] = "9"
    (stored,) = stored_entries(rows)
    assert [found.vat_amount for found in stored.lines] == [Decimal(0)] * 3


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=12), st.sampled_from([1, -1]))
def test_any_amounts_come_back_as_they_were_sent(amounts: Sequence[tuple[Decimal, Decimal]], vat_sign: int) -> None:
    sent = entry(*(line(index, amount=str(amount), vat=str(vat)) for index, (amount, vat) in enumerate(amounts, 1)))
    rows = ledger_lines(sent, vat_sign=vat_sign)
    (stored,) = stored_entries(rows)
    # Where all VAT cancels out, the total does not tell its sign: then Exact's usual sign (credit negative) counts.
    if vat_sign == -1 or sent.total_vat:
        assert compare(sent, stored) == ()


@pytest.mark.parametrize(
    ("row", "changes", "field"),
    [
        (0, {"Type": 21}, "kind"),
        (0, {"FinancialPeriod": 12}, "period"),
        (0, {"FinancialYear": 2027}, "year"),
        (0, {"AccountCode": "99"}, "customer"),
        (0, {"Currency": "USD"}, "currency"),
        (0, {"Document": None}, "document"),
        (0, {"DueDate": None}, "due_date"),
        (1, {"GLAccountCode": "8100"}, "gl_account"),
        (1, {"VATCode": "2"}, "vat_code"),
        (1, {"CostCenter": None}, "cost_centre"),
        (1, {"ProjectCode": "P2"}, "project"),
    ],
)
def test_what_differs_is_named(row: int, changes: Mapping[str, Any], field: str) -> None:
    rows = ledger_lines(THREE)
    rows[row] |= changes
    (stored,) = stored_entries(rows)
    assert [difference.field for difference in compare(THREE, stored, document=DOCUMENT)] == [field]


def test_another_amount_of_vat_is_seen() -> None:
    rows = ledger_lines(THREE)
    rows[1]["AmountVATFC"] += Decimal("0.01")
    (stored,) = stored_entries(rows)
    assert [difference.field for difference in compare(THREE, stored)] == ["vat_amount"]


def test_lines_of_an_entry_may_lie_far_apart_and_deferral_lines_do_not_count() -> None:
    second = entry(line(1, amount="10.00", vat="2.10"))
    rows = [*ledger_lines(THREE), *ledger_lines(second, entry_id=OTHER)]
    deferral = rows[1] | {"Type": 84, "AmountFC": 100}
    found = stored_entries([deferral, *reversed(rows), deferral])
    by_id = {stored.entry_id: stored for stored in found}
    assert compare(THREE, by_id[ENTRY]) == ()
    assert compare(second, by_id[OTHER]) == ()


def test_an_entry_without_its_header_line_is_not_guessed() -> None:
    with pytest.raises(NotReadable, match="line 0"):
        stored_entries(ledger_lines(THREE)[1:])


class TestQuestion:
    def test_one_question_names_journal_types_numbers_and_date(self) -> None:
        world = World(lambda _: listed(*map(plain, ledger_lines(THREE))))
        (stored,) = ExactLedger(world.client).stored_entries("70", (20260001, 20260500), date(2026, 11, 1))
        assert compare(THREE, stored) == ()
        assert world.paths == ["GET /api/v1/100001/bulk/Financial/TransactionLines"]
        assert world.query().endswith(
            "$filter=JournalCode eq '70' and (Type eq 20 or Type eq 21) and EntryNumber ge 20260001 "
            "and EntryNumber le 20260500 and Date ge datetime'2026-11-01'"
        )
        assert world.budget.reserved == [("proof", "bulk/Financial/TransactionLines")]

    def test_five_hundred_invoices_of_three_lines_are_proven_in_three_calls(self) -> None:
        sent = entry(line(1), line(2), line(3))
        rows = [
            plain(row)
            for number in range(500)
            for row in ledger_lines(sent, entry_id=f"{number:08d}-2222-2222-2222-222222222222")
        ]
        address = f"{BASE}/api/v1/100001/bulk/Financial/TransactionLines?$skiptoken="
        chunks = [rows[start : start + 1000] for start in range(0, len(rows), 1000)]
        answers = [
            listed(*chunk, following=f"{address}{number}" if number < len(chunks) else None)
            for number, chunk in enumerate(chunks, start=1)
        ]
        world = World(lambda _: answers.pop(0))
        stored = list(ExactLedger(world.client).stored_entries("70", (1, 99999999), date(2026, 1, 1)))
        assert (len(stored), len(world.requests)) == (500, 3)

    def test_what_cannot_be_read_is_no_answer(self) -> None:
        world = World(lambda _: listed(plain(ledger_lines(THREE)[1])))
        with pytest.raises(Unreachable):
            ExactLedger(world.client).stored_entries("70", (1, 2), date(2026, 1, 1))


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON carries it."""
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}
