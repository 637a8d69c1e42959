"""What each problem offers to do: every code that holds has something, its own action first, then the fixed order."""

from dataclasses import fields

import pytest

from boekbrug.domain.actions import OPTIONS, ORDER, OWN, Action, actions_of, actions_on
from boekbrug.domain.catalogue import CATALOGUE
from boekbrug.domain.options import Options
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState, may_move

S = BookingState
HOLDS = sorted(code for code, kind in CATALOGUE.items() if kind.holds)
FIXED = (
    Action.RETRY,
    Action.CHANGE_OPTION,
    Action.LINK_ENTRY,
    Action.SKIP,
    Action.OPEN_IN_EXACT,
    Action.FORWARD,
)


@pytest.mark.parametrize("code", HOLDS)
def test_every_problem_that_holds_has_something_to_do(code: str) -> None:
    offered = actions_of(code)
    assert {Action.RETRY, Action.SKIP, Action.LINK_ENTRY, Action.FORWARD} <= set(offered)
    assert len(offered) == len(set(offered))
    own = OWN.get(code, ())
    assert offered[: len(own)] == own
    rest = offered[len(own) :]
    assert list(rest) == [action for action in FIXED if action in rest]
    assert (Action.CHANGE_OPTION in offered) == (code in OPTIONS)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("dated-before-start", Action.BOOK_ANYWAY),
        ("customer-is-supplier", Action.MAKE_CUSTOMER),
        ("customer-is-prospect", Action.MAKE_CUSTOMER),
        ("customer-looks-different", Action.LINK_CUSTOMER),
        ("customer-maybe-exists", Action.LINK_CUSTOMER),
        ("vat-code-unknown", Action.MAP_CODE),
        ("direct-debit-condition-missing", Action.MAP_CODE),
        ("entry-number-in-use", Action.LINK_ENTRY),
        ("period-closed", Action.RETRY),
        ("refused-by-exact", Action.RETRY),
        ("internal-error", Action.RETRY),
    ],
)
def test_the_causes_own_action_comes_first(code: str, first: Action) -> None:
    assert actions_of(code)[0] is first


def test_the_tables_name_problems_and_options_that_exist() -> None:
    assert {*OWN, *OPTIONS} <= set(HOLDS)
    assert set(OPTIONS.values()) <= {field.name for field in fields(Options)}
    assert set(ORDER) == set(Action)


def test_several_problems_offer_what_each_needs_and_the_rest_once() -> None:
    problems = [Problem(code="vat-code-unknown"), Problem(code="customer-maybe-exists"), Problem(code="period-closed")]
    assert actions_on(S.HELD, problems) == (
        Action.MAP_CODE,
        Action.LINK_CUSTOMER,
        Action.CREATE_CUSTOMER,
        Action.RETRY,
        Action.CHANGE_OPTION,
        Action.LINK_ENTRY,
        Action.SKIP,
        Action.FORWARD,
    )


def test_a_held_invoice_without_a_word_can_still_be_tried_and_skipped() -> None:
    assert actions_on(S.HELD, ()) == (Action.RETRY, Action.LINK_ENTRY, Action.SKIP, Action.FORWARD)


def test_an_entry_that_is_in_the_way_can_be_seen() -> None:
    assert Action.OPEN_IN_EXACT in actions_of("entry-number-in-use")
    assert Action.OPEN_IN_EXACT not in actions_of("period-closed")


@pytest.mark.parametrize(
    ("state", "skip_reason", "offered"),
    [
        (S.SKIPPED, "by-person", (Action.UNSKIP,)),
        (S.SKIPPED, "before-start", (Action.BOOK_ANYWAY,)),
        (S.SKIPPED, "zero", ()),
        (S.SKIPPED, "not-definitive", ()),
        (S.READY, "", (Action.SKIP,)),
        (S.DIFFERS, "", (Action.ACCEPT_DIFFERENCE, Action.BOOK_AGAIN, Action.OPEN_IN_EXACT)),
        (S.RECEIVED, "", ()),
        (S.BOOKING, "", ()),
        (S.UNKNOWN, "", ()),
        (S.BOOKED, "", (Action.BOOK_AGAIN, Action.OPEN_IN_EXACT)),
        (S.PROVEN, "", (Action.BOOK_AGAIN, Action.OPEN_IN_EXACT)),
    ],
)
def test_the_state_decides_what_may_be_done(state: BookingState, skip_reason: str, offered: tuple[Action, ...]) -> None:
    assert actions_on(state, (), skip_reason) == offered


LEADS_TO = {
    Action.BOOK_ANYWAY: S.READY,
    Action.UNSKIP: S.READY,
    Action.SKIP: S.SKIPPED,
    Action.LINK_ENTRY: S.BOOKED,
    Action.ACCEPT_DIFFERENCE: S.PROVEN,
    Action.BOOK_AGAIN: S.READY,
}


@pytest.mark.parametrize("state", list(S))
def test_an_action_is_offered_only_where_its_move_is_allowed(state: BookingState) -> None:
    for reason in ("", "by-person", "before-start"):
        offered = actions_on(state, [Problem(code="dated-before-start")], reason)
        assert all(may_move(state, LEADS_TO[action]) for action in offered if action in LEADS_TO)
