"""R3, R5 and R6 in short: the same house on fire as in `./run bench --faults`, a little fire."""

import pytest
from bench.r3_races import pause, race, stop
from bench.r5_tokens import MISHAPS, expiries
from bench.r6_doors import Found, doors

pytestmark = pytest.mark.journey


def test_nothing_is_booked_twice_by_workers_and_persons_who_try_again_at_once() -> None:
    found = race(workers=2, invoices=6, persons=2)
    assert found.clicks >= 2
    assert (found.twice, found.lost) == (0, 0)


def test_a_pause_in_the_middle_of_a_call_keeps_its_answer_and_sends_nothing_more() -> None:
    found = stop(pause, invoices=6)
    assert (found.entries, found.sent_after, found.forgotten, found.stuck) == (5, 0, 0, 0)


def test_one_process_refreshes_whatever_becomes_of_the_answer() -> None:
    some = tuple(mishap for mishap in MISHAPS if mishap.name in {"nothing", "503", "answer lost"})
    found = expiries(some, 1, processes=3)
    assert (found.expiries, found.most_at_once) == (3, 1)
    assert (found.chains_lost, found.different_tokens, found.without_token) == (0, 0, 0), found.notes


@pytest.fixture(scope="module")
def tried() -> Found:
    """Every address of a running web, tried by everybody."""
    return doors()


def test_no_address_of_the_running_web_opens_to_somebody_it_should_not(tried: Found) -> None:
    assert tried.wrong == []
    assert tried.refused > tried.addresses
