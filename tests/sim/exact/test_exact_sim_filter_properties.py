"""`$filter`, `$orderby` and paging against a plain evaluation in Python, on generated data: exact-rest.md 3.6, 3.7."""

import contextlib
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from boekbrug_sim.control import Clock
from boekbrug_sim.exact.filters import FilterError
from boekbrug_sim.exact.query import read_query, run_query, token_text
from boekbrug_sim.exact.schema import entities
from boekbrug_sim.exact.store import Row, Store

ENTITY = entities()["SalesEntries"]
WORDS = ("", "a", "A", "ab", "b'c", "é", "zz", "a b")
MOMENTS = tuple(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))
Test = Callable[[Row], bool]

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass(frozen=True)
class Condition:
    """A condition as text, and what it means."""

    text: str
    holds: Test


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def compare(field: str, name: str, literal: str, value: Any) -> Condition:
    def holds(row: Row) -> bool:
        if name in {"eq", "ne"}:
            return OPERATORS[name](row[field], value)
        return row[field] is not None and OPERATORS[name](row[field], value)

    return Condition(f"{field} {name} {literal}", holds)


def text_test(function: str, word: str) -> Condition:
    tests: dict[str, Callable[[str], bool]] = {
        "substringof": lambda text: word in text,
        "startswith": lambda text: text.startswith(word),
        "endswith": lambda text: text.endswith(word),
    }
    arguments = f"{quoted(word)},YourRef" if function == "substringof" else f"YourRef,{quoted(word)}"
    return Condition(f"{function}({arguments}) eq true", lambda row: tests[function](row["YourRef"] or ""))


def worked_out(function: str, field: str, name: str, value: Any) -> Condition:
    """A comparison of what a function makes of a field; of nothing it makes nothing."""
    makes: dict[str, Callable[[Any], Any]] = {
        "length": len,
        "year": lambda ms: moment_of(ms).year,
        "month": lambda ms: moment_of(ms).month,
        "day": lambda ms: moment_of(ms).day,
        "tolower": str.lower,
        "toupper": str.upper,
        "trim": lambda text: text.strip(" "),
    }
    literal = quoted(value) if isinstance(value, str) else str(value)

    def holds(row: Row) -> bool:
        made = None if row[field] is None else makes[function](row[field])
        if name in {"eq", "ne"}:
            return OPERATORS[name](made, value)
        return made is not None and OPERATORS[name](made, value)

    return Condition(f"{function}({field}) {name} {literal}", holds)


def moment_of(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


names = st.sampled_from(sorted(OPERATORS))
words = st.sampled_from(WORDS)
ascii_words = st.sampled_from([word for word in WORDS if word.isascii()])
numbers = st.integers(-3, 3)
moments = st.sampled_from(MOMENTS)


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


simple = st.one_of(
    st.builds(lambda n, w: compare("YourRef", n, quoted(w), w), names, words),
    st.builds(lambda n, v: compare("EntryNumber", n, str(v), v), names, numbers),
    st.builds(lambda n, v: compare("AmountFC", n, f"{v}.5", float(f"{v}.5")), names, st.integers(0, 3)),
    st.builds(lambda n, m: compare("EntryDate", n, f"datetime'{m:%Y-%m-%d}'", milliseconds(m)), names, moments),
    st.builds(lambda n: compare("YourRef", n, "null", None), st.sampled_from(["eq", "ne"])),
    st.builds(text_test, st.sampled_from(["substringof", "startswith", "endswith"]), words),
    st.builds(lambda n, v: worked_out("length", "YourRef", n, v), names, st.integers(0, 3)),
    st.builds(lambda f, n, v: worked_out(f, "EntryDate", n, v), st.sampled_from(["month", "day"]), names, numbers),
    st.builds(lambda n: worked_out("year", "EntryDate", n, 2026), names),
    st.builds(lambda f, w: worked_out(f, "YourRef", "eq", w), st.sampled_from(["trim", "tolower"]), ascii_words),
    st.builds(lambda w: worked_out("toupper", "YourRef", "ne", w), ascii_words),
)


def joined(word: str, left: Condition, right: Condition) -> Condition:
    both: Test = lambda row: left.holds(row) and right.holds(row)  # noqa: E731
    either: Test = lambda row: left.holds(row) or right.holds(row)  # noqa: E731
    return Condition(f"({left.text}) {word} ({right.text})", both if word == "and" else either)


conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(joined, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(lambda c: Condition(f"not ({c.text})", lambda row: not c.holds(row)), inner),
    ),
    max_leaves=6,
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "YourRef": st.none() | words,
            "EntryNumber": st.none() | numbers,
            "AmountFC": st.none() | st.sampled_from([0.0, 0.5, 1.5, 2.5]),
            "EntryDate": st.none() | moments.map(milliseconds),
        }
    ),
    max_size=25,
)
orders = st.lists(
    st.tuples(st.sampled_from(["YourRef", "EntryNumber", "AmountFC", "EntryDate"]), st.booleans()),
    max_size=2,
    unique_by=lambda order: order[0],
)


def filled(values: list[Row]) -> tuple[Store, list[Row]]:
    store = Store(None, Clock(), seed=1)
    kept = [{**row, "EntryID": store.new_guid(), "Division": 1} for row in values]
    with store.transaction():
        for row in kept:
            store.insert("SalesEntries", row)
    return store, kept


def all_pages(store: Store, options: dict[str, str], page: int) -> list[str]:
    entity = replace(ENTITY, page=page)
    found: list[str] = []
    token: str | None = None
    while True:
        more = {"$skiptoken": token} if token else {}
        query = read_query(entity, options | more)
        answer = run_query(store, query, 't."Division" = ?', (1,))
        found += [row[0] for row in answer.rows]
        if answer.token is None:
            return found
        token = token_text(query.order, answer.token)


def in_order(kept: list[Row], order: list[tuple[str, bool]]) -> list[str]:
    backwards = bool(order) and order[-1][1]  # rows that are equal otherwise go the way of the last field
    found = sorted(kept, key=lambda row: str(row["EntryID"]), reverse=backwards)
    for field, descending in reversed(order):
        found.sort(
            key=lambda row: (row[field] is not None, row[field] or 0 if field != "YourRef" else row[field] or "")
        )
        if descending:
            found = _reversed_stably(found, field)
    return [str(row["EntryID"]) for row in found]


def _reversed_stably(found: list[Row], field: str) -> list[Row]:
    groups: dict[Any, list[Row]] = {}
    for row in found:
        groups.setdefault(row[field], []).append(row)
    return [row for group in reversed(list(groups.values())) for row in group]


@settings(max_examples=150, deadline=None)
@given(rows, conditions)
def test_a_filter_finds_what_plain_python_finds(values: list[Row], condition: Condition) -> None:
    store, kept = filled(values)
    expected = [row["EntryID"] for row in kept if condition.holds(row)]
    try:
        assert all_pages(store, {"$filter": condition.text}, 1000) == expected, condition.text
    finally:
        store.close()


@settings(max_examples=75, deadline=None)
@given(rows, orders, st.integers(1, 7))
def test_pages_in_any_order_are_the_whole_list_in_that_order(
    values: list[Row], order: list[tuple[str, bool]], page: int
) -> None:
    store, kept = filled(values)
    text = ",".join(f"{field}{' desc' if descending else ''}" for field, descending in order)
    try:
        assert all_pages(store, {"$orderby": text} if text else {}, page) == in_order(kept, order)
    finally:
        store.close()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="EntryNumbereqand or()'1Lx,.-", max_size=40) | st.text(max_size=20))
def test_no_text_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(FilterError):
        read_query(ENTITY, {"$filter": text})


def test_dates_in_tokens_keep_their_milliseconds() -> None:
    query = read_query(ENTITY, {"$orderby": "Created"})
    moment = milliseconds(MOMENTS[0] + timedelta(milliseconds=123))
    token = (moment, "0" * 8 + "-0000-0000-0000-" + "0" * 12)
    again = read_query(ENTITY, {"$orderby": "Created", "$skiptoken": token_text(query.order, token)})
    assert again.token == token
