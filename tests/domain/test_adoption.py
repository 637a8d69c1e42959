"""After a restore: an entry in Exact is ours when what nobody chooses twice by accident agrees."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.domain.builders import booked, invoice, lines, options

from boekbrug.domain.adoption import as_sent, is_ours
from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.options import DateSource
from boekbrug.domain.statement import StoredEntry, StoredLine

D = Decimal


def wanted() -> SalesEntry:
    return booked(invoice(*lines("100.00", "50.00"))).entry


def stored(entry: SalesEntry, **fields: Any) -> StoredEntry:
    """The entry as Exact would have it."""
    values: dict[str, Any] = {
        "entry_id": "e-1",
        "kind": entry.kind,
        "journal": entry.journal,
        "entry_number": entry.entry_number,
        "year": entry.reporting_year,
        "period": entry.reporting_period,
        "entry_date": entry.entry_date,
        "due_date": entry.due_date,
        "currency": entry.currency,
        "customer_code": entry.customer_code,
        "document": None,
        "lines": tuple(
            StoredLine(
                gl_account=line.gl_account, amount=line.amount, vat_code=line.vat_code, vat_amount=line.vat_amount
            )
            for line in entry.lines
        ),
        "total_incl": entry.total_incl,
    }
    return StoredEntry(**values | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"entry_number": 7, "journal": "71"},
        {"entry_date": date(2026, 1, 1), "period": 1},
        {"due_date": date(2026, 1, 1)},
        {"document": "d-1"},
    ],
    ids=lambda fields: ", ".join(fields) or "equal",
)
def test_an_entry_with_our_customer_total_and_lines_is_ours(fields: dict[str, Any]) -> None:
    assert is_ours(wanted(), stored(wanted(), **fields))


def test_an_entry_of_another_customer_or_amount_is_not_ours() -> None:
    entry = wanted()
    other = replace(stored(entry).lines[0], amount=D("99.99"))
    assert not is_ours(entry, stored(entry, customer_code="43"))
    assert not is_ours(entry, stored(entry, total_incl=entry.total_incl + D("0.01")))
    assert not is_ours(entry, stored(entry, lines=(other, stored(entry).lines[1])))
    assert not is_ours(entry, stored(entry, lines=stored(entry).lines[:1]))
    assert not is_ours(entry, stored(entry, lines=(*stored(entry).lines, other)))


def test_what_was_sent_had_the_number_and_journal_that_it_has() -> None:
    entry = wanted()
    found = as_sent(
        entry, stored(entry, journal="71", entry_number=7, period=9, entry_date=date(2026, 9, 9)), options()
    )
    assert found == replace(entry, journal="71", entry_number=7)


@pytest.mark.parametrize("option", ["entry_date", "period_date_1", "period_date_2"])
def test_the_day_of_the_export_is_the_one_that_exact_remembers(option: str) -> None:
    entry, day = wanted(), date(2026, 9, 9)
    found = as_sent(entry, stored(entry, year=2026, period=9, entry_date=day), options(**{option: DateSource.EXPORT}))
    assert (found.entry_date, found.reporting_year, found.reporting_period) == (day, 2026, 9)
