"""What would be booked if a koppeling started now: counted from what Coachview has, looked up in Exact."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.domain import builders
from tests.sync.memory_intents import HandClock
from tests.sync.office import NOW
from tests.sync.scripted import ScriptedLedger, ScriptedSource

from boekbrug.domain.invoice import Invoice, InvoiceStatus
from boekbrug.domain.options import InvoiceFilter
from boekbrug.domain.statement import StoredEntry
from boekbrug.sync.expect_invoices import Expected, expect_invoices, not_in_exact
from boekbrug.sync.failures import Unreachable
from boekbrug.sync.ports import Received, Unreadable

START = date(2026, 3, 10)


def invoice(number: str, day: date = START, amount: str = "100.00", **fields: Any) -> Invoice:
    given = {"id": f"i-{number}", "number": number, "invoice_date": day} | fields
    return builders.invoice(builders.line(amount), **given)


def source(*readings: Invoice | Unreadable) -> ScriptedSource:
    made = ScriptedSource()
    made.pages = [([Received(reading=reading, raw="")], NOW) for reading in readings]
    return made


def expected(given: ScriptedSource, taken: tuple[str, ...] = (), **fields: Any) -> Expected:
    options = builders.options(**{"book_from": START} | fields)
    return expect_invoices(given, options, HandClock(NOW), lambda ids: frozenset(taken) & frozenset(ids))


def test_what_is_dated_from_the_start_on_waits_with_its_total() -> None:
    found = expected(source(invoice("1"), invoice("2", date(2026, 3, 19), "50.00")))
    assert [one.number for one in found.waiting] == ["1", "2"]
    assert found.totals == {"EUR": Decimal("181.50")}
    assert (found.start, found.complete, found.unreadable) == (START, True, 0)


def test_without_a_start_date_it_is_today() -> None:
    found = expected(source(invoice("1")), book_from=None)
    assert (found.start, found.waiting) == (NOW.date(), ())
    assert [one.number for one in found.earlier] == ["1"]


def test_each_currency_has_its_own_total() -> None:
    found = expected(source(invoice("1"), invoice("2", currency="USD")))
    assert found.totals == {"EUR": Decimal("121.00"), "USD": Decimal("121.00")}


@pytest.mark.parametrize(
    "other",
    [
        invoice("2", status=InvoiceStatus.DRAFT),
        invoice("2", amount="0.00"),
        invoice("99"),
        invoice("3"),
    ],
    ids=["a draft", "nil", "not let through", "booked already"],
)
def test_what_will_not_be_booked_is_not_counted(other: Invoice) -> None:
    only = InvoiceFilter(numbers=(("1", "9"),))
    found = expected(source(invoice("1"), other), taken=("i-3",), invoice_filter=only)
    assert [one.number for one in found.waiting] == ["1"]


def test_an_invoice_that_changed_twice_counts_as_it_is_now() -> None:
    found = expected(source(invoice("1"), invoice("1", amount="10.00")))
    assert found.totals == {"EUR": Decimal("12.10")}


def test_what_cannot_be_read_is_counted_apart() -> None:
    broken = Unreadable(id="i-1", number="1", changed_at=NOW, problems=())
    assert expected(source(broken)).unreadable == 1
    assert expected(source(broken, invoice("1"))).unreadable == 0
    assert expected(source(invoice("1"), broken)).waiting == ()


def test_those_of_the_month_before_are_named_older_ones_are_not() -> None:
    found = expected(source(invoice("3", START - timedelta(days=1)), invoice("2", START - timedelta(days=31))))
    assert [one.number for one in found.earlier] == ["2", "3"]
    assert expected(source(invoice("1", START - timedelta(days=32)))).earlier == ()


def test_reading_ends_after_some_seconds_and_says_so() -> None:
    clock = HandClock(NOW)

    class Slow(ScriptedSource):
        def changed_invoices(self, since: datetime, until: datetime) -> Any:
            for page in super().changed_invoices(since, until):
                clock.advance(seconds=9)
                yield page

    slow = Slow()
    slow.pages = source(invoice("1"), invoice("2")).pages
    found = expect_invoices(slow, builders.options(book_from=START), clock, lambda _: frozenset())
    assert (len(found.waiting), found.complete) == (1, False)


def test_a_coachview_that_is_away_is_no_empty_list() -> None:
    silent = source()
    silent.failure = Unreachable("away")
    with pytest.raises(Unreachable):
        expected(silent)


def stored(number: int) -> StoredEntry:
    return StoredEntry(
        entry_id=f"e-{number}",
        kind=20,
        journal="70",
        entry_number=number,
        year=2026,
        period=3,
        entry_date=START,
        due_date=None,
        currency="EUR",
        customer_code="42",
        document=None,
        lines=(),
        total_incl=Decimal("121.00"),
    )


def ledger(*numbers: int) -> ScriptedLedger:
    made = ScriptedLedger(lambda: NOW)
    made.entries = [stored(number) for number in numbers]
    return made


def test_earlier_ones_that_are_in_exact_are_found_by_their_number() -> None:
    given = (invoice("20260001"), invoice("20260002"), invoice("20269999"), invoice("F-x"))
    asked = ledger(20260001, 20269999)
    missing = not_in_exact(asked, given, builders.options())
    assert [one.number for one in missing] == ["20260002", "F-x"]
    assert asked.asked == [("70", (20260001, 20260002)), ("70", (20269999, 20269999))]


def test_the_prefix_is_part_of_the_number() -> None:
    assert not_in_exact(ledger(9001), (invoice("001"),), builders.options(invoice_prefix="9")) == ()


def test_nothing_earlier_costs_no_question() -> None:
    asked = ledger()
    assert not_in_exact(asked, (), builders.options()) == ()
    assert asked.asked == []
