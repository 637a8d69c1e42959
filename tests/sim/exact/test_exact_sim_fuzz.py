"""Generated requests: nothing breaks but business rules, and debit stays equal to credit: simulators.md."""

import os
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sim.exact.practice_office import NL, Office, message, open_office

from boekbrug_sim.exact.schema import Entity, Field, entities

TIMES = int(os.environ.get("EXACT_FUZZ_TIMES", "1"))
"""500 cases are tried; the bench tries twenty times as many."""
LEDGER_LINES_AT_MOST = 1000
KNOWN = {200, 201, 204, 400, 403, 404, 405, 408, 500}
NOBODY = "11111111-1111-1111-1111-111111111111"
GUESSES: dict[str, tuple[Any, ...]] = {
    "Guid": (NOBODY, "00000000-0000-0000-0000-000000000000", "", "x"),
    "String": ("", "70", "4", "C", "NL", "é'\"<", "x" * 300, " 1 ", "\x00"),
    "DateTime": (
        "2026-06-10",
        "2026-13-01",
        "0001-01-01",
        "9999-12-31T23:59:59",
        "/Date(0)/",
        "/Date(-99999999999999)/",
    ),
    "Boolean": (True, False, "true", "maybe", 2),
    "Binary": ("eA==", "?", ""),
}
NUMBERS: tuple[Any, ...] = (0, 1, -1, 21, 0.1, 0.005, -100.55, 2**31, 2**63, 1e300, "7", "x", "NaN", "1e5")
ANYTHING: tuple[Any, ...] = (None, [], {}, [1], {"a": 1})


@pytest.fixture(scope="module")
def shared() -> Iterator[Office]:
    with open_office() as office:
        office.control("switches", {"error_block": False})
        office.book()
        yield office


def value_of(field: Field) -> st.SearchStrategy[Any]:
    if field.collection is not None:
        inner = entities().get(field.collection)
        rows = st.lists(body_of(inner), max_size=2) if inner else st.just([])
        return st.one_of(rows, st.sampled_from(ANYTHING))
    return st.sampled_from((*GUESSES.get(field.type, NUMBERS), *ANYTHING))


def body_of(entity: Entity) -> st.SearchStrategy[Any]:
    fields = [field for field in entity.fields.values() if field.type != "Hidden"]
    chosen = st.lists(st.sampled_from(fields), max_size=6, unique_by=lambda field: field.name)
    return chosen.flatmap(lambda found: st.fixed_dictionaries({field.name: value_of(field) for field in found}))


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], Any]:
    entity = draw(st.sampled_from([each for each in entities().values() if each.name != "WebhookSubscriptions"]))
    key = draw(st.sampled_from(["", f"(guid'{NOBODY}')", "(1)", "('x')", "()", "(guid'')", "/$count", "/Nothing"]))
    words = st.sampled_from([*entity.fields, "x", "", "1", "eq", "desc", ",", "'", "(", "guid'x'", "null"])
    text = st.lists(words, max_size=4).map(" ".join)
    names = ["$select", "$filter", "$orderby", "$top", "$skip", "$expand", "$skiptoken", "$inlinecount"]
    options = draw(st.dictionaries(st.sampled_from(names), text, max_size=2))
    method = draw(st.sampled_from(["GET", "POST", "PUT", "DELETE"]))
    return method, f"{entity.path}{key}", options, draw(body_of(entity)) if method in {"POST", "PUT"} else None


def check(office: Office, answer: Any) -> None:
    assert answer.status_code in KNOWN, (answer.request, answer.text)
    if answer.status_code == 500:
        assert message(answer)
    if answer.request.method != "GET":
        assert_balanced(office)


def assert_balanced(office: Office) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    lines = office.ledger()
    for line in lines:
        sums[line["entry_id"]] += Decimal(line["amount"])
    assert not any(sums.values())
    if len(lines) > LEDGER_LINES_AT_MOST:
        office.control("scenario", {"name": "demo"})


@settings(max_examples=300 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(requests())
def test_no_request_breaks_the_service(shared: Office, request_: tuple[str, str, dict[str, str], Any]) -> None:
    method, path, options, body = request_
    address = f"/api/v1/{NL}/{path}"
    check(shared, shared.http.request(method, address, params=options, json=body))


@settings(max_examples=140 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body_of(entities()["SalesEntries"]),
    st.lists(body_of(entities()["SalesEntryLines"]), min_size=1, max_size=3),
    st.sampled_from([None, 20, 21]),
)
def test_no_entry_unbalances_the_ledger(shared: Office, header: Any, lines: list[Any], kind: int | None) -> None:
    whole = [{"AmountFC": 10.01, "GLAccount": shared.account(), "VATCode": "4"} | line for line in lines]
    body = shared.entry_body() | header | {"SalesEntryLines": whole, "Type": kind}
    check(shared, shared.post("salesentry/SalesEntries", body))


amounts = st.decimals(min_value=-9999, max_value=9999, places=2).map(float)
months = st.sampled_from(
    [None, ("2026-06-01", "2026-06-30"), ("2026-06-15", "2027-03-01"), ("2026-07-01", "2026-07-02")]
)


@settings(max_examples=60 * TIMES, deadline=None)
@given(st.lists(st.tuples(amounts, st.none() | amounts, months), min_size=1, max_size=4), st.sampled_from([20, 21]))
def test_every_whole_entry_books_in_balance(shared: Office, lines: list[Any], kind: int) -> None:
    account = shared.account()
    whole: list[dict[str, Any]] = []
    for amount, vat, span in lines:
        line: dict[str, Any] = {"AmountFC": amount, "VATAmountFC": vat, "GLAccount": account, "VATCode": "4"}
        whole.append(line | ({"From": span[0], "To": span[1]} if span else {}))
    answer = shared.post("salesentry/SalesEntries", shared.entry_body(SalesEntryLines=whole, Type=kind))
    assert answer.status_code == 201, answer.text
    assert_balanced(shared)
