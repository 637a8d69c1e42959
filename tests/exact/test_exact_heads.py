"""The entries made since a moment: one line each, a thousand a page, whoever made them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.exact.answers_of_exact import ENTRY, OTHER, World, by_path, listed, ms, refused

from boekbrug.exact.ledger import ExactLedger
from boekbrug.sync.failures import NotAllowed, Unreachable
from boekbrug.sync.ports import EntryHead

PATH = "bulk/Financial/TransactionLines"
SINCE = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=1)))
LINE = {
    "EntryID": ENTRY.upper(), "EntryNumber": 20260001, "JournalCode": "70 ", "Type": 20,
    "Date": ms(datetime(2026, 11, 20, tzinfo=UTC)), "AccountCode": "                42",
    "AccountName": "Bakkerij Jansen", "AmountFC": 121.0, "Description": "Factuur 20260001 Bakkerij Jansen",
}  # fmt: skip


def heads(world: World) -> list[EntryHead]:
    return list(ExactLedger(world.client).entries_since(SINCE))


def test_a_header_line_says_what_the_entry_is() -> None:
    world = World(by_path({PATH: listed(LINE)}))
    assert heads(world) == [
        EntryHead(
            entry_id=ENTRY,
            journal="70",
            entry_number=20260001,
            entry_date=date(2026, 11, 20),
            customer_code="42",
            customer_name="Bakkerij Jansen",
            total_incl=Decimal("121.00"),
            description="Factuur 20260001 Bakkerij Jansen",
        )
    ]


def test_the_question_is_for_sales_of_all_journals_since_the_moment_in_utc() -> None:
    world = World(by_path({PATH: listed()}))
    assert heads(world) == []
    (asked,) = parse_qs(urlsplit(str(world.requests[0].url)).query)["$filter"]
    assert asked == "LineNumber eq 0 and (Type eq 20 or Type eq 21) and Created ge datetime'2026-11-23T08:30:00'"


def test_every_page_is_read() -> None:
    first_address = World(by_path({PATH: listed(LINE)}))
    heads(first_address)
    origin = urlsplit(str(first_address.requests[0].url))
    second = f"{origin.scheme}://{origin.netloc}{origin.path}?$skiptoken=1"
    world = World(by_path({PATH: [listed(LINE, following=second), listed({**LINE, "EntryID": OTHER})]}))
    assert [head.entry_id for head in heads(world)] == [ENTRY, OTHER]


@pytest.mark.parametrize("wrong", [{"Date": None}, {"EntryNumber": "geen"}, {"AmountFC": "veel"}])
def test_a_line_that_cannot_be_read_is_no_answer(wrong: dict[str, object]) -> None:
    with pytest.raises(Unreachable):
        heads(World(by_path({PATH: listed(LINE | wrong)})))


def test_who_may_not_read_them_is_not_allowed() -> None:
    with pytest.raises(NotAllowed):
        heads(World(by_path({PATH: refused("Forbidden", 403)})))
