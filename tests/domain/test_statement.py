"""Proof and statement: what Exact stored beside what was sent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.builders import HIGH, LOW, booked, invoice, line, lines

from boekbrug.domain.entry import Deferral, SalesEntry, SalesLine
from boekbrug.domain.statement import (
    Difference,
    StatementKey,
    StoredEntry,
    StoredLine,
    compare,
    make_statement,
    missing_numbers,
)

D = Decimal
MARCH_ON = Deferral(start=date(2026, 3, 1), end=date(2026, 5, 31))


def _sent(*amounts: str) -> SalesEntry:
    return booked(invoice(*lines(*(amounts or ("100.00",))), due_date=date(2026, 4, 15))).entry


def _stored_line(own: SalesLine, **fields: Any) -> StoredLine:
    values: dict[str, Any] = {
        "gl_account": own.gl_account,
        "amount": own.amount,
        "vat_code": own.vat_code,
        "vat_amount": own.vat_amount,
        "cost_centre": own.cost_centre,
        "project": own.project_code,
    }
    return StoredLine(**values | fields)


def _stored(sent: SalesEntry, **fields: Any) -> StoredEntry:
    values: dict[str, Any] = {
        "entry_id": "e-1",
        "kind": sent.kind,
        "journal": sent.journal,
        "entry_number": sent.entry_number,
        "year": sent.reporting_year,
        "period": sent.reporting_period,
        "entry_date": sent.entry_date,
        "due_date": sent.due_date,
        "currency": sent.currency,
        "customer_code": "                00" + sent.customer_code,
        "document": None,
        "lines": tuple(_stored_line(own) for own in sent.lines),
        "total_incl": sent.total_incl,
    }
    return StoredEntry(**values | fields)


def test_equal_entries_have_no_difference() -> None:
    sent = _sent("100.00", "50.00")
    assert compare(sent, _stored(sent)) == ()


@pytest.mark.parametrize(
    ("fields", "difference"),
    [
        ({"kind": 21}, ("kind", "20", "21")),
        ({"journal": "71"}, ("journal", "70", "71")),
        ({"entry_number": 9}, ("entry_number", "20260001", "9")),
        ({"customer_code": "43"}, ("customer", "42", "43")),
        ({"year": 2027}, ("year", "2026", "2027")),
        ({"period": 4}, ("period", "3", "4")),
        ({"entry_date": date(2026, 3, 17)}, ("entry_date", "2026-03-16", "2026-03-17")),
        ({"due_date": None}, ("due_date", "2026-04-15", "")),
        ({"currency": "USD"}, ("currency", "EUR", "USD")),
        ({"total_incl": D("121.01")}, ("total_incl", "121.00", "121.01")),
    ],
)
def test_each_field_of_the_header_is_compared(fields: dict[str, Any], difference: tuple[str, str, str]) -> None:
    sent = _sent()
    name, ours, theirs = difference
    assert compare(sent, _stored(sent, **fields)) == (Difference(field=name, line=None, sent=ours, stored=theirs),)


@pytest.mark.parametrize(
    ("document", "stored", "fields"),
    [(None, None, []), (None, "d", []), ("d", "d", []), ("d", None, ["document"]), ("d", "x", ["document"])],
)
def test_the_document_is_compared_when_it_was_sent(document: str | None, stored: str | None, fields: list[str]) -> None:
    sent = _sent()
    found = compare(sent, _stored(sent, document=stored), document=document)
    assert [difference.field for difference in found] == fields


def test_a_due_date_left_to_exact_cannot_differ() -> None:
    sent = replace(_sent(), due_date=None)
    assert compare(sent, _stored(sent, due_date=date(2026, 5, 1))) == ()


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"gl_account": "8010"}, ["gl_account"]),
        ({"amount": D("99.00")}, ["amount"]),
        ({"vat_code": "1"}, ["vat_code"]),
        ({"vat_amount": D("21.01")}, ["vat_amount"]),
        ({"cost_centre": "UTR"}, ["cost_centre"]),
        ({"project": "P"}, ["project"]),
        ({"cost_centre": "", "project": ""}, []),
        ({"deferral": MARCH_ON}, ["deferral"]),
    ],
)
def test_each_field_of_a_line_is_compared(fields: dict[str, Any], names: list[str]) -> None:
    sent = _sent()
    stored = _stored(sent, lines=(_stored_line(sent.lines[0], **fields),))
    found = compare(sent, stored)
    assert [difference.field for difference in found] == names
    assert all(difference.line == 1 for difference in found)


def test_a_deferral_is_compared_when_it_can_be_read() -> None:
    plain = _sent()
    sent = replace(plain, lines=(replace(plain.lines[0], deferral=MARCH_ON),))
    later = Deferral(start=date(2026, 4, 1), end=date(2026, 5, 31))
    assert compare(sent, _stored(sent)) == ()
    assert compare(sent, _stored(sent, lines=(_stored_line(sent.lines[0], deferral=MARCH_ON),))) == ()
    (difference,) = compare(sent, _stored(sent, lines=(_stored_line(sent.lines[0], deferral=later),)))
    assert (difference.sent, difference.stored) == ("2026-03-01 - 2026-05-31", "2026-04-01 - 2026-05-31")


def test_another_order_of_lines_is_no_difference() -> None:
    sent = _sent("1.00", "2.00", "3.00")
    stored = _stored(sent)
    assert compare(sent, replace(stored, lines=stored.lines[::-1])) == ()


def test_a_line_too_many_or_too_few_is_named() -> None:
    sent = _sent("1.00", "2.00")
    stored = _stored(sent)
    assert compare(sent, replace(stored, lines=stored.lines[:1])) == (
        Difference(field="line", line=2, sent="2.00", stored=""),
    )
    extra = replace(stored, lines=(*stored.lines, _stored_line(sent.lines[0])))
    assert compare(sent, extra) == (Difference(field="line", line=None, sent="", stored="1.00"),)


def _two() -> list[SalesEntry]:
    rows = (line("10.00", vat_code="1", vat_percentage=LOW), line("100.00", number=2, vat_percentage=HIGH))
    one = booked(invoice(*rows)).entry
    two = booked(invoice(line("-40.00"), number="20260003", invoice_date=date(2026, 4, 1))).entry
    return [one, two]


def test_a_statement_sums_journal_period_and_vat_code_on_both_sides() -> None:
    sent = _two()
    statement = make_statement(sent, [_stored(entry) for entry in sent])
    assert [(row.key, row.sent.lines, row.sent.amount, row.sent.vat_amount) for row in statement.rows] == [
        (StatementKey(journal="70", year=2026, period=3, vat_code="1"), 1, D("10.00"), D("0.90")),
        (StatementKey(journal="70", year=2026, period=3, vat_code="2"), 1, D("100.00"), D("21.00")),
        (StatementKey(journal="70", year=2026, period=4, vat_code="2"), 1, D("-40.00"), D("-8.40")),
    ]
    assert statement.balanced
    assert (statement.sent_total, statement.stored_total) == (D("83.50"), D("83.50"))
    assert statement.missing_numbers == ((20260002, 20260002),)


def test_a_statement_shows_what_one_side_lacks() -> None:
    sent = _two()
    statement = make_statement(sent, [_stored(sent[0])])
    assert not statement.balanced
    assert [row.key.period for row in statement.differences] == [4]
    assert statement.sent_total - statement.stored_total == D("-48.40")
    other = replace(_stored(sent[0]), period=4)
    assert [row.equal for row in make_statement(sent[:1], [other]).rows] == [False] * 4


@pytest.mark.parametrize(("numbers", "gaps"), [((), ()), ((5,), ()), ((1, 2, 3), ()), ((1, 3, 3, 7), ((2, 2), (4, 6)))])
def test_gaps_in_the_numbers_are_ranges(numbers: tuple[int, ...], gaps: tuple[tuple[int, int], ...]) -> None:
    assert missing_numbers(numbers) == gaps


@given(st.sets(st.integers(1, 200), min_size=1))
def test_numbers_and_gaps_together_are_the_whole_range(numbers: set[int]) -> None:
    missing = {number for low, high in missing_numbers(numbers) for number in range(low, high + 1)}
    assert missing | numbers == set(range(min(numbers), max(numbers) + 1))
    assert not missing & numbers
