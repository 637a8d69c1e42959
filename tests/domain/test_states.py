"""The table of moves, the catalogue, and what a problem is."""

import pytest

from boekbrug.domain.catalogue import CATALOGUE, Who
from boekbrug.domain.debtor import Address
from boekbrug.domain.problem import Problem, Severity, Subject, report
from boekbrug.domain.states import ALLOWED, MOVES, BookingState, may_move

S = BookingState

ARROWS = {
    S.RECEIVED: {S.READY, S.HELD, S.SKIPPED},
    S.READY: {S.BOOKING, S.HELD, S.SKIPPED, S.BOOKED},
    S.BOOKING: {S.BOOKED, S.HELD, S.READY, S.UNKNOWN},
    S.UNKNOWN: {S.BOOKED, S.READY, S.HELD},
    S.BOOKED: {S.PROVEN, S.DIFFERS, S.READY},
    S.PROVEN: {S.DIFFERS, S.READY},
    S.DIFFERS: {S.PROVEN, S.READY},
    S.HELD: {S.READY, S.SKIPPED, S.BOOKED},
    S.SKIPPED: {S.READY, S.BOOKED},
}


@pytest.mark.parametrize("old", S)
@pytest.mark.parametrize("new", S)
def test_a_booking_moves_along_the_arrows_only(old: BookingState, new: BookingState) -> None:
    assert may_move(old, new) is (new in ARROWS[old])


def test_each_arrow_says_once_who_makes_it_and_when() -> None:
    assert len(MOVES) == sum(len(targets) for targets in ARROWS.values())
    assert len({(move.old, move.new) for move in MOVES}) == len(MOVES)
    assert all(move.who and move.when for move in MOVES)


def test_no_booked_entry_goes_back_into_a_call_without_a_person() -> None:
    for move in MOVES:
        if move.old in {S.BOOKED, S.PROVEN, S.DIFFERS} and move.new is S.READY:
            assert [who.value for who in move.who] == ["person"]
    assert not any(S.BOOKING in ALLOWED[state] for state in S if state is not S.READY)


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_problem_has_somebody_to_act_and_holds_or_warns(code: str) -> None:
    row = CATALOGUE[code]
    assert row.who
    assert row.holds or row.warns
    assert len(set(row.values)) == len(row.values)


def test_a_problem_knows_who_acts_first_and_its_cause() -> None:
    problem = report("vat-code-unknown", Subject(line=3, kind="VATCode", key="9"), code="9", percentage="21%", line=3)
    assert (problem.who, problem.cause) == (Who.ADMINISTRATOR, "vat-code-unknown:9")
    assert problem.values == (("code", "9"), ("percentage", "21%"), ("line", "3"))


def test_a_problem_holds_when_it_may_unless_said_otherwise() -> None:
    assert report("vat-number-invalid", Subject()).severity is Severity.HOLDS
    assert report("vat-number-invalid", Subject(), Severity.WARNS).severity is Severity.WARNS
    assert report("iban-invalid", Subject()).severity is Severity.WARNS
    assert Problem(code="total-differs").severity is Severity.HOLDS


@pytest.mark.parametrize(
    ("address", "empty"),
    [
        (Address(), True),
        (Address(country="NL", line_2="x"), True),
        (Address(line_1="x"), False),
        (Address(postal_code="x"), False),
        (Address(city="x"), False),
    ],
)
def test_an_address_without_street_code_and_city_is_empty(address: Address, empty: bool) -> None:
    assert address.empty is empty
